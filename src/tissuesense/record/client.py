"""A client, known by a pseudonym and by nothing else."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

import numpy as np

from tissuesense.core.errors import UsageError

ClientId = NewType("ClientId", str)

# Crockford's base 32: no I, L, O or U, so that a pseudonym survives being read aloud.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_DRAWN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A person in care."""

    id: ClientId
    created_at: datetime


def new_client_id(rng: np.random.Generator) -> ClientId:
    """Draw a pseudonym such as TS-7QK4Z: four random characters and a check character."""
    drawn = rng.integers(len(_ALPHABET), size=_DRAWN)
    return ClientId("TS-" + "".join(_ALPHABET[i] for i in drawn) + _check(drawn.tolist()))


def parse_client_id(text: str) -> ClientId:
    """Return the pseudonym that `text` spells, forgiving case and look-alike letters.

    Raises
    ------
    UsageError
        When a character was mistyped or left out.
    """
    body = text.strip().upper().removeprefix("TS-").translate(str.maketrans("OIL", "011"))
    if len(body) != _DRAWN + 1 or any(c not in _ALPHABET for c in body):
        raise UsageError(f"A client id looks like TS-7QK4Z; '{text}' does not.")
    if _check([_ALPHABET.index(c) for c in body[:-1]]) != body[-1]:
        raise UsageError(f"'{text}' is not a client id: one of its characters is mistyped.")
    return ClientId(f"TS-{body}")


def _check(digits: list[int]) -> str:
    # Odd weights are coprime to 32, so any one wrong character changes the sum.
    return _ALPHABET[sum((2 * i + 1) * d for i, d in enumerate(digits)) % len(_ALPHABET)]
