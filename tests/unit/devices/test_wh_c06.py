"""A WH-C06's advertisement gives kilograms with their sign, or is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.devices.catalog.wh_c06 import PROFILE
from tissuesense.devices.codec import ForceReading, FrameRejected, Rejection, WireSample
from tissuesense.devices.profile import AdvertisementLink, WireParameters

PLAIN = WireParameters()
HEARD = "advertisement"
KG = 9.80665


def advertised(steps: int, steady_and_unit: int = 0x01, *, rest: bytes = bytes(6)) -> bytes:
    mass = steps.to_bytes(2, "big", signed=True)
    unit = bytes((steady_and_unit,))
    return b"\x02\x03\x11" + rest + b"\x01" + mass + b"\x01\xf4" + unit + b"\xd4\xcb"


@given(
    steps=st.integers(-(2**15), 2**15 - 1),
    steady=st.integers(0, 15),
    address=st.binary(min_size=6, max_size=6),
)
def test_every_mass_keeps_its_sign_steady_or_not(steps: int, steady: int, address: bytes) -> None:
    payload = advertised(steps, steady << 4 | 1, rest=address)
    (event,) = PROFILE.codec(PLAIN).receive(payload, 2.0, HEARD)
    assert isinstance(event, ForceReading)
    assert event.force_n == pytest.approx(steps * 0.01 * KG)
    assert (event.t_device_s, event.t_host_s) == (None, 2.0)


@given(steps=st.integers(-(2**15), 2**15 - 1), unit=st.integers(0, 255))
def test_a_number_in_another_unit_is_none(steps: int, unit: int) -> None:
    (event,) = PROFILE.codec(PLAIN).receive(advertised(steps, unit), 0.0, HEARD)
    if unit % 16 == 1:
        assert isinstance(event, ForceReading)
    else:
        assert isinstance(event, FrameRejected)
        assert event.why is Rejection.BAD_UNIT


def test_a_payload_that_kept_its_company_id_is_refused_and_not_read_two_bytes_off() -> None:
    (event,) = PROFILE.codec(PLAIN).receive(b"\x00\x01" + advertised(1234), 0.0, HEARD)
    assert isinstance(event, FrameRejected)
    assert event.why is Rejection.BAD_LENGTH


def test_what_another_maker_says_under_the_same_company_id_gives_no_number() -> None:
    payload = b"\x02\x03\x12" + advertised(1234)[3:]
    (event,) = PROFILE.codec(PLAIN).receive(payload, 0.0, HEARD)
    assert event == FrameRejected(why=Rejection.MALFORMED, data=payload)


def test_the_same_force_twice_is_advertised_as_two_readings() -> None:
    gauge = PROFILE.encoder(PLAIN)
    sample = [WireSample(t_s=0.0, force_n=12.34 * KG)]
    first, second = gauge.samples(sample), gauge.samples(sample)
    assert first != second
    assert first[:15] == second[:15] == advertised(1234)[:12] + b"\x01\xf4\x01"
    assert gauge.reply(b"?") == b""


def test_the_counter_of_the_simulated_scale_goes_round() -> None:
    gauge = PROFILE.encoder(PLAIN)
    sent = gauge.samples([WireSample(t_s=0.0, force_n=0.0)] * (2**16 + 1))
    assert sent[15:17] == sent[-2:] == b"\x00\x01"


def test_it_is_heard_and_not_connected_to() -> None:
    assert PROFILE.advertisement == AdvertisementLink(company_id=256, name_prefixes=("IF_B7",))
    assert PROFILE.ble is None
    assert PROFILE.transports == ("ble-advertisement", "simulated")


def test_the_profile_warns_of_a_rate_too_low_for_a_ramp() -> None:
    assert PROFILE.nominal_rate_hz is not None
    assert 1 <= PROFILE.nominal_rate_hz <= 4
    assert "ramp" in PROFILE.notes
