"""Clinical scales of muscle tone that a therapist fills in: ordered words, never computed here.

The grades are those of R. W. Bohannon and M. B. Smith (Phys Ther 67 (1987), 206-207) for the
Modified Ashworth Scale and of R. N. Boyd and H. K. Graham (Eur J Neurol 6, supplement 4 (1999),
S23-S35) for the Modified Tardieu Scale; the meanings are in our own words. A grade is an order and
no quantity: a mean of grades says nothing, and no sensor gives one.
"""

import enum
import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tissuesense.core.errors import UsageError


class AshworthGrade(enum.StrEnum):
    """A grade of the Modified Ashworth Scale; 1+ lies between 1 and 2 and is neither."""

    ZERO = "0"
    ONE = "1"
    ONE_PLUS = "1+"
    TWO = "2"
    THREE = "3"
    FOUR = "4"

    @property
    def rank(self) -> int:
        """Place in the order, 0 to 5: for ordinal statistics alone."""
        return list(AshworthGrade).index(self)

    @property
    def meaning(self) -> str:
        """What the hands felt."""
        return _ASHWORTH_WORDS[self]


_ASHWORTH_WORDS: Mapping[AshworthGrade, str] = MappingProxyType(
    {
        AshworthGrade.ZERO: "tone is not raised",
        AshworthGrade.ONE: "slightly raised: a catch and a release, or a little resistance at the "
        "end of the range",
        AshworthGrade.ONE_PLUS: "slightly raised: a catch, then a little resistance through less "
        "than half of what is left of the range",
        AshworthGrade.TWO: "clearly raised through most of the range, yet the part moves easily",
        AshworthGrade.THREE: "much raised: passive movement is hard",
        AshworthGrade.FOUR: "the part is rigid, bent or straight",
    }
)
_TARDIEU_WORDS = (
    "no resistance throughout the movement",
    "slight resistance throughout, without a clear catch at any one angle",
    "a clear catch at one angle that stops the movement, then a release",
    "clonus that tires: less than 10 seconds while the stretch is kept up",
    "clonus that does not tire: more than 10 seconds while the stretch is kept up",
    "the joint does not move",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TardieuEntry:
    """An entry of the Modified Tardieu Scale.

    Attributes
    ----------
    quality
        How the muscle reacted to the fast stretch, 0 to 5.
    r1_deg
        Where it caught in the fast stretch (V3); None where it did not.
    r2_deg
        Where the slow stretch (V1) ended; None where it was not done.
    """

    quality: int
    r1_deg: float | None = None
    r2_deg: float | None = None

    def __post_init__(self) -> None:
        if self.quality not in range(len(_TARDIEU_WORDS)):
            raise UsageError(f"A Tardieu quality is 0, 1, 2, 3, 4 or 5, not {self.quality}.")
        for name, angle in (("r1_deg", self.r1_deg), ("r2_deg", self.r2_deg)):
            if angle is not None and not math.isfinite(angle):
                raise UsageError(f"{name} must be finite, not {angle}.")

    @property
    def meaning(self) -> str:
        """What the hands felt."""
        return _TARDIEU_WORDS[self.quality]

    @property
    def r2_minus_r1_deg(self) -> float | None:
        """How much range the fast stretch lost; None where either angle is missing."""
        if self.r1_deg is None or self.r2_deg is None:
            return None
        return self.r2_deg - self.r1_deg


def parse_ashworth(text: str) -> AshworthGrade:
    """Return the grade that `text` names: 0, 1, 1+, 2, 3 or 4.

    Raises
    ------
    UsageError
        When it names none.
    """
    try:
        return AshworthGrade(text.strip())
    except ValueError:
        grades = ", ".join(AshworthGrade)
        raise UsageError(f"A Modified Ashworth grade is one of {grades}, not '{text}'.") from None
