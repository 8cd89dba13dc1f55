"""A Force characteristic is one signed number of millinewtons, or says that it knows none."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.devices.catalog.bt_sig_force import PROFILE
from tissuesense.devices.codec import ForceReading, FrameRejected, Rejection, WireSample
from tissuesense.devices.profile import WireParameters

PLAIN = WireParameters()
FORCE = "00002c07-0000-1000-8000-00805f9b34fb"
NOT_KNOWN = 2**31 - 1


@given(millinewton=st.integers(-(2**31), NOT_KNOWN - 1))
def test_every_number_but_one_is_a_force_with_its_sign(millinewton: int) -> None:
    (event,) = PROFILE.codec(PLAIN).receive(struct.pack("<i", millinewton), 5.0, FORCE)
    assert isinstance(event, ForceReading)
    assert event.force_n == pytest.approx(millinewton / 1000)
    assert (event.t_device_s, event.t_host_s) == (None, 5.0)


def test_a_force_that_is_not_known_is_no_number_and_spoils_no_other() -> None:
    codec = PROFILE.codec(PLAIN)
    unknown = struct.pack("<i", NOT_KNOWN)
    assert codec.receive(unknown, 0.0, FORCE) == [
        FrameRejected(why=Rejection.NOT_FINITE, data=unknown)
    ]
    (event,) = codec.receive(struct.pack("<i", 1000), 0.0, FORCE)
    assert isinstance(event, ForceReading)
    assert event.force_n == 1.0


@given(data=st.binary(min_size=1, max_size=40).filter(lambda data: len(data) != 4))
def test_a_notification_of_another_length_gives_no_number(data: bytes) -> None:
    (event,) = PROFILE.codec(PLAIN).receive(data, 0.0, FORCE)
    assert isinstance(event, FrameRejected)
    assert event.why is (Rejection.TRUNCATED if len(data) < 4 else Rejection.BAD_LENGTH)


def test_the_simulated_gauge_sends_every_sample_and_answers_nothing() -> None:
    gauge = PROFILE.encoder(PLAIN)
    sent = [WireSample(t_s=i / 80, force_n=-i / 8) for i in range(5)]
    assert struct.unpack("<5i", gauge.samples(sent)) == (0, -125, -250, -375, -500)
    assert gauge.reply(b"?") == b""


def test_nothing_that_it_advertises_tells_it_from_others() -> None:
    assert PROFILE.ble is not None
    assert PROFILE.ble.notify == (FORCE,)
    assert PROFILE.ble.service is None
    assert PROFILE.ble.name_prefixes == ()
