"""Temporal summation: whether the same press hurts more when it comes again and again.

About ten presses, a second on and a second off, are rated after each, or after the first and the
last. Hand-held presses are never equal: ratings that rise because the hand pressed harder are no
summation. So the delivered pressure is measured, a series that was too uneven is refused, and the
trend is also given with the delivered pressure held equal.

Sources: Cathcart S and others (2009) Pain Res Manag 14:433-438 (summation by hand-held algometer:
reliable in groups, varying much within persons); Mailloux C and others (2021) PLoS ONE 16:e0245278
(three series; group minimal detectable change of 0.33 to 0.57 of 10 points). The limits of 15 %
are this program's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tissuesense.analysis.sensory.delivered_pressure import (
    DeliveredPress,
    Evenness,
    delivered_presses,
    evenness,
)
from tissuesense.analysis.sensory.rating_series import (
    FIRST_AND_LAST,
    RatingScores,
    Score,
    ZeroRule,
    no_scores,
    rating_scores,
    trend_at_equal_pressure,
)
from tissuesense.core.arrays import FloatArray, column
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome
from tissuesense.core.recording import Recording

RATINGS = "ratings"  # key of the side-car
_USUAL_PRESSES = 10
_FEWEST_PRESSES = 4
_TWO = 2
_MOST_UNEVEN = 0.15
_UNKNOWN_PRESSURE = (QualityFlag.CLIP, QualityFlag.GAP)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporalSummation:
    """A rated series of presses.

    Attributes
    ----------
    ratings
        After each press, or after the first and the last.
    presses
        As they were delivered.
    evenness
        How alike they were, and how far apart in time; None for fewer than three.
    scores
        Of the ratings, all refused where the series is.
    trend_at_equal_pressure
        Points a press, with the delivered pressure held equal.
    refused
        Why nothing is scored; None where it is.
    """

    ratings: FloatArray
    presses: tuple[DeliveredPress, ...]
    evenness: Evenness | None
    scores: RatingScores
    trend_at_equal_pressure: Outcome
    refused: NotEstimable | None
    flags: tuple[QualityFlag, ...]

    @property
    def verdict(self) -> str:
        """One sentence; what was found and nothing of what it may mean."""
        if self.refused is not None or self.evenness is None:
            return self.refused.detail if self.refused else "The presses were not found."
        pressed = (
            f"Over {len(self.presses)} presses of {self.evenness.mean_kpa:.0f} kPa, "
            f"which varied by {100 * self.evenness.cv:.0f} %,"
        )
        by = self.scores.difference
        if not isinstance(by, Estimate):
            return (
                f"{pressed} the rating went from {self.ratings[0]:g} to {self.ratings[-1]:g}; "
                "two ratings do not tell how far ratings scatter by themselves."
            )
        trend = self.scores.trend
        low, high = trend.coverage_interval() if isinstance(trend, Estimate) else (0.0, 0.0)
        if low <= 0 <= high:
            return f"{pressed} the ratings neither rose nor fell clearly."
        word = "rose" if low > 0 else "fell"
        return f"{pressed} the ratings {word}, by {by.value:+.3g} from the first to the last."


def temporal_summation(
    recording: Recording,
    ratings: ArrayLike | None = None,
    *,
    presses: int = _USUAL_PRESSES,
    highest_rating: float = 100.0,
    rating_sd: float | None = None,
    zero_first: ZeroRule = "refuse",
) -> TemporalSummation:
    """Score a series of presses by its ratings and by what the gauge read.

    Parameters
    ----------
    ratings
        Shape (presses,), or two: after the first press and after the last. Where none are given,
        those of the side-car's key `ratings`.
    presses
        How many were to be given.
    highest_rating
        End of the scale: 100 or 10.
    rating_sd
        Scatter of one rating where it is known; else it is estimated from ratings after each press.
    zero_first
        What to do with the ratio where the first press was rated 0.

    Raises
    ------
    UsageError
        When there are no ratings, or of another number, or off the scale.
    NoColumn, NoProbeArea
        When the recording has no force or states no probe area.
    """
    given = _ratings(recording, ratings, presses, highest_rating)
    found = delivered_presses(recording)
    even = evenness(found)
    refused = _refusal(found, even, presses)
    if refused is None:
        scores = rating_scores(given, known_sd=rating_sd, zero_first=zero_first)
        pressures = np.array([press.pressure_kpa.value for press in found])
        each = given.size == presses
        equal = trend_at_equal_pressure(given, pressures) if each else FIRST_AND_LAST
    else:
        scores, equal = no_scores(refused), refused
    return TemporalSummation(
        ratings=given,
        presses=found,
        evenness=even,
        scores=scores,
        trend_at_equal_pressure=equal,
        refused=refused,
        flags=_flags(refused, scores.ratio),
    )


def _ratings(
    recording: Recording, ratings: ArrayLike | None, presses: int, highest: float
) -> FloatArray:
    if presses < _FEWEST_PRESSES:
        raise UsageError(f"A series has {_FEWEST_PRESSES} presses or more, not {presses}.")
    given = recording.context.extra.get(RATINGS) if ratings is None else ratings
    if given is None:
        raise UsageError(
            "A series of presses is scored by its ratings, and there are none.",
            hint='Give them, or write them into the side-car: {"ratings": [10, 14, 18]}.',
        )
    values = column(given, RATINGS)
    if values.size not in (_TWO, presses):
        raise UsageError(
            f"There are {values.size} ratings for {presses} presses.",
            hint="Rate each press, or the first and the last.",
        )
    if values.min() < 0 or values.max() > highest:
        raise UsageError(f"Ratings lie from 0 to {highest:g}, not {values.min()} {values.max()}.")
    return values


def _refusal(
    found: Sequence[DeliveredPress], even: Evenness | None, presses: int
) -> NotEstimable | None:
    if len(found) != presses or even is None:
        return NotEstimable(
            reason=QualityFlag.PRESS_COUNT,
            detail=f"{len(found)} presses were found where {presses} were rated, so that ratings "
            "and presses cannot be matched; a press lasts half a second or more and is let go.",
        )
    unknown = [press.index for press in found if set(press.flags) & set(_UNKNOWN_PRESSURE)]
    if unknown:
        return NotEstimable(
            reason=found[unknown[0] - 1].flags[0],
            detail=f"What press {unknown[0]} delivered is not known: the gauge came to its end or "
            "samples are missing.",
        )
    if even.cv > _MOST_UNEVEN:
        return NotEstimable(
            reason=QualityFlag.TRIAL_SPREAD,
            detail=f"The presses varied by {100 * even.cv:.0f} %, more than "
            f"{100 * _MOST_UNEVEN:.0f} %: the ratings may follow the hand.",
        )
    if not -_MOST_UNEVEN <= even.drift <= _MOST_UNEVEN:
        word = "stronger" if even.drift > 0 else "lighter"
        return NotEstimable(
            reason=QualityFlag.PRESS_DRIFT,
            detail=f"The presses became {word} by {100 * even.drift:+.0f} % over the series, more "
            f"than {100 * _MOST_UNEVEN:.0f} %: the ratings may follow the hand.",
        )
    return None


def _flags(refused: NotEstimable | None, ratio: Score) -> tuple[QualityFlag, ...]:
    reasons = [refused.reason] if refused else []
    if isinstance(ratio, NotEstimable):
        reasons.append(ratio.reason)
    return tuple(dict.fromkeys(reasons))
