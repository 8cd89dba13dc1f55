"""The live tap, stretch or movement: when something moves, and when it has come to rest.

::

    SETTLING --a whole window seen--> ARMED --moves--> ACTIVE
                                        ^                |
                                        +---- at rest <--+

A hand that moves a limb is not told how: it is told what is asked for and how fast it went.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median
from types import MappingProxyType

from tissuesense.core.arrays import FloatArray
from tissuesense.core.recording import RecordingKind
from tissuesense.guidance.beat import Beat
from tissuesense.guidance.limits import PressLimits, near_limit
from tissuesense.guidance.view import ActEnded, Cue, GuideView, Phase, StoppedBy

_BIN_S = 0.05
_NEIGHBOURS = 3  # the median of three passes over a single reading of nonsense


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionRule:
    """What counts as moving.

    Attributes
    ----------
    column
        What is watched; `needed` is that and what the estimator needs beside it.
    span, window_s
        More than this span within the window is motion.
    smooth
        Compare means over a bin, not the readings themselves, which swing.
    quiet_s
        Rest after which the motion is over.
    longest_s
        What goes on for longer is looked at in between.
    """

    column: str
    needed: tuple[str, ...]
    cue: Cue
    span: float
    window_s: float
    smooth: bool
    quiet_s: float
    longest_s: float


# A tap lasts a third of a second and another may follow at once. A limb is moved, held for about a
# second and brought back: only a longer rest ends that.
RULES: Mapping[RecordingKind, MotionRule] = MappingProxyType(
    {
        RecordingKind.TAP: MotionRule(
            column="acceleration_m_s2",
            needed=("acceleration_m_s2",),
            cue=Cue.TAP,
            span=2.0,
            window_s=0.25,
            smooth=False,
            quiet_s=0.2,
            longest_s=3.0,
        ),
        RecordingKind.STRETCH: MotionRule(
            column="angle_deg",
            needed=("force_n", "angle_deg"),
            cue=Cue.STRETCH,
            span=1.0,
            window_s=0.5,
            smooth=True,
            quiet_s=0.9,
            longest_s=30.0,
        ),
        RecordingKind.ROM: MotionRule(
            column="angle_deg",
            needed=("angle_deg",),
            cue=Cue.MOVE,
            span=1.0,
            window_s=0.5,
            smooth=True,
            quiet_s=0.7,
            longest_s=15.0,
        ),
    }
)


@dataclass(frozen=True, slots=True)
class _Bin:
    """A twentieth of a second of readings."""

    end_s: float
    low: float
    high: float
    mean: float


class MotionGuide:
    """Follow one stream of samples through any number of taps, stretches or movements."""

    settle_s = 0.0
    # What goes on is cut off by the estimator itself, so that it may be looked at any time.
    busy = False

    def __init__(self, rule: MotionRule, limits: PressLimits) -> None:
        self.columns = rule.needed
        self._rule = rule
        self._limits = limits
        self._bins: deque[_Bin] = deque(maxlen=round(rule.window_s / _BIN_S))
        self._readings: deque[float] = deque(maxlen=_NEIGHBOURS)
        self._forces_n: deque[float] = deque(maxlen=_NEIGHBOURS)
        self._open: list[float] = []
        self._opened_s = 0.0
        self._last_s: float | None = None
        self._beat = Beat()
        self._phase = Phase.SETTLING
        self._onset_s = self._moved_s = self._told_s = 0.0
        self._fastest = 0.0  # a second
        self._force_n = 0.0
        self._beyond_limit = False

    def follow(
        self, t_s: FloatArray, columns: Mapping[str, FloatArray], marks_s: Sequence[float]
    ) -> ActEnded | None:
        """Take new samples; return the last end among them, if any. Nobody signals here."""
        del marks_s
        ended = None
        for moment_s, value in zip(t_s.tolist(), columns[self._rule.column].tolist(), strict=True):
            ended = self._sample(moment_s, value) or ended
        for force_n in columns["force_n"].tolist() if "force_n" in columns else ():
            self._forces_n.append(force_n)
            self._force_n = median(self._forces_n) if len(self._forces_n) == _NEIGHBOURS else 0.0
            self._beyond_limit |= self._force_n >= self._limits.limit_n
        return ended

    def silence(self) -> ActEnded | None:
        """Note that no sample came for too long: what was going on is void."""
        active = self._phase is Phase.ACTIVE
        self._bins.clear()
        self._open.clear()
        self._readings.clear()
        self._phase = Phase.SETTLING
        return self._ended(self._last_s or 0.0, StoppedBy.SILENCE) if active else None

    @property
    def silence_after_s(self) -> float:
        """How long without a sample is a silence."""
        return self._beat.silence_after_s

    @property
    def view(self) -> GuideView:
        """What to show now."""
        share = self._force_n / self._limits.limit_n
        cue = Cue.WAIT if self._phase is Phase.SETTLING else self._rule.cue
        return GuideView(
            phase=self._phase,
            cue=Cue.STOP if share >= 1.0 else cue,
            force_n=self._force_n,
            limit_share=share,
            near_limit=near_limit(share),
            alarm=share >= 1.0,
            told=self._told(),
        )

    def _sample(self, t_s: float, value: float) -> ActEnded | None:
        if self._last_s is not None and t_s <= self._last_s:
            return None
        ended = self.silence() if self._beat.step(t_s) else None
        self._last_s = t_s
        self._readings.append(value)
        if self._open and t_s - self._opened_s >= _BIN_S:
            ended = self._close_bin(t_s) or ended
        if not self._open:
            self._opened_s = t_s
        self._open.append(median(self._readings))
        return ended

    def _close_bin(self, t_s: float) -> ActEnded | None:
        mean = fmean(self._open)
        low, high = (mean, mean) if self._rule.smooth else (min(self._open), max(self._open))
        self._bins.append(_Bin(end_s=t_s, low=low, high=high, mean=mean))
        self._open.clear()
        if len(self._bins) < (self._bins.maxlen or 0):
            return None
        spread = max(b.high for b in self._bins) - min(b.low for b in self._bins)
        return self._moving(t_s) if spread > self._rule.span else self._resting(t_s)

    def _moving(self, t_s: float) -> ActEnded | None:
        if self._phase is not Phase.ACTIVE:
            self._phase, self._fastest = Phase.ACTIVE, 0.0
            self._onset_s = self._told_s = t_s - self._rule.window_s
        self._moved_s = t_s
        self._fastest = max(self._fastest, self._speed())
        if t_s - self._told_s < self._rule.longest_s:
            return None
        self._told_s = t_s
        return self._ended(t_s, StoppedBy.RELEASE)

    def _resting(self, t_s: float) -> ActEnded | None:
        if self._phase is Phase.SETTLING:
            self._phase = Phase.ARMED
        if self._phase is not Phase.ACTIVE or t_s - self._moved_s < self._rule.quiet_s:
            return None
        self._phase = Phase.ARMED
        return self._ended(t_s, StoppedBy.RELEASE)

    def _ended(self, t_s: float, why: StoppedBy) -> ActEnded:
        if self._beyond_limit:
            self._beyond_limit, why = False, StoppedBy.LIMIT
        return ActEnded(onset_s=self._onset_s, end_s=t_s, stopped_by=why)

    def _speed(self) -> float:
        """Return how fast the mean changes, over the last three bins at most, a second."""
        last = list(self._bins)[-3:]
        changes = [(b.mean - a.mean) / (b.end_s - a.end_s) for a, b in pairwise(last)]
        return max(fmean(changes), -fmean(changes))

    def _told(self) -> tuple[str, ...]:
        if not self._rule.smooth or not self._bins:
            return ()
        angle = f"{self._bins[-1].mean:.0f} degrees"
        return (angle, f"fastest {self._fastest:.0f} degrees/s") if self._fastest else (angle,)
