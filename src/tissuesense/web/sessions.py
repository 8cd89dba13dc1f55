"""Who is at a screen: start links that work once, sessions that expire, and what a role may do."""

import enum
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from tissuesense.core.clock import Clock

_LINK_LIVES_S = 60.0
_TOKEN_BYTES = 32
_HANDLE = 12


class ScreenRole(enum.StrEnum):
    """What a screen is for, and so what it may show and do."""

    THERAPIST = "therapist"
    RATER = "rater"
    MONITOR = "monitor"
    FRONT_DESK = "front_desk"


@dataclass(slots=True, kw_only=True)
class ScreenSession:
    """One browser that was let in.

    Attributes
    ----------
    actor
        Who works there: the name that every entry bears.
    csrf
        What every form of this session carries, and no other page can know.
    language
        What was chosen there; empty: what its browser asks for.
    remote
        Whether it is another device in the same network.
    device
        What that is called in the list of devices.
    held
        A form that was sent while the record was locked: where to, and what stood in it.
    """

    role: ScreenRole
    csrf: str
    began_s: float
    seen_s: float
    actor: str = ""
    language: str = ""
    remote: bool = False
    device: str = ""
    held: tuple[str, tuple[tuple[str, str], ...]] | None = None

    def moment(self, clock: Clock) -> None:
        """Note that somebody is there."""
        self.seen_s = clock.monotonic_s()


class SessionBook:
    """Every session, by the hash of its cookie; nothing of it outlives the program.

    Parameters
    ----------
    idle_s, longest_s
        After how long without a request, and after how long at all, a session is over.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        idle_s: float = 3600.0,
        longest_s: float = 12 * 3600.0,
        draw: Callable[[int], str] = secrets.token_urlsafe,
    ) -> None:
        self._clock = clock
        self._idle_s, self._longest_s = idle_s, longest_s
        self._draw = draw
        self._links: dict[str, float] = {}
        self._sessions: dict[str, ScreenSession] = {}
        self._here_s = clock.monotonic_s()

    def start_link(self) -> str:
        """Return a token that lets one browser in, once, within a minute."""
        token = self._draw(_TOKEN_BYTES)
        self._links[_hashed(token)] = self._clock.monotonic_s()
        return token

    def redeem(self, token: str) -> str | None:
        """Return the cookie of a new session; None where the link was used or is too old."""
        made_s = self._links.pop(_hashed(token), None)
        if made_s is None or self._clock.monotonic_s() - made_s > _LINK_LIVES_S:
            return None
        return self.begin(ScreenRole.THERAPIST)

    def begin(
        self, role: ScreenRole, *, remote: bool = False, device: str = "", actor: str = ""
    ) -> str:
        """Begin a session and return its cookie."""
        now_s = self._clock.monotonic_s()
        self._sessions = {k: one for k, one in self._sessions.items() if not self._is_over(one)}
        cookie = self._draw(_TOKEN_BYTES)
        self._sessions[_hashed(cookie)] = ScreenSession(
            role=role,
            csrf=self._draw(_TOKEN_BYTES),
            began_s=now_s,
            seen_s=now_s,
            remote=remote,
            device=device,
            actor=actor,
        )
        return cookie

    def find(self, cookie: str | None) -> ScreenSession | None:
        """Return the session of a cookie, unless it is over."""
        if not cookie:
            return None
        key = _hashed(cookie)
        session = self._sessions.get(key)
        if session is None or not self._is_over(session):
            return session
        del self._sessions[key]
        return None

    def holds(self, session: ScreenSession) -> bool:
        """Return whether a session is still one: neither over nor ended."""
        there = any(one is session for one in self._sessions.values())
        return there and not self._is_over(session)

    @property
    def quiet_s(self) -> float:
        """For how long nobody has asked for anything at any screen."""
        seen_s = (session.seen_s for session in self._sessions.values())
        return self._clock.monotonic_s() - max(self._here_s, *seen_s, self._here_s)

    def somebody_is_here(self) -> None:
        """Note that something goes on, though nobody touches a screen."""
        self._here_s = self._clock.monotonic_s()

    def remote(self) -> dict[str, ScreenSession]:
        """Return the sessions of other devices, each under a handle that is no cookie."""
        return {
            key[:_HANDLE]: one
            for key, one in self._sessions.items()
            if one.remote and not self._is_over(one)
        }

    def end(self, cookie: str) -> None:
        """End the session of a cookie."""
        self._sessions.pop(_hashed(cookie), None)

    def revoke(self, handle: str) -> bool:
        """End the session of another device; return whether there was one."""
        for key, session in self._sessions.items():
            if session.remote and key[:_HANDLE] == handle:
                del self._sessions[key]
                return True
        return False

    def _is_over(self, session: ScreenSession) -> bool:
        now_s = self._clock.monotonic_s()
        idle, old = now_s - session.seen_s > self._idle_s, now_s - session.began_s > self._longest_s
        return idle or old


def _hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()
