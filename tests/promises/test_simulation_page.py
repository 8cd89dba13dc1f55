"""The page on simulated gauges names every kind, subject, fault and key."""

from pathlib import Path

import pytest

from tissuesense.core.recording import RecordingKind
from tissuesense.simulation.faults import FAULTS
from tissuesense.simulation.kinds import KINDS
from tissuesense.simulation.spec import QUERY_KEYS
from tissuesense.simulation.subjects import SUBJECTS

PAGE = (Path(__file__).parents[2] / "docs/reference/simulation.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("word", [*SUBJECTS, *FAULTS, *QUERY_KEYS])
def test_every_word_of_the_url_is_there(word: str) -> None:
    assert f"`{word}`" in PAGE


@pytest.mark.parametrize("kind", RecordingKind)
def test_every_kind_has_its_row(kind: RecordingKind) -> None:
    usual = KINDS[kind]
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{kind}` | {usual.items}")]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[2].startswith(f"`{usual.model}`")
    assert float(cells[3]) == usual.rate_hz
    assert all(f"`{column}`" in cells[4] for column in usual.needs)
