"""Every kind of recording has a guide of its own, which asks for what the kind consists of."""

import pytest

from tissuesense.core.recording import RecordingContext, RecordingKind
from tissuesense.guidance.guide import guide_for
from tissuesense.guidance.view import Cue, Phase
from tissuesense.guidance.words import ITEMS, readings_stopped
from tissuesense.simulation.kinds import KINDS

CONTEXT = RecordingContext.from_dict({"probe_area_cm2": 1.0})


@pytest.mark.parametrize("kind", RecordingKind)
def test_it_needs_what_a_recording_of_the_kind_consists_of(kind: RecordingKind) -> None:
    guide = guide_for(kind, CONTEXT)
    assert guide.columns == KINDS[kind].needs
    assert (guide.view.phase, guide.view.cue) == (Phase.SETTLING, Cue.WAIT)
    assert not guide.busy
    assert guide.silence() is None


@pytest.mark.parametrize("kind", RecordingKind)
def test_every_kind_has_its_words(kind: RecordingKind) -> None:
    words = ITEMS[kind]
    assert words.many.startswith(words.one)
    assert words.one in readings_stopped(kind)
    assert words.none_seen == "" or words.none_seen.endswith(".")
