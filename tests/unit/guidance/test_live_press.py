"""The live guide sees contact, pace, limit, silence and release as a careful colleague would."""

import numpy as np
import pytest

from tissuesense.core.contact import ContactTip
from tissuesense.core.recording import RecordingContext
from tissuesense.guidance.limits import PressLimits
from tissuesense.guidance.press import PressGuide
from tissuesense.guidance.view import ActEnded, Cue, GuideView, Phase, StoppedBy

RATE_HZ = 80
LIMITS = PressLimits(target_rate_n_s=5.0, limit_n=100.0)


class Hand:
    """Presses a gauge in front of a guide and notes what the guide said."""

    def __init__(
        self, limits: PressLimits = LIMITS, *, zero_n: float = 0.0, noise_n: float = 0.0
    ) -> None:
        self.guide = PressGuide(limits)
        self.rng = np.random.default_rng(1)
        self.noise_n, self.zero_n = noise_n, zero_n
        self.t_s, self.force_n = 0.0, 0.0
        self.ended: list[ActEnded] = []
        self.views: list[GuideView] = []

    def move(self, rate_n_s: float, seconds: float) -> "Hand":
        for _ in range(round(seconds * RATE_HZ)):
            self.t_s += 1 / RATE_HZ
            self.force_n += rate_n_s / RATE_HZ
            self._send()
        return self

    def rest(self, seconds: float, force_n: float = 0.0) -> "Hand":
        self.force_n = force_n
        return self.move(0.0, seconds)

    def drop(self) -> "Hand":
        return self.move(-self.force_n / 0.2, 0.2).rest(1.0)

    def _send(self) -> None:
        noise = self.rng.normal(0.0, self.noise_n)
        ended = self.guide.sample(self.t_s, self.zero_n + self.force_n + noise)
        self.ended += [ended] if ended else []
        self.views.append(self.guide.view)

    def cues(self) -> set[Cue]:
        return {view.cue for view in self.views}


def test_a_press_is_over_when_the_hand_has_let_go() -> None:
    hand = Hand().rest(2.0).move(5.0, 6.0).drop()
    (press,) = hand.ended
    assert press.stopped_by is StoppedBy.RELEASE
    assert press.onset_s == pytest.approx(2.2, abs=0.1)  # 1 N at 5 N/s
    assert 8.2 < press.end_s < 8.8


@pytest.mark.parametrize("zero_n", [-20.0, 0.0, 7.5])
def test_a_gauge_that_was_never_zeroed_is_guided_all_the_same(zero_n: float) -> None:
    hand = Hand(zero_n=zero_n).rest(2.0).move(5.0, 6.0).drop()
    assert len(hand.ended) == 1
    assert max(view.force_n for view in hand.views) == pytest.approx(30.0, abs=0.1)


@pytest.mark.parametrize(
    ("rate_n_s", "cue"), [(5.0, Cue.GOOD), (8.0, Cue.SLOWER), (2.5, Cue.FASTER)]
)
def test_the_pace_is_told_against_the_asked_rate(rate_n_s: float, cue: Cue) -> None:
    hand = Hand(noise_n=0.05).rest(2.0)
    hand.views.clear()
    hand.move(rate_n_s, 5.0)
    told = [view.cue for view in hand.views if view.rate_error is not None]
    assert told.count(cue) > 0.95 * len(told)


def test_the_soft_beginning_of_a_ramp_is_not_called_slow() -> None:
    hand = Hand().rest(2.0)
    hand.views.clear()
    hand.move(2.6, 0.4).move(5.0, 3.0)  # skin gives way first
    assert Cue.FASTER not in hand.cues()


def test_a_press_before_the_zero_is_a_second_old_is_seen_all_the_same() -> None:
    hand = Hand(noise_n=0.05).rest(0.5)
    assert hand.guide.view.cue is Cue.WAIT
    hand.move(5.0, 6.0).drop()
    assert len(hand.ended) == 1


def test_a_hand_that_stays_on_the_skin_after_a_press_has_ended_it() -> None:
    hand = Hand().rest(2.0).move(5.0, 6.0).rest(1.0, force_n=2.0).move(5.0, 5.0).drop()
    assert len(hand.ended) == 2


def test_resting_on_the_skin_and_knocks_are_no_press() -> None:
    hand = Hand().rest(2.0).rest(3.0, force_n=2.0).rest(1.0).rest(0.05, force_n=30.0).rest(1.0)
    assert hand.ended == []
    assert hand.guide.view.phase is Phase.ARMED


def test_after_the_signal_the_hand_is_told_to_let_go_and_warned_when_it_does_not() -> None:
    hand = Hand().rest(2.0).move(5.0, 4.0)
    hand.guide.signal(hand.t_s)
    assert hand.guide.view.cue is Cue.LET_GO
    hand.move(0.0, 0.9)
    assert not hand.guide.view.alarm
    hand.move(0.0, 0.3)
    assert hand.guide.view.alarm
    hand.drop()
    assert [press.stopped_by for press in hand.ended] == [StoppedBy.SIGNAL]


def test_the_limit_is_announced_twice_and_then_stops_the_press() -> None:
    hand = Hand(PressLimits(target_rate_n_s=5.0, limit_n=20.0)).rest(2.0).move(5.0, 4.5)
    assert {view.near_limit for view in hand.views} == {None, 0.8, 0.9, 1.0}
    assert hand.guide.view.cue is Cue.STOP
    hand.drop()
    assert [press.stopped_by for press in hand.ended] == [StoppedBy.LIMIT]


def test_silence_during_a_press_voids_it_at_once_and_only_once() -> None:
    hand = Hand().rest(2.0).move(5.0, 3.0)
    hand.t_s += 0.6
    hand.move(5.0, 1.0).drop()
    assert [press.stopped_by for press in hand.ended] == [StoppedBy.SILENCE]


def test_silence_that_lasts_is_told_by_whoever_waits() -> None:
    hand = Hand().rest(2.0).move(5.0, 3.0)
    press = hand.guide.silence()
    assert press is not None
    assert press.stopped_by is StoppedBy.SILENCE
    assert hand.guide.silence() is None


def test_silence_between_presses_is_no_matter() -> None:
    hand = Hand().rest(2.0)
    assert hand.guide.silence() is None
    hand.t_s += 5.0
    hand.rest(0.5).move(5.0, 4.0).drop()
    assert [press.stopped_by for press in hand.ended] == [StoppedBy.RELEASE]


def test_a_gauge_that_sends_twice_a_second_is_not_silent_in_between() -> None:
    guide = PressGuide(LIMITS)
    forces = [0.0] * 20 + [2.5 * i for i in range(1, 13)] + [0.0] * 4
    ended = [guide.sample(0.6 * i, force) for i, force in enumerate(forces)]
    assert [press.stopped_by for press in ended if press] == [StoppedBy.RELEASE]


def test_every_press_of_a_series_is_seen_while_the_zero_drifts() -> None:
    hand = Hand(noise_n=0.05).rest(2.0)
    for _ in range(4):
        hand.move(5.0, 6.0).drop().rest(3.0)
        hand.zero_n += 0.4
        hand.rest(3.0)
    assert len(hand.ended) == 4


def test_a_gauge_that_is_turned_over_settles_on_its_new_zero() -> None:
    hand = Hand().rest(2.0)
    hand.zero_n = -8.0
    hand.rest(2.5).move(5.0, 4.0).drop()
    assert len(hand.ended) == 1
    assert max(view.force_n for view in hand.views) == pytest.approx(20.0, abs=0.1)


def test_without_an_asked_rate_nobody_is_hurried() -> None:
    hand = Hand(PressLimits(limit_n=100.0)).rest(2.0).move(9.0, 4.0).drop()
    assert hand.cues() == {Cue.WAIT, Cue.PRESS, Cue.LET_GO}
    assert len(hand.ended) == 1


def test_a_repeated_or_earlier_sample_changes_nothing() -> None:
    hand = Hand().rest(2.0).move(5.0, 2.0)
    before = hand.guide.view
    assert hand.guide.sample(hand.t_s, 99.0) is None
    assert hand.guide.sample(hand.t_s - 1.0, 99.0) is None
    assert hand.guide.view == before


def test_limits_follow_the_tip_the_cutoff_and_the_gauge() -> None:
    context = RecordingContext(
        tip=ContactTip(area_cm2=0.5), target_rate_kpa_s=50.0, cutoff_kpa=600.0, full_scale_n=25.0
    )
    limits = PressLimits.of(context)
    assert limits.target_rate_n_s == pytest.approx(2.5)
    assert limits.limit_n == pytest.approx(23.75)  # 95 % of the gauge, under the 30 N of the tip
    assert PressLimits.of(RecordingContext()).limit_n == 100.0
