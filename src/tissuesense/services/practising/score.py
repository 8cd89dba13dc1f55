"""How well a ramp was pressed: its rate, its steadiness, and what that did to the threshold.

The points are our own, to be compared with one's own of other days; they are no measure that others
know. Full marks are what a protocol calls the asked rate; none is what no protocol accepts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from tissuesense.analysis.analyse import RecordingAnalysis
from tissuesense.core.quantity import Estimate
from tissuesense.core.recording import LATENCY_WITH_MARKER
from tissuesense.services.judged import judged_presses
from tissuesense.services.practising.hand_gauge import PressTruth

# Share of the points, and at what they are full and gone: share of the asked rate, coefficient of
# variation of the rate, share of the true threshold beyond what reacting alone makes.
_RATE = (50.0, 0.05, 0.40)
_STEADY = (30.0, 0.10, 0.50)
_BIAS = (20.0, 0.05, 0.30)
_SAME_PRESS_S = 3.0
# From so many points on, in words.
POINTS_WORDS = (
    (85, "As steady as the protocols ask."),
    (65, "Close: most of this would count."),
    (40, "On the way: watch the band and keep the rate."),
    (0, "Not at the rate yet: try a slower one first."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PressScore:
    """One press.

    Attributes
    ----------
    rate_error
        Achieved over asked rate less 1.
    unsteadiness
        Coefficient of variation of the rate.
    measured_kpa, true_kpa
        The threshold as it was read, and where the simulated client felt it; None where there was
        no client or no threshold.
    points
        0 to 100.
    """

    accepted: bool
    sentence: str
    rate_kpa_s: float | None
    rate_error: float | None
    unsteadiness: float | None
    measured_kpa: float | None
    true_kpa: float | None
    points: int

    @property
    def bias_kpa(self) -> float | None:
        """By how much the threshold was read too high."""
        if self.measured_kpa is None or self.true_kpa is None:
            return None
        return self.measured_kpa - self.true_kpa


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeScore:
    """A round of practice."""

    target_kpa_s: float
    presses: tuple[PressScore, ...]

    @property
    def points(self) -> int:
        """Mean of the presses, 0 to 100."""
        return round(fmean(press.points for press in self.presses)) if self.presses else 0

    @property
    def accepted(self) -> int:
        """How many presses would have counted."""
        return sum(press.accepted for press in self.presses)

    @property
    def rate_error(self) -> float | None:
        """Mean over the presses, with its sign."""
        return _mean([press.rate_error for press in self.presses])

    @property
    def unsteadiness(self) -> float | None:
        """Mean over the presses."""
        return _mean([press.unsteadiness for press in self.presses])

    @property
    def bias_kpa(self) -> float | None:
        """Mean over the presses."""
        return _mean([press.bias_kpa for press in self.presses])

    @property
    def words(self) -> str:
        """The round in a sentence."""
        return points_words(self.points)


def usual_bias_kpa(target_kpa_s: float) -> float:
    """Return by how much a threshold is read too high because the client takes time to react."""
    return LATENCY_WITH_MARKER.mean_s * target_kpa_s


def points_words(points: int) -> str:
    """Return what points amount to."""
    return next(words for least, words in POINTS_WORDS if points >= least)


def score(
    analysis: RecordingAnalysis | None, truths: Sequence[PressTruth], *, target_kpa_s: float
) -> PracticeScore:
    """Return the score of a recording; without truths there was no client."""
    if analysis is None:
        return PracticeScore(target_kpa_s=target_kpa_s, presses=())
    rows: dict[int, dict[str, float]] = {}
    for finding in analysis.findings():
        if finding.index is not None:
            value = finding.value
            number = value.value if isinstance(value, Estimate) else value
            if isinstance(number, int | float):
                rows.setdefault(finding.index, {})[finding.quantity] = float(number)
            else:
                rows.setdefault(finding.index, {})
    judged = judged_presses(analysis) if rows else ()
    return PracticeScore(
        target_kpa_s=target_kpa_s,
        presses=tuple(
            _press(
                row,
                true_kpa=_true_kpa(row.get("onset_s"), truths),
                accepted=one.accepted,
                sentence=one.sentence,
                target_kpa_s=target_kpa_s,
            )
            for (_, row), one in zip(sorted(rows.items()), judged, strict=True)
        ),
    )


def _press(
    row: dict[str, float],
    *,
    true_kpa: float | None,
    accepted: bool,
    sentence: str,
    target_kpa_s: float,
) -> PressScore:
    rate, unsteadiness = row.get("ramp_rate_kpa_s"), row.get("ramp_rate_cv")
    rate_error = None if rate is None else rate / target_kpa_s - 1.0
    measured_kpa = row.get("threshold_kpa")
    off = None
    if true_kpa is not None and measured_kpa is not None:
        off = abs(measured_kpa - true_kpa - usual_bias_kpa(target_kpa_s)) / true_kpa
    parts = [(_RATE, rate_error), (_STEADY, unsteadiness)]
    if true_kpa is not None:
        parts.append((_BIAS, off))
    most = sum(part[0] for part, _ in parts)
    points = sum(_points(part, value) for part, value in parts)
    return PressScore(
        accepted=accepted,
        sentence=sentence,
        rate_kpa_s=rate,
        rate_error=rate_error,
        unsteadiness=unsteadiness,
        measured_kpa=measured_kpa,
        true_kpa=true_kpa,
        points=round(100 * points / most),
    )


def _points(part: tuple[float, float, float], value: float | None) -> float:
    share, full, none = part
    if value is None:
        return 0.0
    return share * min(1.0, max(0.0, (none - abs(value)) / (none - full)))


def _true_kpa(onset_s: float | None, truths: Sequence[PressTruth]) -> float | None:
    if onset_s is None or not truths:
        return None
    nearest = min(truths, key=lambda truth: abs(truth.onset_s - onset_s))
    near = abs(nearest.onset_s - onset_s) <= _SAME_PRESS_S
    return nearest.latent_threshold_kpa if near else None


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
