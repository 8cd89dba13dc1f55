"""What keeps Bluetooth from being heard, step by step on the way to the air. No I/O."""

from tissuesense.services.doctor_findings import Said, ok, trouble, untold
from tissuesense.services.doctor_mends import Trouble
from tissuesense.services.machine import Machine
from tissuesense.transport.radio_state import RadioState

# The states stand in the order of the way to the air: one is known where those before are open.
_WAY = tuple(RadioState)
_CLOSED = {
    RadioState.NO_SERVICE: "No Bluetooth service runs here.",
    RadioState.NO_ADAPTER: "No Bluetooth adapter is there.",
    RadioState.BLOCKED_BY_SWITCH: "A switch or key on this computer blocks Bluetooth.",
    RadioState.BLOCKED: "The system blocks Bluetooth (rfkill).",
    RadioState.POWERED_OFF: "Bluetooth is switched off.",
    RadioState.REFUSED: "This program may not use Bluetooth.",
}
_WIRED = "Gauges with a cable are not affected."


def service(machine: Machine) -> Said:
    """Say whether the system's Bluetooth service runs."""
    return _step(machine, RadioState.NO_SERVICE, Trouble.NO_SERVICE, "The Bluetooth service runs.")


def adapter(machine: Machine) -> Said:
    """Say whether there is an adapter."""
    return _step(machine, RadioState.NO_ADAPTER, Trouble.NO_ADAPTER, "There is an adapter.")


def switch(machine: Machine) -> Said:
    """Say whether a switch, of the computer or of the system, blocks the radio."""
    by_switch = machine.radio is not None and machine.radio.state is RadioState.BLOCKED_BY_SWITCH
    if by_switch:
        return _step(machine, RadioState.BLOCKED_BY_SWITCH, Trouble.BLOCKED_BY_SWITCH, "")
    return _step(machine, RadioState.BLOCKED, Trouble.BLOCKED, "Nothing blocks it.")


def power(machine: Machine) -> Said:
    """Say whether the radio is on."""
    return _step(machine, RadioState.POWERED_OFF, Trouble.POWERED_OFF, "It is switched on.")


def permission(machine: Machine) -> Said:
    """Say whether this program may use the radio."""
    return _step(machine, RadioState.REFUSED, Trouble.REFUSED, "This program may use it.")


def scan(machine: Machine) -> Said:
    """Say whether anything can be heard."""
    heard = machine.radio.heard if machine.radio else 0
    devices = "1 device" if heard == 1 else f"{heard} devices"
    return _step(
        machine, RadioState.FAILED, Trouble.SCAN_FAILED, f"Listening works; {devices} heard."
    )


def _step(machine: Machine, closed: RadioState, kind: Trouble, fine: str) -> Said:
    if machine.radio is None:
        return untold("bleak is missing, so nobody could look.")
    at = machine.radio.state
    if at is closed:
        return trouble(machine, kind, f"{_CLOSED.get(at, machine.radio.detail)} {_WIRED}")
    if _WAY.index(at) < _WAY.index(closed):
        return untold("Only known once the above is mended.")
    return ok(fine)
