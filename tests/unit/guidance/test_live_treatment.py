"""While a hand treats, the pressure, how long it is held and how near it is to pain are shown."""

import numpy as np
import pytest

from tissuesense.core.errors import NoProbeArea, UsageError
from tissuesense.core.recording import RecordingContext, RecordingKind
from tissuesense.guidance.treatment import TreatmentGuide
from tissuesense.guidance.view import ActEnded, Cue, Phase, StoppedBy
from tissuesense.simulation.session import SessionSpec, simulated_recording
from tissuesense.simulation.treatment import TECHNIQUES, TreatmentTruth

RATE_HZ = 80
ON_ONE_CM2 = {"kind": "dose", "probe_area_cm2": 1.0}


class Hand:
    """Presses a gauge in front of a guide and notes what the guide said."""

    def __init__(self, zero_n: float = 0.35, **stated: object) -> None:
        self.guide = TreatmentGuide(RecordingContext.from_dict({**ON_ONE_CM2, **stated}))
        self.t_s, self.zero_n = 0.0, zero_n
        self.ended: list[ActEnded] = []

    def press(self, force_n: float, seconds: float) -> "Hand":
        for _ in range(round(seconds * RATE_HZ)):
            self.t_s += 1 / RATE_HZ
            forces_n = np.array([self.zero_n + force_n])
            ended = self.guide.follow(np.array([self.t_s]), {"force_n": forces_n}, ())
            self.ended += [ended] if ended else []
        return self

    def told(self) -> str:
        return "; ".join(self.guide.view.told)


@pytest.mark.parametrize("zero_n", [-20.0, 0.0, 7.5])
def test_pressure_and_hold_are_shown_whatever_the_zero(zero_n: float) -> None:
    hand = Hand(zero_n).press(0.0, 3.0).press(12.0, 9.0)
    assert hand.guide.view.phase is Phase.ACTIVE
    assert hand.told() == "120 kPa; at this level 8 s"


def test_another_level_is_counted_anew() -> None:
    hand = Hand().press(0.0, 3.0).press(12.0, 9.0).press(20.0, 5.0)
    assert hand.told() == "200 kPa; at this level 4 s"


def test_time_above_shares_of_the_threshold_adds_up() -> None:
    hand = Hand(site_ppt_kpa=200.0).press(0.0, 3.0)
    hand.press(12.0, 10.0).press(16.0, 10.0).press(0.0, 5.0)
    shares, _, seconds = hand.guide.view.told[-1].partition(": ")
    assert shares == "above 50, 70, 100 % of the threshold"
    told_s = [int(number) for number in seconds.removesuffix(" s").split(", ")]
    assert told_s == pytest.approx([20, 10, 0], abs=1)


def test_an_application_is_over_when_the_hand_stays_away() -> None:
    hand = Hand().press(0.0, 3.0).press(12.0, 10.0).press(0.0, 2.0).press(12.0, 5.0).press(0, 4.0)
    (ended,) = hand.ended
    assert ended.stopped_by is StoppedBy.RELEASE
    assert ended.onset_s == pytest.approx(3.0, abs=0.1)
    assert not hand.guide.busy


def test_a_knock_is_no_application() -> None:
    hand = Hand().press(0.0, 3.0).press(9.0, 0.1).press(0.0, 5.0)
    assert hand.ended == []
    assert (hand.guide.view.phase, hand.guide.view.cue) == (Phase.ARMED, Cue.TREAT)


def test_beyond_the_cut_off_there_is_an_alarm_and_the_application_ends_by_it() -> None:
    hand = Hand(cutoff_kpa=150.0).press(0.0, 3.0).press(14.0, 3.0)
    assert hand.guide.view.near_limit == 0.9
    hand.press(16.0, 2.0)
    assert hand.guide.view.alarm
    assert hand.guide.view.cue is Cue.STOP
    hand.press(10.0, 2.0)
    assert not hand.guide.view.alarm
    hand.press(0.0, 5.0)
    assert [end.stopped_by for end in hand.ended] == [StoppedBy.LIMIT]


def test_a_silence_ends_it_as_such() -> None:
    hand = Hand().press(0.0, 3.0).press(12.0, 5.0)
    hand.t_s += 3.0
    hand.press(12.0, 1.0)
    assert [end.stopped_by for end in hand.ended] == [StoppedBy.SILENCE]


@pytest.mark.parametrize(
    ("technique", "fault"),
    [
        *((technique, fault) for technique in TECHNIQUES for fault in (None, "unzeroed", "spikes")),
        ("neuromuscular", "dropped"),
        # In one as low and long as a glide the zero would creep by half of the pressure.
        ("neuromuscular", "drift"),
    ],
)
def test_simulated_applications_are_each_over_once(technique: str, fault: str | None) -> None:
    spec = SessionSpec(kind=RecordingKind.DOSE, technique=technique, fault=fault, seed=4)
    recording = simulated_recording(spec, presses=4)
    trace, guide = recording.trace, TreatmentGuide(recording.context)
    assert trace.force_n is not None
    ends = []
    for i in range(0, trace.size, 4):
        rows = slice(i, i + 4)
        ended = guide.follow(trace.t_s[rows], {"force_n": trace.force_n[rows]}, ())
        ends += [ended] if ended else []
    assert len(ends) == 3
    for end, truth in zip(ends, recording.truths[:3], strict=True):
        assert isinstance(truth, TreatmentTruth)
        assert end.onset_s == pytest.approx(truth.start_s, abs=1.0)
        assert end.end_s == pytest.approx(truth.end_s + 3.0, abs=1.0)


def test_a_pressure_needs_an_area_and_a_threshold_a_number() -> None:
    with pytest.raises(NoProbeArea):
        TreatmentGuide(RecordingContext())
    with pytest.raises(UsageError, match="site_ppt_kpa"):
        TreatmentGuide(RecordingContext.from_dict({**ON_ONE_CM2, "site_ppt_kpa": "much"}))
