"""Which muscles are commonly checked for a complaint, a posture or a habit: a checklist's grounds.

A pattern says where hands begin, never what is wrong.
"""

import enum
import re
from dataclasses import dataclass

from tissuesense.anatomy.muscle import UNSOURCED, Region
from tissuesense.core.site import ComplaintKind


class Ground(enum.StrEnum):
    """What makes a muscle worth checking."""

    COMPLAINT = "complaint"
    POSTURE = "posture"
    HABIT = "habit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A muscle that is commonly checked, with its weight from 1 to 3.

    Attributes
    ----------
    reason
        A clause, such as "it is felt at the temple".
    source
        Key of a source, or "unsourced".
    """

    muscle: str
    weight: int
    reason: str
    source: str = UNSOURCED


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One complaint, posture or habit and the muscles that are commonly checked for it.

    Attributes
    ----------
    name
        As it stands after "commonly checked for", such as "headache at the temple".
    kind
        Of a complaint; None for a posture or a habit.
    words
        Of a complaint: words or phrases of a place that lead here, as `plain_words` writes them. A
        pattern without any is the general one of its kind, used where the place leads nowhere.
    regions
        Parts of the body that it concerns; a control site must lie in none of them.
    """

    id: str
    ground: Ground
    name: str
    muscles: tuple[Edge, ...]
    kind: ComplaintKind | None = None
    words: tuple[str, ...] = ()
    regions: tuple[Region, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A muscle far from most complaints, to tell local from widespread sensitivity.

    Attributes
    ----------
    not_for
        Regions of complaints that it is not remote from.
    """

    muscle: str
    not_for: tuple[Region, ...]


def plain_words(text: str) -> str:
    """Return the words of a text in small letters, a blank between them and nothing else.

    >>> plain_words("Left hand, little-finger side")
    'left hand little finger side'
    """
    return " ".join(re.findall(r"[^\W_]+", text.lower()))
