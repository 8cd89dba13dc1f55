"""A client, known by a pseudonym and by nothing else."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

import numpy as np

from tissuesense.record.ids import draw, parse

ClientId = NewType("ClientId", str)

_CHARACTERS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A person in care."""

    id: ClientId
    created_at: datetime


def new_client_id(rng: np.random.Generator) -> ClientId:
    """Draw a pseudonym such as TS-7QK47: four random characters and a check character."""
    return ClientId(f"TS-{draw(rng, _CHARACTERS)}")


def parse_client_id(text: str) -> ClientId:
    """Return the pseudonym that `text` spells, forgiving case and look-alike letters.

    Raises
    ------
    UsageError
        When a character was mistyped or left out. The message does not repeat `text`: who types a
        name here must not find it in a log.
    """
    return ClientId(
        parse(text, prefix="TS-", characters=_CHARACTERS, noun="client", example="TS-7QK47")
    )
