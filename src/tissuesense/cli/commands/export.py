"""`tissuesense export`: the record in a form that another program reads."""

from pathlib import Path
from typing import Annotated

import typer

from tissuesense.cli.output import print_json, say
from tissuesense.cli.store_option import DataOption, open_from_terminal


def command(
    form: Annotated[
        str,
        typer.Option(
            "--format",
            help="fhir or json: a file; redcap, frictionless, bids, parquet or csv: a folder; "
            "copy: a zip with all of it for the client.",
        ),
    ],
    out: Annotated[Path, typer.Option(help="File or folder to write; it must not exist yet.")],
    client: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Only this client; may be said several times."),
    ] = None,
    with_identity: Annotated[
        bool, typer.Option("--with-identity", help="Say also who the clients are.")
    ] = False,
    on_clients_request: Annotated[
        bool,
        typer.Option(
            "--on-clients-request",
            help="The clients ask for it themselves: also where they withdrew consent to sharing.",
        ),
    ] = False,
    data: DataOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Write the record, or that of some clients, without names unless they are asked for.

    What the format cannot hold is said on stderr. Each client's record says that it was handed out.

    Of the client's own copy, name one client: --format copy --client ID --out copy.zip

    Example: tissuesense export --format csv --out tables
    """
    import numpy as np

    from tissuesense.core.clock import SystemClock
    from tissuesense.record.client import parse_client_id
    from tissuesense.services.exporting import Order, export

    order = Order(
        form=form,
        out=out,
        clients=tuple(map(parse_client_id, client)) if client else None,
        with_identity=with_identity,
        on_clients_request=on_clients_request,
    )
    with open_from_terminal(data) as store:
        done = export(store, order, clock=SystemClock(), rng=np.random.default_rng())
    if as_json:
        print_json(
            {
                "out": str(done.out),
                "format": form,
                "clients": list(done.clients),
                "left_out": done.left_out,
                "with_identity": with_identity,
                "losses": list(done.losses),
            }
        )
    if done.losses:
        say("What this format does not hold:")
    for loss in done.losses:
        say(f"- {loss}")
    if done.left_out:
        say(f"Left out: {done.left_out} clients, who withdrew their consent to sharing.")
    say(f"Written: {done.out}")
