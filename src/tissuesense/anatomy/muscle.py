"""What the catalogue says of one muscle, each group of facts with its source."""

import enum
from dataclasses import dataclass

from tissuesense.core.site import ComplaintKind, Side

UNSOURCED = "unsourced"


class Region(enum.StrEnum):
    """Where a muscle lies, from head to foot."""

    HEAD = "head"
    NECK = "neck"
    SHOULDER = "shoulder"
    ARM = "arm"
    FOREARM = "forearm"
    HAND = "hand"
    TRUNK = "trunk"
    HIP = "hip"
    THIGH = "thigh"
    LEG = "leg"
    FOOT = "foot"


class Reach(enum.StrEnum):
    """Whether an algometer may press a muscle, and what the value then belongs to."""

    DIRECT = "direct"
    INDIRECT = "indirect"
    NOT_PRESSED = "not_pressed"


class Position(enum.StrEnum):
    """How the client lies or sits while a site is pressed."""

    PRONE = "prone"
    SUPINE = "supine"
    SEATED = "seated"
    SIDE_LYING = "side_lying"

    @property
    def words(self) -> str:
        """As in a sentence: "lying on the side"."""
        return _POSITION_WORDS[self]


_POSITION_WORDS = {
    Position.PRONE: "lying face down",
    Position.SUPINE: "lying face up",
    Position.SEATED: "seated",
    Position.SIDE_LYING: "lying on the side",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PressingSite:
    """A spot of a muscle that can be found again by its landmark."""

    id: str
    landmark: str
    position: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSources:
    """Which source each group of facts rests on: the key of a source, or "unsourced".

    Attributes
    ----------
    partners
        Synergists and antagonists.
    landmark
        Of every site; where nothing is pressed there is none.
    """

    actions: str
    nerve: str
    partners: str
    referral: str
    codes: str
    landmark: str = UNSOURCED
    ceiling: str = UNSOURCED


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where facts were read.

    Attributes
    ----------
    looked_up
        False where only author and year are known and nobody opened it for this catalogue.
    """

    text: str
    looked_up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Muscle:
    """One muscle, or a group that hands and gauges cannot tell apart.

    Attributes
    ----------
    id
        The name of its site in recordings and records, such as trapezius_upper.
    latin
        Empty where it is the English name.
    synergists, antagonists
        Ids of the catalogue; antagonists go both ways, but for the catalogue's exceptions.
    other_synergists, other_antagonists
        In words, what the catalogue does not hold.
    referral
        Where people feel it when it is pressed, as described; no statement of what is wrong.
    reach_reason
        Why it is not pressed, or through what; empty where it lies under the skin.
    ceiling_n
        Force that no press goes beyond, with a flat tip of 1 cm2; None where nothing is pressed.
    uberon, fma
        Several where the entry is a group, the same for parts of one muscle, empty where none
        is known.
    aliases
        Other ids that people type, each leading here.
    """

    id: str
    name: str
    region: Region
    actions: tuple[str, ...]
    nerve: str
    referral: tuple[str, ...]
    complaints: tuple[ComplaintKind, ...]
    reach: Reach
    source: FactSources
    latin: str = ""
    sides: tuple[Side, ...] = (Side.LEFT, Side.RIGHT)
    synergists: tuple[str, ...] = ()
    antagonists: tuple[str, ...] = ()
    other_synergists: tuple[str, ...] = ()
    other_antagonists: tuple[str, ...] = ()
    reach_reason: str = ""
    site: tuple[PressingSite, ...] = ()
    ceiling_n: float | None = None
    cautions: tuple[str, ...] = ()
    uberon: tuple[str, ...] = ()
    fma: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def pressable(self) -> bool:
        """Whether an algometer may be set on it."""
        return self.reach is not Reach.NOT_PRESSED

    @property
    def how_to_reach(self) -> str:
        """One sentence: where to press, or that it is for the hands alone and why."""
        if not self.pressable:
            return f"Palpation only: {self.reach_reason}."
        first = self.site[0]
        where = f"Press {first.landmark}, {first.position.words}"
        if self.reach is Reach.INDIRECT:
            where += f"; {self.reach_reason}, so the value belongs to all that lies under the tip"
        return f"{where}."


@dataclass(frozen=True, slots=True, kw_only=True)
class OneWay:
    """An antagonism that is stated from one side only, and why."""

    muscle: str
    antagonist: str
    reason: str
