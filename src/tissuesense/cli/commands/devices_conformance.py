"""`tissuesense devices conformance`: whether a device speaks TissueSense Link."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:  # imported when the command runs, so that --help stays fast
    from tissuesense.services.link_conformance.run import Report

_SCHEMA = "tissuesense.conformance/1"


def command(
    url: Annotated[
        str,
        typer.Argument(
            help="Device URL, such as serial:///dev/ttyUSB0?model=tissuesense-link",
            show_default=False,
        ),
    ],
    ask: Annotated[
        bool, typer.Option("--ask", help="Ask a person to press the device's button.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Check a device against the TissueSense Link protocol; exit code 1 where it fails.

    Lay it down unloaded: its tare is taken off and set. It takes about half a minute.

    Example: tissuesense devices conformance 'sim:?model=tissuesense-link'
    """
    import asyncio

    from tissuesense.cli.exit_codes import ExitCode
    from tissuesense.cli.output import print_json, say
    from tissuesense.core.clock import SystemClock
    from tissuesense.core.errors import TransportError
    from tissuesense.services.link_conformance.check import Verdict
    from tissuesense.services.link_conformance.run import check_device

    def press() -> None:
        say("Press the button of the device now, once.")

    def tell(verdict: Verdict) -> None:
        say(f"{verdict.outcome}: {verdict.check.name}")

    checking = check_device(
        url, clock=SystemClock(), ask_for_press=press if ask else None, tell=tell
    )
    try:
        report = asyncio.run(checking)
    except TransportError as err:
        if as_json:
            error = {"code": err.code, "message": err.message, "hint": err.hint}
            print_json({"schema": _SCHEMA, "url": url, "conforms": False, "error": error})
        raise
    if as_json:
        print_json({"schema": _SCHEMA, "url": url, **report.to_dict()})
    else:
        _show(report)
    if not report.conforms:
        raise typer.Exit(ExitCode.FAILED)


def _show(report: "Report") -> None:
    from rich.table import Table

    from tissuesense.cli.output import show
    from tissuesense.services.link_conformance.check import Outcome

    show("TissueSense Link, version 1.1\n")
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for verdict in report.verdicts:
        check = verdict.check
        table.add_row(verdict.outcome, check.name, verdict.said)
        if verdict.outcome is Outcome.FAIL:
            table.add_row("", "", f"Must be so (section {check.section}): {check.requirement}")
    show(table)
    show("")
    counts = ", ".join(f"{count} {outcome}" for outcome, count in report.counts.items())
    names = (report.device.get(kind, "") for kind in ("maker", "model", "serial"))
    device = " ".join(filter(None, names)) or "The device"
    show(f"{device} {'conforms' if report.conforms else 'does not conform'}: {counts}.")
