"""Claim: a practised ramp is judged as at the table, against a threshold that is known."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import UsageError
from tissuesense.services.bench import Bench
from tissuesense.services.practising.kept_scores import KeptScore, KeptScores
from tissuesense.services.practising.order import PracticeOrder, PracticeWay
from tissuesense.services.practising.practice_round import PracticeRound, Practising
from tissuesense.services.practising.score import PracticeScore, usual_bias_kpa
from tissuesense.services.table.audience import Audience
from tissuesense.services.table.view import TableState
from tissuesense.transport.base import VirtualPace

PUSH_KPA = 840.0  # what a whole push is, as the page reckons: 1.05 of the limit of 800 kPa


def rng() -> np.random.Generator:
    return np.random.default_rng(7)


class Trainee:
    """Presses at a steady rate whenever the screen says so, and lets go at the client's word."""

    def __init__(
        self, held: PracticeRound, audience: Audience, pace: VirtualPace, rate_kpa_s: float
    ) -> None:
        self.held, self.audience, self.pace, self.rate = held, audience, pace, rate_kpa_s
        self.since: float | None = None
        self.off_until = 0.0

    async def press(self) -> None:
        with self.audience.seat() as outbox:
            while self.held.view.state is not TableState.OVER:
                await outbox.take()
                self.look()

    def look(self) -> None:
        progress, now = self.held.view.progress, self.pace.now_s()
        if progress is None or now < self.off_until or progress.view.phase == "settling":
            self.held.push(0.0)
            return
        if self.since is None:
            self.since = now
        if progress.view.cue in {"let go", "stop"} or now - self.since > 30:
            self.since, self.off_until = None, now + 3.0
            self.held.push(0.0)
            return
        self.held.push(self.rate * (now - self.since) / PUSH_KPA)


def practised(rate_kpa_s: float, **ordered: object) -> PracticeScore:
    async def run() -> PracticeRound:
        order = PracticeOrder(presses=2, target_kpa_s=30.0, **ordered)  # type: ignore[arg-type]  # of the test
        audience, pace = Audience(), VirtualPace(ManualClock())
        held = PracticeRound(order, audience=audience, clock=ManualClock(), rng=rng(), pace=pace)
        trainee = asyncio.create_task(Trainee(held, audience, pace, rate_kpa_s).press())
        await asyncio.wait_for(held.run(), 60)
        await trainee
        return held

    held = asyncio.run(run())
    assert held.score is not None, held.why
    return held.score


def test_a_steady_ramp_at_the_asked_rate_counts_and_reads_what_reacting_makes() -> None:
    found = practised(30.0)
    assert found.accepted == 2
    assert found.points > 85
    assert found.rate_error == pytest.approx(0.0, abs=0.05)
    assert found.bias_kpa == pytest.approx(usual_bias_kpa(30.0), abs=8.0)


def test_too_fast_is_said_and_reads_too_high() -> None:
    slow, fast = practised(30.0), practised(60.0)
    assert fast.accepted == 0
    assert fast.rate_error == pytest.approx(1.0, abs=0.1)
    assert all(press.sentence.startswith("Too fast") for press in fast.presses)
    assert fast.points < slow.points
    assert fast.bias_kpa is not None
    assert slow.bias_kpa is not None
    assert fast.bias_kpa > slow.bias_kpa


def test_whose_pain_comes_early_says_stop_early() -> None:
    ordinary, tender = practised(30.0, client="ordinary"), practised(30.0, client="tender")
    assert max(press.true_kpa or 0 for press in tender.presses) < min(
        press.true_kpa or 1e9 for press in ordinary.presses
    )


def test_a_demonstration_knows_the_truth_of_each_of_its_presses() -> None:
    class Fast(ManualClock):
        """A clock that runs ahead, so that a demonstration takes no time."""

        def monotonic_s(self) -> float:
            self.advance(0.02)
            return super().monotonic_s()

    async def run() -> PracticeRound:
        order = PracticeOrder(way=PracticeWay.DEMONSTRATION, presses=1, target_kpa_s=100.0)
        held = PracticeRound(order, audience=Audience(), clock=Fast(), rng=rng())
        await asyncio.wait_for(held.run(), 100)
        return held

    held = asyncio.run(run())
    assert held.score is not None, held.why
    press = held.score.presses[0]
    assert press.true_kpa is not None
    assert press.measured_kpa is not None
    assert 0 < press.measured_kpa - press.true_kpa < 0.6 * 100.0


def test_a_screen_that_has_gone_lets_go() -> None:
    order = PracticeOrder()
    pace = VirtualPace(ManualClock())
    held = PracticeRound(order, audience=Audience(), clock=ManualClock(), rng=rng(), pace=pace)
    held.push(0.5)
    assert held._wanted_n(pace.now_s() + 0.1) > 0
    assert held._wanted_n(pace.now_s() + 1.0) == 0


@pytest.mark.parametrize("share", [float("nan"), float("inf"), -3.0, 1e300])
def test_no_push_is_beyond_the_pad(share: float) -> None:
    held = PracticeRound(PracticeOrder(), audience=Audience(), clock=ManualClock(), rng=rng())
    held.push(share)
    assert 0 <= held._wanted_n(0.0) <= PUSH_KPA / 10 + 1e-9


@pytest.mark.parametrize(
    "ordered",
    [
        {"client": "nobody"},
        {"target_kpa_s": 31.0},
        {"presses": 0},
        {"presses": 99},
        {"way": PracticeWay.GAUGE},
    ],
)
def test_what_cannot_be_practised_is_refused(ordered: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        PracticeOrder(**ordered)  # type: ignore[arg-type]  # of the test


def scored(points: int = 70, **changed: object) -> KeptScore:
    stated: dict[str, object] = {
        "at": datetime(2026, 1, 5, 9, tzinfo=UTC),
        "way": "hand",
        "target_kpa_s": 30.0,
        "presses": 3,
        "accepted": 2,
        "points": points,
    }
    return KeptScore(**(stated | changed))  # type: ignore[arg-type]  # of the test


@given(
    st.integers(0, 100),
    st.none() | st.floats(-5, 5),
    st.none() | st.floats(-900, 900),
    st.text(max_size=50),
)
def test_a_kept_score_is_read_as_it_was(
    points: int, rate_error: float | None, bias_kpa: float | None, who: str
) -> None:
    one = scored(points, rate_error=rate_error, bias_kpa=bias_kpa, who=who)
    assert KeptScore.from_dict(json.loads(json.dumps(one.to_dict()))) == one


def test_scores_are_there_the_next_day(tmp_path: Path) -> None:
    file = tmp_path / "scores.json"
    kept = KeptScores(lambda: file)
    kept.add(scored(60))
    kept.add(scored(80, at=datetime(2026, 1, 6, 9, tzinfo=UTC)))
    assert [one.points for one in KeptScores(lambda: file).all()] == [60, 80]
    assert b"TS-" not in file.read_bytes()


def test_the_oldest_make_room(tmp_path: Path) -> None:
    kept = KeptScores()
    for day in range(1005):
        kept.add(scored(day % 100, at=datetime(2026, 1, 5, tzinfo=UTC) + timedelta(days=day)))
    assert len(kept.all()) == 1000
    assert kept.all()[0].at == datetime(2026, 1, 10, tzinfo=UTC)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text", ["", "{}", "[1]", '{"schema": "tissuesense.practice/1"}', "[" * 9999]
)
def test_a_damaged_file_is_left_alone(tmp_path: Path, text: str) -> None:
    file = tmp_path / "scores.json"
    file.write_text(text)
    kept = KeptScores(lambda: file)
    assert kept.all() == ()
    kept.add(scored())
    assert len(kept.all()) == 1
    assert "left as it is" in kept.trouble
    assert file.read_text() == text


def test_a_sample_practice_and_ones_own_are_kept_apart(tmp_path: Path) -> None:
    place: list[Path | None] = [tmp_path / "scores.json"]
    kept = KeptScores(lambda: place[0])
    kept.add(scored(60))
    place[0] = None
    assert kept.all() == ()
    kept.add(scored(10))
    place[0] = tmp_path / "scores.json"
    assert [one.points for one in kept.all()] == [60]


def test_commands_without_a_round_do_nothing() -> None:
    bench = Bench(lambda: False)
    practising = Practising(bench=bench, clock=ManualClock(), rng=rng(), scores=KeptScores())
    say: Callable[[str], None] = practising.command
    for word in ("mark", "end", "nonsense"):
        say(word)
    practising.push(0.5)
    assert practising.round is None
