"""Two firm taps on the gauge: how both hands, busy and oily, say "take that press back".

Two peaks over 3 N, each shorter than 0.3 s, within a second. No press is that short.
"""

from collections.abc import Sequence

_TAP_N = 3.0
_OVER_N = 1.0
_LONGEST_S = 0.3
_WITHIN_S = 1.0


class DoubleTap:
    """Watches the force above the zero for the two taps."""

    def __init__(self) -> None:
        self._began_s: float | None = None
        self._peak_n = 0.0
        self._first_s: float | None = None

    def follow(self, t_s: Sequence[float], force_n: Sequence[float]) -> bool:
        """Take new samples; return whether the second tap ended among them."""
        seen = False
        for moment_s, force in zip(t_s, force_n, strict=True):
            seen = self._sample(moment_s, force) or seen
        return seen

    def _sample(self, t_s: float, force_n: float) -> bool:
        if force_n >= _OVER_N:
            if self._began_s is None:
                self._began_s, self._peak_n = t_s, 0.0
            self._peak_n = max(self._peak_n, force_n)
            return False
        if self._began_s is None:
            return False
        tapped = self._peak_n >= _TAP_N and t_s - self._began_s <= _LONGEST_S
        began_s, self._began_s = self._began_s, None
        if not tapped:
            self._first_s = None
            return False
        if self._first_s is not None and t_s - self._first_s <= _WITHIN_S:
            self._first_s = None
            return True
        self._first_s = began_s
        return False
