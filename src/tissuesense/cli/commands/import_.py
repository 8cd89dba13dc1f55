"""`tissuesense import`: take in what another program, or another store, has written."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tissuesense.cli.output import print_json, say
from tissuesense.cli.store_option import DataOption, PlainOption, open_from_terminal
from tissuesense.core.errors import UsageError

if TYPE_CHECKING:
    from tissuesense.services.importing.intake import Desk, Intake
    from tissuesense.services.importing.tables import TableOrder


def command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What to take in.")],
    form: Annotated[
        Literal["json", "myoton", "gauge-csv"],
        typer.Option("--format", help="Our own JSON, a MyotonPRO table, or a gauge's table."),
    ],
    client: Annotated[
        str | None, typer.Option(help="Whose measurements a table holds; JSON says it itself.")
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option("--map", help="TOML or JSON: which column is what, which name which site."),
    ] = None,
    subject: Annotated[
        int | None, typer.Option(help="Which person of a table with several, from 1 on.")
    ] = None,
    date_format: Annotated[
        str | None, typer.Option(help="dmy, mdy, ymd, or a pattern such as '%d.%m.%y %H:%M'.")
    ] = None,
    decimal: Annotated[
        Literal["comma", "point"] | None, typer.Option(help="How decimals are written.")
    ] = None,
    suggest: Annotated[
        bool, typer.Option("--suggest", help="Print a map for this table, to check and to keep.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would come in, and take nothing in.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Although this file was taken in before.")
    ] = False,
    data: DataOption = None,
    plain: PlainOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Take a file in: all of it, or nothing where anything in it cannot be understood.

    Example: tissuesense import --format json clients.json
    """
    import numpy as np

    from tissuesense.core.clock import SystemClock
    from tissuesense.services.importing.intake import Desk
    from tissuesense.services.importing.tables import TableOrder

    if suggest:
        from tissuesense.services.importing.suggestion import suggested_map

        print(suggested_map(file), end="")
        return
    order = TableOrder(
        path=file, mapping=mapping, subject=subject, dates=date_format, decimal=decimal
    )
    with open_from_terminal(data, create=form == "json", plain=plain) as store:
        desk = Desk(
            store=store,
            clock=SystemClock(),
            rng=np.random.default_rng(),
            dry_run=dry_run,
            again=again,
        )
        done = _taken_in(desk, form, client, order)
    if as_json:
        print_json(done.to_dict())
    for remark in done.remarks:
        say(remark)
    verb = "Would take in" if dry_run else "Taken in"
    say(f"{verb}: {len(done.clients)} clients, {done.visits} visits, {done.items} measurements.")


def _taken_in(desk: "Desk", form: str, client: str | None, order: "TableOrder") -> "Intake":
    from tissuesense.record.client import parse_client_id

    if form == "json":
        from tissuesense.services.importing.json_clients import import_json

        return import_json(desk, order.path)
    if client is None:
        raise UsageError("A table does not say whose it is.", hint="Give --client ID.")
    client_id = parse_client_id(client)
    if form == "myoton":
        from tissuesense.services.importing.myoton import import_myoton

        return import_myoton(desk, client_id, order)
    from tissuesense.services.importing.gauge_table import import_gauge_table

    return import_gauge_table(desk, client_id, order)
