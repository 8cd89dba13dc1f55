"""Named protocols for pressing: tip, rate, presses and the rest between them.

The shipped ones are data, in `presets.toml`; `custom_preset` makes another, which must have a name
of its own. Each has a hash of its content, so that a later change of a preset is seen in the data
that were taken before and after it.
"""

import re
import tomllib
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from tissuesense.core.errors import ConfigurationError
from tissuesense.core.protocol import Protocol, content_sha256
from tissuesense.core.recording import DEFAULT_CUTOFF_KPA

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One protocol.

    Attributes
    ----------
    interval_s
        Rest between two presses at one spot.
    source
        Who uses it.
    tip_shape
        None where the source does not say.
    aggregation
        How its presses become one value; "all" is the mean of all accepted ones.
    cutoff_kpa
        Pressure at which the press is stopped.

    Raises
    ------
    ConfigurationError
        When it has no name, or one that could not stand on a command line.
    """

    name: str
    title: str
    probe_area_cm2: float
    target_rate_kpa_s: float
    trials: int
    interval_s: float
    source: str
    tip_shape: str | None = None
    aggregation: str = "all"
    cutoff_kpa: float = DEFAULT_CUTOFF_KPA

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ConfigurationError(
                f"A preset needs a name of small letters and digits, not '{self.name}'.",
                hint="Such as clinic-30.",
            )

    @property
    def protocol(self) -> Protocol:
        """What makes values comparable; who stops the press is not the preset's to say."""
        return Protocol(
            tip_area_cm2=self.probe_area_cm2,
            tip_shape=self.tip_shape,
            target_rate_kpa_s=self.target_rate_kpa_s,
            aggregation=self.aggregation,
            trials=self.trials,
        )

    @property
    def content_sha256(self) -> str:
        """Identity by content: what is done, whatever it is called."""
        done = asdict(self.protocol)
        done |= {"interval_s": self.interval_s, "cutoff_kpa": self.cutoff_kpa}
        return content_sha256("tissuesense.preset/1", done)

    def sidecar(self) -> dict[str, Any]:
        """Return what the protocol says of a recording, as the keys of a side-car."""
        said = {
            "preset": self.name,
            "preset_sha256": self.content_sha256,
            "probe_area_cm2": self.probe_area_cm2,
            "tip_shape": self.tip_shape,
            "target_rate_kpa_s": self.target_rate_kpa_s,
            "aggregation": self.aggregation,
            "cutoff_kpa": self.cutoff_kpa,
        }
        return {key: value for key, value in said.items() if value is not None}


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


def custom_preset(name: str, **content: Any) -> Preset:  # noqa: ANN401 - the fields of a preset
    """Return a protocol of one's own.

    Parameters
    ----------
    content
        Fields of `Preset`; title and source may be left out.

    Raises
    ------
    ConfigurationError
        When the name is missing or that of a shipped preset, whose values others know.
    """
    if name in presets():
        raise ConfigurationError(
            f"'{name}' is a shipped preset; a protocol of one's own needs another name.",
            hint="Such as clinic-30.",
        )
    return Preset(name=name, **({"title": name, "source": "own protocol"} | content))
