"""The client's stop signal: who gives it, by what, and how late it therefore comes."""

import enum
from dataclasses import dataclass
from typing import Any

from tissuesense.analysis.pain.latency import (
    BLE_BUTTON_OF_CLIENT,
    BUTTON_OF_CLIENT,
    BUTTON_OF_TESTER,
    with_usual_latency,
)
from tissuesense.core.errors import UsageError
from tissuesense.core.recording import ReactionLatency, RecordingContext
from tissuesense.transport.url import parse_device_url


class StopBy(enum.StrEnum):
    """In whose hand the key or the button is."""

    CLIENT = "client"
    TESTER = "tester"


@dataclass(frozen=True, slots=True, kw_only=True)
class StopSignal:
    """What was stated of it.

    Attributes
    ----------
    by
        None: the client where there is a button or a self test; else the first signal tells, a key
        of this computer being the tester's and the gauge's own button the client's.
    button
        Device URL of a button beside the gauge.
    latency
        The client's own, from the self test; None for the usual one.

    Raises
    ------
    UsageError
        When a self test of the client's press is to hold for the tester's.
    """

    by: StopBy | None = None
    button: str | None = None
    latency: ReactionLatency | None = None

    def __post_init__(self) -> None:
        if self.latency is not None and self.by is StopBy.TESTER:
            raise UsageError(
                "The self test is of the client's own press, and here the tester presses.",
                hint="Leave the self test out, or let the client press.",
            )

    @property
    def stop_mode(self) -> str | None:
        """The side-car's word for it; None where the first signal is to tell."""
        if self.by is StopBy.TESTER:
            return BUTTON_OF_TESTER
        if self.button is not None and parse_device_url(self.button).scheme == "ble":
            return BLE_BUTTON_OF_CLIENT
        stated = self.by is not None or self.button is not None or self.latency is not None
        return BUTTON_OF_CLIENT if stated else None

    def sidecar(self) -> dict[str, Any]:
        """Return the side-car keys that this decides."""
        stated = RecordingContext(stop_mode=self.stop_mode, latency=self.latency)
        known = with_usual_latency(stated).to_dict()
        return {key: known[key] for key in ("stop_mode", "latency_s") if key in known}
