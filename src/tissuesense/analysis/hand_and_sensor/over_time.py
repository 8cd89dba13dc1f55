"""Agreement of hand and sensor from visit to visit, and over all visits so far.

A running coefficient is given once there is enough to say, and not before. Its intervals hold for
each visit by itself; looking after every visit for one that leaves out 0 finds one sooner than 5
in 100 times.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.hand_and_sensor.comparison import TENDERNESS, Comparison
from tissuesense.analysis.hand_and_sensor.rank_agreement import RankAgreement, rank_agreement
from tissuesense.analysis.hand_and_sensor.sensor_grades import SensorGrades, graded_by_sensor
from tissuesense.analysis.hand_and_sensor.site_agreement import Agree, SiteAgreement


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCase:
    """One site on one visit.

    Attributes
    ----------
    group
        What repeats: the site in the record of one client, the client in that of a practice.
    grade, value
        By hand and by sensor, None where missing; values are comparable (`Comparison.unit`).
    at_least
        Whether the press ended at its limit.
    agreement
        The verdict of `agree`; None where nobody asked.
    """

    group: Hashable
    grade: int | None
    value: float | None
    at_least: bool = False
    agreement: SiteAgreement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitAgreement:
    """A visit, and all visits up to and with it.

    Attributes
    ----------
    verdicts
        How many sites of this visit agree, disagree or cannot be said.
    ranks, kappa
        Over all visits so far.
    """

    verdicts: dict[Agree, int]
    ranks: RankAgreement
    kappa: SensorGrades

    @property
    def sentence(self) -> str:
        """The visit in plain words."""
        n = sum(self.verdicts.values())
        if not n:
            return "No site was both examined by hand and measured on this visit."
        return (
            f"Hand and sensor find the same at {self.verdicts[Agree.AGREE]} of {n} sites and "
            f"different things at {self.verdicts[Agree.DISAGREE]}; at "
            f"{self.verdicts[Agree.CANNOT_SAY]} it cannot be said."
        )


def agreement_over_time(
    visits: Sequence[Sequence[SiteCase]], *, comparison: Comparison = TENDERNESS
) -> tuple[VisitAgreement, ...]:
    """Return the agreement on each visit, in the order of the visits.

    Raises
    ------
    UsageError
        When a grade is not on the scale or a value is not positive.
    """
    return tuple(_visit(visits[: i + 1], comparison) for i in range(len(visits)))


def _visit(visits: Sequence[Sequence[SiteCase]], comparison: Comparison) -> VisitAgreement:
    so_far = [case for visit in visits for case in visit]
    counted = Counter(case.agreement.verdict for case in visits[-1] if case.agreement)
    hand = [case.grade for case in so_far]
    sensor = np.array([np.nan if case.value is None else case.value for case in so_far])
    groups = [case.group for case in so_far]
    at_least = [case.at_least for case in so_far]
    return VisitAgreement(
        verdicts={verdict: counted[verdict] for verdict in Agree},
        ranks=rank_agreement(hand, sensor, groups=groups, at_least=at_least, comparison=comparison),
        kappa=graded_by_sensor(
            hand, sensor, groups=groups, at_least=at_least, comparison=comparison
        ),
    )
