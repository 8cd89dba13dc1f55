"""Left against right at one site: threshold and stiffness, each with what may be said of it."""

from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.hypertonia import HypertoniaIndex, index
from tissuesense.report.readings import Reading, SiteView
from tissuesense.report.words import Comparison, compare_thresholds

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
