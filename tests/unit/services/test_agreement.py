"""Hand and sensor are brought together from the store as they were found, and counted once."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.unit.report.course import CLIENT, LEFT, RIGHT, palpated, threshold, visit, written
from tests.unit.services.captured import captured_session

from tissuesense.analysis.hand_and_sensor.site_agreement import Agree
from tissuesense.core.clock import ManualClock
from tissuesense.record.history import ClientRecord, VisitRecord
from tissuesense.record.visit import Intent
from tissuesense.services.agreement import agreement_words, client_agreement, practice_curve
from tissuesense.services.care import enter, strike_out
from tissuesense.services.records import add_client, open_visit, save_measurement
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store


def record(*sides: tuple[float, float], grades: tuple[int, int] = (3, 0)) -> ClientRecord:
    """Return a course with thresholds of left and right, graded alike on every visit."""
    visits = []
    for n, (left, right) in enumerate(sides):
        entries = tuple(
            written("palpation", palpated(n, site, grade), 10 * n + k, visit(n).opened_at)
            for k, (site, grade) in enumerate(zip((LEFT, RIGHT), grades, strict=True))
        )
        measured = (threshold(n, left, LEFT), threshold(n, right, RIGHT))
        visits.append(VisitRecord(visit=visit(n), entries=entries, measurements=measured))
    return ClientRecord(client=CLIENT, visits=tuple(visits))


def test_a_clear_difference_that_both_find_is_agreement() -> None:
    (first,) = client_agreement(record((150.0, 300.0)))

    assert first.verdicts[Agree.AGREE] == 2
    assert first.verdicts[Agree.DISAGREE] == 0


def test_a_difference_that_goes_the_other_way_is_none() -> None:
    (first,) = client_agreement(record((300.0, 150.0)))

    assert first.verdicts[Agree.DISAGREE] == 2


def test_a_relaxation_visit_is_left_out() -> None:
    told = record((150.0, 300.0))
    relaxing = replace(
        told.visits[0], visit=replace(told.visits[0].visit, intent=Intent.RELAXATION)
    )

    assert client_agreement(replace(told, visits=(relaxing,))) == ()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "store", clock=ManualClock(), create=True, plain=True)


def kept(store: Store, grades: Sequence[int], *, strike: int | None = None) -> None:
    """Keep a client with a visit for each grade of the hand at the site that was captured."""
    clock, rng = ManualClock(), np.random.default_rng(len(grades))
    session, acquisition = captured_session()
    site = session.recording.context.body_site
    assert site is not None
    client = add_client(store, clock=clock, rng=rng).id
    for number, grade in enumerate(grades):
        of = open_visit(store, client, clock=clock, rng=rng, practitioner="M. Example").id
        stated = {"site": site.name, "side": str(site.side), "tenderness": grade}
        enter(store, "palpation", stated, visit=of, clock=clock, rng=rng)
        saved = save_measurement(store, of, session, acquisition, clock=clock, rng=rng)
        if number == strike:
            why = {"measurement": saved.measurement.id, "why": "Wrong side."}
            strike_out(store, of, why, clock=clock, rng=rng)


def site_name() -> str:
    site = captured_session()[0].recording.context.body_site
    assert site is not None
    return site.name


def test_the_curve_of_a_practice_counts_every_case_of_the_muscle(store: Store) -> None:
    with store:
        kept(store, [1, 1, 2, 2, 2, 2, 2])
        curve = practice_curve(store, site_name())

    assert (curve.n, curve.n_groups) == (7, 1)
    assert [row.n for row in curve.grades] == [0, 2, 5, 0]
    assert curve.grades[2].median is not None
    assert curve.grades[1].median is None


def test_a_struck_out_measurement_is_no_case(store: Store) -> None:
    with store:
        kept(store, [2, 2, 2], strike=1)

        assert practice_curve(store, site_name()).n == 2


def test_another_therapist_has_another_curve(store: Store) -> None:
    with store:
        kept(store, [2, 2, 2])

        assert practice_curve(store, site_name(), practitioner="M. Example").n == 3
        assert practice_curve(store, site_name(), practitioner="Somebody else").n == 0


def test_with_little_data_there_is_one_sentence_that_says_so(store: Store) -> None:
    with store:
        told = agreement_words(store, record((150.0, 300.0)))

    assert told is not None
    assert told[0].startswith("Over 1 visit, 2 comparisons")
    assert any("Not enough data" in sentence for sentence in told[1:])


def test_without_a_case_there_is_nothing_to_say(store: Store) -> None:
    with store:
        assert agreement_words(store, ClientRecord(client=CLIENT)) is None
