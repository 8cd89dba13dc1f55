"""What goes on behind a page, in words: a page shows them in its own language."""

from collections.abc import Mapping

from tissuesense.services.probe import Stage

STAGES: Mapping[Stage, str] = {
    Stage.OPENING: "The gauge is being opened.",
    Stage.REST: "Listening. Leave the gauge alone.",
    Stage.PUSH: "Push the tip firmly against the table for 2 s.",
    Stage.LOST: "The link was lost; it is being mended.",
}
PRESS_THE_BUTTON = "Press the button a few times."
LOOKING_FOR_GAUGES = "Looking at the ports and listening for Bluetooth."
LOOKING_AROUND = "Looking around on this computer."
BACKING_UP = "The backup is being made."
REHEARSING = "The backup is being restored for a trial."
VERIFYING = "The record is being verified, entry by entry."

JOB_WORDS = (
    *STAGES.values(),
    PRESS_THE_BUTTON,
    LOOKING_FOR_GAUGES,
    LOOKING_AROUND,
    BACKING_UP,
    REHEARSING,
    VERIFYING,
)
