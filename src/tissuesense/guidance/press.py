"""The live press: what to tell the hand now, and when a press is over.

A state machine over samples and signals in trace time. It only guides and segments; the numbers
come from the estimators, on the whole trace.

::

    SETTLING --zero steady for 1 s--> ARMED --over 1 N for 0.1 s--> CONTACT --rising--> RAMP
        ^                               ^                              |                 |
        |                               |<--------- let go ------------+                 |
        |                               |                                                |
        +-- zero jumped                 +<-- let go -- STOPPED <-- signal, let go, limit, silence
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tissuesense.core.arrays import FloatArray
from tissuesense.guidance.beat import Beat
from tissuesense.guidance.limits import PressLimits, near_limit
from tissuesense.guidance.ramp_rate import RampRate
from tissuesense.guidance.view import ActEnded, Cue, GuideView, Phase, StoppedBy
from tissuesense.guidance.zero import ZeroTracker

CONTACT_N = 1.0
_CONTACT_FOR_S = 0.1
_OFF_N = 0.5
_OFF_SHARE = 0.1  # of the peak: a cell creeps, and a hand may go on resting on the skin
_OFF_FOR_S = 0.3
# As the estimators: anything weaker is resting on the skin.
WEAKEST_PRESS_N = 2.5
_RISING_SHARE = 0.2  # of the asked rate
_LETTING_GO_SHARE = 0.6  # of the peak: the force has fallen by more than 40 %
_HELD_SHARE = 0.8
_LET_GO_WITHIN_S = 1.0
RATE_BAND = 0.2
_INSIDE_BAND = 0.14
_PACES = frozenset({Cue.GOOD, Cue.FASTER, Cue.SLOWER})
_WORD_FOR_S = 0.4
_JUDGE_AFTER_S = 0.5  # skin gives way first: no ramp starts straight
_UNLOADED_S = 1.0


@dataclass(slots=True, kw_only=True)
class _Press:
    """The press at hand, or the one that may begin."""

    onset_s: float
    rate: RampRate
    peak_n: float = 0.0
    stopped_by: StoppedBy | None = None
    stopped_s: float = 0.0
    reported: bool = False


class PressGuide:
    """Follow one stream of samples through any number of presses."""

    columns = ("force_n",)
    # After a release the estimator wants to see the unloaded gauge again.
    settle_s = _UNLOADED_S

    def __init__(self, limits: PressLimits) -> None:
        self._limits = limits
        self._zero = ZeroTracker()
        self._phase = Phase.SETTLING
        self._t_s: float | None = None
        self._beat = Beat()
        self._force_n = 0.0
        self._off_since_s: float | None = None
        self._paced, self._paced_s = Cue.PRESS, 0.0
        self._press = _Press(onset_s=0.0, rate=RampRate(0.0, 0.0))

    def follow(
        self, t_s: FloatArray, columns: Mapping[str, FloatArray], marks_s: Sequence[float]
    ) -> ActEnded | None:
        """Take new samples and the client's signals; return the last press that they end."""
        ended = None
        waiting_s = sorted(marks_s, reverse=True)
        for moment_s, force_n in zip(t_s.tolist(), columns["force_n"].tolist(), strict=True):
            while waiting_s and waiting_s[-1] <= moment_s:
                self.signal(waiting_s.pop())
            ended = self.sample(moment_s, force_n) or ended
        for mark_s in reversed(waiting_s):
            self.signal(mark_s)
        return ended

    @property
    def busy(self) -> bool:
        """Whether a press goes on, which nothing is to be judged before the end of."""
        return self._phase in {Phase.CONTACT, Phase.RAMP}

    def sample(self, t_s: float, force_n: float) -> ActEnded | None:
        """Take the next sample; return the press that it ends, if any."""
        if self._t_s is not None and t_s <= self._t_s:
            return None
        ended = self._pass_time(t_s)
        if self._zero.level_n is None:
            self._zero.add(t_s, force_n)
            return ended
        self._force_n = force_n - self._zero.level_n
        if self._phase in {Phase.SETTLING, Phase.ARMED}:
            self._watch(t_s, force_n)
            return ended
        return self._follow(t_s) or ended

    def signal(self, t_s: float) -> None:
        """Note that the client, or the therapist for them, said stop at `t_s`."""
        if self._phase in {Phase.CONTACT, Phase.RAMP}:
            self._stop(t_s, StoppedBy.SIGNAL)

    def silence(self) -> ActEnded | None:
        """Note that no sample came for longer than a press can bear; such a press is void."""
        if self._t_s is None or self._phase not in {Phase.CONTACT, Phase.RAMP}:
            return None
        self._stop(self._t_s, StoppedBy.SILENCE)
        self._press.reported = True
        return self._ended(self._t_s)

    @property
    def silence_after_s(self) -> float:
        """How long without a sample is a silence."""
        return self._beat.silence_after_s

    @property
    def view(self) -> GuideView:
        """What to show now."""
        share = self._force_n / self._limits.limit_n
        pressing = self._phase in {Phase.CONTACT, Phase.RAMP, Phase.STOPPED}
        return GuideView(
            phase=self._phase,
            cue=self._cue(),
            since_contact_s=self._since_contact_s() if pressing else None,
            rate_error=self._rate_error(),
            force_n=self._force_n,
            limit_share=share,
            near_limit=near_limit(share),
            alarm=self._held_too_long(),
            stopped_by=self._press.stopped_by,
            off_for_s=self._off_for_s() if pressing else None,
        )

    def _off_for_s(self) -> float | None:
        """Return how long a press that counts has been let go of."""
        if self._off_since_s is None or self._t_s is None:
            return None
        counts = self._press.peak_n >= WEAKEST_PRESS_N and not self._press.reported
        return self._t_s - self._off_since_s if counts else None

    def _pass_time(self, t_s: float) -> ActEnded | None:
        """Go on to `t_s`, by way of a silence where the step is one."""
        ended = self.silence() if self._beat.step(t_s) else None
        self._t_s = t_s
        return ended

    def _watch(self, t_s: float, force_n: float) -> None:
        """Wait for contact, following the zero while nothing touches."""
        if -CONTACT_N <= self._force_n <= CONTACT_N:
            self._zero.add(t_s, force_n)
            self._phase = Phase.ARMED if self._zero.is_steady else Phase.SETTLING
            self._off_since_s = None
            self._begin(t_s)
        elif self._force_n > 0:
            self._press.rate.add(t_s, self._force_n)
            if t_s - self._press.onset_s >= _CONTACT_FOR_S:
                self._phase = Phase.CONTACT
                self._press.peak_n = self._force_n
        elif self._gone_for(t_s, _CONTACT_FOR_S):  # pulled, or turned over: another zero
            self._zero.forget()
            self._phase = Phase.SETTLING

    def _follow(self, t_s: float) -> ActEnded | None:
        self._press.rate.add(t_s, self._force_n)
        self._press.peak_n = max(self._press.peak_n, self._force_n)
        if self._force_n >= self._limits.limit_n and self._press.stopped_by is not StoppedBy.LIMIT:
            self._stop(t_s, StoppedBy.LIMIT)
        elif self._phase is Phase.CONTACT and self._rising():
            self._phase = Phase.RAMP
        elif self._phase is Phase.RAMP and self._force_n < _LETTING_GO_SHARE * self._press.peak_n:
            self._stop(t_s, StoppedBy.RELEASE)
        self._say_pace(t_s)
        return self._let_go(t_s)

    def _say_pace(self, t_s: float) -> None:
        """Change the word for the rate, once the last one has been there to be read."""
        pace = self._pace()
        judged = {pace, self._paced} <= _PACES
        if pace is not self._paced and not (judged and t_s < self._paced_s + _WORD_FOR_S):
            self._paced, self._paced_s = pace, t_s

    def _let_go(self, t_s: float) -> ActEnded | None:
        if self._force_n >= max(_OFF_N, _OFF_SHARE * self._press.peak_n):
            self._off_since_s = None
            return None
        if not self._gone_for(t_s, _OFF_FOR_S):
            return None
        counts = self._press.peak_n >= WEAKEST_PRESS_N and not self._press.reported
        if self._press.stopped_by is None:
            self._press.stopped_by = StoppedBy.RELEASE
        ended = self._ended(t_s) if counts else None
        self._phase = Phase.ARMED
        self._begin(t_s)
        return ended

    def _gone_for(self, t_s: float, seconds: float) -> bool:
        if self._off_since_s is None:
            self._off_since_s = t_s
        return t_s - self._off_since_s >= seconds

    def _begin(self, t_s: float) -> None:
        """Get ready for a press that would start at `t_s`."""
        self._press = _Press(onset_s=t_s, rate=RampRate(t_s, self._force_n))

    def _stop(self, t_s: float, why: StoppedBy) -> None:
        self._phase = Phase.STOPPED
        self._press.stopped_by = why
        self._press.stopped_s = t_s

    def _ended(self, t_s: float) -> ActEnded:
        return ActEnded(
            onset_s=self._press.onset_s,
            end_s=t_s,
            stopped_by=self._press.stopped_by or StoppedBy.RELEASE,
        )

    def _since_contact_s(self) -> float:
        return (self._t_s or self._press.onset_s) - self._press.onset_s

    def _rising(self) -> bool:
        target, rate = self._limits.target_rate_n_s, self._press.rate.n_per_s
        if target is None or rate is None:
            return self._force_n > WEAKEST_PRESS_N
        return self._since_contact_s() >= _OFF_FOR_S and rate > _RISING_SHARE * target

    def _rate_error(self) -> float | None:
        target, rate = self._limits.target_rate_n_s, self._press.rate.n_per_s
        early = self._since_contact_s() < _JUDGE_AFTER_S
        if self._phase is not Phase.RAMP or target is None or rate is None or early:
            return None
        return rate / target - 1.0

    def _held_too_long(self) -> bool:
        if self._phase is not Phase.STOPPED or self._t_s is None:
            return False
        held = self._force_n > _HELD_SHARE * self._press.peak_n
        return held and self._t_s - self._press.stopped_s > _LET_GO_WITHIN_S

    def _cue(self) -> Cue:
        match self._phase:
            case Phase.SETTLING:
                return Cue.WAIT
            case Phase.STOPPED:
                safe = self._press.stopped_by in {StoppedBy.SIGNAL, StoppedBy.RELEASE}
                return Cue.LET_GO if safe else Cue.STOP
            case Phase.RAMP:
                return self._paced
            case _:
                return Cue.PRESS

    def _pace(self) -> Cue:
        """Return the word for the rate; one that was said holds until the rate is well inside.

        At the edge of the band the word would otherwise change with every reading.
        """
        error = self._rate_error()
        if error is None:
            return Cue.PRESS
        slower = _INSIDE_BAND if self._paced is Cue.SLOWER else RATE_BAND
        faster = _INSIDE_BAND if self._paced is Cue.FASTER else RATE_BAND
        if error > slower:
            return Cue.SLOWER
        return Cue.FASTER if error < -faster else Cue.GOOD
