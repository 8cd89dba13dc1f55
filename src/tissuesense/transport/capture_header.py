"""The first line of a capture: what was recorded, how, and what is known of the recording."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Self

from tissuesense.core.errors import ConfigurationError
from tissuesense.core.recording import RecordingContext
from tissuesense.devices.profile import DeviceProfile, WireParameters
from tissuesense.devices.registry import DEVICES

SCHEMA = "tissuesense.capture/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureHeader:
    """What was recorded, and how.

    Attributes
    ----------
    url
        The device URL as it was given.
    instrument
        Name of the device as the link had it; None where it has none.
    started_at
        Wall clock at the beginning, in UTC; None where it was taken out.
    started_host_s
        The monotonic clock at the same moment; all chunk times are on its axis.
    context
        What was known of the recording when it began: all of it that the device's own bytes do
        not tell again. A capture that was killed needs nothing restated.
    """

    model: str
    url: str
    parameters: WireParameters
    instrument: str | None
    started_at: datetime | None
    started_host_s: float
    software_version: str
    context: RecordingContext = field(default_factory=RecordingContext)

    @property
    def profile(self) -> DeviceProfile:
        """The profile of the recorded model.

        Raises
        ------
        ConfigurationError
            When this installation does not know the model.
        """
        return DEVICES[self.model]

    def to_json(self) -> str:
        """Return one line of JSON."""
        return json.dumps(
            {
                "schema": SCHEMA,
                "model": self.model,
                "url": self.url,
                "parameters": asdict(self.parameters),
                "instrument": self.instrument,
                "started_at": None if self.started_at is None else self.started_at.isoformat(),
                "started_host_s": self.started_host_s,
                "software": {"name": "tissuesense", "version": self.software_version},
                "context": self.context.to_dict(),
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote.

        Raises
        ------
        ConfigurationError
            When it is of another kind or a later version.
        """
        try:
            stated = json.loads(text)
            if stated["schema"] != SCHEMA:
                raise ConfigurationError(
                    f"This version reads captures of kind '{SCHEMA}', not '{stated['schema']}'."
                )
            started_at = stated["started_at"]
            return cls(
                model=stated["model"],
                url=stated["url"],
                parameters=WireParameters(**stated["parameters"]),
                instrument=stated["instrument"],
                started_at=None if started_at is None else datetime.fromisoformat(started_at),
                started_host_s=float(stated["started_host_s"]),
                software_version=stated["software"]["version"],
                context=RecordingContext.from_dict(stated.get("context", {})),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as err:
            raise ConfigurationError(f"The capture's header cannot be read: {err!r}.") from err
