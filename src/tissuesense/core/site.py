"""The words that record, anatomy and study share for a place on the body."""

import enum
import re
from dataclasses import dataclass

from tissuesense.core.errors import UsageError

_SITE_ID = re.compile(r"[a-z][a-z0-9_]{1,63}")


class Side(enum.StrEnum):
    """Laterality; never empty."""

    LEFT = "left"
    RIGHT = "right"
    MIDLINE = "midline"

    @property
    def other(self) -> "Side":
        """The opposite side; the midline is its own."""
        return {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT, Side.MIDLINE: Side.MIDLINE}[self]


class ComplaintKind(enum.StrEnum):
    """What brings a client: the five kinds of complaint that massage therapists ask for."""

    HEADACHE = "headache"
    NUMBNESS = "numbness_tingling"
    REDUCED_ROM = "reduced_rom"
    HYPERTONIA = "hypertonia"
    PAIN = "pain"


@dataclass(frozen=True, slots=True, order=True)
class BodySite:
    """A named site and its side, such as the left upper trapezius."""

    name: str
    side: Side

    def __post_init__(self) -> None:
        if not _SITE_ID.fullmatch(self.name):
            raise UsageError(
                f"A site is a lower-case word such as trapezius_upper, not '{self.name}'."
            )
        object.__setattr__(self, "side", parse_side(self.side))

    @property
    def words(self) -> str:
        """How a therapist says it: 'left trapezius upper'."""
        plain = self.name.replace("_", " ")
        return plain if self.side is Side.MIDLINE else f"{self.side} {plain}"

    @property
    def opposite(self) -> "BodySite":
        """The same site on the other side."""
        return BodySite(self.name, self.side.other)


def parse_side(text: str) -> Side:
    """Return the side that `text` names.

    Raises
    ------
    UsageError
        When it names none.
    """
    try:
        return Side(text)
    except ValueError:
        raise UsageError(f"A side is left, right or midline, not '{text}'.") from None
