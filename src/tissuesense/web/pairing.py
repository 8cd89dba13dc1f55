"""The code that lets one other device in: short, shown on this computer, good once and not long."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from tissuesense.core.clock import Clock
from tissuesense.web.sessions import ScreenRole

# Crockford's alphabet: no letter that looks like a digit.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOK_ALIKE = str.maketrans("OIL", "011")
_LENGTH = 8
_LIVES_S = 120.0
_MOST_WRONG = 5
_LONGEST_WAIT_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A code that is out.

    Attributes
    ----------
    role, name
        As what, and whom, it lets in.
    until_s
        When it is over, on the monotonic clock.
    """

    code: str
    role: ScreenRole
    name: str
    until_s: float

    @property
    def spoken(self) -> str:
        """The code in two groups, as it is read out."""
        return f"{self.code[:4]}-{self.code[4:]}"


class Pairings:
    """At most one code at a time.

    Attributes
    ----------
    withdrawn
        Whether the last one was taken back because wrong ones were typed.
    """

    def __init__(self, clock: Clock, *, draw: Callable[[str], str] = secrets.choice) -> None:
        self._clock, self._draw = clock, draw
        self._offer: Offer | None = None
        self._wrong = self._wrong_at_this = 0
        self._next_s = 0.0
        self.withdrawn = False

    @property
    def current(self) -> Offer | None:
        """The code that is out."""
        if self._offer is not None and self._clock.monotonic_s() >= self._offer.until_s:
            self._offer = None
        return self._offer

    @property
    def wait_s(self) -> float:
        """How long until the next try is looked at: 1 s, 2 s, 4 s and so on up to a minute."""
        return max(0.0, self._next_s - self._clock.monotonic_s())

    def offer(self, role: ScreenRole, name: str) -> Offer:
        """Draw a code; one that was out is good no more."""
        code = "".join(self._draw(_ALPHABET) for _ in range(_LENGTH))
        self._offer = Offer(
            code=code, role=role, name=name, until_s=self._clock.monotonic_s() + _LIVES_S
        )
        self._wrong_at_this, self.withdrawn = 0, False
        return self._offer

    def withdraw(self) -> None:
        """Let no code be good any more."""
        self._offer = None

    def redeem(self, typed: str) -> Offer | None:
        """Return what a code lets in, once; None for a wrong one, or where it is too early."""
        if self.wait_s:
            return None
        offer = self.current
        # Compared with something even where no code is out, so that the time tells nothing.
        wanted = offer.code if offer is not None else "-" * _LENGTH
        if secrets.compare_digest(_plain(typed), wanted.encode()) and offer is not None:
            self._offer, self._wrong = None, 0
            return offer
        self._wrong += 1
        self._wrong_at_this += 1
        self._next_s = self._clock.monotonic_s() + min(
            _LONGEST_WAIT_S, 2.0 ** min(self._wrong - 1, 10)
        )
        if offer is not None and self._wrong_at_this >= _MOST_WRONG:
            self._offer, self.withdrawn = None, True
        return None


def _plain(typed: str) -> bytes:
    """Return a code as it was drawn, however somebody typed it."""
    kept = "".join(c for c in typed.upper() if not c.isspace() and c != "-")
    return kept.translate(_LOOK_ALIKE).encode(errors="replace")
