"""What keeps serial ports from being read: none there, not permitted, taken by another. No I/O."""

from tissuesense.services.doctor_findings import Said, State, ok, remark, trouble, untold
from tissuesense.services.doctor_mends import Trouble
from tissuesense.services.machine import Machine
from tissuesense.transport.discovery import UsbIdentity
from tissuesense.transport.port_access import PortAccess
from tissuesense.transport.usb_names import driver_of, plug_name

_BRLTTY = "brltty"
_MODEM_MANAGER = "ModemManager"


def ports(machine: Machine) -> Said:
    """Say which ports there are, and whether an adapter is plugged in that has none."""
    if machine.unserved:
        return _unserved(machine, machine.unserved[0])
    if not machine.ports:
        said = "No serial port is there, which is in order unless your gauge has a cable."
        return remark(machine, State.UNKNOWN, Trouble.NO_PORT, said)
    named = [f"{p.port} ({p.adapter})" if p.adapter else p.port for p in machine.ports]
    return ok(f"{', '.join(named)}.")


def _unserved(machine: Machine, usb: UsbIdentity) -> Said:
    adapter = plug_name(usb.vendor, usb.product) or "USB serial adapter"
    said = f"A {adapter} is plugged in, and the system made no serial port of it"
    if _BRLTTY in (machine.programs or ()):
        return untold(f"{said}. See the Braille service below.")
    driver = driver_of(usb.vendor, usb.product) or "usbserial"
    return trouble(machine, Trouble.NO_DRIVER, f"{said}: its driver is missing.", driver=driver)


def permission(machine: Machine) -> Said:
    """Say whether the ports may be opened, and by which group."""
    known = [access for access in machine.access if access.permitted is not None]
    closed = _gravest([access for access in known if not access.permitted])
    if closed is None and not known:
        return untold("Only opening one would tell.")
    if closed is None:
        return ok("All of them may be opened.")
    # Most computers list ports of their own that lead nowhere; nobody needs those.
    state = State.TROUBLE if closed.on_usb else State.UNKNOWN
    port, group, user = closed.port, closed.group, machine.user
    if group in {None, "root", "wheel"}:  # nobody should join those
        said = f"The system lets nobody but its administrator open {port}."
        return remark(machine, state, Trouble.PORT_CLOSED, said, port=port)
    if closed.joined:
        said = f"{user} joined the group {group} of {port} after this session began. "
        said += "Log out and in again, or, for this terminal alone:"
        return remark(machine, state, Trouble.GROUP_NOT_YET, said, group=str(group))
    said = f"{port} belongs to the group {group}, and {user} is not in it. "
    said += "Join it, then log out and in again."
    return remark(machine, state, Trouble.NOT_PERMITTED, said, group=str(group))


def busy(machine: Machine) -> Said:
    """Say which program has a port open."""
    held = _gravest([access for access in machine.access if access.holders])
    if held is not None:
        holder = held.holders[0]
        kind = Trouble.MODEM_MANAGER if holder.name == _MODEM_MANAGER else Trouble.PORT_BUSY
        return trouble(
            machine,
            kind,
            f"{holder.name} (process {holder.pid}) has {held.port} open. Close it, or end it:",
            port=held.port,
            pid=holder.pid,
        )
    if machine.programs is None:
        said = "This system does not say which program has a port open."
        if not machine.ports:
            return untold(said)
        port = machine.ports[0].port
        return remark(machine, State.UNKNOWN, Trouble.PORT_BUSY, said, port=port)
    return ok("No program of this user has one open.")


def modem_manager(machine: Machine) -> Said:
    """Say whether a program for modems may talk into a gauge."""
    if machine.programs is None:
        return untold("This system does not list its programs.")
    if _MODEM_MANAGER not in machine.programs:
        return ok("ModemManager does not run.")
    if not any(access.on_usb for access in machine.access):
        return ok("ModemManager runs, and there is no USB port for it to try.")
    said = "ModemManager runs and may talk into a gauge for some seconds after it is plugged in. "
    said += "If the first readings fail and nobody here uses a mobile modem, stop it:"
    return remark(machine, State.UNKNOWN, Trouble.MODEM_MANAGER, said)


def braille(machine: Machine) -> Said:
    """Say whether a program for Braille displays took an adapter away."""
    if machine.programs is None:
        return untold("This system does not list its programs.")
    if _BRLTTY not in machine.programs:
        return ok("brltty does not run.")
    if not machine.unserved:
        return ok("brltty runs, and has taken no adapter away.")
    return trouble(
        machine,
        Trouble.BRAILLE,
        "brltty, which drives Braille displays, takes adapters such as the CH340 for itself. "
        "If nobody here reads Braille, stop it, then plug the gauge in again.",
    )


def _gravest(accesses: list[PortAccess]) -> PortAccess | None:
    """Return a port on USB before any other: that is where gauges are."""
    return min(accesses, key=lambda access: not access.on_usb, default=None)
