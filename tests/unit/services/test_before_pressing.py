"""Before anyone presses, the record says whom not, where not and how hard at most."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.services.desk import MONDAY, Desk, a_desk

from tissuesense.anatomy.catalogue import catalogue
from tissuesense.core.errors import RecordError
from tissuesense.record.intake import ContraindicationScreen
from tissuesense.services.before_pressing import Prepared, blocks, held_to, prepare
from tissuesense.services.care import close
from tissuesense.services.measure_plan import MeasurePlan, plan_measurement

PRESSED = ["ppt", "tolerance", "indentation", "dose"]
MOVED = ["stretch", "rom"]
NO_SCREEN = "not asked yet"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as desk:
        yield desk


def plan(kind: str = "ppt", site: str = "trapezius_upper", **stated: Any) -> MeasurePlan:  # noqa: ANN401
    return plan_measurement({"kind": kind, "site": site, "side": "left", **stated})


def prepared(desk: Desk, asked: MeasurePlan) -> Prepared:
    return prepare(desk.store, desk.client, asked, today=MONDAY.date())


def screened(desk: Desk, **stated: Any) -> None:  # noqa: ANN401 - what JSON can hold
    desk.enter("screen", **{"answers": [], **stated})


def test_a_yes_of_the_screen_is_said_and_a_no_is_not(desk: Desk) -> None:
    screened(
        desk,
        answers=[
            {"item": "anticoagulant", "answer": "yes", "detail": "since spring"},
            {"item": "pregnancy", "answer": "no"},
        ],
    )
    told = " ".join(prepared(desk, plan()).sentences)
    assert "blood thinners" in told
    assert "since spring" in told
    assert "pregnant" not in told


def test_screen_that_was_never_asked_is_said(desk: Desk) -> None:
    assert any(NO_SCREEN in sentence for sentence in prepared(desk, plan()).sentences)
    screened(desk)
    assert not any(NO_SCREEN in sentence for sentence in prepared(desk, plan()).sentences)


@pytest.mark.parametrize("kind", [*PRESSED, "tap"])
def test_blocked_site_is_refused_with_the_reason(desk: Desk, kind: str) -> None:
    screened(desk, blocked_sites=["trapezius_upper"])
    with pytest.raises(RecordError, match="screen blocks it"):
        prepared(desk, plan(kind))
    assert prepared(desk, plan(kind, "infraspinatus")).plan.site.name == "infraspinatus"


@pytest.mark.parametrize("kind", MOVED)
def test_movement_without_touch_is_not_pressing(desk: Desk, kind: str) -> None:
    screened(desk, blocked_sites=["trapezius_upper"], ceiling_kpa=100)
    asked = plan(kind)
    assert prepared(desk, asked).plan == asked


@pytest.mark.parametrize("typed", ["Upper trapezius", "trapezius upper", "TRAPEZIUS_UPPER"])
def test_another_spelling_does_not_get_round_a_screen(typed: str) -> None:
    assert blocks(ContraindicationScreen(answers=(), blocked_sites=(typed,)), "trapezius_upper")


@pytest.mark.parametrize("kind", PRESSED)
def test_muscle_for_the_hands_alone_is_refused_with_the_reason(desk: Desk, kind: str) -> None:
    screened(desk)
    with pytest.raises(RecordError, match="carotid"):
        prepared(desk, plan(kind, "sternocleidomastoid"))


@pytest.mark.parametrize("ceiling", [50, 300, 799])
def test_ceiling_of_the_screen_holds_where_it_is_the_lowest(desk: Desk, ceiling: float) -> None:
    screened(desk, ceiling_kpa=ceiling)
    held = prepared(desk, plan())
    assert held.plan.stated.cutoff_kpa == ceiling
    assert any(f"{ceiling:g} kPa" in sentence for sentence in held.sentences)


def test_limit_that_was_asked_for_is_never_raised(desk: Desk) -> None:
    screened(desk, ceiling_kpa=2000)
    assert prepared(desk, plan(cutoff_kpa=120)).plan.stated.cutoff_kpa == 120


def test_site_has_its_own_ceiling_in_the_catalogue(desk: Desk) -> None:
    screened(desk)
    ceiling_n = catalogue().muscles["suboccipitals"].ceiling_n
    assert ceiling_n is not None
    held = prepared(desk, plan(site="suboccipitals", probe_area_cm2=1.0))
    assert held.plan.stated.cutoff_kpa == 10 * ceiling_n


@given(
    area=st.floats(0.1, 5),
    asked=st.floats(10, 2000),
    ceiling=st.none() | st.floats(10, 2000),
    site=st.sampled_from([m for m in catalogue().muscles.values() if m.pressable]),
)
def test_nothing_exceeds_any_of_its_limits(
    area: float,
    asked: float,
    ceiling: float | None,
    site: Any,  # noqa: ANN401 - a muscle
) -> None:
    wanted = plan(site=site.id, probe_area_cm2=area, cutoff_kpa=asked)
    screen = ContraindicationScreen(answers=(), ceiling_kpa=ceiling)
    held = held_to(wanted, screen, site).stated.cutoff_kpa
    force_n = held * area / 10
    assert held <= min(asked, ceiling or asked) * (1 + 1e-12)
    assert force_n <= site.ceiling_n * (1 + 1e-12)  # no wider tip presses harder in all
    assert held <= 10 * site.ceiling_n * (1 + 1e-12)  # and no smaller one more sharply


def test_unknown_site_is_kept_and_said_with_what_is_near(desk: Desk) -> None:
    screened(desk)
    held = prepared(desk, plan(site="trapezius_uper"))
    assert held.plan.site.name == "trapezius_uper"
    assert any("trapezius_upper" in sentence for sentence in held.sentences)


def test_withdrawn_consent_to_being_measured_is_heeded(desk: Desk) -> None:
    screened(desk)
    desk.enter("consent", purpose="measurement", given=True)
    desk.enter("consent", purpose="research", given=False)
    prepared(desk, plan())
    desk.enter("consent", purpose="measurement", given=False)
    with pytest.raises(RecordError, match="withdrew consent"):
        prepared(desk, plan())
    desk.enter("consent", purpose="measurement", given=True)
    prepared(desk, plan())


def test_relaxation_visit_may_be_measured_and_claims_nothing(desk: Desk) -> None:
    screened(desk)
    desk.open_visit(intent="relaxation")
    assert any("nothing clinical" in sentence for sentence in prepared(desk, plan()).sentences)


def test_late_entry_into_a_closed_visit_is_said(desk: Desk) -> None:
    screened(desk)
    visit = desk.open_visit()
    assert not any("late entry" in sentence for sentence in prepared(desk, plan()).sentences)
    close(desk.store, visit, clock=desk.clock, rng=desk.rng)
    assert any("late entry" in sentence for sentence in prepared(desk, plan()).sentences)


def test_latest_screen_is_the_one(desk: Desk) -> None:
    screened(desk, blocked_sites=["trapezius_upper"])
    screened(desk)
    prepared(desk, plan())
