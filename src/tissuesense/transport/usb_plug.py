"""Know a USB gauge again: it may come back under another name, and another gauge under its own."""

import os
from dataclasses import dataclass
from typing import Self

from tissuesense.transport.discovery import UsbIdentity, scan_serial


@dataclass(frozen=True, slots=True, kw_only=True)
class UsbPlug:
    """What a plug says of itself, and which ports with plugs that say the same are not ours.

    Attributes
    ----------
    port
        The name under which the gauge was opened.
    others
        Ports with such plugs that were there then: other gauges.
    """

    port: str
    usb: UsbIdentity
    others: frozenset[str]

    @classmethod
    def at(cls, port: str) -> Self | None:
        """Return the plug at `port`; None where that port is not on USB."""
        found = scan_serial()
        names = {port, os.path.realpath(port)}
        usb = next((candidate.usb for candidate in found if candidate.port in names), None)
        if usb is None:
            return None
        alike = frozenset(candidate.port for candidate in found if candidate.usb == usb)
        return cls(port=port, usb=usb, others=alike - names)

    def find(self) -> str | None:
        """Return the port where the gauge is now; None where it is not, or cannot be told."""
        alike = {found.port for found in scan_serial() if found.usb == self.usb} - self.others
        if alike & {self.port, os.path.realpath(self.port)}:
            return self.port
        return alike.pop() if len(alike) == 1 else None
