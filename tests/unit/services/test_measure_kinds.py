"""Taps, stretches, movements and treatment are measured live as presses are, come what may."""

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import NoColumn, NoProbeArea, UsageError
from tissuesense.core.recording import RecordingContext
from tissuesense.services.judged import judged_presses
from tissuesense.services.keep_measured import save_measured, why_incomplete
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


def planned(kind: str, trials: int = 2, **more: Any) -> MeasurePlan:  # noqa: ANN401 - as planned
    stated = {"kind": kind, "site": "trapezius_upper", "side": "left"}
    return plan_measurement(stated | more.pop("stated", {}), trials=trials, **more)


def measured(
    query: str, plan: MeasurePlan, capture: Path | None = None, *, stop_after: int | None = None
) -> tuple[Measured, list[str]]:
    """Measure on a simulated gauge as fast as it goes; return it with every sentence said."""
    sentences: list[str] = []

    async def run() -> Measured:
        stop = asyncio.Event()

        def show(progress: MeasureProgress) -> None:
            if progress.said > len(sentences):
                sentences.append(progress.sentence)
            if stop_after is not None and len(progress.judged) >= stop_after:
                stop.set()

        url = f"sim:?speed=0&kind={plan.kind}&{query}"
        async with open_device(url, clock=ManualClock(), capture=capture) as device:
            found = await measure(device, plan, show=show, stop=stop)
        return concluded(found, device)

    return asyncio.run(run()), sentences


@pytest.mark.parametrize("fault", ["dropped", "doubled", "garbage", "late_notifications"])
@pytest.mark.parametrize("kind", ["tap", "stretch", "rom"])
def test_what_a_link_usually_does_costs_no_measurement(kind: str, fault: str) -> None:
    outcome, _ = measured(f"fault={fault}", planned(kind))
    assert outcome.ending is Ending.ENOUGH
    assert outcome.complete
    assert outcome.analysis is not None
    assert sum(one.accepted for one in judged_presses(outcome.analysis)) == 2


@pytest.mark.parametrize(("kind", "word"), [("stretch", "stretch"), ("rom", "movement")])
def test_an_outage_in_the_middle_is_said_and_the_next_counts(kind: str, word: str) -> None:
    outcome, sentences = measured("fault=unplug", planned(kind, 3 if kind == "rom" else 2))
    assert outcome.complete
    assert f"Readings stopped during the {word}. Check the gauge. Again." in sentences


def test_a_press_that_ended_in_an_outage_is_said_to_have() -> None:
    _, sentences = measured("fault=unplug", planned("ppt"))
    assert "Readings stopped during the press. Check the gauge. Again." in sentences


@pytest.mark.parametrize("kind", ["tap", "stretch", "rom", "dose"])
def test_what_is_kept_is_what_the_capture_tells_again(
    kind: str, tmp_path: Path, rng: np.random.Generator
) -> None:
    capture = tmp_path / "raw.capture"
    outcome, _ = measured("fault=unplug", planned(kind), capture)
    clock = ManualClock()
    with open_store(tmp_path / "store", clock=clock, create=True, plain=True) as store:
        client = add_client(store, clock=clock, rng=rng).id
        kept = save_measured(store, client, outcome, capture.read_bytes(), clock=clock, rng=rng)
        again = reproduce(store, kept.measurement.id)
    assert again.from_capture
    assert again.differences == ()
    assert again.compared > 0


def test_a_treatment_that_was_ended_by_hand_is_complete_and_taps_are_not() -> None:
    treated, _ = measured("", planned("dose", 9), stop_after=1)
    assert treated.ending is Ending.ASKED
    assert treated.complete
    tapped, _ = measured("", planned("tap", 9), stop_after=1)
    assert not tapped.complete
    assert why_incomplete(tapped) == "Stopped before enough taps were accepted."


def test_a_treatment_beyond_the_cut_off_is_stopped() -> None:
    stated = {"cutoff_kpa": 150.0}
    outcome, _ = measured("", planned("dose", 2, stated=stated))
    assert outcome.ending is Ending.LIMIT
    assert not outcome.complete
    assert why_incomplete(outcome) == "The limit was reached. Do not press harder here."


def test_the_time_that_was_asked_for_is_kept_to() -> None:
    outcome, _ = measured("", planned("tap", 9, seconds=3.0))
    assert outcome.ending is Ending.TIME
    assert outcome.recording.trace.duration_s == pytest.approx(3.0, abs=0.2)
    assert why_incomplete(outcome) == "The time was over before enough taps were accepted."


def test_an_alarm_is_seen_while_the_hand_is_beyond_the_cut_off() -> None:
    alarms: set[bool] = set()
    plan = planned("dose", 1, stated={"cutoff_kpa": 150.0})

    async def run() -> None:
        async with open_device("sim:?speed=0&kind=dose") as device:
            await measure(
                device, plan, show=lambda p: alarms.add(p.view.alarm), stop=asyncio.Event()
            )

    asyncio.run(run())
    assert alarms == {False, True}


def test_a_gauge_without_the_column_is_refused_at_once() -> None:
    async def run() -> None:
        async with open_device("sim:?speed=0") as device:
            await measure(
                device, planned("rom"), show=lambda _: pytest.fail("measured"), stop=asyncio.Event()
            )

    with pytest.raises(NoColumn, match="angle_deg"):
        asyncio.run(run())


def test_what_the_estimator_lacks_it_says_before_anybody_works_in_vain() -> None:
    with pytest.raises(UsageError, match="lever_arm_m"):
        measured("", planned("stretch", stated={"lever_arm_m": "long"}))


def test_a_treatment_needs_an_area() -> None:
    with pytest.raises(NoProbeArea):
        planned("dose").context(RecordingContext())


def test_every_kind_has_a_usual_number() -> None:
    place = {"site": "trapezius_upper", "side": "left"}
    usual = {kind: plan_measurement({"kind": kind, **place}).trials for kind in ("ppt", "dose")}
    assert usual == {"ppt": 3, "dose": 1}


def test_a_time_that_cannot_be_is_refused() -> None:
    with pytest.raises(UsageError, match="positive time"):
        planned("dose", seconds=0.0)
