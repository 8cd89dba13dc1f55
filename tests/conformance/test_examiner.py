"""Claim: the examiner praises the truth, blames every departure from it, and repeats itself."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from tests.conformance.examiner.generator import GENERATORS, generate
from tests.conformance.examiner.score import RecordingScore, Summary, score
from tests.conformance.examiner.truth import IndentationTruth, Known, PressTruth

Item = dict[str, Any]


def exactly(value: float) -> Item:
    return {"value": value, "u": 0.0, "ci95": [value - 1e-9, value + 1e-9]}


def ppt_item(truth: PressTruth) -> Item:
    return {
        "onset_s": truth.start_s,
        "release_s": truth.end_s,
        "threshold_kpa": None if truth.censored else exactly(truth.threshold_kpa),
        "latent_threshold_kpa": None if truth.censored else exactly(truth.latent_kpa),
        "ramp_rate_kpa_s": exactly(truth.rate_kpa_s),
        "accepted": not truth.censored,
        "flags": ["censored"] if truth.censored else [],
    }


def indentation_item(truth: IndentationTruth) -> Item:
    return {
        "contact_s": truth.start_s,
        "contact_mm": truth.contact_mm,
        "contact_u_mm": 0.01,
        "secant_stiffness_n_mm": exactly(truth.secant_n_mm),
        "tangent_stiffness_n_mm": [
            {"at_n": at_n, **exactly(slope)} for at_n, slope in truth.tangents_n_mm.items()
        ],
        "fung": None if truth.fung_b_per_mm is None else {"b_per_mm": exactly(truth.fung_b_per_mm)},
        "power_exponent": None if truth.power is None else exactly(truth.power),
        "energy_loss_ratio": exactly(truth.energy_loss),
        "relaxation_fraction": None if truth.relaxation is None else exactly(truth.relaxation),
        "relaxation": None
        if truth.equilibrium is None
        else {"equilibrium_fraction": exactly(truth.equilibrium)},
        "force_only": {
            "hold_response": [
                {"after_s": after_s, **exactly(lost)} for after_s, lost in truth.responses.items()
            ]
        },
        "flags": [],
    }


def true_report(known: Known) -> Item:
    trials = [ppt_item(t) for t in known.presses if isinstance(t, PressTruth)]
    presses = [indentation_item(t) for t in known.presses if isinstance(t, IndentationTruth)]
    return {"presses": presses} if presses else {"trials": trials}


def scored(kind: str, change: Callable[[Item], None]) -> list[RecordingScore]:
    scores = []
    for known in generate(kind, 12, 7):
        report = true_report(known)
        change(report)
        scores.append(score(known, report))
    return scores


@pytest.mark.parametrize("kind", GENERATORS)
def test_the_truth_scores_without_error(kind: str) -> None:
    summary = Summary(scores=tuple(scored(kind, lambda _: None)))

    assert summary.exact_share == 1
    for name in {*summary.names()} - {"threshold_at_row", "rate_mean"}:
        assert summary.error(name, 1.0) == 0
    assert kind != "ppt" or summary.coverage("latent") == 1


def test_a_bias_of_three_percent_is_seen() -> None:
    def press_harder(report: Item) -> None:
        for trial in report["trials"]:
            trial["threshold_kpa"] = exactly(1.03 * trial["threshold_kpa"]["value"])

    summary = Summary(scores=tuple(scored("ppt", press_harder)))

    assert summary.error("threshold", 0.5) == pytest.approx(0.03)


def test_a_missing_number_counts_as_wrong() -> None:
    def forget(report: Item) -> None:
        for press in report["presses"]:
            press["secant_stiffness_n_mm"] = None

    summary = Summary(scores=tuple(scored("indentation", forget)))

    assert summary.error("secant", 0.5) == np.inf
    assert summary.missing("secant") == len(summary.presses())


def test_a_press_too_many_or_too_few_or_twice_is_not_exact() -> None:
    def invent(report: Item) -> None:
        report["trials"].append(report["trials"][0] | {"onset_s": -2.0, "release_s": -1.0})

    def lose(report: Item) -> None:
        del report["trials"][0]

    def repeat(report: Item) -> None:
        report["trials"].append(dict(report["trials"][0]))

    for change in (invent, lose, repeat):
        assert not any(s.exact for s in scored("ppt", change))


def test_a_censored_press_that_shows_a_number_is_blamed() -> None:
    def show(report: Item) -> None:
        for trial in report["trials"]:
            trial["threshold_kpa"] = trial["threshold_kpa"] or exactly(300.0)

    summary = Summary(scores=tuple(scored("censored", show)))

    assert summary.error("censored", 1.0) == 1


@pytest.mark.parametrize("kind", GENERATORS)
def test_the_same_seed_gives_the_same_recordings(kind: str) -> None:
    first, second = (
        [known.recording.trace.sha256 for known in generate(kind, count, 5)] for count in (3, 5)
    )

    assert first == second[:3]


def test_noise_apart_the_gauge_shows_the_threshold_at_the_signal() -> None:
    for known in generate("ppt", 40, 11):
        sensor: Any = known.parameters["sensor"]
        damage: Any = known.parameters["damage"]
        trace = known.recording.trace
        area: Any = known.recording.context.tip
        if sensor.rate_hz < 100 or damage.spikes or damage.lost_share or damage.gaps:
            continue
        for press in known.presses:
            assert isinstance(press, PressTruth)
            assert trace.force_n is not None
            near = np.interp(press.threshold_time_s, trace.t_s, trace.force_n) - sensor.offset_n
            slack_n = 6 * sensor.noise_n + sensor.resolution_n + 1 + 0.01 * near
            assert near == pytest.approx(press.threshold_kpa / area.kpa_per_n, abs=slack_n)
