"""From visit to visit: verdicts at once, coefficients only when there is enough."""

import numpy as np

from tissuesense.analysis.hand_and_sensor.over_time import SiteCase, agreement_over_time
from tissuesense.analysis.hand_and_sensor.rank_agreement import rank_agreement
from tissuesense.analysis.hand_and_sensor.site_agreement import Agree, Place, Reference, agree
from tissuesense.analysis.sides.asymmetry import Asymmetry
from tissuesense.core.quantity import Estimate, NotEstimable


def visit(rng: np.random.Generator) -> list[SiteCase]:
    cases = []
    for site in range(10):
        grade = int(rng.integers(0, 4))
        ratio = float(np.exp(-0.25 * grade + rng.normal(0, 0.15)))
        measured = Asymmetry(percent=100 * (ratio - 1), error_percent=(-29, 40))
        found = agree(grade, [Reference(place=Place.OTHER_SIDE, grade=0, measured=measured)])
        cases.append(SiteCase(group=site, grade=grade, value=ratio, agreement=found))
    return cases


def test_coefficients_come_with_the_second_visit_of_ten_sites() -> None:
    rng = np.random.default_rng(6)
    visits = [visit(rng) for _ in range(4)]
    first, second, _, last = agreement_over_time(visits)

    assert isinstance(first.ranks.rho, NotEstimable)
    assert "20 are needed" in first.ranks.sentence
    assert isinstance(second.ranks.rho, Estimate)
    assert last.ranks.n == 40
    cases = [case for one in visits for case in one]
    assert last.ranks == rank_agreement(
        [case.grade for case in cases],
        [case.value for case in cases if case.value],
        groups=[case.group for case in cases],
    )


def test_verdicts_are_those_of_the_visit_alone() -> None:
    rng = np.random.default_rng(7)
    visits = [visit(rng) for _ in range(3)]
    for cases, found in zip(visits, agreement_over_time(visits), strict=True):
        verdicts = [case.agreement.verdict for case in cases if case.agreement]
        assert found.verdicts == {verdict: verdicts.count(verdict) for verdict in Agree}
        assert f"the same at {verdicts.count(Agree.AGREE)} of 10 sites" in found.sentence


def test_a_later_visit_does_not_change_what_was_said_of_an_earlier_one() -> None:
    rng = np.random.default_rng(8)
    visits = [visit(rng) for _ in range(4)]
    assert agreement_over_time(visits[:2]) == agreement_over_time(visits)[:2]


def test_a_visit_without_examination_has_nothing_to_say() -> None:
    rng = np.random.default_rng(9)
    case = SiteCase(group="trapezius", grade=None, value=None)
    _, found = agreement_over_time([visit(rng), [case]])
    assert found.sentence.startswith("No site")
    assert found.ranks.n_missing == 1
    assert agreement_over_time([]) == ()
