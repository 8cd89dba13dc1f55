"""`tissuesense measure`: guided presses, taps or movements at one site, judged as they are made."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tissuesense.cli.exit_codes import ExitCode
from tissuesense.cli.output import print_json, say, show
from tissuesense.cli.state_option import StateOption, with_state
from tissuesense.cli.stop_options import ButtonOption, ReactionOption, StopByOption, stop_signal
from tissuesense.cli.store_option import DataOption, open_from_terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from tissuesense.services.measure import Measured
    from tissuesense.services.measure_plan import MeasurePlan
    from tissuesense.store.running import RunningFile
    from tissuesense.transport.capture_writer import CapturePlace

    Run = Callable[[MeasurePlan, Path | CapturePlace], Coroutine[Any, Any, Measured]]

_STOP = "Space, Enter, b or a presenter's key: the client says stop.   "
_END = "s: end here."


def command(
    device: Annotated[str, typer.Option(help="Device URL, such as sim:?subject=relaxed")],
    site: Annotated[
        str | None,
        typer.Option(help="Where, such as trapezius_upper; needed but for a replay."),
    ] = None,
    side: Annotated[
        str | None, typer.Option(help="left, right or midline; needed but for a replay.")
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            help="ppt (unless stated), tolerance, indentation, tap, stretch, rom or dose."
        ),
    ] = None,
    trials: Annotated[
        int | None,
        typer.Option(
            help="Accepted presses, taps, ... wanted; else the preset's, else what is usual."
        ),
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(help="End after so long; a treatment is then complete.")
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(help="Protocol, such as dfns; without one the rate is not judged."),
    ] = None,
    probe_area_cm2: Annotated[
        float | None,
        typer.Option("--probe-area-cm2", help="Contact area of the tip; else the preset's."),
    ] = None,
    state: StateOption = None,
    button: ButtonOption = None,
    stop_by: StopByOption = None,
    reaction: ReactionOption = None,
    client: Annotated[
        str | None, typer.Option(help="Save into the visit of today of this client.")
    ] = None,
    block: Annotated[
        Literal["pre", "treatment", "post"] | None,
        typer.Option(help="When in the visit; else after what was treated in it, or before."),
    ] = None,
    data: DataOption = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder that keeps trace, side-car and raw capture.")
    ] = None,
    show_value: Annotated[
        bool, typer.Option("--show-value", help="Show the running pressure to the hand.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Measure at one site: the guide tells the pace, each press is judged when it is over.

    Taps, stretches, movements and treatment are followed and judged alike. A treatment ends with
    its last application, with --seconds, or with the key s.

    Without --client and --out nothing is kept once enough presses were accepted; what had to stop
    before is always kept, and the last line says where.

    Example: tissuesense measure --device 'sim:?subject=relaxed' --kind ppt --site trapezius_upper
    --side left --trials 3 --preset dfns
    """
    from tissuesense.services.measure_plan import plan_measurement, stated_in
    from tissuesense.transport.url import simulated_at

    signal = stop_signal(stop_by, button, reaction)
    named = {"kind": kind, "site": site, "side": side, "probe_area_cm2": probe_area_cm2}
    stated = with_state(state, named)
    plan = plan_measurement(
        {**stated_in(device, stated), **signal.sidecar()},
        trials=trials,
        preset_name=preset,
        seconds=seconds,
    )
    run = partial(
        _measured, simulated_at(device, plan.site, plan.kind), button, show_value=show_value
    )
    if client is None:
        measured, saved = _for_nobody(run, plan, out), dict[str, str]()
    else:
        measured, saved = _for_client(run, plan, out, client, data, block)
    _tell(measured, saved, as_json=as_json)
    if not measured.complete:
        raise typer.Exit(ExitCode.FAILED)


def _for_nobody(run: "Run", plan: "MeasurePlan", out: Path | None) -> "Measured":
    """Measure, and keep files where it was asked for or had to stop before."""
    import asyncio

    trace_path = _trace_path(out, plan)
    with _nothing_lost(trace_path):
        capture = trace_path.with_suffix(".capture")
        measured = asyncio.run(run(plan, capture))
        if out is not None or (not measured.complete and measured.recording.trace.size):
            _write(measured, trace_path)
        else:
            capture.unlink()
    return measured


def _for_client(
    run: "Run",
    plan: "MeasurePlan",
    out: Path | None,
    client: str,
    data: str | None,
    block: str | None,
) -> "tuple[Measured, dict[str, str]]":
    """Measure into the store, where what was recorded outlives this program."""
    import asyncio

    import numpy as np

    from tissuesense.core.clock import SystemClock
    from tissuesense.guidance.words import ITEMS
    from tissuesense.record.client import parse_client_id
    from tissuesense.record.visit import Block
    from tissuesense.services.before_pressing import prepare
    from tissuesense.services.keep_measured import save_measured
    from tissuesense.services.running_capture import recover, running_capture

    client_id, clock, rng = parse_client_id(client), SystemClock(), np.random.default_rng()
    saved: dict[str, str] = {}
    with open_from_terminal(data) as store:
        prepared = prepare(store, client_id, plan, today=clock.local_now().date())
        for sentence in prepared.sentences:
            say(sentence)
        for recovered in recover(store, clock=clock, rng=rng):
            say(recovered.sentence)
        with running_capture(store, client_id, clock=clock, rng=rng) as running, _sealed(running):
            measured = asyncio.run(run(prepared.plan, running))
            capture = running.capture()
            if measured.pressed:
                kept = save_measured(
                    store, client_id, measured, capture,
                    clock=clock, rng=rng, id=running.beginning.id,
                    block=None if block is None else Block(block),
                ).measurement  # fmt: skip
                say(f"Saved as {kept.id} in the visit {kept.visit}.")
                saved = {"measurement": kept.id, "visit": kept.visit}
            else:
                say(f"There was no {ITEMS[plan.kind].one}: nothing was added to the visit.")
            if out is not None or (not saved and measured.recording.trace.size):
                _write(measured, _trace_path(out, plan), capture)
            running.file.remove()
    return measured, saved


def _write(measured: "Measured", trace_path: Path, capture: bytes | None = None) -> None:
    from tissuesense.services.keep_measured import write_measured

    if capture is not None:
        trace_path.with_suffix(".capture").write_bytes(capture)
    write_measured(measured, trace_path)
    say(f"Trace, side-car and raw capture are kept: {trace_path}")


@contextmanager
def _sealed(running: "RunningFile") -> Iterator[None]:
    """Say where the recording is when all else failed; one without a reading is none."""
    from tissuesense.services.running_capture import holds_readings

    try:
        yield
    except BaseException:
        if holds_readings(running):
            say("What came so far is kept, sealed; the next measurement takes it into the record.")
        else:
            running.file.remove()
        raise


async def _measured(
    url: str,
    button: str | None,
    plan: "MeasurePlan",
    capture: "Path | CapturePlace",
    *,
    show_value: bool,
) -> "Measured":
    """Measure with the live guide on stderr and the keys of the terminal, if there is one."""
    import asyncio

    from tissuesense.cli.keyboard import STOP_KEYS, ending_on_signal, listening
    from tissuesense.cli.ramp_guide import ramp_guide
    from tissuesense.guidance.guide import guide_for
    from tissuesense.services.measure import concluded, measure
    from tissuesense.transport.device import open_device

    stop = asyncio.Event()
    gauge = open_device(url, capture=capture, stated=plan.stated, button=button)
    if not gauge.profile.states_tip:
        guide_for(plan.kind, plan.context(gauge.context))  # refused here, before anything is opened
    async with gauge as device:
        tip = plan.context(device.context).tip
        stops = STOP_KEYS if plan.pressing else ()
        with (
            ending_on_signal(stop.set),
            listening({**dict.fromkeys(stops, device.mark), "s": stop.set}) as heard,
            ramp_guide(
                plan.site.words,
                keys=(_STOP if stops else "") + _END if heard else "",
                kpa_per_n=tip.kpa_per_n if tip and show_value else None,
            ) as guide,
        ):
            measured = await measure(device, plan, show=guide, stop=stop)
    return concluded(measured, device)


def _trace_path(out: Path | None, plan: "MeasurePlan") -> Path:
    """Return where trace, side-car and capture of this measurement go, if they are kept."""
    from tempfile import mkdtemp

    from tissuesense.core.clock import SystemClock
    from tissuesense.files.replace import make_folder

    if out is not None:
        make_folder(out)
    folder = out or Path(mkdtemp(prefix="tissuesense-"))
    moment = SystemClock().local_now()
    return folder / f"{moment:%Y%m%d-%H%M%S}-{plan.site.side}-{plan.site.name}-{plan.kind}.csv"


@contextmanager
def _nothing_lost(trace_path: Path) -> Iterator[None]:
    """Take the folder away where nothing came into it; say where it is when all else failed."""
    folder = trace_path.parent
    try:
        yield
    except BaseException:
        if any(folder.glob(f"{trace_path.stem}.*")):
            say(f"What came so far is kept in {folder}")
        raise
    finally:
        with suppress(OSError):
            folder.rmdir()


def _tell(measured: "Measured", saved: dict[str, str], *, as_json: bool) -> None:
    from tissuesense.cli.tables import analysis_block
    from tissuesense.services.keep_measured import measured_document, why_incomplete

    if as_json:
        print_json(measured_document(measured, saved or None))
    elif measured.analysis is not None:
        show(analysis_block(measured.analysis))
    for sentence in measured.health.sentences:
        say(sentence)
    why = why_incomplete(measured)
    if why:
        say(why)
