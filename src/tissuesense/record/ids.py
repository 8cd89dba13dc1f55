"""Identifiers that mean nothing and survive being read aloud and typed again."""

from collections.abc import Sequence

import numpy as np

from tissuesense.core.errors import UsageError

# Crockford's base 32: no I, L, O or U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOOK_ALIKES = str.maketrans("OIL", "011")


def draw(rng: np.random.Generator, characters: int) -> str:
    """Return random characters, the last of which checks the others."""
    drawn = rng.integers(len(ALPHABET), size=characters - 1).tolist()
    return "".join(ALPHABET[digit] for digit in drawn) + check_character(drawn)


def parse(text: str, *, prefix: str, characters: int, noun: str, example: str) -> str:
    """Return the identifier that `text` spells, forgiving case and look-alike letters.

    Raises
    ------
    UsageError
        When a character was mistyped or left out. The message does not repeat `text`: who types a
        name here must not find it in a log.
    """
    body = text.strip().upper().removeprefix(prefix).translate(LOOK_ALIKES)
    if len(body) != characters or any(character not in ALPHABET for character in body):
        raise UsageError(f"This is no {noun} id: one looks like {example}.")
    if check_character([ALPHABET.index(character) for character in body[:-1]]) != body[-1]:
        raise UsageError(f"This is no {noun} id: one of its characters is mistyped.")
    return prefix + body


def check_character(digits: Sequence[int]) -> str:
    """Return the character that any one mistyped digit would change."""
    # Odd weights are coprime to 32, so a change of one digit always changes the sum.
    weighted = sum((2 * place + 1) * digit for place, digit in enumerate(digits))
    return ALPHABET[weighted % len(ALPHABET)]
