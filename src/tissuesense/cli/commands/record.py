"""`tissuesense record`: raw samples of a gauge into a file, nothing estimated."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tissuesense.cli.state_option import StateOption, with_state
from tissuesense.cli.stop_options import ButtonOption, ReactionOption, StopByOption, stop_signal

if TYPE_CHECKING:  # imported when the command runs, so that --help stays fast
    from collections.abc import Awaitable
    from contextlib import AbstractContextManager

    from tissuesense.services.capture import Recorded, RecordRequest
    from tissuesense.transport.device import Device

_SCHEMA = "tissuesense.recording/1"


def command(
    device: Annotated[str, typer.Option(help="Device URL, such as sim:?subject=relaxed")],
    seconds: Annotated[float, typer.Option(help="How long, from the first sample on.")],
    out: Annotated[Path, typer.Option(help="Trace file to write, NAME.csv.")],
    probe_area_cm2: Annotated[
        float | None, typer.Option("--probe-area-cm2", help="Contact area of the tip.")
    ] = None,
    kind: Annotated[
        str | None, typer.Option(help="What is being done: ppt, indentation, ...")
    ] = None,
    site: Annotated[str | None, typer.Option(help="Where, such as trapezius_upper.")] = None,
    side: Annotated[str | None, typer.Option(help="left, right or midline.")] = None,
    state: StateOption = None,
    button: ButtonOption = None,
    stop_by: StopByOption = None,
    reaction: ReactionOption = None,
    give_up: Annotated[
        float, typer.Option("--give-up", help="Seconds without a sample until the device is gone.")
    ] = 10.0,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing recording.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Record raw samples: NAME.csv, NAME.json beside it, and the bytes in NAME.capture.

    Space, Enter, b or a presenter's key marks that the client says stop. Ctrl-C ends the recording
    early and keeps it.

    Example: tissuesense record --device 'serial:///dev/ttyUSB0?model=mark10' --seconds 10
    --out trace.csv --probe-area-cm2 1.0
    """
    from tissuesense.core.recording import RecordingContext
    from tissuesense.services.capture import RecordRequest
    from tissuesense.transport.url import simulated_at

    signal = stop_signal(stop_by, button, reaction)
    named = {"probe_area_cm2": probe_area_cm2, "kind": kind, "site": site, "side": side}
    stated = with_state(state, named)
    context = RecordingContext.from_dict(stated | signal.sidecar())
    request = RecordRequest(
        url=simulated_at(device, context.body_site, context.kind),
        out=out,
        seconds=seconds,
        context=context,
        button=button,
        force=force,
        give_up_s=give_up,
    )
    recorded = _run(request)
    _tell(request, recorded, as_json=as_json)
    if recorded.error is not None:
        raise recorded.error


def _run(request: "RecordRequest") -> "Recorded":
    """Record with a progress bar on stderr."""
    import asyncio

    from rich.progress import BarColumn, Progress, TextColumn

    from tissuesense.cli.output import diagnostics
    from tissuesense.core.clock import SystemClock
    from tissuesense.services import capture
    from tissuesense.transport.base import LinkState

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[said]}"))
    console = diagnostics()
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("Opening", total=request.seconds, said="")

        def show(progress: capture.Progress) -> None:
            lost = progress.link is LinkState.LOST
            bar.update(
                task,
                description="Link lost, trying again" if lost else "Recording",
                completed=min(progress.elapsed_s, request.seconds),
                said=f"{progress.elapsed_s:.1f} s, {progress.samples} samples, "
                f"{progress.signals} stop signals",
            )

        recording = capture.record(request, clock=SystemClock(), progress=show, attend=_hear_keys)
        return asyncio.run(_stoppable(recording))


def _hear_keys(device: "Device") -> "AbstractContextManager[bool]":
    """Let the keys that mean stop mark."""
    from tissuesense.cli.keyboard import STOP_KEYS, listening

    return listening(dict.fromkeys(STOP_KEYS, device.mark))


async def _stoppable(recording: "Awaitable[Recorded]") -> "Recorded":
    """Let a request to terminate end the recording as Ctrl-C does."""
    import asyncio
    import contextlib
    import signal

    task = asyncio.current_task()
    if task is not None:
        with contextlib.suppress(NotImplementedError):  # Windows has no such handlers
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await recording


def _tell(request: "RecordRequest", recorded: "Recorded", *, as_json: bool) -> None:
    from tissuesense.cli.output import print_json, say
    from tissuesense.core.flag_words import left_out_words
    from tissuesense.files.sidecar import sidecar_path

    trace, quality = recorded.trace, recorded.quality
    if as_json:
        print_json(
            {
                "schema": _SCHEMA,
                "trace": str(request.out) if trace.size else None,
                "capture": str(request.capture_path) if trace.size else None,
                "samples": trace.size,
                "duration_s": trace.duration_s,
                "sample_rate_hz": trace.sample_rate_hz,
                "flags": [str(flag) for flag in quality.flags],
                "gaps": [list(gap) for gap in quality.gaps],
                "rejected_frames": quality.rejected_frames,
                "clock": str(trace.clock),
                **recorded.health.to_dict(),
                "sha256": trace.sha256,
                "stopped": recorded.stopped,
            }
        )
    for sentence in recorded.health.sentences:
        say(sentence)
    if not trace.size:
        return
    rate = f", {round(trace.sample_rate_hz, 1):g} a second" if trace.sample_rate_hz else ""
    beside = f"what is known of them: {sidecar_path(request.out)}"
    say(f"{trace.size} samples in {trace.duration_s:.1f} s{rate}: {request.out}; {beside}")
    if recorded.error is not None:
        say(f"The raw bytes up to there: {request.capture_path}")
    for start_s, end_s in quality.gaps:
        say(f"Gap: nothing came from {start_s:.2f} s to {end_s:.2f} s.")
    if quality.rejected_frames:
        say(left_out_words(quality.rejected_frames))
