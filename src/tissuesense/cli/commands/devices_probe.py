"""`tissuesense devices probe`: what a gauge is, how well it reads, and what it is good for."""

from typing import TYPE_CHECKING, Annotated

import typer

from tissuesense.cli.exit_codes import ExitCode

if TYPE_CHECKING:  # imported when the command runs, so that --help stays fast
    from tissuesense.services.probe import Probed, ProbeRequest

# What the person at the gauge should do, by `Stage`.
_WORDS = {
    "opening": "Opening",
    "rest": "Listening. Leave the gauge alone",
    "push": "Push the tip firmly against the table for 2 s",
    "lost": "Link lost, trying again",
}


def command(
    url: Annotated[str, typer.Argument(help="Device URL; `devices scan` lists those in reach.")],
    seconds: Annotated[float, typer.Option(help="How long to listen to it at rest.")] = 10.0,
    probe_area_cm2: Annotated[
        float | None, typer.Option("--probe-area-cm2", help="Contact area of the tip.")
    ] = None,
    no_push: Annotated[
        bool, typer.Option("--no-push", help="Do not ask for a push to check the sign.")
    ] = False,
    give_up: Annotated[
        float, typer.Option("--give-up", help="Seconds without a sample until the device is gone.")
    ] = 10.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Open a gauge and say what it is, how it reads at rest, and what it is good for.

    Leave the gauge alone until you are asked to push. Exit code 1: it cannot be used as it is.

    Example: tissuesense devices probe 'serial:///dev/ttyUSB0?model=mark10'
    """
    import sys

    from tissuesense.cli.output import print_json
    from tissuesense.cli.probe_text import failure_json, probe_json, show_probe
    from tissuesense.core.contact import ContactTip
    from tissuesense.core.errors import TransportError
    from tissuesense.services.probe import ProbeRequest
    from tissuesense.services.probe_verdict import judge

    request = ProbeRequest(
        url=url,
        seconds=seconds,
        tip=None if probe_area_cm2 is None else ContactTip(area_cm2=probe_area_cm2),
        give_up_s=give_up,
        ask_push=not no_push and sys.stdin.isatty() and sys.stderr.isatty(),
    )
    try:
        probed = _run(request)
    except TransportError as err:
        if as_json:
            print_json(failure_json(url, err))
        raise
    verdict = judge(probed)
    if as_json:
        print_json(probe_json(url, probed, verdict))
    else:
        show_probe(probed, verdict, asked_not_to=no_push)
    if not verdict.usable:
        raise typer.Exit(ExitCode.FAILED)


def _run(request: "ProbeRequest") -> "Probed":
    """Probe with a line on stderr that says what to do and for how long yet."""
    import asyncio

    from rich.progress import BarColumn, Progress, TextColumn

    from tissuesense.cli.output import diagnostics, say
    from tissuesense.core.clock import SystemClock
    from tissuesense.services.probe import PUSH_WITHIN_S, Stage, probe

    totals = {Stage.REST: request.seconds, Stage.PUSH: PUSH_WITHIN_S}
    console = diagnostics()
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task("", total=None)
        said: set[Stage] = set()

        def show(stage: Stage, passed_s: float) -> None:
            # A terminal that can show no bar has somebody waiting at it all the same.
            if console.is_dumb_terminal and stage not in said:
                say(f"{_WORDS[stage]}.")
                said.add(stage)
            bar.update(
                task,
                description=_WORDS[stage],
                total=totals.get(stage),
                completed=max(passed_s, 0.0),
            )

        return asyncio.run(probe(request, clock=SystemClock(), progress=show))
