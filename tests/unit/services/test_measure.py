"""Measuring ends when enough presses were accepted, and its numbers are those of `analyze`."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from tissuesense.analysis.analyse import analyze
from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import ConfigurationError, NoProbeArea, UsageError
from tissuesense.core.recording import RecordingContext, RecordingKind
from tissuesense.files.trace_csv import read_trace
from tissuesense.services.judged import judged_presses
from tissuesense.services.keep_measured import (
    measured_document,
    save_measured,
    why_incomplete,
    write_measured,
)
from tissuesense.services.measure import (
    Ending,
    Measured,
    MeasureProgress,
    concluded,
    measure,
)
from tissuesense.services.measure_plan import MeasurePlan, plan_measurement
from tissuesense.services.records import add_client
from tissuesense.services.reproduce import reproduce
from tissuesense.store.opening import open_store
from tissuesense.transport.device import open_device

PLACE = {"kind": "ppt", "site": "trapezius_upper", "side": "left"}


def measured(query: str, plan: MeasurePlan, *, stop_after: int | None = None) -> Measured:
    """Measure on a simulated gauge as fast as it goes; `stop_after` so many presses by hand."""

    async def run() -> Measured:
        stop = asyncio.Event()

        def show(progress: MeasureProgress) -> None:
            if stop_after is not None and len(progress.judged) >= stop_after:
                stop.set()

        async with open_device(f"sim:?speed=0&{query}") as device:
            return await measure(device, plan, show=show, stop=stop)

    return asyncio.run(run())


def test_it_ends_with_the_accepted_presses_that_were_wanted() -> None:
    outcome = measured("seed=1", plan_measurement(PLACE, trials=2, preset_name="dfns"))
    assert outcome.ending is Ending.ENOUGH
    assert outcome.complete
    assert outcome.analysis is not None
    assert sum(press.accepted for press in judged_presses(outcome.analysis)) == 2
    assert why_incomplete(outcome) == ""


def test_the_numbers_are_those_of_the_written_trace(tmp_path: Path) -> None:
    outcome = measured("seed=2", plan_measurement(PLACE, trials=2))
    write_measured(outcome, tmp_path / "m.csv")
    again = analyze(read_trace(tmp_path / "m.csv")).to_dict()
    assert outcome.analysis is not None
    live = outcome.analysis.to_dict()
    assert live["trials"] == again["trials"]
    assert live["session"] == again["session"]


def test_a_hand_that_is_too_fast_has_to_press_again() -> None:
    outcome = measured(
        "seed=1&fault=fast_hand", plan_measurement(PLACE, trials=2, preset_name="dfns")
    )
    assert outcome.analysis is not None
    judged = judged_presses(outcome.analysis)
    assert any(press.sentence.startswith("Too fast.") for press in judged)
    assert len(judged) > 2


def test_a_gauge_that_falls_silent_ends_it_with_its_sentence() -> None:
    outcome = measured("seed=1&fault=silence", plan_measurement(PLACE, trials=3))
    assert outcome.ending is Ending.DEVICE
    assert not outcome.complete
    assert "has sent nothing" in why_incomplete(outcome)
    assert outcome.recording.trace.size > 0


def test_the_limit_ends_it_and_the_press_counts_as_censored() -> None:
    plan = plan_measurement(PLACE, trials=3)
    careful = replace(plan, stated=replace(plan.stated, cutoff_kpa=120.0))
    outcome = measured("seed=1&marker=0", careful)
    assert outcome.ending is Ending.LIMIT
    assert outcome.analysis is not None
    entry = outcome.analysis.to_dict()["trials"][0]
    assert entry["threshold_kpa"] is None
    assert "censored" in entry["flags"]


def test_it_stops_when_asked_and_keeps_what_came() -> None:
    outcome = measured("seed=1", plan_measurement(PLACE, trials=5), stop_after=1)
    assert outcome.ending is Ending.ASKED
    document = measured_document(outcome, None)
    assert document["stopped"]["code"] == "asked"
    assert len(document["trials"]) >= 1


def test_what_is_stated_outweighs_the_preset_and_the_device() -> None:
    plan = plan_measurement({**PLACE, "probe_area_cm2": 0.5}, preset_name="tmd0.5")
    context = plan.context(RecordingContext.from_dict({"probe_area_cm2": 2, "instrument": "x"}))
    assert context.tip is not None
    assert context.tip.area_cm2 == 0.5
    assert context.cutoff_kpa == 600.0
    assert context.instrument == "x"
    assert context.extra["preset"] == "tmd0.5"


def test_without_a_preset_the_rate_is_not_judged() -> None:
    plan = plan_measurement({**PLACE, "probe_area_cm2": 1.0})
    assert plan.context(RecordingContext()).target_rate_kpa_s is None
    assert plan.trials == 3


def test_a_pressure_needs_an_area_and_stiffness_does_not() -> None:
    with pytest.raises(NoProbeArea):
        plan_measurement(PLACE).context(RecordingContext())
    stiffness = plan_measurement({**PLACE, "kind": "indentation"})
    assert stiffness.context(RecordingContext()).kind is RecordingKind.INDENTATION


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "massage"},
        {"kind": "ptt"},
        {"side": "port"},
        {"site": "Left shoulder"},
        {"site": None},
    ],
)
def test_a_wrong_plan_is_refused(wrong: dict[str, str | None]) -> None:
    with pytest.raises(UsageError):
        plan_measurement(PLACE | wrong)


def test_no_presses_and_an_unknown_preset_are_refused() -> None:
    with pytest.raises(UsageError):
        plan_measurement(PLACE, trials=0)
    with pytest.raises(ConfigurationError):
        plan_measurement(PLACE, preset_name="dnfs")


@pytest.mark.parametrize("fault", ["silence", "unplug", "garbage"])
def test_what_is_kept_is_what_the_capture_tells_again(
    fault: str, tmp_path: Path, rng: np.random.Generator
) -> None:
    capture = tmp_path / "raw.capture"
    clock = ManualClock()

    async def run() -> Measured:
        url = f"sim:?speed=0&seed=2&fault={fault}"
        async with open_device(url, clock=clock, capture=capture) as device:
            found = await measure(
                device, plan_measurement(PLACE), show=lambda _: None, stop=asyncio.Event()
            )
        return concluded(found, device)

    outcome = asyncio.run(run())
    with open_store(tmp_path / "store", clock=clock, create=True, plain=True) as store:
        client = add_client(store, clock=clock, rng=rng).id
        kept = save_measured(store, client, outcome, capture.read_bytes(), clock=clock, rng=rng)
        assert reproduce(store, kept.measurement.id).differences == ()


def test_today_is_the_day_on_the_practices_wall(tmp_path: Path, rng: np.random.Generator) -> None:
    # From 18:00 to 20:00 in a practice where midnight of Greenwich lies in between.
    clock = ManualClock(
        start=datetime(2026, 1, 5, 23, 0, tzinfo=UTC), zone=timezone(timedelta(hours=-5))
    )
    outcome = measured("seed=1", plan_measurement(PLACE, trials=1))
    with open_store(tmp_path, clock=clock, create=True, plain=True) as store:
        client = add_client(store, clock=clock, rng=rng).id
        visits = []
        for hours in (0, 2, 5):
            clock.advance(3600.0 * hours)
            kept = save_measured(store, client, outcome, b"", clock=clock, rng=rng)
            visits.append(kept.measurement.visit)
    assert visits[0] == visits[1] != visits[2]
