"""What was refused: counted by its reason, said in the log, and what matters written down.

Neither the log nor the record holds a header, a path or a name: what a stranger sends does not
belong there.
"""

import logging
from collections import Counter
from collections.abc import Mapping

from tissuesense.core.clock import Clock
from tissuesense.core.errors import Refusal
from tissuesense.record.audit import Refused

logger = logging.getLogger(__name__)

_LEAST_APART_S = 60.0
_WRITTEN_DOWN: Mapping[Refusal, str] = {
    Refusal.CODE: "pairing_codes",
    Refusal.PASSPHRASE: "passphrases",
    Refusal.ROLE: "beyond_role",
}


class Refusals:
    """Every refusal since the program started.

    Attributes
    ----------
    counts
        How many there were for each reason.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: Counter[str] = Counter()
        self._written_s = -_LEAST_APART_S
        self.counts: Counter[Refusal] = Counter()

    def note(self, refusal: Refusal) -> None:
        """Note that something was refused."""
        logger.warning("A request was refused: %s.", refusal)
        self.counts[refusal] += 1
        if refusal in _WRITTEN_DOWN:
            self._waiting[_WRITTEN_DOWN[refusal]] += 1

    def due(self, *, all_of_it: bool = False) -> Refused | None:
        """Return what is to be written down now, at most once a minute; None: nothing is.

        Parameters
        ----------
        all_of_it
            Do not wait for the minute: the program ends.
        """
        now_s = self._clock.monotonic_s()
        if not self._waiting or (not all_of_it and now_s - self._written_s < _LEAST_APART_S):
            return None
        self._written_s = now_s
        counts, self._waiting = self._waiting, Counter()
        return Refused(**{name: counts[name] for name in _WRITTEN_DOWN.values()})
