"""A tap, a stretch and a movement are seen to begin and to be over, whatever the gauge is like."""

from itertools import pairwise

import numpy as np
import pytest

from tissuesense.core.arrays import FloatArray
from tissuesense.core.recording import RecordingKind
from tissuesense.guidance.limits import PressLimits
from tissuesense.guidance.motion import RULES, MotionGuide
from tissuesense.guidance.view import ActEnded, Cue, Phase, StoppedBy
from tissuesense.simulation.joint_range import RangeTruth
from tissuesense.simulation.limb_stretch import StretchTruth
from tissuesense.simulation.session import SessionSpec, Truth, simulated_recording
from tissuesense.simulation.tap_strike import TapTruth

LIMITS = PressLimits(limit_n=100.0)


def followed(
    kind: RecordingKind, t_s: FloatArray, limits: PressLimits = LIMITS, **columns: FloatArray
) -> tuple[MotionGuide, list[ActEnded]]:
    """Hand a guide the samples in twentieths of a second, and collect what it says is over."""
    guide, ends = MotionGuide(RULES[kind], limits), []
    for rows in np.array_split(np.arange(t_s.size), max(1, round((t_s[-1] - t_s[0]) / 0.05))):
        part = {name: values[rows] for name, values in columns.items()}
        ended = guide.follow(t_s[rows], part, ())
        ends += [ended] if ended else []
    return guide, ends


FAULTS = (None, "dropped", "doubled", "spikes")


def simulated(spec: SessionSpec) -> tuple[list[float], tuple[Truth, ...]]:
    """Return when a guide says that something is over, and what five acts were."""
    recording = simulated_recording(spec, presses=5)
    columns = dict(recording.trace.columns())
    _, ends = followed(spec.kind, recording.trace.t_s, LIMITS, **columns)
    return [end.end_s for end in ends], recording.truths


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("rate_hz", [100.0, 200.0, 1000.0, 3200.0])
def test_each_tap_is_over_before_the_next_comes(fault: str | None, rate_hz: float) -> None:
    spec = SessionSpec(kind=RecordingKind.TAP, fault=fault, rate_hz=rate_hz, seed=2)
    ends_s, truths = simulated(spec)
    onsets_s = [truth.onset_s for truth in truths if isinstance(truth, TapTruth)]
    for onset_s, next_s in pairwise(onsets_s):
        assert sum(onset_s < end_s < next_s for end_s in ends_s) == 1


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    ("kind", "rate_hz"),
    [
        (RecordingKind.STRETCH, 50.0),
        (RecordingKind.STRETCH, 100.0),
        (RecordingKind.ROM, 20.0),
        (RecordingKind.ROM, 80.0),
        (RecordingKind.ROM, 400.0),
    ],
)
def test_each_movement_is_over_before_the_next_comes(
    kind: RecordingKind, rate_hz: float, fault: str | None
) -> None:
    ends_s, truths = simulated(SessionSpec(kind=kind, fault=fault, rate_hz=rate_hz, seed=2))
    for truth, following in pairwise(truths):
        assert isinstance(truth, StretchTruth | RangeTruth)
        assert isinstance(following, StretchTruth | RangeTruth)
        # Once held, once brought back, or both at once.
        assert 1 <= sum(truth.end_s < end_s < following.start_s for end_s in ends_s) <= 2
        assert not any(truth.start_s + 0.5 < end_s < truth.end_s for end_s in ends_s)


def ramp(speed: float, rate_hz: float = 80.0) -> tuple[FloatArray, FloatArray]:
    """Return time and angle: rest for two seconds, a way of 60 degrees, rest for three."""
    t_s = np.arange(0.0, 5.0 + 60.0 / speed, 1.0 / rate_hz)
    return t_s, np.clip((t_s - 2.0) * speed, 0.0, 60.0)


@pytest.mark.parametrize("speed", [6.0, 30.0, 200.0])
def test_the_fastest_speed_is_told(speed: float) -> None:
    t_s, angle_deg = ramp(speed)
    guide, (ended,) = followed(RecordingKind.ROM, t_s, angle_deg=angle_deg)
    assert ended.stopped_by is StoppedBy.RELEASE
    assert ended.onset_s == pytest.approx(2.0, abs=0.5)
    told = dict(zip(("angle", "fastest"), guide.view.told, strict=True))
    assert told["angle"] == "60 degrees"
    assert float(told["fastest"].split()[1]) == pytest.approx(speed, rel=0.12)


def test_nothing_moves_while_nothing_moves() -> None:
    rng = np.random.default_rng(3)
    t_s = np.arange(0.0, 20.0, 0.0125)
    resting = 30.0 + 0.2 * rng.standard_normal(t_s.size)
    guide, ends = followed(RecordingKind.ROM, t_s, angle_deg=resting)
    assert ends == []
    assert (guide.view.phase, guide.view.cue) == (Phase.ARMED, Cue.MOVE)


def test_it_waits_until_it_has_seen_rest() -> None:
    guide = MotionGuide(RULES[RecordingKind.TAP], LIMITS)
    assert (guide.view.phase, guide.view.cue) == (Phase.SETTLING, Cue.WAIT)


def test_a_silence_in_the_middle_ends_it_as_such() -> None:
    t_s, angle_deg = ramp(20.0)
    kept = (t_s < 3.0) | (t_s > 4.5)
    _, ends = followed(RecordingKind.ROM, t_s[kept], angle_deg=angle_deg[kept])
    assert [end.stopped_by for end in ends] == [StoppedBy.SILENCE, StoppedBy.RELEASE]


def test_a_silence_while_nothing_moves_is_none() -> None:
    guide = MotionGuide(RULES[RecordingKind.ROM], LIMITS)
    assert guide.silence() is None


def test_what_never_rests_is_looked_at_all_the_same() -> None:
    t_s = np.arange(0.0, 10.0, 0.001)
    shaking = 5.0 * np.sin(2 * np.pi * 12.0 * t_s)
    _, ends = followed(RecordingKind.TAP, t_s, acceleration_m_s2=shaking)
    assert 2 <= len(ends) <= 4


def test_too_much_force_on_a_limb_is_an_alarm_and_ends_it() -> None:
    t_s, angle_deg = ramp(30.0)
    force_n = np.interp(t_s, (0.0, 3.0, 3.5, 4.0), (5.0, 5.0, 60.0, 5.0))
    limits = PressLimits(limit_n=50.0)
    guide = MotionGuide(RULES[RecordingKind.STRETCH], limits)
    alarmed = False
    ends = []
    for i in range(t_s.size):
        part = {"force_n": force_n[i : i + 1], "angle_deg": angle_deg[i : i + 1]}
        ended = guide.follow(t_s[i : i + 1], part, ())
        ends += [ended] if ended else []
        view = guide.view
        assert view.alarm is (view.cue is Cue.STOP)
        if not 46.0 < force_n[i] < 54.0:  # it takes two readings, for one may be nonsense
            assert view.alarm == (force_n[i] >= 50.0)
        alarmed |= view.alarm
    assert alarmed
    assert [end.stopped_by for end in ends] == [StoppedBy.LIMIT]


def test_one_reading_of_nonsense_is_no_alarm() -> None:
    t_s, angle_deg = ramp(30.0)
    force_n = np.full(t_s.size, 5.0)
    force_n[::40] = 80.0
    guide, (ended,) = followed(
        RecordingKind.STRETCH, t_s, PressLimits(limit_n=50.0), force_n=force_n, angle_deg=angle_deg
    )
    assert ended.stopped_by is StoppedBy.RELEASE
    assert not guide.view.alarm
