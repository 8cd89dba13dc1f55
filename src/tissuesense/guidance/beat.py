"""How often samples come, and from when on their absence is a silence."""

from collections import deque
from statistics import median

_SILENCE_S = 0.5
_SILENT_STEPS = 4.0  # a gauge that sends twice a second is not silent in between
_STEPS = 9


class Beat:
    """Learns the usual step from the samples themselves."""

    def __init__(self) -> None:
        self._steps_s: deque[float] = deque(maxlen=_STEPS)
        self._last_s: float | None = None

    def step(self, t_s: float) -> bool:
        """Go on to a later sample; return whether a silence lies before it."""
        silent = False
        if self._last_s is not None:
            step_s = t_s - self._last_s
            silent = step_s > self.silence_after_s
            self._steps_s.append(step_s)
        self._last_s = t_s
        return silent

    @property
    def silence_after_s(self) -> float:
        """How long without a sample is a silence: half a second, longer for a slow gauge."""
        usual_s = median(self._steps_s) if self._steps_s else 0.0
        return max(_SILENCE_S, _SILENT_STEPS * usual_s)
