"""What a check of this machine says: how it came out, in a sentence, and what mends it."""

import enum
from dataclasses import dataclass
from typing import Any

from tissuesense.services.doctor_mends import Trouble, mend
from tissuesense.services.machine import Machine


class State(enum.StrEnum):
    """How a check came out."""

    OK = "ok"
    TROUBLE = "trouble"
    UNKNOWN = "cannot tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One check.

    Attributes
    ----------
    check
        Its stable name.
    mend
        The one command or setting that helps; None where there is nothing to mend.
    """

    check: str
    title: str
    state: State
    sentence: str
    mend: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as `devices doctor --json` prints it."""
        return {
            "check": self.check,
            "title": self.title,
            "state": str(self.state),
            "sentence": self.sentence,
            "mend": self.mend,
        }


# What a check says: state, sentence, remedy.
Said = tuple[State, str, str | None]


def ok(sentence: str) -> Said:
    """Say that a check found things in order."""
    return State.OK, sentence, None


def untold(sentence: str) -> Said:
    """Say that a check found nothing out."""
    return State.UNKNOWN, sentence, None


def trouble(machine: Machine, kind: Trouble, sentence: str, **names: str | int) -> Said:
    """Say what is in the way, with its remedy; `names` are what the remedy speaks of."""
    return remark(machine, State.TROUBLE, kind, sentence, **names)


def remark(
    machine: Machine, state: State, kind: Trouble, sentence: str, **names: str | int
) -> Said:
    """Say something with a remedy that may or may not be needed."""
    return state, sentence, mend(kind, machine.system, user=machine.user, **names)
