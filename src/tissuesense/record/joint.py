"""What the hands found at a joint: range, end feel, and the clinical scales of tone."""

import enum
from dataclasses import dataclass

from tissuesense.core.errors import UsageError
from tissuesense.core.site import Side
from tissuesense.record.checks import check_text
from tissuesense.record.scales import AshworthGrade, TardieuEntry
from tissuesense.record.visit import Block


class EndFeel(enum.StrEnum):
    """How a movement ends."""

    SOFT = "soft"
    FIRM = "firm"
    HARD = "hard"
    SPASM = "spasm"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class JointFinding:
    """One movement of one joint.

    Attributes
    ----------
    joint, movement
        Such as "neck" and "rotation".
    active_deg, passive_deg
        How far the client moves, and how far the therapist can take it.
    ashworth, tardieu
        Grades of the Modified Ashworth and Modified Tardieu scales.
    """

    joint: str
    movement: str
    side: Side
    block: Block = Block.PRE
    active_deg: float | None = None
    passive_deg: float | None = None
    end_feel: EndFeel | None = None
    pain: bool | None = None
    ashworth: AshworthGrade | None = None
    tardieu: TardieuEntry | None = None
    note: str = ""

    def __post_init__(self) -> None:
        check_text("joint", self.joint, required=True)
        check_text("movement", self.movement, required=True)
        check_text("note", self.note)
        for name in ("active_deg", "passive_deg"):
            angle = getattr(self, name)
            if angle is not None and not -_FULL_TURN_DEG <= angle <= _FULL_TURN_DEG:
                raise UsageError(f"{name} is -360 to 360, not {angle}.")


_FULL_TURN_DEG = 360.0
