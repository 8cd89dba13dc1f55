"""A pseudonym survives being read aloud and typed again, and says nothing about its owner."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.core.errors import UsageError
from tissuesense.record.client import new_client_id, parse_client_id
from tissuesense.record.ids import ALPHABET

seeds = st.integers(0, 2**32 - 1)


@given(seeds)
def test_lower_case_blanks_and_look_alikes_are_forgiven(seed: int) -> None:
    drawn = new_client_id(np.random.default_rng(seed))
    heard = drawn.removeprefix("TS-").lower().replace("0", "o").replace("1", "l")
    assert parse_client_id(f"  {heard} ") == drawn


@given(seeds, st.integers(0, 4), st.sampled_from(ALPHABET))
def test_one_mistyped_character_is_noticed(seed: int, place: int, other: str) -> None:
    body = new_client_id(np.random.default_rng(seed)).removeprefix("TS-")
    mistyped = body[:place] + other + body[place + 1 :]
    if mistyped == body:
        return
    with pytest.raises(UsageError):
        parse_client_id(mistyped)


@pytest.mark.parametrize("typed", ["", "TS-", "TS-7QK4", "TS-7QK47Z", "TS-7QK4!", "Anna Smith"])
def test_what_is_no_pseudonym_is_refused(typed: str) -> None:
    with pytest.raises(UsageError):
        parse_client_id(typed)


def test_name_typed_by_mistake_is_not_repeated() -> None:
    with pytest.raises(UsageError) as caught:
        parse_client_id("Anna Smith")
    assert "anna" not in str(caught.value).lower()
