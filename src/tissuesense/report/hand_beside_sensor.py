"""Hand beside sensor at one site of a visit: what each found, against the other side."""

from tissuesense.analysis.hand_and_sensor.circumstances import Circumstances
from tissuesense.analysis.hand_and_sensor.comparison import TENDERNESS, TONE
from tissuesense.analysis.hand_and_sensor.site_agreement import (
    Place,
    Reference,
    SiteAgreement,
    agree,
)
from tissuesense.anatomy.catalogue import catalogue
from tissuesense.anatomy.muscle import Reach
from tissuesense.report.comparison import compare_stiffness, compare_thresholds
from tissuesense.report.readings import Reading, SiteView


def agreements(here: SiteView, there: SiteView | None) -> tuple[SiteAgreement, ...]:
    """Return tenderness beside the pain threshold and tone beside stiffness, where both are known.

    Parameters
    ----------
    there
        The other side; None where it was neither felt nor measured.
    """
    found = (tenderness_agreement(here, there), tone_agreement(here, there))
    return tuple(one for one in found if one is not None)


def tenderness_agreement(here: SiteView, there: SiteView | None) -> SiteAgreement | None:
    """Return tenderness beside the pain threshold; None where a voice is missing."""
    if here.hand is None or here.hand.tenderness is None or here.ppt is None or there is None:
        return None
    if (measured := compare_thresholds(here, there)) is None:
        return None
    grade = there.hand.tenderness if there.hand is not None else None
    reference = Reference(place=Place.OTHER_SIDE, grade=grade, measured=measured)
    return agree(
        here.hand.tenderness,
        [reference],
        comparison=TENDERNESS,
        circumstances=_known(here, here.ppt, there.ppt),
    )


def tone_agreement(here: SiteView, there: SiteView | None) -> SiteAgreement | None:
    """Return tone beside stiffness; None where a voice is missing."""
    if here.hand is None or here.hand.tone is None or here.indentation is None or there is None:
        return None
    measured = compare_stiffness(here, there)
    if measured is None or measured.percent is None:
        return None
    grade = there.hand.tone if there.hand is not None else None
    reference = Reference(place=Place.OTHER_SIDE, grade=grade, measured=measured)
    return agree(
        here.hand.tone,
        [reference],
        comparison=TONE,
        circumstances=_known(here, here.indentation, there.indentation),
    )


def _known(here: SiteView, reading: Reading, other: Reading | None) -> Circumstances:
    muscle = catalogue().muscles.get(here.site.name)
    seen_first = None if here.hand is None else here.hand.seen_value_first
    counts = [len(r.accepted()) for r in (reading, other) if r is not None]
    return Circumstances(
        trials=min(counts),
        indirect=None if muscle is None else muscle.reach is Reach.INDIRECT,
        hand_first=_hand_first(here, reading) if seen_first is None else not seen_first,
    )


def _hand_first(here: SiteView, reading: Reading) -> bool | None:
    """Whether the hand came first, by the times that were written down."""
    if here.hand is None:
        return None
    return here.hand.found_at <= reading.measurement.measured_at
