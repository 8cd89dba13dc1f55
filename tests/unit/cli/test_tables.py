"""The table shows each press with its uncertainty and judgement, and the flags in words."""

from io import StringIO

import pytest
from rich.console import Console

from tissuesense.analysis.analyse import analyze
from tissuesense.cli.tables import analysis_block, flags_in_words
from tissuesense.core.recording import Recording, RecordingContext, RecordingKind
from tissuesense.simulation.session import SessionSpec, simulated_recording


def printed(spec: SessionSpec, presses: int = 2, **stated: str) -> str:
    made = simulated_recording(spec, presses=presses)
    context = RecordingContext.from_dict(made.context.to_dict() | stated)
    recording = Recording(trace=made.trace, context=context, quality=made.quality, name="today.csv")
    paper = StringIO()
    Console(file=paper, width=120).print(analysis_block(analyze(recording)))
    return paper.getvalue()


def row(text: str, name: str) -> str:
    return next(line for line in text.splitlines() if line.strip().startswith(name))


def test_each_press_and_the_session_have_a_row() -> None:
    text = printed(SessionSpec(seed=2))
    assert text.startswith("today.csv, ppt, left trapezius upper, ")
    assert "kPa/s" in text
    for name in ("trial 1", "trial 2", "session"):
        assert "±" in row(text, name)
    assert "accepted" in row(text, "trial 1")


def test_one_press_alone_gives_no_session_value() -> None:
    text = printed(SessionSpec(seed=2), presses=1)
    assert "±" not in row(text, "session")
    assert "too few usable presses" in text.lower()


def test_a_rejected_press_says_why() -> None:
    text = printed(SessionSpec(seed=2, fault="fast_hand"))
    assert "rejected: pressed faster or slower than intended" in text


def test_a_site_is_shown_as_it_was_typed() -> None:
    assert ", left Upper trap, " in printed(SessionSpec(seed=2), site="Upper trap")


def test_what_was_done_in_a_treatment_is_not_judged() -> None:
    text = printed(SessionSpec(seed=2, kind=RecordingKind.DOSE), presses=1)
    assert "accepted" not in row(text, "dose 1")
    assert "±" in row(text, "hold 1")


def test_which_law_a_tissue_follows_is_no_remark() -> None:
    assert flags_in_words(("other_law", "gap")) == "a stretch without readings"


def test_stiffness_has_columns_of_its_own() -> None:
    text = printed(SessionSpec(seed=2, kind=RecordingKind.INDENTATION))
    assert "N/mm" in text
    assert "Relaxation" in text
    assert "±" in row(text, "press 1")


@pytest.mark.parametrize(
    ("flags", "words"),
    [((), ""), (("dip", "gap"), "the force dipped before the release; a stretch without readings")],
)
def test_flags_are_read_as_words(flags: tuple[str, ...], words: str) -> None:
    assert flags_in_words(flags) == words
