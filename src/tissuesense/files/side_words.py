"""Sides of the body as other programs name them."""

from collections.abc import Mapping
from types import MappingProxyType

from tissuesense.core.site import Side

_WORDS: Mapping[str, Side] = MappingProxyType(
    {
        **dict.fromkeys(
            ("left", "l", "lt", "links", "gauche", "g", "izquierda", "izquierdo"), Side.LEFT
        ),
        **dict.fromkeys(("right", "r", "rt", "rechts", "droite", "derecha", "derecho"), Side.RIGHT),
        **dict.fromkeys(
            ("midline", "middle", "center", "centre", "mid", "m", "mitte", "milieu"), Side.MIDLINE
        ),
    }
)


def read_side(cell: str) -> Side:
    """Return the side that a cell names.

    Raises
    ------
    ValueError
        When it names none.
    """
    try:
        return _WORDS[cell.strip().casefold().rstrip(".")]
    except KeyError:
        raise ValueError from None
