"""Whatever keeps a port from opening is told in the system's words, with what to do about it."""

import errno

import pytest
import serial

from tissuesense.core.errors import DeviceNotFound, TransportError
from tissuesense.transport.serial_port import refusal


@pytest.mark.parametrize(
    ("error", "kind", "word"),
    [
        (serial.SerialException(errno.ENOENT, "No such file"), DeviceNotFound, "Ports"),
        (serial.SerialException("FileNotFoundError(2, 'x')"), DeviceNotFound, "Ports"),
        (serial.SerialException(errno.EACCES, "Permission denied"), TransportError, "dialout"),
        (serial.SerialException("PermissionError(13, 'Access')"), TransportError, "Windows"),
        (serial.SerialException(errno.EBUSY, "busy"), TransportError, "other program"),
        (serial.SerialException("Could not exclusively lock port"), TransportError, "other"),
    ],
)
def test_each_reason_has_its_own_advice(
    error: OSError, kind: type[TransportError], word: str
) -> None:
    told = refusal("/dev/ttyUSB0", error)
    assert type(told) is kind
    assert word in told.hint


def test_the_systems_words_stay_in_the_sentence() -> None:
    told = refusal("/dev/ttyUSB0", serial.SerialException(errno.EACCES, "Permission denied"))
    assert "Permission denied" in str(told)
