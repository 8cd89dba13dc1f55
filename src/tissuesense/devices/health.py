"""What a gauge says of itself beside its readings: its battery, and commands that it refused."""

from dataclasses import dataclass
from typing import Any

_LOW_BATTERY = "The gauge reports a low battery: charge it or change it before the next recording."
_BUTTON_LOST = "The link to the stop button was lost: presses may lack the client's signal."
_OVERLOAD = "The gauge reported an overload: what it could not measure was left out."
_SENSOR = "The gauge reported trouble with its sensor or clock: check it before the next recording."
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
    overloaded
        It reported a force beyond its range; the flag `overload` says so beside the samples.
    sensor_fault
        It reported trouble with its sensor, or with another part that readings depend on.
    refused_commands
        How many commands it answered with an error.
    button_losses
        How often the link to a stop button beside the gauge was lost.
    """

    battery_v: float | None = None
    battery_percent: float | None = None
    low_battery: bool = False
    overloaded: bool = False
    sensor_fault: bool = False
    refused_commands: int = 0
    button_losses: int = 0

    @property
    def sentences(self) -> tuple[str, ...]:
        """What a person must be told; nothing while all is well."""
        told = {
            _LOW_BATTERY: self.low_battery,
            _OVERLOAD: self.overloaded,
            _SENSOR: self.sensor_fault,
            _REFUSED.format(self.refused_commands): self.refused_commands > 0,
            _BUTTON_LOST: self.button_losses > 0,
        }
        return tuple(sentence for sentence, is_so in told.items() if is_so)

    def to_dict(self) -> dict[str, Any]:
        """Return it as keys of a side-car; what is not known is left out."""
        troubles = {
            "low_battery": self.low_battery,
            "sensor_fault": self.sensor_fault,
            "refused_command": self.refused_commands > 0,
            "stop_button_lost": self.button_losses > 0,
        }
        known = {
            "battery_v": self.battery_v,
            "battery_percent": self.battery_percent,
            "refused_commands": self.refused_commands or None,
        }
        return {
            "notices": [word for word, is_so in troubles.items() if is_so],
            **{key: value for key, value in known.items() if value is not None},
        }
