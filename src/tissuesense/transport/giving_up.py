"""What to tell a person whose gauge is given up, and what to do about it."""

from collections import Counter

from tissuesense.core.errors import LinkLost, TransportError, TransportTimeout
from tissuesense.devices.codec import Rejection
from tissuesense.devices.profile import DeviceProfile

_NO_SENSE = "Check that model= and baud= are those of the gauge."
_NO_UNIT = "Its numbers come without a unit that this model knows: let the gauge send its unit"
_STATE_UNIT = ", or state it in the device URL: unit=N, unit=kgf or unit=lbf"
_UNCHANGED = (
    "A reading that stays the same is no new one: change the load. Where that does not help, "
    "check that the scale is on and near."
)
_NOT_LIVE = "It sends something other than the force of the moment: switch off its peak hold."
_ANOTHER_VERSION = (
    "It speaks another major version of its protocol than this program: update what is older."
)


def silent(
    endpoint: str,
    give_up_s: float,
    *,
    refused: Counter[Rejection],
    refused_commands: int,
    profile: DeviceProfile,
) -> TransportTimeout:
    """Return the error for a gauge whose link stands and that gives no reading.

    Parameters
    ----------
    refused, refused_commands
        What came since the last reading: pieces without sense, commands answered with an error.
    """
    waited = f"for {give_up_s:g} s"
    if refused:
        hint = _NO_SENSE
        if 2 * refused[Rejection.BAD_UNIT] > refused.total():
            hint = f"{_NO_UNIT}{_STATE_UNIT if 'unit' in profile.parameters else ''}."
        if 2 * refused[Rejection.NOT_LIVE] > refused.total():
            hint = _NOT_LIVE
        if 2 * refused[Rejection.ANOTHER_VERSION] > refused.total():
            hint = _ANOTHER_VERSION
        return TransportTimeout(
            f"{endpoint} has sent no reading {waited}, and {refused.total()} pieces without sense.",
            endpoint=endpoint,
            hint=hint,
        )
    if refused_commands:
        return TransportTimeout(
            f"{endpoint} has sent no reading {waited}, and refused {refused_commands} commands.",
            endpoint=endpoint,
            hint=_NO_SENSE,
        )
    if profile.advertisement is not None:
        return TransportTimeout(
            f"{endpoint} has advertised no new reading {waited}.",
            endpoint=endpoint,
            hint=_UNCHANGED,
        )
    return TransportTimeout(
        f"{endpoint} has sent nothing {waited}.",
        endpoint=endpoint,
        hint="Check that the gauge is on, and that model= and baud= are right.",
    )


def lost(
    endpoint: str, give_up_s: float, *, problem: TransportError | None, last_s: float | None
) -> LinkLost:
    """Return the error for a link that broke off and could not be mended.

    Parameters
    ----------
    problem
        What kept it from being mended.
    last_s
        Trace time of the last sample.
    """
    why = f" ({problem})" if problem else ""
    return LinkLost(
        f"The link to {endpoint} was lost and did not come back for {give_up_s:g} s{why}.",
        endpoint=endpoint,
        last_sample_t_s=last_s,
        hint="Check cable, battery and distance, then try again.",
    )
