"""What a verification found: the first broken place, how many there are, and of which part."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Part(StrEnum):
    """A part of the store; whatever is of the index alone can be built again."""

    CHAIN = "chain"
    RAW = "raw"
    KEYS = "keys"
    INDEX = "index"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """One broken place.

    Attributes
    ----------
    seq, id
        Of the entry; None where it is no entry's, or its id cannot be read.
    what
        One sentence.
    """

    part: Part
    what: str
    seq: int | None = None
    id: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {"seq": self.seq, "id": self.id, "what": self.what}


@dataclass(slots=True)
class Findings:
    """Keeps the first place of each part and counts the others, however many there are."""

    count: Counter[Part] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)
    _first: dict[Part, Broken] = field(default_factory=dict)

    def add(
        self, part: Part, what: str, *, seq: int | None = None, entry: str | None = None
    ) -> None:
        """Add a broken place."""
        self.count[part] += 1
        found = Broken(part=part, what=what, seq=seq, id=entry)
        before = self._first.get(part)
        if before is None or _place(found) < _place(before):
            self._first[part] = found

    @property
    def first(self) -> Broken | None:
        """The first broken entry; where no entry is broken, the first of anything."""
        return min(self._first.values(), key=_place, default=None)


def _place(broken: Broken) -> tuple[bool, int, int]:
    return broken.seq is None, broken.seq or 0, [*Part].index(broken.part)
