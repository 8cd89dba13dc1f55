"""A protocol is known by its content: what is the same has one hash, what differs has another."""

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.core.contact import ContactTip
from tissuesense.core.errors import UsageError
from tissuesense.core.protocol import Protocol, content_sha256
from tissuesense.core.recording import RecordingContext

POSITIVE = st.floats(1e-3, 1e4)
PROTOCOLS = st.builds(
    Protocol,
    tip_area_cm2=st.none() | POSITIVE,
    tip_shape=st.none() | st.sampled_from(["round flat", "spherical"]),
    target_rate_kpa_s=st.none() | POSITIVE,
    stop_mode=st.none() | st.sampled_from(["verbal_peak", "button_patient"]),
    aggregation=st.none() | st.sampled_from(["all", "last_two"]),
    trials=st.none() | st.integers(1, 20),
)


def test_the_writing_that_is_hashed_is_the_documented_one() -> None:
    """Anybody can compute it: ASCII JSON, keys in order, no blanks, numbers as floats."""
    written = (
        '{"aggregation":null,"schema":"tissuesense.protocol/1","stop_mode":"verbal_peak",'
        '"target_rate_kpa_s":98.0665,"tip_area_cm2":1.0,"tip_shape":null,"trials":3.0}'
    )
    protocol = Protocol(
        tip_area_cm2=1.0, target_rate_kpa_s=98.0665, stop_mode="verbal_peak", trials=3
    )
    assert protocol.content_sha256 == hashlib.sha256(written.encode()).hexdigest()


@given(
    content=st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), min_size=1)
)
def test_neither_order_nor_kind_of_number_makes_a_difference(content: dict[str, int | str]) -> None:
    turned = {
        key: float(value) if isinstance(value, int) else value
        for key, value in reversed(content.items())
    }
    assert content_sha256("x", content) == content_sha256("x", turned)
    assert content_sha256("x", content) != content_sha256("y", content)


@given(a=PROTOCOLS, b=PROTOCOLS)
def test_equal_protocols_and_only_those_have_one_hash(a: Protocol, b: Protocol) -> None:
    assert (a.content_sha256 == b.content_sha256) == (a == b)


def test_the_last_bit_of_a_rate_is_no_other_protocol() -> None:
    rate = 0.1 + 0.2
    assert rate != 0.3
    one = Protocol(target_rate_kpa_s=rate)
    assert one.content_sha256 == replace(one, target_rate_kpa_s=0.3).content_sha256


@pytest.mark.parametrize(
    "wrong", [{"tip_area_cm2": 0.0}, {"target_rate_kpa_s": -1.0}, {"trials": 0}]
)
def test_what_no_protocol_can_have_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="must be positive"):
        Protocol(**wrong)  # type: ignore[arg-type] # of the right kinds


def test_a_recording_carries_its_protocol() -> None:
    context = RecordingContext.from_dict(
        {
            "probe_area_cm2": 1.0,
            "target_rate_kpa_s": 50.0,
            "stop_mode": "button_patient",
            "tip_shape": "round flat",
            "aggregation": "last_two",
            "trials": 3,
        }
    )
    assert context.tip == ContactTip(area_cm2=1.0)
    assert context.protocol == Protocol(
        tip_area_cm2=1.0,
        tip_shape="round flat",
        target_rate_kpa_s=50.0,
        stop_mode="button_patient",
        aggregation="last_two",
        trials=3,
    )
    assert RecordingContext().protocol == Protocol()
