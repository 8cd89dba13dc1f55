"""A measurement falls before, into or after the treatment of its visit without anybody's word."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.unit.services.captured import captured_session
from tests.unit.services.desk import Desk, a_desk

from tissuesense.core.recording import RecordingKind
from tissuesense.record.visit import Block, VisitId
from tissuesense.services.block import block_of
from tissuesense.services.records import save_measurement

A_WHILE = timedelta(minutes=5)
DOSE = {"site": "trapezius_upper", "side": "left", "technique": "mfr"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as desk:
        yield desk


def block(desk: Desk, visit: VisitId, kind: RecordingKind = RecordingKind.PPT) -> Block:
    return block_of(desk.store, visit, kind, at=desk.clock.now())


def test_before_anything_was_treated_it_is_before(desk: Desk) -> None:
    visit = desk.open_visit()
    analysed, acquisition = captured_session()
    save_measurement(desk.store, visit, analysed, acquisition, clock=desk.clock, rng=desk.rng)
    desk.clock.advance(60)
    assert block(desk, visit) is Block.PRE


def test_dose_is_treatment(desk: Desk) -> None:
    assert block(desk, desk.open_visit(), RecordingKind.DOSE) is Block.TREATMENT


def test_after_a_treatment_it_is_after(desk: Desk) -> None:
    visit = desk.open_visit()
    desk.enter("dose", **DOSE)
    desk.clock.advance(60)
    assert block(desk, visit) is Block.POST
    assert block(desk, visit, RecordingKind.DOSE) is Block.TREATMENT
    assert block(desk, desk.open_visit(days=1)) is Block.PRE


def test_what_began_before_the_treatment_and_is_kept_later_is_before(desk: Desk) -> None:
    visit = desk.open_visit()
    began = desk.clock.now()
    desk.clock.advance(A_WHILE.total_seconds())
    desk.enter("dose", **DOSE)
    assert block_of(desk.store, visit, RecordingKind.PPT, at=began) is Block.PRE
