"""The sections see one visit by site and side: the right hand finding beside the right number."""

from dataclasses import replace
from typing import Any

import pytest
from tests.unit.report.practice import (
    VISIT,
    felt,
    full_visit,
    measured,
    noted,
    simulated_spec,
    treated_visit,
    view_of,
)

from tissuesense.core.recording import RecordingKind
from tissuesense.core.site import Side
from tissuesense.record.history import VisitRecord
from tissuesense.record.visit import Block, ManualFinding

PPT = simulated_spec("trapezius_upper", Side.LEFT, RecordingKind.PPT)


def test_sites_stand_in_the_order_of_the_visit_and_left_before_right() -> None:
    pairs = full_visit().pairs(Block.PRE)

    assert [pair.name for pair in pairs] == [
        "trapezius_upper",
        "levator_scapulae",
        "tibialis_anterior",
    ]
    assert all([view.site.side for view in pair.sides] == [Side.LEFT, Side.RIGHT] for pair in pairs)


def test_hand_and_sensor_of_one_site_come_together() -> None:
    for pair in full_visit().pairs(Block.PRE):
        for view in pair.sides:
            assert view.hand is not None
            assert view.ppt is not None
            assert view.indentation is not None
            assert view.hand.site == view.ppt.measurement.site == view.indentation.measurement.site


def test_what_was_found_after_treatment_does_not_mix_with_what_was_found_before() -> None:
    view = treated_visit()

    assert view.blocks == (Block.PRE, Block.POST)
    for block in view.blocks:
        (pair,) = view.pairs(block)
        assert {side.ppt.measurement.block for side in pair.sides if side.ppt} == {block}


def test_the_latest_recording_with_a_value_is_shown() -> None:
    good, later_without_value = measured(PPT, minute=1), measured(PPT, minute=2, presses=1)
    visit = VisitRecord(visit=VISIT, measurements=(later_without_value, good))

    (pair,) = view_of(visit).pairs(Block.PRE)

    assert pair.sides[0].ppt is not None
    assert pair.sides[0].ppt.record is good


def test_a_second_look_by_hand_replaces_the_first() -> None:
    first = felt("trapezius_upper", Side.LEFT)
    second = replace(first, tenderness=0)

    (pair,) = view_of(VisitRecord(visit=VISIT, entries=noted(first, second))).pairs(Block.PRE)

    assert pair.sides[0].hand == second


def test_the_fingerprint_follows_what_hands_and_sensor_found() -> None:
    record = measured(PPT, minute=1)
    moved = replace(record.computed[0], value=(record.computed[0].value or 0.0) + 1e-9)

    def fingerprint(*measurements: object) -> str:
        return view_of(VisitRecord(visit=VISIT, measurements=measurements)).fingerprint  # type: ignore[arg-type]  # records, as below

    other = replace(record, computed=(moved, *record.computed[1:]))
    assert fingerprint(record) == fingerprint(replace(record))
    assert len({fingerprint(record), fingerprint(other), fingerprint()}) == 3


@pytest.mark.parametrize(
    "changed", [{"tenderness": 3}, {"tone": None}, {"note": "radiates"}, {"block": Block.POST}]
)
def test_the_fingerprint_follows_every_word_of_the_hand(changed: dict[str, Any]) -> None:
    felt_once = felt("trapezius_upper", Side.LEFT)

    def fingerprint(finding: ManualFinding) -> str:
        return view_of(VisitRecord(visit=VISIT, entries=noted(finding))).fingerprint

    assert fingerprint(felt_once) == fingerprint(replace(felt_once))
    assert fingerprint(felt_once) != fingerprint(replace(felt_once, **changed))
