"""The demo device of TissueSense Link, in the emulator or as a program of this machine."""

import os
import re
import subprocess
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import serial
from tests.system_programs import needed

from tissuesense.devices.codec import FrameRejected
from tissuesense.devices.link.frames import LinkFramer, frame
from tissuesense.devices.link.messages import Ask, Message, Reply, Request, decode, encode

DEMO = Path(__file__).parents[2] / "firmware_interfaces" / "c" / "demo"
# Presses come faster than a person's, so that a test sees three of them in seven seconds.
IN_A_HURRY = "-DPRESSING_UN_PER_S=40000000 -DPRESSING_REST_US=1200000"
AT_REST = "-DPRESSING_REST_US=UINT32_MAX"
_EMULATOR = "qemu-system-arm -M mps2-an385 -nographic -monitor none -serial pty -kernel".split()  # noqa: SIM905 - as one types it
_PATIENCE_S = 5.0


class Conversation:
    """Say commands on a port and hear messages, without the program under test."""

    def __init__(self, port: serial.Serial) -> None:
        self._port = port
        self._framer = LinkFramer(joined_midway=True)
        self._tag = 0

    def ask(self, command: Ask, rate_mhz: int | None = None) -> list[Message]:
        """Return what came, up to the reply to this command."""
        self._tag = (self._tag + 1) % 256
        request = Request(command=command, tag=self._tag, rate_mhz=rate_mhz)
        self._port.write(b"\0" + frame(encode(request)))
        heard: list[Message] = []
        while not any(isinstance(one, Reply) and one.tag == self._tag for one in heard):
            heard += self.hear()
        return heard

    def hear(self) -> list[Message]:
        """Return what the next bytes say; there must be some, and none may be bad."""
        data = self._port.read(max(1, self._port.in_waiting))
        assert data, "the device is silent"
        messages = []
        for piece in self._framer.receive(data):
            assert not isinstance(piece, FrameRejected)
            message = decode(piece)
            assert message is not None
            assert not isinstance(message, str)
            messages.append(message)
        return messages


def built(target: str, folder: Path, defines: str = "") -> Path:
    """Make a target of the demo's Makefile and return what came of it."""
    needed("make")
    needed("arm-none-eabi-gcc" if target == "firmware" else "gcc")
    command = ["make", "-s", "-C", str(DEMO), f"BUILD={folder}", f"DEFINES={defines}", target]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / {"firmware": "demo.elf", "host": "demo_device"}[target]


@contextmanager
def emulated(firmware: Path) -> Iterator[Path]:
    """Run the firmware; yield the port that its UART is on."""
    needed(_EMULATOR[0])
    with subprocess.Popen(
        [*_EMULATOR, firmware], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as emulator:
        try:
            assert emulator.stdout is not None
            told = next(line for line in emulator.stdout if "/dev/" in line)
            port = re.search(r"/dev/\S+", told)
            assert port is not None
            # The emulator looks for a listener once a second; with one there it loses nothing.
            with serial.Serial(port[0], timeout=_PATIENCE_S) as listener:
                Conversation(listener).ask(Ask.STOP)
                yield Path(port[0])
        finally:
            emulator.terminate()


@contextmanager
def native(program: Path) -> Iterator[Path]:
    """Run the device as a program; yield a port with it at the other end."""
    master, slave = os.openpty()
    tty.setraw(slave)
    try:
        with subprocess.Popen([program], stdin=master, stdout=master) as device:
            try:
                yield Path(os.ttyname(slave))
            finally:
                device.terminate()
    finally:
        os.close(master)
        os.close(slave)


def conversation(port: Path) -> serial.Serial:
    """Open a port for a `Conversation`."""
    return serial.Serial(str(port), timeout=_PATIENCE_S)
