"""Identifiers that mean nothing and survive being read aloud and typed again."""

from collections.abc import Sequence

import numpy as np

# Crockford's base 32: no I, L, O or U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOOK_ALIKES = str.maketrans("OIL", "011")


def draw(rng: np.random.Generator, characters: int) -> str:
    """Return random characters, the last of which checks the others."""
    drawn = rng.integers(len(ALPHABET), size=characters - 1).tolist()
    return "".join(ALPHABET[digit] for digit in drawn) + check_character(drawn)


def check_character(digits: Sequence[int]) -> str:
    """Return the character that any one mistyped digit would change."""
    # Odd weights are coprime to 32, so a change of one digit always changes the sum.
    weighted = sum((2 * place + 1) * digit for place, digit in enumerate(digits))
    return ALPHABET[weighted % len(ALPHABET)]
