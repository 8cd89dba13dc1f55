"""An id that was mistyped is told from one that is unknown."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.core.errors import UsageError
from tissuesense.record.ids import ALPHABET
from tissuesense.record.measurement import finding_id, new_measurement_id, parse_result_id
from tissuesense.record.visit import new_visit_id, parse_visit_id

seeds = st.integers(0, 2**32 - 1)


@given(seeds)
def test_what_is_drawn_can_be_typed(seed: int) -> None:
    rng = np.random.default_rng(seed)
    visit, measurement = new_visit_id(rng), new_measurement_id(rng)
    spoken = visit.lower().replace("0", "o").replace("1", "l")
    assert parse_visit_id(f" {spoken} ") == visit
    assert parse_result_id(measurement.removeprefix("M-")) == measurement
    assert parse_result_id(f"{measurement}-12".lower()) == finding_id(measurement, 12)


@given(seeds, st.integers(0, 7), st.integers(1, len(ALPHABET) - 1))
def test_one_wrong_character_is_noticed(seed: int, place: int, shift: int) -> None:
    rng = np.random.default_rng(seed)
    cases: list[tuple[str, Callable[[str], str]]] = [
        (new_visit_id(rng), parse_visit_id),
        (new_measurement_id(rng), parse_result_id),
    ]
    for drawn, parse in cases:
        prefix, body = drawn[:2], drawn[2:]
        wrong = ALPHABET[(ALPHABET.index(body[place]) + shift) % len(ALPHABET)]
        with pytest.raises(UsageError, match="mistyped"):
            parse(prefix + body[:place] + wrong + body[place + 1 :])


def test_a_refusal_does_not_repeat_what_was_typed() -> None:
    for parse in (parse_visit_id, parse_result_id):
        with pytest.raises(UsageError) as refused:
            parse("Anna Smith")
        assert "Smith".upper() not in str(refused.value).upper()
