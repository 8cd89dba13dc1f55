"""`tissuesense import`: take in what another program, or another store, has written."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tissuesense.cli.output import diagnostics, print_json, say
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
    visit: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Where a table belongs; else to a visit of each day."),
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="FILE|NAME=SITE",
            help="TOML or JSON: which column is what, which name which site. Or one such name "
            "and its site, as often as needed: 'Biceps brachii=biceps_brachii/left'.",
        ),
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
    from tissuesense.record.visit import parse_visit_id
    from tissuesense.services.importing.intake import Desk
    from tissuesense.services.importing.tables import TableOrder

    if suggest:
        _suggest(file, as_json=as_json)
        return
    map_file, sites = _map(mapping or ())
    order = TableOrder(
        path=file,
        mapping=map_file,
        sites=sites,
        visit=parse_visit_id(visit) if visit else None,
        subject=subject,
        dates=date_format,
        decimal=decimal,
    )
    create = form == "json" and not dry_run
    with open_from_terminal(data, create=create, plain=plain) as store, _counting() as step:
        desk = Desk(
            store=store,
            clock=SystemClock(),
            rng=np.random.default_rng(),
            dry_run=dry_run,
            again=again,
            step=step,
        )
        done = _taken_in(desk, form, client, order)
    _tell(done, as_json=as_json)


def _map(stated: Sequence[str]) -> tuple[Path | None, dict[str, str]]:
    """Return the file of a map, and the sites that were named beside it."""
    pairs = [text for text in stated if "=" in text and not Path(text).exists()]
    files = [Path(text) for text in stated if text not in pairs]
    if len(files) > 1:
        raise UsageError("There is one file of a map.", hint="Put the maps together in one file.")
    named = (pair.rpartition("=") for pair in pairs)
    return (files[0] if files else None), {name.strip(): site.strip() for name, _, site in named}


def _suggest(file: Path, *, as_json: bool) -> None:
    from tissuesense.services.importing.suggestion import suggested_map

    suggested = suggested_map(file)
    if as_json:
        print_json({"map": suggested})
    else:
        print(suggested, end="")


def _taken_in(desk: "Desk", form: str, client: str | None, order: "TableOrder") -> "Intake":
    from tissuesense.record.client import parse_client_id

    if form == "json":
        from tissuesense.services.importing.json_clients import import_json

        if client is not None:
            raise UsageError("Our own JSON says itself whose it is.", hint="Leave --client out.")
        return import_json(desk, order.path)
    if client is None:
        raise UsageError("A table does not say whose it is.", hint="Give --client ID.")
    client_id = parse_client_id(client)
    if form == "myoton":
        from tissuesense.services.importing.myoton import import_myoton

        return import_myoton(desk, client_id, order)
    from tissuesense.services.importing.gauge_table import import_gauge_table

    return import_gauge_table(desk, client_id, order)


@contextmanager
def _counting() -> Iterator[Callable[[], None]]:
    """Show on a terminal that something happens, and how often; yield what counts."""
    console = diagnostics()
    if not console.is_terminal:
        yield lambda: None
        return
    with console.status("Reading") as status:
        count = 0

        def step() -> None:
            nonlocal count
            count += 1
            status.update(f"Taking in: {count}")

        yield step


def _tell(done: "Intake", *, as_json: bool) -> None:
    if as_json:
        print_json(done.to_dict())
    for remark in done.remarks:
        say(remark)
    verb = "Would take in" if done.dry_run else "Taken in"
    say(f"{verb}: {len(done.clients)} clients, {done.visits} visits, {done.items} measurements.")
