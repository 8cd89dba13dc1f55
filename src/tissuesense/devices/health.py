"""What a gauge says of itself beside its readings: its battery, and commands that it refused."""

from dataclasses import dataclass
from typing import Any

_LOW_BATTERY = "The gauge reports a low battery: charge it or change it before the next recording."
_REFUSED = "The gauge refused {} of the commands that it was sent: check that model= is right."


@dataclass(frozen=True, slots=True, kw_only=True)
class GaugeHealth:
    """What a gauge said of itself during one recording.

    Attributes
    ----------
    battery_v, battery_percent
        As last told; None where it was not.
    low_battery
        The gauge itself calls its battery low.
    refused_commands
        How many commands it answered with an error.
    """

    battery_v: float | None = None
    battery_percent: float | None = None
    low_battery: bool = False
    refused_commands: int = 0

    @property
    def sentences(self) -> tuple[str, ...]:
        """What a person must be told; nothing while all is well."""
        low = (_LOW_BATTERY,) if self.low_battery else ()
        return (*low, _REFUSED.format(self.refused_commands)) if self.refused_commands else low

    def to_dict(self) -> dict[str, Any]:
        """Return it as keys of a side-car; what is not known is left out."""
        troubles = {"low_battery": self.low_battery, "refused_command": self.refused_commands > 0}
        known = {
            "battery_v": self.battery_v,
            "battery_percent": self.battery_percent,
            "refused_commands": self.refused_commands or None,
        }
        return {
            "notices": [word for word, is_so in troubles.items() if is_so],
            **{key: value for key, value in known.items() if value is not None},
        }
