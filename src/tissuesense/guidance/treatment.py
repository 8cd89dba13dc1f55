"""The live application of a treatment: how hard, for how long, and how near to pain.

A hand that treats is meant to see the pressure: no threshold is measured that this could bias.
"""

import math
from collections import deque
from collections.abc import Mapping, Sequence
from statistics import median

from tissuesense.analysis.dose.measure import SHARES_OF_PPT
from tissuesense.analysis.dose.side_car import DoseSideCar
from tissuesense.core.arrays import FloatArray
from tissuesense.core.errors import NoProbeArea
from tissuesense.core.recording import RecordingContext
from tissuesense.guidance.beat import Beat
from tissuesense.guidance.limits import PressLimits, near_limit
from tissuesense.guidance.view import ActEnded, Cue, GuideView, Phase, StoppedBy
from tissuesense.guidance.zero import ZeroTracker

_CONTACT_N = 1.0
_TOUCH_S, _SHORTEST_S = 0.15, 1.0  # what is shorter is a knock; or no application
# A zero creeps over minutes of pressing; no hand works at so much less than it did.
_OFF_SHARE = 0.25
# Longer than the lift that the estimator still counts into one application.
_OVER_AFTER_S = 3.0
_NEIGHBOURS = 3  # the median of three passes over a single reading of nonsense
_EYE_S = 0.3  # a number that changes faster cannot be read
_SAME_LEVEL_KPA, _SAME_LEVEL_SHARE = 10.0, 0.15


class TreatmentGuide:
    """Follow one stream of samples through any number of applications.

    Raises
    ------
    NoProbeArea
        When nobody knows how wide the tip is.
    UsageError
        When the context states something of a treatment that cannot be.
    """

    columns = ("force_n",)
    settle_s = 0.0

    def __init__(self, context: RecordingContext) -> None:
        if context.tip is None:
            raise NoProbeArea
        threshold = DoseSideCar.of(context).site_ppt_kpa
        self._kpa_per_n = context.tip.kpa_per_n
        self._limit_n = PressLimits.of(context).limit_n
        self._zero = ZeroTracker()
        self._beat = Beat()
        self._above_s = (
            {} if threshold is None else {share * threshold.value: 0.0 for share in SHARES_OF_PPT}
        )
        self._phase = Phase.SETTLING
        self._last_s: float | None = None
        self._force_n = 0.0
        self._kpa = 0.0
        self._onset_s = self._touched_s = 0.0
        self._touching_s: float | None = None
        self._readings: deque[float] = deque(maxlen=_NEIGHBOURS)
        self._peak_n = 0.0
        self._level_kpa, self._level_since_s = 0.0, 0.0
        self._stopped_by: StoppedBy | None = None

    def follow(
        self, t_s: FloatArray, columns: Mapping[str, FloatArray], marks_s: Sequence[float]
    ) -> ActEnded | None:
        """Take new samples; return the last application that they end, if any."""
        del marks_s
        ended = None
        for moment_s, force_n in zip(t_s.tolist(), columns["force_n"].tolist(), strict=True):
            ended = self._sample(moment_s, force_n) or ended
        return ended

    def silence(self) -> ActEnded | None:
        """Note that no sample came for too long; what was given up to there counts."""
        if self._phase is not Phase.ACTIVE:
            return None
        return self._end(self._last_s or 0.0, StoppedBy.SILENCE)

    @property
    def silence_after_s(self) -> float:
        """How long without a sample is a silence."""
        return self._beat.silence_after_s

    @property
    def busy(self) -> bool:
        """Whether a hand is at work, or has only just lifted."""
        return self._phase is Phase.ACTIVE

    @property
    def view(self) -> GuideView:
        """What to show now."""
        share = self._force_n / self._limit_n
        cue = Cue.WAIT if self._phase is Phase.SETTLING else Cue.TREAT
        return GuideView(
            phase=self._phase,
            cue=Cue.STOP if share >= 1.0 else cue,
            since_contact_s=(self._last_s or 0.0) - self._onset_s if self.busy else None,
            force_n=self._force_n,
            limit_share=share,
            near_limit=near_limit(share),
            alarm=share >= 1.0,
            stopped_by=self._stopped_by,
            told=self._told(),
        )

    def _sample(self, t_s: float, force_n: float) -> ActEnded | None:
        if self._last_s is not None and t_s <= self._last_s:
            return None
        ended = self.silence() if self._beat.step(t_s) else None
        step_s = 0.0 if self._last_s is None else min(t_s - self._last_s, self.silence_after_s)
        self._last_s = t_s
        self._readings.append(force_n)
        force_n = median(self._readings)
        if self._zero.level_n is None:
            self._zero.add(t_s, force_n)
            return ended
        self._force_n = force_n - self._zero.level_n
        self._kpa += (1.0 - math.exp(-step_s / _EYE_S)) * (
            self._force_n * self._kpa_per_n - self._kpa
        )
        return self._touch(t_s, force_n, step_s) or ended

    def _touch(self, t_s: float, force_n: float, step_s: float) -> ActEnded | None:
        active = self._phase is Phase.ACTIVE
        if self._force_n >= max(_CONTACT_N, _OFF_SHARE * self._peak_n if active else 0.0):
            self._touching_s = t_s if self._touching_s is None else self._touching_s
            if t_s - self._touching_s >= _TOUCH_S:
                self._press_on(t_s, step_s)
            return None
        self._touching_s = None
        if active:
            over = t_s - self._touched_s >= _OVER_AFTER_S
            return self._end(t_s, self._stopped_by or StoppedBy.RELEASE) if over else None
        if self._force_n < -_CONTACT_N:  # what was taken for the zero was a hand at rest
            self._zero.forget()
        self._zero.add(t_s, force_n)
        self._phase = Phase.ARMED if self._zero.is_steady else Phase.SETTLING
        return None

    def _press_on(self, t_s: float, step_s: float) -> None:
        if self._phase is not Phase.ACTIVE:
            self._phase, self._stopped_by, self._peak_n = Phase.ACTIVE, None, 0.0
            self._onset_s = self._level_since_s = t_s - _TOUCH_S
        self._touched_s = t_s
        self._peak_n = max(self._peak_n, self._force_n)
        if self._force_n >= self._limit_n:
            self._stopped_by = StoppedBy.LIMIT
        if math.fabs(self._kpa - self._level_kpa) > max(
            _SAME_LEVEL_KPA, _SAME_LEVEL_SHARE * self._level_kpa
        ):
            self._level_kpa, self._level_since_s = self._kpa, t_s
        for level_kpa in self._above_s:
            if self._kpa > level_kpa:
                self._above_s[level_kpa] += step_s

    def _end(self, t_s: float, why: StoppedBy) -> ActEnded | None:
        self._phase = Phase.SETTLING
        self._zero.forget()
        if self._touched_s - self._onset_s < _SHORTEST_S:
            return None
        return ActEnded(onset_s=self._onset_s, end_s=t_s, stopped_by=why)

    def _told(self) -> tuple[str, ...]:
        """Return the level, how long it has been held, and the time near the threshold so far."""
        pressure = (f"{max(self._kpa, 0.0):.0f} kPa",)
        held_s = (self._last_s or 0.0) - self._level_since_s
        held = (f"at this level {held_s:.0f} s",) if self.busy else ()
        return pressure + held + self._above()

    def _above(self) -> tuple[str, ...]:
        if not self._above_s:
            return ()
        shares = ", ".join(f"{100 * share:.0f}" for share in SHARES_OF_PPT)
        seconds = ", ".join(f"{seconds:.0f}" for seconds in self._above_s.values())
        return (f"above {shares} % of the threshold: {seconds} s",)
