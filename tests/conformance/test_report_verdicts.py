"""The report calls sides different where the simulated person's are, and alike where they are."""

import pytest
from tests.unit.report.practice import VISIT, measured, view_of

from tissuesense.analysis.sides.asymmetry import Asymmetry, Verdict
from tissuesense.core.recording import RecordingKind
from tissuesense.core.site import Side
from tissuesense.record.history import VisitRecord
from tissuesense.record.visit import Block
from tissuesense.report.comparison import compare_stiffness, compare_thresholds
from tissuesense.simulation.spec import SessionSpec

ALIKE, LOWER, HIGHER = "alike", "lower", "higher"


def called(found: Asymmetry | None) -> str:
    assert found is not None
    assert found.percent is not None
    if found.verdict is not Verdict.BEYOND_ERROR:
        return ALIKE
    return HIGHER if found.percent > 0 else LOWER


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    ("subject", "threshold", "stiffness"),
    [
        ("relaxed", ALIKE, ALIKE),
        ("tender_left", LOWER, ALIKE),
        ("firm_left", ALIKE, HIGHER),
        ("tender_firm_left", LOWER, HIGHER),
        ("tender_everywhere", ALIKE, ALIKE),
    ],
)
def test_the_verdict_on_the_left_is_the_truth_of_the_subject(
    subject: str, threshold: str, stiffness: str, seed: int
) -> None:
    specs = [
        SessionSpec(subject=subject, site="trapezius_upper", side=side, kind=kind, seed=seed)
        for side in (Side.LEFT, Side.RIGHT)
        for kind in (RecordingKind.PPT, RecordingKind.INDENTATION)
    ]
    visit = VisitRecord(
        visit=VISIT,
        measurements=tuple(measured(spec, minute=minute) for minute, spec in enumerate(specs)),
    )

    (pair,) = view_of(visit).pairs(Block.PRE)

    assert pair.both is not None
    assert called(compare_thresholds(*pair.both)) == threshold
    assert called(compare_stiffness(*pair.both)) == stiffness
