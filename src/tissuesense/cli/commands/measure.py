"""`tissuesense measure`: guided presses, taps or movements at one site, judged as they are made."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tissuesense.cli.exit_codes import ExitCode
from tissuesense.cli.output import print_json, say, show
from tissuesense.cli.state_option import StateOption, with_state
from tissuesense.cli.stop_options import ButtonOption, ReactionOption, StopByOption, stop_signal
from tissuesense.cli.store_option import DataOption, open_from_terminal

if TYPE_CHECKING:
    from tissuesense.record.client import ClientId
    from tissuesense.services.measure import Measured
    from tissuesense.services.measure_plan import MeasurePlan
    from tissuesense.store.opened import Store

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
    import asyncio
    from contextlib import ExitStack

    from tissuesense.record.client import parse_client_id
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
    with ExitStack() as stack:
        store = client_id = None
        if client is not None:
            client_id = parse_client_id(client)
            store = stack.enter_context(open_from_terminal(data))
            store.clients.get(client_id)  # better refused now than after the presses
        trace_path = _trace_path(out, plan)
        with _nothing_lost(trace_path):
            capture = trace_path.with_suffix(".capture")
            url = simulated_at(device, plan.site, plan.kind)
            measured = asyncio.run(_measured(url, button, plan, capture, show_value=show_value))
            saved = _keep(
                measured, trace_path, asked=out is not None, store=store, client=client_id
            )
    _tell(measured, saved, as_json=as_json)
    if not measured.complete:
        raise typer.Exit(ExitCode.FAILED)


async def _measured(
    url: str, button: str | None, plan: "MeasurePlan", capture: Path, *, show_value: bool
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


def _keep(
    measured: "Measured",
    trace_path: Path,
    *,
    asked: bool,
    store: "Store | None",
    client: "ClientId | None",
) -> dict[str, str]:
    """Keep the measurement where it was asked for, and in files where it had to stop before."""
    from tissuesense.guidance.words import ITEMS
    from tissuesense.services.keep_measured import write_measured

    capture = trace_path.with_suffix(".capture")
    saved: dict[str, str] = {}
    try:
        if store is not None and client is not None:
            if measured.pressed:
                saved = _save(measured, capture, store, client)
            else:
                say(
                    f"There was no {ITEMS[measured.plan.kind].one}: nothing was added to the visit."
                )
    finally:
        nowhere_else = not saved if client else not measured.complete
        if asked or (nowhere_else and measured.recording.trace.size):
            write_measured(measured, trace_path)
            say(f"Trace, side-car and raw capture are kept: {trace_path}")
        else:
            capture.unlink()
    return saved


def _save(
    measured: "Measured", capture: Path, store: "Store", client: "ClientId"
) -> dict[str, str]:
    import numpy as np

    from tissuesense.core.clock import SystemClock
    from tissuesense.services.keep_measured import save_measured

    kept = save_measured(
        store,
        client,
        measured,
        capture.read_bytes(),
        clock=SystemClock(),
        rng=np.random.default_rng(),
    ).measurement
    say(f"Saved as {kept.id} in the visit {kept.visit}.")
    return {"measurement": kept.id, "visit": kept.visit}


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
