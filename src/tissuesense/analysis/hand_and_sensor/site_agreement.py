"""Hand against sensor at one site: do both find the same, and if not, where to look.

Both voices are brought to the same question: is this site different from a reference, the other
side or an untender control site, and which way? The hand answers with its grades, ``steps`` = grade
here - grade there; the sensor with a ratio and the ratio that measuring twice gives anyway.

=============================  =============  ==================  ==================
sensor, against the reference  hand: 0 steps  hand: 1 step        hand: 2 steps or more
=============================  =============  ==================  ==================
beyond error, as expected      disagree       agree               agree
within error                   agree          cannot say          disagree
beyond error, the other way    disagree       disagree            disagree
=============================  =============  ==================  ==================

One step may be a smaller difference than the sensor's error, so that "within error" says nothing
against it. "As expected" is a lower pain threshold with more tenderness, and more stiffness with
more tone.

Where the hand did not grade the reference:

- a control site is taken to be grade 0; a value less tender than it agrees with the lowest grade,
  below which the hand has no word;
- the other side may have any grade: the sensor agrees where it finds what the grade here alone
  would say, disagrees where no grade of the other side would fit it, and else nothing can be said.

Two references are joined so: what one can say and the other cannot holds; where one agrees and the
other does not, the verdict is "cannot say", and the words give both. Tone is never set beside a
pain threshold.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from tissuesense.analysis.hand_and_sensor.circumstances import Circumstances, where_to_look
from tissuesense.analysis.hand_and_sensor.comparison import TENDERNESS, Comparison
from tissuesense.analysis.sides.asymmetry import Asymmetry
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag

_CLEAR_STEPS = 2


class Place(enum.Enum):
    """What a site is compared with."""

    OTHER_SIDE = "on the other side"
    CONTROL_SITE = "at the control site"


_THERE = {
    Place.OTHER_SIDE: "that of the other side",
    Place.CONTROL_SITE: "the control site leads to expect",
}


class Agree(enum.Enum):
    """Whether hand and sensor say the same."""

    AGREE = "agree"
    DISAGREE = "disagree"
    CANNOT_SAY = "cannot_say"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What both voices found at the place that a site is compared with.

    Attributes
    ----------
    grade
        By hand, there; None: not examined there.
    measured
        How much the site is above this place, as `threshold_asymmetry(site, place)` or
        `side_asymmetry` give it (their "left" is the site); None: not measured. For a control
        site the ratio of the two is first divided by the one that is usual for these muscles, such
        as the fitted ratio at grade 0 of the therapist's own curve: muscles differ without any
        tenderness.
    """

    place: Place
    grade: int | None = None
    measured: Asymmetry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteAgreement:
    """The verdict at one site.

    Attributes
    ----------
    sentence
        What each of the two found, and where they differ, what to look at.
    flags
        `missing_values`: one voice is missing.
    """

    verdict: Agree
    sentence: str
    comparison: Comparison
    flags: tuple[QualityFlag, ...] = ()


def agree(
    grade: int | None,
    references: Sequence[Reference],
    *,
    comparison: Comparison = TENDERNESS,
    circumstances: Circumstances | None = None,
) -> SiteAgreement:
    """Return whether hand and sensor find the same at a site; the rules stand above.

    Parameters
    ----------
    grade
        By hand, at the site; None: not examined.
    references
        The other side, a control site, or both.
    comparison
        `TENDERNESS` with pain thresholds, or `TONE` with stiffness.

    Raises
    ------
    UsageError
        When a grade is not on the scale.
    """
    for given in (grade, *(reference.grade for reference in references)):
        if given is not None and given not in comparison.grades:
            raise UsageError(f"There is no grade {given} of {comparison.hand}.")
    measured = [one for one in references if _direction(one, comparison) is not None]
    if grade is None or not measured:
        return SiteAgreement(
            verdict=Agree.CANNOT_SAY,
            sentence=_missing(grade, has_sensor=bool(measured), comparison=comparison),
            comparison=comparison,
            flags=(QualityFlag.MISSING_VALUES,),
        )
    verdicts = [_verdict(grade, one, comparison) for one in measured]
    verdict = _joined(verdicts)
    sentence = f"{_told(grade, measured, comparison)} {_closing(verdict, verdicts, measured)}"
    if Agree.DISAGREE in verdicts:
        sentence += f" {where_to_look(circumstances or Circumstances(), comparison)}"
    return SiteAgreement(verdict=verdict, sentence=sentence, comparison=comparison)


def _direction(reference: Reference, comparison: Comparison) -> int | None:
    """Return 1 where the sensor is beyond error as more of the finding would be, -1, 0 or None."""
    if reference.measured is None or reference.measured.percent is None:
        return None
    low, high = reference.measured.error_percent
    percent = reference.measured.percent
    return comparison.sign * ((percent > high) - (percent < low))


def _verdict(grade: int, reference: Reference, comparison: Comparison) -> Agree:
    direction = _direction(reference, comparison)
    if reference.grade is None and reference.place is Place.OTHER_SIDE:
        if direction == _sign(grade):
            return Agree.AGREE
        fitting = any(_sign(grade - other) == direction for other in comparison.grades)
        return Agree.CANNOT_SAY if fitting else Agree.DISAGREE
    steps = grade - (reference.grade or 0)
    below_scale = reference.place is Place.CONTROL_SITE and grade == comparison.grades[0]
    if direction == _sign(steps) or (direction == -1 and steps == 0 and below_scale):
        return Agree.AGREE
    small = direction == 0 and abs(steps) < _CLEAR_STEPS
    return Agree.CANNOT_SAY if small else Agree.DISAGREE


def _sign(steps: int) -> int:
    return (steps > 0) - (steps < 0)


def _joined(verdicts: Sequence[Agree]) -> Agree:
    certain = {verdict for verdict in verdicts if verdict is not Agree.CANNOT_SAY}
    return certain.pop() if len(certain) == 1 else Agree.CANNOT_SAY


def _missing(grade: int | None, *, has_sensor: bool, comparison: Comparison) -> str:
    by_hand = f"{comparison.hand.capitalize()} was not graded here"
    by_sensor = (
        f"no {comparison.sensor} was compared, and {comparison.hand} is set beside nothing else"
    )
    if grade is None and not has_sensor:
        return f"{by_hand}; {by_sensor}."
    if grade is None:
        return f"{by_hand}; the sensor speaks alone."
    return f"{by_sensor.capitalize()}; the hand speaks alone (grade {grade})."


def _told(grade: int, references: Sequence[Reference], comparison: Comparison) -> str:
    graded = [f", {one.grade} {one.place.value}" for one in references if one.grade is not None]
    measured = " and ".join(_measured(one) for one in references)
    return (
        f"By hand, {comparison.hand} is {grade} here{''.join(graded)}. "
        f"The {comparison.sensor} is {measured}."
    )


def _measured(reference: Reference) -> str:
    found, there = reference.measured, _THERE[reference.place]
    if found is None or found.percent is None:
        return "not compared"
    low, high = found.error_percent
    error = f"measurement error ({low:+z.0f} to {high:+z.0f} %)"
    if low <= found.percent <= high:
        return f"within {error} of {there} ({found.percent:+z.0f} %)"
    way = "higher" if found.percent > 0 else "lower"
    return f"{abs(found.percent):.0f} % {way} than {there}, larger than {error}"


def _closing(verdict: Agree, verdicts: Sequence[Agree], references: Sequence[Reference]) -> str:
    if verdict is Agree.AGREE:
        return "Hand and sensor find the same."
    if verdict is Agree.DISAGREE:
        return "Hand and sensor find different things."
    if Agree.DISAGREE in verdicts:
        return "The two comparisons point different ways, so that no verdict is given."
    if any(one.grade is None and one.place is Place.OTHER_SIDE for one in references):
        return "Whether they agree cannot be said: the other side was not graded by hand."
    return (
        "Whether they agree cannot be said: a difference of one grade may be smaller than "
        "measurement error."
    )
