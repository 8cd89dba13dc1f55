"""`tissuesense reproduce`: a stored number, computed again from its raw bytes."""

from pathlib import Path
from typing import Annotated

import typer

from tissuesense.cli.exit_codes import ExitCode
from tissuesense.cli.output import print_json, say
from tissuesense.cli.store_option import DataOption, open_from_terminal


def command(
    identifier: Annotated[
        str, typer.Argument(metavar="ID", help="A finding, or a measurement for all of its own.")
    ],
    data: DataOption = None,
    export_capture: Annotated[
        Path | None,
        typer.Option(help="Also write the raw capture here, as one file that can be replayed."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Compute a finding again from its raw capture and say equal, or what differs and why.

    The exit code is 1 when anything differs.

    Example: tissuesense reproduce M-7QK4Z0A0-3
    """
    from tissuesense.record.measurement import parse_result_id
    from tissuesense.services import capture_export
    from tissuesense.services.reproduce import reproduce

    asked_for = parse_result_id(identifier)
    with open_from_terminal(data) as store:
        outcome = reproduce(store, asked_for)
        if export_capture is not None:
            capture_export.export_capture(store, asked_for, export_capture)
            say(f"The raw capture with all that is known of it: {export_capture}")
    if as_json:
        print_json(outcome.to_dict())
    elif outcome.equal:
        source = "raw capture" if outcome.from_capture else "stored trace"
        print(
            f"equal: {outcome.compared} numbers computed again from the {source}, to the last bit"
        )
    else:
        for difference in outcome.differences:
            print(
                f"{difference.where}: {difference.what} was {difference.stored}, "
                f"is now {difference.found}"
            )
        say(outcome.why)
    if not outcome.equal:
        raise typer.Exit(ExitCode.FAILED)
