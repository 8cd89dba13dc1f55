"""What a client tells and a therapist sees before anything is measured."""

import re
from dataclasses import dataclass

from tissuesense.core.site import ComplaintKind, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardComplaint:
    """Why the client comes.

    Attributes
    ----------
    region
        Where, in free words: "left hand, thumb side"; may be empty.
    side
        None: both, or as far as `region` says it.
    """

    kind: ComplaintKind
    region: str = ""
    side: Side | None = None

    @property
    def sides(self) -> frozenset[Side]:
        """The sides that it concerns; both where nobody said."""
        if self.side in _BOTH:
            return frozenset({self.side})
        named = _BOTH & set(re.findall(r"[a-z]+", self.region.lower()))
        if self.side is None and named:
            return frozenset(Side(word) for word in named)
        return _BOTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A posture or a habit, by its id in the catalogue, such as forward_head or desk_work.

    Attributes
    ----------
    side
        None: both, or not said.
    """

    id: str
    side: Side | None = None

    @property
    def sides(self) -> frozenset[Side]:
        """The sides that it concerns; both where nobody said."""
        return frozenset({self.side}) if self.side in _BOTH else _BOTH


_BOTH = frozenset({Side.LEFT, Side.RIGHT})
