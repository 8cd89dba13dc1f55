"""`tissuesense devices doctor`: what is in the way on this machine, and what mends it."""

from typing import TYPE_CHECKING, Annotated

import typer

from tissuesense.cli.exit_codes import ExitCode
from tissuesense.cli.store_option import DataOption

if TYPE_CHECKING:  # imported when the command runs, so that --help stays fast
    from tissuesense.services.doctor_findings import Finding

_SCHEMA = "tissuesense.doctor/1"
_LISTEN_S = 2.0
# A state is a word and a shape, and only then a colour.
_MARKS = {"ok": "+", "trouble": "x", "cannot tell": "?"}
_STYLES = {"ok": "", "trouble": "bold red", "cannot tell": "dim"}


def command(
    data: DataOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Look for what keeps gauges from being read here, and say what mends it.

    Nothing is changed, and no port is opened. Exit code 1: something is in the way.

    Example: tissuesense devices doctor
    """
    import asyncio
    import shutil
    import sys

    from tissuesense.cli.output import diagnostics, print_json
    from tissuesense.core.clock import SystemClock
    from tissuesense.services.doctor import examine, in_the_way
    from tissuesense.services.machine import look_around

    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    with diagnostics().status("Looking around, listening for Bluetooth"):
        machine = asyncio.run(
            look_around(clock=SystemClock(), seconds=_LISTEN_S, data=data, columns=columns)
        )
    findings = examine(machine)
    troubles = in_the_way(findings)
    if as_json:
        print_json(
            {
                "schema": _SCHEMA,
                "system": str(machine.system),
                "checks": [finding.to_dict() for finding in findings],
                "in_the_way": len(troubles),
            }
        )
    else:
        _show(findings, len(troubles))
    if troubles:
        raise typer.Exit(ExitCode.FAILED)


def _show(findings: "tuple[Finding, ...]", troubles: int) -> None:
    """Write one line a check, each remedy on a line of its own, and the sum."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from tissuesense.cli.output import show, show_line

    for finding in findings:
        row = Table.grid(padding=(0, 2))
        row.add_column(width=13, no_wrap=True)
        row.add_column(width=16, no_wrap=True)
        row.add_column(overflow="fold")
        mark = Text(f"{_MARKS[finding.state]} {finding.state}", style=_STYLES[finding.state])
        row.add_row(mark, finding.title, finding.sentence)
        show(Padding(row, 0, expand=False))
        if finding.mend is not None:
            show_line(f"{'':33}{finding.mend}")
    show("")
    match troubles:
        case 0:
            words = "Nothing is in the way."
        case 1:
            words = "One thing is in the way. Mend it as said there, then run this again."
        case _:
            words = f"{troubles} things are in the way. Mend the first, then run this again."
    show(Text(words, style="bold"))
