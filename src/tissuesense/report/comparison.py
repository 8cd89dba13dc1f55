"""Left against right at one site: threshold and stiffness, each with what may be said of it."""

from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.hypertonia import HypertoniaIndex, index
from tissuesense.report.readings import Reading, SiteView
from tissuesense.report.document import Words, say
from tissuesense.report.quantities import measured
from tissuesense.report.words import Comparison, compare_thresholds, direction, percent_words

STIFFNESS = "secant_stiffness_n_mm"


@dataclass(frozen=True, slots=True, kw_only=True)
class SideComparison:
    """None: one of the two sides has no number."""

    threshold: Comparison | None
    stiffness: HypertoniaIndex | None


def compare_sides(left: SiteView, right: SiteView) -> SideComparison:
    """Compare the two sides of a site."""
    return SideComparison(
        threshold=_thresholds(left.ppt, right.ppt),
        stiffness=_stiffness(left.indentation, right.indentation),
    )


def _thresholds(left: Reading | None, right: Reading | None) -> Comparison | None:
    if left is None or right is None:
        return None
    first, second = left.session("ppt_kpa"), right.session("ppt_kpa")
    if first is None or second is None:
        return None
    return compare_thresholds(
        first, second, presses=(len(left.accepted()), len(right.accepted()))
    )


def _stiffness(left: Reading | None, right: Reading | None) -> HypertoniaIndex | None:
    if left is None or right is None:
        return None
    return index({STIFFNESS: np.array(left.values(STIFFNESS))}, {STIFFNESS: np.array(right.values(STIFFNESS))})


def threshold_verdict(compared: Comparison) -> str:
    """Return what may be said of two thresholds, no more."""
    if not compared.beyond_error:
        return "within usual measurement error of each other"
    return f"left {direction(compared.percent)} than right, by more than usual measurement error"


def stiffness_verdict(found: HypertoniaIndex) -> str:
    """Return what may be said of two stiffnesses, no more."""
    return {
        "higher": "left stiffer than right, by more than measurement error",
        "lower": "left softer than right, by more than measurement error",
        "no detectable change": "no difference larger than measurement error",
        "components disagree": "the components disagree, so no figure is given",
    }.get(found.state, "too few usable presses to compare")


def threshold_sentence(compared: Comparison, left: SiteView, right: SiteView) -> Words:
    """Return the comparison of two thresholds as a sentence with both numbers."""
    values = [_threshold(side) for side in (left, right)]
    amount = f"{abs(compared.percent):.0f} %"
    if not compared.beyond_error:
        return say(
            "The pain thresholds, ", *values[0], " on the left and ", *values[1],
            f" on the right, differ by {amount}: within usual measurement error.",
        )  # fmt: skip
    return say(
        "The left pain threshold, ", *values[0],
        f", is {amount} {direction(compared.percent)} than the right, ", *values[1],
        ": more than usual measurement error.",
    )  # fmt: skip


def stiffness_sentence(found: HypertoniaIndex) -> Words:
    """Return the comparison of two stiffnesses as a sentence, its interval with it."""
    if found.percent is None:
        return say(f"Stiffness: {stiffness_verdict(found)}.")
    percent = found.percent.value
    low, high = (percent_words(bound) for bound in found.percent.coverage_interval())
    told = f"{abs(percent):.0f} % {'stiffer' if percent > 0 else 'softer'} than the right"
    error = (
        "within measurement error"
        if found.state == "no detectable change"
        else "more than measurement error"
    )
    return say(f"The left is {told} (95 % interval {low} to {high}): {error}.")


def _threshold(side: SiteView) -> Words:
    found = None if side.ppt is None else side.ppt.session("ppt_kpa")
    if found is None or found.value is None:
        return say("no value")
    return say(measured(found.value, found.standard_uncertainty, "kPa"))
