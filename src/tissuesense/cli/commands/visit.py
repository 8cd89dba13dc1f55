"""`tissuesense visit`: open a visit and write down what the hands found."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from tissuesense.cli.output import print_json
from tissuesense.cli.store_option import DataOption, open_from_terminal
from tissuesense.core.errors import UsageError

_HELP = """A visit from the shell: JSON in, JSON out.

Example: tissuesense visit open --client TS-7QK47
"""

app = typer.Typer(no_args_is_help=True, help=_HELP)

FromOption = Annotated[
    str | None,
    typer.Option("--from", metavar="FILE", help="Read a JSON object from FILE, or - for stdin."),
]
JsonOption = Annotated[
    bool, typer.Option("--json", show_default=False, help="Print JSON, as this verb always does.")
]


@app.command("open")
def open_(
    client: Annotated[str | None, typer.Option(help="Pseudonym of the client.")] = None,
    practitioner: Annotated[str | None, typer.Option(help="Who treats.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why the client came.")] = None,
    source: FromOption = None,
    data: DataOption = None,
    _json: JsonOption = True,
) -> None:
    """Open a visit and print its id.

    Example: tissuesense visit open --client TS-7QK47
    """
    import numpy as np

    from tissuesense.core.clock import SystemClock
    from tissuesense.record.client import parse_client_id
    from tissuesense.services.records import open_visit

    stated = _stated(source, client=client, practitioner=practitioner, reason=reason)
    client_id = parse_client_id(_taken(stated, "client"))
    texts = {key: _taken(stated, key, "") for key in ("practitioner", "reason")}
    _nothing_left(stated)
    with open_from_terminal(data) as store:
        visit = open_visit(
            store, client_id, clock=SystemClock(), rng=np.random.default_rng(), **texts
        )
    print_json(
        {
            "visit": visit.id,
            "client": visit.client,
            "opened_at": visit.opened_at.isoformat(),
            **texts,
        }
    )


@app.command()
def finding(
    visit: Annotated[str | None, typer.Option(help="The visit's id.")] = None,
    site: Annotated[str | None, typer.Option(help="Such as trapezius_upper.")] = None,
    side: Annotated[str | None, typer.Option(help="left, right or midline.")] = None,
    tenderness: Annotated[
        int | None, typer.Option(help="0 none, 1 says it is tender, 2 winces, 3 withdraws.")
    ] = None,
    tone: Annotated[int | None, typer.Option(help="-2 slack to 2 hard, 0 unremarkable.")] = None,
    note: Annotated[str | None, typer.Option(help="In your own words.")] = None,
    block: Annotated[str | None, typer.Option(help="pre, treatment or post.")] = None,
    source: FromOption = None,
    data: DataOption = None,
    _json: JsonOption = True,
) -> None:
    """Write down what the hands found at a site.

    Example: tissuesense visit finding --visit V-7QK4Z0A0 --site trapezius_upper --side left
    --tenderness 2 --tone 1 --note "taut band"
    """
    import numpy as np

    from tissuesense.core.clock import SystemClock
    from tissuesense.record.statements import statement_json
    from tissuesense.record.visit import parse_visit_id
    from tissuesense.services.records import add_manual_finding

    stated = _stated(
        source,
        visit=visit,
        site=site,
        side=side,
        tenderness=tenderness,
        tone=tone,
        note=note,
        block=block,
    )
    visit_id = parse_visit_id(_taken(stated, "visit"))
    with open_from_terminal(data) as store:
        found = add_manual_finding(
            store, visit_id, stated, clock=SystemClock(), rng=np.random.default_rng()
        )
    print_json(statement_json("palpation", found))


def _stated(source: str | None, **options: object) -> dict[str, Any]:
    """Return what the file says, and over it what the options say."""
    stated: object = {}
    if source is not None:
        try:
            text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
            stated = json.loads(text)
        except OSError as err:
            raise UsageError(f"{source} cannot be read: {err.strerror}.") from err
        except ValueError as err:
            raise UsageError(f"{source} is not JSON.") from err
    if not isinstance(stated, dict):
        raise UsageError("The input must be one JSON object.")
    return stated | {key: value for key, value in options.items() if value is not None}


def _taken(stated: dict[str, Any], key: str, default: str | None = None) -> str:
    value = stated.pop(key, default)
    if not isinstance(value, str):
        raise UsageError(
            f"The {key} is missing or is not text.", hint=f"Give --{key}, or '{key}' in the input."
        )
    return value


def _nothing_left(stated: dict[str, Any]) -> None:
    if stated:
        raise UsageError(f"A visit has no '{min(stated)}'.")
