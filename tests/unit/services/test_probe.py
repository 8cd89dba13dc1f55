"""A probe says what a gauge is good for, or the one thing that is in the way."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from tissuesense.analysis.signals.arrival import Arrivals
from tissuesense.analysis.signals.at_rest import AtRest
from tissuesense.core.clock import ManualClock
from tissuesense.core.contact import ContactTip
from tissuesense.core.errors import LinkLost, UsageError
from tissuesense.core.quality import QualityFlag, QualitySummary
from tissuesense.core.quantity import Estimate, NotEstimable
from tissuesense.core.trace import ClockSource
from tissuesense.devices.codec import FaultKind
from tissuesense.devices.health import GaugeHealth
from tissuesense.devices.profile import WireParameters
from tissuesense.devices.registry import DEVICES
from tissuesense.services.probe import Probed, ProbeRequest, Said, Stage, probe
from tissuesense.services.probe_verdict import judge, missed_kpa

REST = AtRest(
    samples=800,
    duration_s=10.0,
    rate_hz=80.0,
    jitter_s=0.0004,
    longest_step_s=0.014,
    zero_n=0.35,
    noise_n=0.05,
    step_n=0.01,
    drift_n_per_min=Estimate(value=0.1, standard_uncertainty=0.1, unit="N/min"),
    rest_share=1.0,
)
FINE = Probed(
    profile=DEVICES["progressor"],
    parameters=WireParameters(),
    instrument="0042",
    tip=ContactTip(area_cm2=1.0),
    clock=ClockSource.DEVICE,
    rest=REST,
    arrivals=Arrivals(late_s=(0.0,), readings=(1,)),
    quality=QualitySummary(),
    health=GaugeHealth(),
    said=Said(),
    asked=True,
    push=1,
)


def with_rest(**changes: Any) -> Probed:  # noqa: ANN401 - fields of different types
    return replace(FINE, rest=replace(REST, **changes))


def listen(url: str, **more: Any) -> Probed:  # noqa: ANN401 - as above
    return asyncio.run(probe(ProbeRequest(url=url, **more), clock=ManualClock()))


def test_a_good_gauge_is_good_for_the_fastest_ramp_that_is_in_use() -> None:
    verdict = judge(FINE)
    assert verdict.sentence == "Good for pain thresholds at up to 98 kPa/s."
    assert (verdict.usable, verdict.remarks, verdict.flags) == (True, (), ())
    assert verdict.fastest_kpa_s == pytest.approx(400.0)


@pytest.mark.parametrize(("rate_hz", "ramp"), [(10.0, 50), (16.0, 50), (19.7, 98)])
def test_the_pressure_may_rise_by_five_kilopascals_between_two_readings(
    rate_hz: float, ramp: int
) -> None:
    sentence = judge(with_rest(rate_hz=rate_hz)).sentence
    assert sentence == f"Good for pain thresholds at up to {ramp} kPa/s."


def test_a_slow_gauge_is_said_to_miss_a_ramp_by_as_much_as_rises_between_two_readings() -> None:
    verdict = judge(with_rest(rate_hz=4.0))
    assert "4 readings a second" in verdict.sentence
    assert f"up to {missed_kpa(4.0):.0f} kPa" in verdict.sentence
    assert missed_kpa(4.0, ramp_kpa_s=30.0) == pytest.approx(7.5)
    assert verdict.usable  # for slow presses


@pytest.mark.parametrize(
    ("probed", "said"),
    [
        (replace(FINE, push=-1), "Add invert=1"),
        (replace(FINE, push=-1, parameters=WireParameters(invert=True)), "Take invert=1 out"),
        (replace(FINE, said=Said(faults=(FaultKind.SENSOR,))), "trouble with its sensor"),
        (replace(FINE, said=Said(faults=(FaultKind.OVERLOAD,))), "overload"),
        (replace(FINE, quality=QualitySummary(rejected_frames=900)), "was no reading"),
        (
            replace(FINE, error=LinkLost("The link is lost.", endpoint="x", hint="Check it.")),
            "The link is lost. Check it.",
        ),
        (with_rest(samples=3, zero_n=None, noise_n=None, rate_hz=1.0), "Only 3 readings"),
        (
            replace(with_rest(noise_n=None, step_n=None), push=None),
            "never changed, not even while it was to be pushed",
        ),
    ],
)
def test_what_makes_readings_mean_nothing_is_in_the_way(probed: Probed, said: str) -> None:
    verdict = judge(probed)
    assert not verdict.usable
    assert verdict.sentence.startswith("Not usable yet. ")
    assert said in verdict.sentence


def test_a_gauge_that_goes_before_it_was_pushed_is_not_said_to_have_been_pushed_too_lightly() -> (
    None
):
    gone = LinkLost("The link is lost.", endpoint="x")
    for probed in (FINE, with_rest(noise_n=None, step_n=None)):
        verdict = judge(replace(probed, push=None, error=gone))
        assert verdict.sentence == "Not usable yet. The link is lost."
        assert "push" not in " ".join(verdict.remarks)


def test_too_few_readings_ask_for_more_time_than_there_was() -> None:
    few = {"samples": 3, "zero_n": None, "noise_n": None, "rate_hz": 0.1}
    assert "--seconds 20" in judge(with_rest(**few, duration_s=3.0)).sentence
    assert "--seconds 60" in judge(with_rest(**few, duration_s=30.0)).sentence


def test_what_is_in_the_way_is_not_remarked_upon_again() -> None:
    assert judge(replace(FINE, quality=QualitySummary(rejected_frames=900))).remarks == ()


@pytest.mark.parametrize(
    ("probed", "said"),
    [
        (replace(FINE, health=GaugeHealth(low_battery=True)), "low battery"),
        (replace(FINE, quality=QualitySummary(gaps=((2.0, 3.5),))), "from 2.0 s to 3.5 s"),
        (
            replace(FINE, quality=QualitySummary(gaps=((1.0, 1.2), (2.0, 3.5), (5.0, 5.05)))),
            "from 2.0 s to 3.5 s, the longest of 2 gaps",
        ),
        (
            replace(FINE, quality=QualitySummary(rejected_frames=3)),
            "3 pieces of the stream were no",
        ),
        (replace(FINE, said=Said(missed=7)), "7 readings that never arrived"),
        (with_rest(rate_hz=40.0), "where 80 are usual"),
        (with_rest(rest_share=0.5), "50 % of readings that were at rest"),
        (with_rest(noise_n=0.9), "noise of 0.9 N"),
        (with_rest(zero_n=-20.0), "shows -20.0 N"),
        (
            with_rest(drift_n_per_min=Estimate(value=-9.0, standard_uncertainty=0.5, unit="N/min")),
            "moves by -9.0 N a minute",
        ),
        (replace(FINE, push=None), "No push of 3 N"),
    ],
)
def test_what_is_worth_knowing_is_said_and_does_not_stop_anybody(probed: Probed, said: str) -> None:
    verdict = judge(probed)
    assert verdict.usable
    assert said in " ".join(verdict.remarks)


def test_a_wait_too_short_to_miss_anything_is_not_complained_about() -> None:
    assert judge(replace(FINE, quality=QualitySummary(gaps=((1.0, 1.05),)))).remarks == ()


@pytest.mark.parametrize("u", [0.1, 6.0])
def test_a_drift_that_may_be_none_is_not_complained_about(u: float) -> None:
    small = with_rest(
        drift_n_per_min=Estimate(value=2.9 if u < 1 else 9.0, standard_uncertainty=u, unit="N/min")
    )
    assert judge(small).remarks == ()


def test_every_null_has_a_flag_that_says_why() -> None:
    nothing = replace(
        with_rest(
            samples=2,
            zero_n=None,
            noise_n=None,
            step_n=None,
            drift_n_per_min=NotEstimable(reason=QualityFlag.TOO_FEW, detail="Too few."),
        ),
        tip=None,
        clock=ClockSource.HOST,
        asked=False,
        push=None,
        parameters=WireParameters(unit="kgf"),
    )
    flags = set(judge(nothing).flags)
    assert flags == {
        "too_few", "no_probe_area", "no_device_clock", "push_not_asked", "unit_assumed",
    }  # fmt: skip
    assert "constant" in judge(with_rest(noise_n=None, step_n=None)).flags
    assert "no_step" in judge(with_rest(step_n=None)).flags
    assert {"wrong_sign"} <= set(judge(replace(FINE, push=-1)).flags)


def test_a_simulated_gauge_is_probed_and_its_first_press_is_the_push() -> None:
    stages: list[Stage] = []
    request = ProbeRequest(url="sim:?speed=0&seed=3", seconds=3.0, ask_push=True)
    probed = asyncio.run(
        probe(request, clock=ManualClock(), progress=lambda stage, _: stages.append(stage))
    )
    assert list(dict.fromkeys(stages)) == [Stage.OPENING, Stage.REST, Stage.PUSH]
    assert probed.push == 1
    assert probed.rest.noise_n == pytest.approx(0.05, rel=0.2)  # what the simulated sensor has
    assert probed.rest.step_n == pytest.approx(0.01, rel=1e-3)
    assert probed.rest.zero_n == pytest.approx(0.35, abs=0.05)
    assert probed.rest.rate_hz == pytest.approx(80.0, rel=0.01)
    assert probed.arrivals.usual_burst is not None
    assert probed.health.battery_v is not None
    assert probed.clock is ClockSource.DEVICE


def test_a_gauge_that_nobody_is_asked_to_push_has_no_sign() -> None:
    probed = listen("sim:?speed=0", seconds=3.0)
    assert (probed.asked, probed.push) == (False, None)
    assert "push_not_asked" in judge(probed).flags


def test_a_press_during_the_rest_is_told_and_left_out() -> None:
    probed = listen("sim:?speed=0", seconds=10.0)
    assert probed.rest.touched
    assert probed.rest.zero_n == pytest.approx(0.36, abs=0.05)
    assert judge(probed).usable


def test_the_area_that_is_stated_outweighs_that_of_the_gauge() -> None:
    tip = ContactTip(area_cm2=0.5)
    assert listen("sim:?speed=0", seconds=1.0, tip=tip).tip == tip
    assert listen("sim:?speed=0", seconds=1.0).tip == ContactTip(area_cm2=1.0)


@pytest.mark.parametrize("seconds", [0.0, -1.0, 3601.0, float("nan"), float("inf")])
def test_a_probe_lasts_a_sensible_time(seconds: float) -> None:
    with pytest.raises(UsageError):
        ProbeRequest(url="sim:?", seconds=seconds)
