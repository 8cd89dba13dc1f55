"""The words of live measuring: where it stands, what the hand is told, what ended it."""

import enum
from dataclasses import dataclass


class Phase(enum.StrEnum):
    """Where a press stands: it has contact, a ramp and a stop; what is no press is just active."""

    SETTLING = "settling"
    ARMED = "armed"
    CONTACT = "contact"
    RAMP = "ramp"
    ACTIVE = "active"
    STOPPED = "stopped"


class Cue(enum.StrEnum):
    """The one word for the hand."""

    WAIT = "wait"
    PRESS = "press"
    GOOD = "good"
    FASTER = "faster"
    SLOWER = "slower"
    LET_GO = "let go"
    STOP = "stop"
    TAP = "tap"
    STRETCH = "stretch"
    MOVE = "move"
    TREAT = "treat"


class StoppedBy(enum.StrEnum):
    """What ended a press, a tap, a stretch or an application."""

    SIGNAL = "signal"
    RELEASE = "release"
    LIMIT = "limit"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActEnded:
    """A press, or whatever is done, is over and may be analysed."""

    onset_s: float
    end_s: float
    stopped_by: StoppedBy


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideView:
    """What a screen may show now.

    Attributes
    ----------
    since_contact_s, rate_error
        None while nothing presses; the error is rate over asked rate less 1.
    force_n
        Above the zero; not for the eyes of the hand, which would press to a number.
    near_limit
        0.8, 0.9 or 1.0 once that share of the limit is reached, else None.
    alarm
        The press goes on although it was stopped.
    off_for_s
        How long the gauge has been let go after a press; None while it presses or waits.
    told
        What else to show, in a few words each; where no press is guided to a number.
    """

    phase: Phase
    cue: Cue
    since_contact_s: float | None = None
    rate_error: float | None = None
    force_n: float = 0.0
    limit_share: float = 0.0
    near_limit: float | None = None
    alarm: bool = False
    stopped_by: StoppedBy | None = None
    off_for_s: float | None = None
    told: tuple[str, ...] = ()
