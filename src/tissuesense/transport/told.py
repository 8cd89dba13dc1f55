"""What is known of a recording: what was stated, and what the device tells while it is read.

Live and replay share it as they share the assembler, so that the same chunks under the same
statements give the same side-car.
"""

from collections.abc import Mapping
from dataclasses import replace

from tissuesense.analysis.pain.latency import BUTTON_OF_CLIENT, BUTTON_OF_TESTER, with_usual_latency
from tissuesense.core.recording import RecordingContext
from tissuesense.devices.codec import DeviceFacts, DeviceText
from tissuesense.transport.assembly import SampleBlock
from tissuesense.transport.base import MarkSource

# Who stops where nobody said so: a key stands at the tester's hand, a button in the client's.
_USUAL_STOP_MODE: Mapping[str, str] = {
    MarkSource.DEVICE: BUTTON_OF_CLIENT,
    MarkSource.BUTTON: BUTTON_OF_CLIENT,
    MarkSource.KEY: BUTTON_OF_TESTER,
}


class Told:
    """Collects what the device says of itself.

    Parameters
    ----------
    stated
        Outweighs whatever the device says.
    """

    def __init__(self, stated: RecordingContext) -> None:
        self._stated = stated
        self._serial: str | None = None
        self._facts: dict[str, float | str] = {}

    @property
    def serial(self) -> str | None:
        """The first thing that the device called itself."""
        return self._serial

    def notice(self, block: SampleBlock) -> None:
        """Remember what a block says of the device."""
        for event in block.events:
            if isinstance(event, DeviceFacts):
                self._facts |= event.facts
            elif isinstance(event, DeviceText) and self._serial is None:
                self._serial = event.text or None

    def context(self, *, instrument: str, marked_by: str) -> RecordingContext:
        """Return the side-car so far; how the client stops is told by the first signal."""
        told = replace(RecordingContext.from_dict(self._facts), instrument=instrument)
        known = self._stated.outweighing(told)
        if known.stop_mode is not None or marked_by not in _USUAL_STOP_MODE:
            return known
        return with_usual_latency(replace(known, stop_mode=_USUAL_STOP_MODE[marked_by]))
