"""A case of the practice's curve is one recording beside one grade, by its latest analysis."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from tests.unit.services.captured import captured_session

from tissuesense.analysis.analyse import analyze
from tissuesense.core.clock import ManualClock
from tissuesense.record.client import ClientId
from tissuesense.record.measurement import MeasurementId
from tissuesense.services.agreement import practice_curve
from tissuesense.services.care import enter
from tissuesense.services.records import add_client, analyse_again, open_visit, save_measurement
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store

CLOCK = ManualClock()
SESSION, ACQUISITION = captured_session()
SITE = SESSION.recording.context.body_site


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store", clock=CLOCK, create=True, plain=True) as store:
        yield store


@pytest.fixture
def client(store: Store) -> ClientId:
    return add_client(store, clock=CLOCK, rng=np.random.default_rng(1)).id


def case(
    store: Store,
    client: ClientId,
    number: int,
    *,
    grade: int = 2,
    by: str = "",
    stop_mode: str = "",
) -> MeasurementId:
    """Keep one grade and one threshold of the same muscle."""
    assert SITE is not None
    rng = np.random.default_rng(100 + number)
    visit = open_visit(store, client, clock=CLOCK, rng=rng, practitioner=by).id
    felt = {"site": SITE.name, "side": str(SITE.side), "tenderness": grade}
    enter(store, "palpation", felt, visit=visit, clock=CLOCK, rng=rng)
    recording = SESSION.recording
    otherwise = replace(recording, context=replace(recording.context, stop_mode=stop_mode))
    at = replace(ACQUISITION, measured_at=ACQUISITION.measured_at + timedelta(days=number))
    analysed = analyze(otherwise) if stop_mode else SESSION
    return save_measurement(store, visit, analysed, at, clock=CLOCK, rng=rng).measurement.id


def test_recording_that_was_analysed_again_is_one_case(store: Store, client: ClientId) -> None:
    assert SITE is not None
    measured = case(store, client, 1)
    case(store, client, 2)
    CLOCK.advance(1.0)
    analyse_again(store, measured, clock=CLOCK, rng=np.random.default_rng(9))
    assert practice_curve(store, SITE.name).n == 2


def test_only_what_was_taken_in_the_usual_way_is_put_together(
    store: Store, client: ClientId
) -> None:
    assert SITE is not None
    for number in range(3):
        case(store, client, number, grade=1)
    for number in range(3, 5):
        case(store, client, number, grade=3, stop_mode="verbal_peak")
    found = practice_curve(store, SITE.name)
    assert [row.n for row in found.grades] == [0, 3, 0, 0]


def test_each_therapist_has_the_cases_of_the_own_hand(store: Store, client: ClientId) -> None:
    assert SITE is not None
    case(store, client, 1, by="M. Example")
    case(store, client, 2, by="N. Example")
    case(store, client, 3, by="N. Example")
    case(store, client, 4)
    told = {by: practice_curve(store, SITE.name, practitioner=by).n for by in ("", "M. Example")}
    assert told == {"": 4, "M. Example": 1}
    assert practice_curve(store, SITE.name, practitioner="Nobody").n == 0
    assert practice_curve(store, "soleus").n == 0


def test_no_name_of_a_practitioner_is_in_the_index(tmp_path: Path) -> None:
    with open_store(tmp_path / "named", clock=CLOCK, create=True, plain=True) as store:
        client = add_client(store, clock=CLOCK, rng=np.random.default_rng(1)).id
        case(store, client, 1, by="Quentin Example")
    for file in (tmp_path / "named").glob("store.db*"):
        assert b"Quentin" not in file.read_bytes()
