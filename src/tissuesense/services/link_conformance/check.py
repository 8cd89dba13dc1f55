"""What a check is, and what it can come to."""

import enum
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tissuesense.core.errors import LocalProtocolError, RemoteProtocolError
from tissuesense.services.link_conformance.bench import Bench

Run = Callable[[Bench], Awaitable[str]]


class Outcome(enum.StrEnum):
    """What a check came to."""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One promise of the protocol.

    Attributes
    ----------
    name
        As in the checklist of PROTOCOL.md.
    section
        Of PROTOCOL.md, where the promise is made.
    requirement
        What must be so, one sentence.
    run
        Returns what came, one sentence. It raises `RemoteProtocolError` where the promise is
        broken and `LocalProtocolError` where this device made none.
    """

    name: str
    section: int
    requirement: str
    run: Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one check came to, and the sentence that says why."""

    check: Check
    outcome: Outcome
    said: str


def check(section: int, requirement: str) -> Callable[[Run], Check]:
    """Make a check of a function and name it as the function is named."""

    def made(run: Run) -> Check:
        name = run.__name__.removeprefix("_").replace("_", "-")
        return Check(name=name, section=section, requirement=requirement, run=run)

    return made


def require(holds: bool, sentence: str) -> None:  # noqa: FBT001 - an assertion
    """Fail the check with `sentence` unless it holds.

    Raises
    ------
    RemoteProtocolError
        When it does not.
    """
    if not holds:
        raise RemoteProtocolError(sentence)


def applicable(holds: bool, sentence: str) -> None:  # noqa: FBT001 - as above
    """Leave the check with `sentence` unless it holds.

    Raises
    ------
    LocalProtocolError
        When it does not.
    """
    if not holds:
        raise LocalProtocolError(sentence)
