"""What is in the way of a measurement on this machine, and what mends it. No I/O."""

from collections.abc import Callable

from tissuesense.core.version import WRITTEN
from tissuesense.services import doctor_ports, doctor_radio
from tissuesense.services.doctor_findings import Finding, Said, State, ok, trouble, untold
from tissuesense.services.doctor_mends import System, Trouble
from tissuesense.services.machine import Machine

_OLDEST_PYTHON = (3, 11)
# An hour at 1000 samples a second, captured and stored, with room to spare.
_LEAST_FREE_BYTES = 500_000_000
_LEAST_COLUMNS = 80


def examine(machine: Machine) -> tuple[Finding, ...]:
    """Return every check that means something on this system, in the order of a conversation."""
    return tuple(
        Finding(check=check, title=title, state=state, sentence=sentence, mend=remedy)
        for check, title, systems, look in _CHECKS
        if machine.system in systems
        for state, sentence, remedy in (look(machine),)
    )


def in_the_way(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return what has to be mended."""
    return tuple(finding for finding in findings if finding.state is State.TROUBLE)


def _python(machine: Machine) -> Said:
    found = ".".join(map(str, machine.python))
    if machine.python[:2] < _OLDEST_PYTHON:
        return trouble(machine, Trouble.PYTHON_OLD, f"Python {found} is too old.")
    return ok(f"Python {found} on {machine.name}.")


def _packages(machine: Machine) -> Said:
    missing = [package for package, version in machine.packages.items() if version is None]
    if missing:
        return trouble(
            machine,
            Trouble.PACKAGE_MISSING,
            f"Cannot be imported: {', '.join(missing)}.",
            python=machine.executable,
            package=missing[0],
        )
    return ok(", ".join(f"{name} {version}" for name, version in machine.packages.items()) + ".")


def _store(machine: Machine) -> Said:
    if machine.store_writable:
        return ok(f"{machine.store} may be written.")
    return trouble(machine, Trouble.STORE, f"{machine.store} may not be written. Use another:")


def _disk(machine: Machine) -> Said:
    if machine.free_bytes is None:
        return untold(f"The system does not say how much is free at {machine.store}.")
    free = f"{machine.free_bytes / 1e9:.1f} GB free."
    if machine.free_bytes < _LEAST_FREE_BYTES:
        return trouble(machine, Trouble.DISK, f"Only {free}")
    return ok(free)


def _clock(machine: Machine) -> Said:
    today = machine.now.date().isoformat()
    if machine.now < WRITTEN:
        return trouble(
            machine, Trouble.CLOCK, f"The clock shows {today}, before this program was written."
        )
    return ok(f"It shows {today}.")


def _terminal(machine: Machine) -> Said:
    if machine.columns is None:
        return untold("This is no terminal.")
    if machine.columns < _LEAST_COLUMNS:
        return trouble(machine, Trouble.NARROW, f"{machine.columns} characters wide.")
    return ok(f"{machine.columns} characters wide.")


_LINUX = frozenset({System.LINUX})
_EVERY = frozenset(System)
_CHECKS: tuple[tuple[str, str, frozenset[System], Callable[[Machine], Said]], ...] = (
    ("python", "Python", _EVERY, _python),
    ("packages", "Packages", _EVERY, _packages),
    ("serial_ports", "Serial ports", _EVERY, doctor_ports.ports),
    ("port_permission", "Port permission", _EVERY, doctor_ports.permission),
    ("port_busy", "Ports in use", _EVERY, doctor_ports.busy),
    ("modem_manager", "ModemManager", _LINUX, doctor_ports.modem_manager),
    ("braille", "Braille service", _LINUX, doctor_ports.braille),
    (
        "bluetooth_service",
        "Bluetooth",
        frozenset({System.LINUX, System.WINDOWS}),
        doctor_radio.service,
    ),
    ("bluetooth_adapter", "Radio adapter", _EVERY, doctor_radio.adapter),
    ("bluetooth_blocked", "Radio switch", _LINUX, doctor_radio.switch),
    ("bluetooth_power", "Radio power", _EVERY, doctor_radio.power),
    ("bluetooth_permission", "Radio permission", _EVERY, doctor_radio.permission),
    ("bluetooth_scan", "Radio listening", _EVERY, doctor_radio.scan),
    ("store", "Store", _EVERY, _store),
    ("disk", "Disk", _EVERY, _disk),
    ("clock", "Clock", _EVERY, _clock),
    ("terminal", "Terminal", _EVERY, _terminal),
)
