"""Left against right at one site, in the few words that may be said of it."""

import math

from tissuesense.analysis.agreement.published_sem import published_sems
from tissuesense.analysis.course.clinic_sem import clinic_sem
from tissuesense.analysis.course.treatment_effect import TreatmentEffect, treatment_effect
from tissuesense.analysis.sides.asymmetry import (
    Asymmetry,
    Verdict,
    stiffness_asymmetry,
    threshold_asymmetry,
)
from tissuesense.core.quantity import Estimate
from tissuesense.report.document import Number, Words, say
from tissuesense.report.measures import MEASURES, Measure
from tissuesense.report.quantities import measured, signed
from tissuesense.report.readings import Reading, SiteView

PAIN_THRESHOLD = "ppt_kpa"
STIFFNESS = "secant_stiffness_n_mm"

_VERDICTS = {
    Verdict.BEYOND_ERROR: "more than usual measurement error",
    Verdict.WITHIN_ERROR: "within usual measurement error",
    Verdict.TOO_FEW: "too few usable presses to compare",
}


def compare_thresholds(left: SiteView, right: SiteView) -> Asymmetry | None:
    """Compare the pressure pain thresholds of two sides; None where a side has none."""
    if left.ppt is None or right.ppt is None:
        return None
    first, second = _threshold(left.ppt), _threshold(right.ppt)
    if first is None or second is None:
        return None
    presses = (len(left.ppt.accepted()), len(right.ppt.accepted()))
    return threshold_asymmetry(first, second, presses=presses)


def compare_stiffness(left: SiteView, right: SiteView) -> Asymmetry | None:
    """Compare the stiffness of two sides press by press (hypertonia index); None: not measured."""
    if left.indentation is None or right.indentation is None:
        return None
    return stiffness_asymmetry(
        left.indentation.values(STIFFNESS), right.indentation.values(STIFFNESS)
    )


def measured_twice(
    before: SiteView, after: SiteView
) -> tuple[tuple[Measure, Reading, Reading], ...]:
    """Return what was measured of one site both before and after treatment, in repeats."""
    return tuple(
        (measure, earlier, later)
        for measure in MEASURES
        if measure.repeat
        and (earlier := before.reading(measure.kind)) is not None
        and (later := after.reading(measure.kind)) is not None
    )


def change_in_visit(measure: Measure, before: Reading, after: Reading) -> TreatmentEffect:
    """Compare what counts before treatment with what counts after it.

    Measurement error is what is known of the quantity between days, on the safe side within one.
    """
    known = published_sems(measure.known_as)
    sem = clinic_sem([], quantity=measure.known_as) if known else None
    return treatment_effect(
        before.values(measure.repeat or ""),
        after.values(measure.repeat or ""),
        sem=sem,
        scale="ratio" if sem is None or sem.scale == "ln" else "difference",
        name=measure.title,
        unit=measure.unit,
    )


def verdict_words(found: Asymmetry) -> str:
    """Return whether it is more than error, no more than that."""
    return _VERDICTS[found.verdict]


def threshold_sentence(found: Asymmetry, left: SiteView, right: SiteView) -> Words:
    """Return the comparison of two thresholds as a sentence with both numbers."""
    values = [_value(side.ppt, PAIN_THRESHOLD, "kPa") for side in (left, right)]
    verdict = verdict_words(found)
    if found.verdict is not Verdict.BEYOND_ERROR:
        return say(
            "The pain thresholds, ", *values[0], " on the left and ", *values[1],
            " on the right, differ by ", amount(found), f": {verdict}.",
        )  # fmt: skip
    return say(
        "The left pain threshold, ", *values[0], ", is ", amount(found),
        f" {direction(found)} than the right, ", *values[1], f": {verdict}.",
    )  # fmt: skip


def stiffness_sentence(found: Asymmetry) -> Words:
    """Return the comparison of two stiffnesses as a sentence, its interval with it."""
    verdict = verdict_words(found)
    if found.percent is None or found.interval_percent is None:
        return say(f"Stiffness: {verdict}.")
    low, high = found.interval_percent
    interval = Number(value=f"{signed(low)} to {signed(high)}", unit="%")
    stiffer = "stiffer" if found.percent > 0 else "softer"
    return say(
        "The left is ", amount(found), f" {stiffer} than the right (95 % interval ", interval,
        f"): {verdict}.",
    )  # fmt: skip


def amount(found: Asymmetry) -> Number:
    """Return the size of a difference without its sign."""
    return Number(value=f"{math.fabs(found.percent or 0.0):.0f}", unit="%")


def direction(found: Asymmetry) -> str:
    """Return "higher" or "lower"."""
    return "higher" if (found.percent or 0.0) > 0 else "lower"


def _threshold(reading: Reading) -> Estimate | None:
    found = reading.session(PAIN_THRESHOLD)
    if found is None or found.value is None or found.value <= 0 or not reading.accepted():
        return None
    uncertainty = found.standard_uncertainty or 0.0
    return Estimate(value=found.value, standard_uncertainty=uncertainty, unit="kPa")


def _value(reading: Reading | None, quantity: str, unit: str) -> Words:
    found = None if reading is None else reading.session(quantity)
    if found is None or found.value is None:
        return say("no value")
    return say(measured(found.value, found.standard_uncertainty, unit))
