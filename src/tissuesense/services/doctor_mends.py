"""The one command or setting that mends a trouble, for each system. No I/O."""

import enum
import shlex
from collections.abc import Mapping


class System(enum.StrEnum):
    """Operating systems that need different remedies."""

    LINUX = "linux"
    MACOS = "macos"
    WINDOWS = "windows"


class Trouble(enum.Enum):
    """What can be in the way of a measurement."""

    PYTHON_OLD = enum.auto()
    PACKAGE_MISSING = enum.auto()
    NO_PORT = enum.auto()
    NO_DRIVER = enum.auto()
    NOT_PERMITTED = enum.auto()
    PORT_CLOSED = enum.auto()
    GROUP_NOT_YET = enum.auto()
    PORT_BUSY = enum.auto()
    MODEM_MANAGER = enum.auto()
    BRAILLE = enum.auto()
    NO_SERVICE = enum.auto()
    NO_ADAPTER = enum.auto()
    BLOCKED_BY_SWITCH = enum.auto()
    BLOCKED = enum.auto()
    POWERED_OFF = enum.auto()
    REFUSED = enum.auto()
    SCAN_FAILED = enum.auto()
    STORE = enum.auto()
    DISK = enum.auto()
    CLOCK = enum.auto()
    NARROW = enum.auto()


# What is the same wherever the next table has nothing.
_ANYWHERE: Mapping[Trouble, str] = {
    Trouble.PYTHON_OLD: "Install Python 3.11 or later from python.org",
    Trouble.PACKAGE_MISSING: "{python} -m pip install {package}",
    Trouble.NO_PORT: "Plug the gauge in, switch it on, and run this again",
    Trouble.NO_DRIVER: "Install the driver from the maker of the adapter's chip",
    Trouble.NOT_PERMITTED: "Unplug the gauge and plug it in again",
    Trouble.PORT_CLOSED: "Unplug the gauge and plug it in again",
    Trouble.GROUP_NOT_YET: "Log out and in again",
    Trouble.PORT_BUSY: "Close the other program that uses {port}",
    Trouble.MODEM_MANAGER: "Close the program for mobile modems",
    Trouble.BRAILLE: "Close the program for Braille displays",
    Trouble.NO_SERVICE: "Plug in a Bluetooth adapter",
    Trouble.NO_ADAPTER: "Plug in a Bluetooth adapter",
    Trouble.BLOCKED_BY_SWITCH: "Turn on the switch or key for radios on this computer",
    Trouble.BLOCKED: "Switch flight mode off",
    Trouble.SCAN_FAILED: "Switch Bluetooth off and on again",
    Trouble.DISK: "Free some space, or set TISSUESENSE_DATA to a folder on another disk",
    Trouble.NARROW: "Make the window at least 80 characters wide",
}
_ON: Mapping[System, Mapping[Trouble, str]] = {
    System.LINUX: {
        Trouble.NO_DRIVER: "sudo modprobe {driver}",
        Trouble.NOT_PERMITTED: "sudo usermod -aG {group} {user}",
        Trouble.PORT_CLOSED: "sudo chmod a+rw {port}",
        Trouble.GROUP_NOT_YET: "newgrp {group}",
        Trouble.PORT_BUSY: "kill {pid}",
        # Ubuntu and others start both for whatever looks like a modem or a Braille display.
        Trouble.MODEM_MANAGER: "sudo systemctl mask --now ModemManager.service",
        Trouble.BRAILLE: "sudo systemctl mask --now brltty-udev.service brltty.service",
        Trouble.NO_SERVICE: "sudo systemctl enable --now bluetooth.service",
        Trouble.BLOCKED: "rfkill unblock bluetooth",
        Trouble.POWERED_OFF: "bluetoothctl power on",
        Trouble.REFUSED: "sudo usermod -aG bluetooth {user}",
        Trouble.SCAN_FAILED: "sudo systemctl restart bluetooth.service",
        Trouble.STORE: 'export TISSUESENSE_DATA="$HOME/tissuesense"',
        Trouble.CLOCK: "sudo timedatectl set-ntp true",
    },
    System.MACOS: {
        Trouble.POWERED_OFF: "System Settings > Bluetooth: switch it on",
        Trouble.REFUSED: "System Settings > Privacy & Security > Bluetooth: switch the terminal on",
        Trouble.PORT_BUSY: "lsof {port}",
        Trouble.STORE: 'export TISSUESENSE_DATA="$HOME/tissuesense"',
        Trouble.CLOCK: "System Settings > General > Date & Time: set it automatically",
    },
    System.WINDOWS: {
        Trouble.NO_PORT: "Device Manager > Ports (COM & LPT): look whether the gauge is listed",
        Trouble.NO_SERVICE: "net start bthserv",
        Trouble.POWERED_OFF: "Settings > Bluetooth & devices: switch Bluetooth on",
        Trouble.REFUSED: "Settings > Privacy & security: let desktop apps use Bluetooth",
        Trouble.STORE: 'setx TISSUESENSE_DATA "%USERPROFILE%\\tissuesense"',
        Trouble.CLOCK: "Settings > Time & language > Date & time: set it automatically",
    },
}


def mend(trouble: Trouble, system: System, **names: str | int) -> str:
    """Return the remedy with its names filled in, each safe to paste into a shell.

    Parameters
    ----------
    names
        What the remedy speaks of, such as `port`, `group` and `user`.
    """
    remedy = _ON[system].get(trouble) or _ANYWHERE[trouble]
    return remedy.format_map({name: _quoted(str(value), system) for name, value in names.items()})


def _quoted(value: str, system: System) -> str:
    """Return a name as the system's shell takes it for one word."""
    if system is not System.WINDOWS:
        return shlex.quote(value)
    return f'"{value}"' if " " in value else value
