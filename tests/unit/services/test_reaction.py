"""The self test that is run is the state machine's, and what is kept is what a recording uses."""

import asyncio
import json
from pathlib import Path

import numpy as np
import pytest

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import ConfigurationError, FileWriteError, UsageError
from tissuesense.core.recording import LatencyOrigin
from tissuesense.guidance.reaction import ReactionPhase, ReactionTest
from tissuesense.services.reaction import (
    check_place,
    reaction_document,
    read_reaction,
    run_reaction_test,
    run_with_button,
    write_reaction,
)
from tissuesense.transport.base import VirtualPace


def led(url: str, trials: int = 10) -> ReactionTest:
    test = ReactionTest(trials=trials, rng=np.random.default_rng(1))
    shown = run_with_button(test, url, clock=ManualClock(), show=lambda _: None)
    assert asyncio.run(shown) == "button simulated"
    return test


def test_a_hand_of_known_lateness_is_found() -> None:
    """Each press comes 0.25 s after the signal was drawn, and is told at the next look."""
    pace = VirtualPace(ManualClock())
    due: list[float] = []

    def hand(seen: ReactionTest) -> None:
        if seen.phase is ReactionPhase.SHOW:
            due.append(pace.now_s() + 0.25)

    def presses() -> list[float]:
        return [due.pop()] if due and due[-1] <= pace.now_s() else []

    test = ReactionTest(trials=5, rng=np.random.default_rng(2))
    asyncio.run(run_reaction_test(test, pace=pace, presses=presses, show=hand))
    assert test.result().times_s == pytest.approx((0.25,) * 5)


def test_a_simulated_client_reacts_as_late_as_it_does_to_pain() -> None:
    found = led("sim:?seed=1&speed=0", trials=100).result()
    other = led("sim:?seed=2&speed=0", trials=100).result()
    assert 0.12 <= found.mean_s.value <= 0.6
    assert found.sd_s == pytest.approx(0.05, abs=0.02)  # half of the 0.10 s is the person's own
    assert found.times_s != other.times_s


def test_a_client_without_a_button_cannot_be_tested() -> None:
    with pytest.raises(ConfigurationError, match="holds no button"):
        led("sim:?marker=0")


def test_what_is_kept_is_the_latency_of_a_recording(tmp_path: Path) -> None:
    found = led("sim:?seed=1&speed=0").result()
    document = reaction_document(found, "key")
    write_reaction(tmp_path / "r.json", document)
    kept = read_reaction(tmp_path / "r.json")
    assert (kept.latency.mean_s, kept.latency.sd_s) == (found.mean_s.value, found.sd_s)
    assert kept.latency.origin is LatencyOrigin.SELF_TEST
    assert kept.pressed == "key"
    assert "screen" in document["includes"]


def test_a_place_that_cannot_be_written_is_refused_before_anybody_presses(tmp_path: Path) -> None:
    kept = tmp_path / "r.json"
    check_place(kept, force=False)
    kept.write_text("of another client")
    with pytest.raises(UsageError, match="exists already"):
        check_place(kept, force=False)
    check_place(kept, force=True)
    for place in (tmp_path / "absent" / "r.json", tmp_path):
        with pytest.raises(FileWriteError, match="cannot be written"):
            check_place(place, force=True)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schema": "tissuesense.reaction/1"}',
             json.dumps({"schema": "tissuesense.reaction/2", "mean_s": {"value": 0.3},
                         "sd_s": 0.05, "pressed": "key"}),
             json.dumps({"schema": "tissuesense.reaction/1", "mean_s": {"value": "long"},
                         "sd_s": 1, "pressed": "key"})]
)  # fmt: skip
def test_another_file_is_refused_with_what_to_do(tmp_path: Path, text: str) -> None:
    (tmp_path / "r.json").write_text(text)
    with pytest.raises(UsageError):
        read_reaction(tmp_path / "r.json")
    with pytest.raises(UsageError, match="no reaction-time self test"):
        read_reaction(tmp_path / "absent.json")
