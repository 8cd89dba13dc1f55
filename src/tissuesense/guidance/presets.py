"""Named protocols for pressing: tip, rate, presses and the rest between them."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from tissuesense.core.errors import ConfigurationError
from tissuesense.core.recording import DEFAULT_CUTOFF_KPA


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One protocol.

    Attributes
    ----------
    interval_s
        Rest between two presses at one spot.
    cutoff_kpa
        Pressure at which the press is stopped.
    source
        Who uses it.
    """

    name: str
    title: str
    probe_area_cm2: float
    target_rate_kpa_s: float
    trials: int
    interval_s: float
    source: str
    cutoff_kpa: float = DEFAULT_CUTOFF_KPA

    def sidecar(self) -> dict[str, Any]:
        """Return what the protocol says of a recording, as the keys of a side-car."""
        return {
            "preset": self.name,
            "probe_area_cm2": self.probe_area_cm2,
            "target_rate_kpa_s": self.target_rate_kpa_s,
            "cutoff_kpa": self.cutoff_kpa,
        }


@cache
def presets() -> dict[str, Preset]:
    """Return every protocol by name."""
    text = files("tissuesense.guidance").joinpath("presets.toml").read_text(encoding="utf-8")
    return {name: Preset(name=name, **row) for name, row in tomllib.loads(text).items()}


def preset(name: str) -> Preset:
    """Return the protocol called `name`.

    Raises
    ------
    ConfigurationError
        When there is none; the message lists those that there are.
    """
    known = presets()
    if name not in known:
        raise ConfigurationError(
            f"There is no preset '{name}'.", hint=f"Known: {', '.join(known)}.", known=known
        )
    return known[name]
