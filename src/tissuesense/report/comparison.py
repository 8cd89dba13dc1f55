"""Left against right at one site, and the little that may be said of it.

Two values differ only when they differ by more than measuring twice would give anyway. Until a
practice has repeats of its own, that is taken from published ones.
"""

import math
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.hypertonia import index
from tissuesense.record.measurement import StoredFinding
from tissuesense.report.document import Number, Words, say
from tissuesense.report.quantities import measured, signed
from tissuesense.report.readings import Reading, SiteView

PAIN_THRESHOLD = "ppt_kpa"
STIFFNESS = "secant_stiffness_n_mm"

# Usual scatter of ln(threshold): between presses of one session, and between sessions of one
# person. With three presses on each side they give a factor of 1.40 (+40 % or -29 %). The same
# order as the minimal detectable change of some 57 kPa at the upper trapezius that follows from
# Walton et al., J Orthop Sports Phys Ther 41 (2011) 644.
_LN_SD_PRESS = 0.12
_LN_SD_SESSION = 0.10
_TWO_SIDED_95 = 1.96
# Sides of people without complaints differ by 10 to 14 % in stiffness.
USUAL_STIFFNESS_ERROR_PERCENT = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How much the left is above the right, in percent of the right.

    Attributes
    ----------
    percent
        None where the data cannot answer; `state` then says why.
    error_percent
        Differences in between are what measuring twice gives anyway.
    interval_percent
        What the repeats of this visit alone say, 95 %.
    state
        What they say in a word.
    """

    percent: float | None
    error_percent: tuple[float, float]
    interval_percent: tuple[float, float] | None = None
    state: str = ""

    @property
    def beyond_error(self) -> bool:
        """True when the difference is larger than usual measurement error."""
        low, high = self.error_percent
        return self.percent is not None and not low <= self.percent <= high

    @property
    def verdict(self) -> str:
        """Whether it is more than error, no more than that."""
        if self.percent is None:
            return _NO_FIGURE.get(self.state, self.state)
        return f"{'more than' if self.beyond_error else 'within'} usual measurement error"


_NO_FIGURE = {
    "not enough data": "too few usable presses to compare",
    "components disagree": "the components disagree, so no figure is given",
}


def compare_thresholds(left: SiteView, right: SiteView) -> Difference | None:
    """Compare the pressure pain thresholds of two sides; None where a side has none.

    The error is the larger of what is usual and what the two values state of themselves: 1.96
    times the standard deviation of the difference of their logarithms.
    """
    if left.ppt is None or right.ppt is None:
        return None
    first, second = left.ppt.session(PAIN_THRESHOLD), right.ppt.session(PAIN_THRESHOLD)
    if first is None or second is None or not (first.value and second.value):
        return None
    presses = (len(left.ppt.accepted()), len(right.ppt.accepted()))
    stated = math.hypot(_relative(first), _relative(second))
    return Difference(
        percent=100 * (first.value / second.value - 1),
        error_percent=_either_way(_TWO_SIDED_95 * max(stated, _usual_ln_sd(presses))),
    )


def compare_stiffness(left: SiteView, right: SiteView) -> Difference | None:
    """Compare the stiffness of two sides press by press (hypertonia index); None: not measured."""
    if left.indentation is None or right.indentation is None:
        return None
    found = index(*({STIFFNESS: np.array(_presses(side))} for side in (left, right)))
    error = max(USUAL_STIFFNESS_ERROR_PERCENT, found.mdc_percent or 0.0)
    percent = found.percent
    return Difference(
        percent=None if percent is None else percent.value,
        error_percent=_either_way(math.log1p(error / 100)),
        interval_percent=None if percent is None else percent.coverage_interval(),
        state=found.state,
    )


def usual_threshold_error(presses: tuple[int, int]) -> tuple[float, float]:
    """Return the lowest and highest difference in percent that measuring twice gives anyway."""
    return _either_way(_TWO_SIDED_95 * _usual_ln_sd(presses))


def threshold_sentence(found: Difference, left: SiteView, right: SiteView) -> Words:
    """Return the comparison of two thresholds as a sentence with both numbers."""
    values = [_value(side.ppt, PAIN_THRESHOLD, "kPa") for side in (left, right)]
    if not found.beyond_error:
        return say(
            "The pain thresholds, ", *values[0], " on the left and ", *values[1],
            " on the right, differ by ", amount(found), f": {found.verdict}.",
        )  # fmt: skip
    return say(
        "The left pain threshold, ", *values[0], ", is ", amount(found),
        f" {direction(found)} than the right, ", *values[1], f": {found.verdict}.",
    )  # fmt: skip


def stiffness_sentence(found: Difference) -> Words:
    """Return the comparison of two stiffnesses as a sentence, its interval with it."""
    if found.percent is None or found.interval_percent is None:
        return say(f"Stiffness: {found.verdict}.")
    low, high = found.interval_percent
    interval = Number(value=f"{signed(low)} to {signed(high)}", unit="%")
    stiffer = "stiffer" if found.percent > 0 else "softer"
    return say(
        "The left is ", amount(found), f" {stiffer} than the right (95 % interval ", interval,
        f"): {found.verdict}.",
    )  # fmt: skip


def amount(found: Difference) -> Number:
    """Return the size of a difference without its sign."""
    return Number(value=f"{math.fabs(found.percent or 0.0):.0f}", unit="%")


def direction(found: Difference) -> str:
    """Return "higher" or "lower"."""
    return "higher" if (found.percent or 0.0) > 0 else "lower"


def _value(reading: Reading | None, quantity: str, unit: str) -> Words:
    found = None if reading is None else reading.session(quantity)
    if found is None or found.value is None:
        return say("no value")
    return say(measured(found.value, found.standard_uncertainty, unit))


def _relative(found: StoredFinding) -> float:
    return (found.standard_uncertainty or 0.0) / (found.value or 1.0)


def _presses(side: SiteView) -> list[float]:
    return [] if side.indentation is None else side.indentation.values(STIFFNESS)


def _usual_ln_sd(presses: tuple[int, int]) -> float:
    return math.hypot(*(math.hypot(_LN_SD_SESSION, _LN_SD_PRESS / math.sqrt(n)) for n in presses))


def _either_way(ln_error: float) -> tuple[float, float]:
    return (100 * math.expm1(-ln_error), 100 * math.expm1(ln_error))
