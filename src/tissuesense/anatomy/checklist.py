"""A checklist of muscles: in which order, why, how to reach each, and what to compare it with."""

from collections.abc import Iterable
from dataclasses import dataclass

from tissuesense.anatomy.muscle import Muscle
from tissuesense.core.site import BodySite, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistItem:
    """One muscle of a checklist.

    Attributes
    ----------
    sides
        Where to begin, left before right.
    score
        Sum of the weights of its reasons; an order, no quantity.
    reasons
        Why it is on the list, a sentence each, the weightiest first.
    found, found_score
        What hand and sensor added since, and how far that moved it up.
    """

    muscle: Muscle
    sides: tuple[Side, ...]
    score: int
    reasons: tuple[str, ...]
    found: tuple[str, ...] = ()
    found_score: int = 0

    @property
    def rank_score(self) -> int:
        """What the list is ordered by."""
        return self.score + self.found_score

    @property
    def can_press(self) -> bool:
        """Whether the algometer may be used; else palpation only."""
        return self.muscle.pressable

    @property
    def how(self) -> str:
        """One sentence: where to press, or why not to."""
        return self.muscle.how_to_reach

    @property
    def sites(self) -> tuple[BodySite, ...]:
        """What to examine first."""
        return tuple(BodySite(self.muscle.id, side) for side in self.sides)

    @property
    def comparisons(self) -> tuple[BodySite, ...]:
        """The other sides, to compare with, as far as they are not on the list themselves."""
        return tuple(site.opposite for site in self.sites if site.side.other not in self.sides)

    @property
    def follow_ups(self) -> tuple[str, ...]:
        """Ids of what else to look at: synergists first, then antagonists."""
        return (*self.muscle.synergists, *self.muscle.antagonists)


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlSite:
    """A place far from the complaints, to tell local from widespread sensitivity."""

    muscle: Muscle
    sides: tuple[Side, ...]
    reason: str

    @property
    def sites(self) -> tuple[BodySite, ...]:
        """Where to press."""
        return tuple(BodySite(self.muscle.id, side) for side in self.sides)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """Where to begin, most promising first.

    Attributes
    ----------
    notes
        What the reader must know of the list itself, a sentence each.
    catalogue_version
        Which facts it was made from.
    """

    items: tuple[ChecklistItem, ...]
    control: ControlSite
    catalogue_version: str
    notes: tuple[str, ...] = ()


def ranked(items: Iterable[ChecklistItem]) -> tuple[ChecklistItem, ...]:
    """Return items by falling score, equal ones by name, so that no order of telling matters."""
    return tuple(sorted(items, key=lambda item: (-item.rank_score, item.muscle.id)))
