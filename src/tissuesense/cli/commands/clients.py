"""`tissuesense clients`: who is in care, by pseudonym."""

from typing import Annotated

import typer

from tissuesense.cli.output import print_json, say, show
from tissuesense.cli.store_option import DataOption, PlainOption, open_from_terminal

app = typer.Typer(invoke_without_command=True)

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.callback()
def clients(context: typer.Context, data: DataOption = None, as_json: JsonOption = False) -> None:
    """List the clients with their visits and sites.

    Example: tissuesense clients --json
    """
    if context.invoked_subcommand is not None:
        context.obj = data  # `clients --data DIR add` means the same as `clients add --data DIR`
        return
    with open_from_terminal(data) as store:
        summaries = store.clients.summaries()
    if as_json:
        known = [{"id": s.client.id, "visits": s.visits, "sites": list(s.sites)} for s in summaries]
        print_json({"clients": known})
        return
    from rich.table import Table

    table = Table("Client", "Visits", "Sites")
    for summary in summaries:
        table.add_row(summary.client.id, str(summary.visits), ", ".join(summary.sites))
    show(table)


@app.command()
def add(
    context: typer.Context,
    data: DataOption = None,
    plain: PlainOption = False,
    as_json: JsonOption = False,
) -> None:
    """Take a new client in and print the pseudonym; make the store if there is none.

    Example: tissuesense clients add
    """
    import numpy as np

    from tissuesense.core.clock import SystemClock
    from tissuesense.services.records import add_client

    with open_from_terminal(data or context.obj, create=True, plain=plain) as store:
        client = add_client(store, clock=SystemClock(), rng=np.random.default_rng())
    if as_json:
        print_json({"id": client.id})
    else:
        print(client.id)
        say("Keep it beside the name somewhere safe: the store does not know the name.")
