"""What the app remembers of this computer: its gauge, its units, its lock; never health data.

One small JSON file in the user's configuration folder. It is read strictly: a file that is not as
the program wrote it is left alone and said, and the usual settings hold.
"""

import enum
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Self

from tissuesense.core.errors import ConfigurationError, UsageError
from tissuesense.core.units import KPA_PER_N_CM2, NEWTON_PER_KGF
from tissuesense.files.replace import make_folder, replace_file
from tissuesense.guidance.presets import presets
from tissuesense.transport.url import parse_device_url

SCHEMA = "tissuesense.settings/1"
_FILE = "settings.json"
_MOST_MINUTES = 240
_MOST_BYTES = 20_000
_MOST_TEXT = 500


class PressureUnit(enum.StrEnum):
    """In what this computer shows a pressure; the record itself is in kPa."""

    KPA = "kPa"
    KGF_CM2 = "kgf/cm2"
    N = "N"

    def of_kpa(self, kpa: float, *, area_cm2: float = 1.0) -> float:
        """Return a pressure in this unit; in newtons it is the force on a tip of `area_cm2`."""
        force_n = kpa * area_cm2 / KPA_PER_N_CM2
        match self:
            case PressureUnit.KPA:
                return kpa
            case PressureUnit.KGF_CM2:
                return force_n / NEWTON_PER_KGF / area_cm2
            case PressureUnit.N:
                return force_n

    @property
    def decimals(self) -> int:
        """How many decimals say as much as a whole kilopascal."""
        return {PressureUnit.KPA: 0, PressureUnit.KGF_CM2: 2, PressureUnit.N: 1}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppSettings:
    """What holds on this computer.

    Attributes
    ----------
    gauge_url, button_url
        Device URLs; empty: nothing was chosen.
    preset
        The usual protocol; empty: the rate is not judged.
    language
        Code; empty: what the browser asks for.
    sounds
        Whether the measuring screen begins with sound.
    idle_lock_minutes
        After so long without anybody the record locks itself; 0: never.
    backup_folder
        Where backups go; empty: nobody said.

    Raises
    ------
    UsageError
        When a value cannot be.
    ConfigurationError
        When a device URL or a protocol is not known.
    """

    gauge_url: str = ""
    button_url: str = ""
    preset: str = "somedic30"
    pressure_unit: PressureUnit = PressureUnit.KPA
    language: str = ""
    sounds: bool = False
    idle_lock_minutes: int = 10
    backup_folder: str = ""

    def __post_init__(self) -> None:
        texts = (self.gauge_url, self.button_url, self.backup_folder)
        if any(len(text) > _MOST_TEXT or not text.isprintable() for text in texts):
            raise UsageError(f"A device URL or a folder has at most {_MOST_TEXT} characters.")
        for url in filter(None, (self.gauge_url, self.button_url)):
            parse_device_url(url)
        if self.preset and self.preset not in presets():
            raise ConfigurationError(
                "There is no such protocol.", hint=f"Known: {', '.join(presets())}."
            )
        if not 0 <= self.idle_lock_minutes <= _MOST_MINUTES:
            raise UsageError(
                f"The record locks itself after 1 to {_MOST_MINUTES} minutes; 0 is never."
            )

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_dict` gave; an unknown key, or a value of another type, is refused.

        Raises
        ------
        UsageError, ConfigurationError
            When it is not what the program writes.
        """
        if data.get("schema") != SCHEMA:
            raise UsageError("These are no settings of this version.")
        usual = cls()
        stated = {key: value for key, value in data.items() if key != "schema"}
        known = {field.name for field in fields(cls)}
        if strange := stated.keys() - known:
            raise UsageError(f"There is no setting '{min(strange)}'.")
        for key, value in stated.items():
            wanted = type(getattr(usual, key))
            if type(value) is not (str if issubclass(wanted, str) else wanted):
                raise UsageError(f"The setting '{key}' is of another kind.")
        if "pressure_unit" in stated:
            stated["pressure_unit"] = _unit(stated["pressure_unit"])
        return cls(**stated)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {"schema": SCHEMA, **asdict(self), "pressure_unit": str(self.pressure_unit)}


def _unit(text: str) -> PressureUnit:
    if text not in set(PressureUnit):
        raise UsageError(f"A pressure unit is one of: {', '.join(PressureUnit)}.")
    return PressureUnit(text)


class KeptSettings:
    """The settings, and the file that they are kept in.

    Parameters
    ----------
    path
        None: nothing is written, as for a sample practice.

    Attributes
    ----------
    now
        What holds.
    trouble
        Why the file was not heeded, a sentence; empty where it was, or there is none.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.now = AppSettings()
        self.trouble = ""
        if path is not None and path.exists():
            self._read(path)

    def change(self, **changed: Any) -> AppSettings:  # noqa: ANN401 - fields of AppSettings
        """Let other settings hold, and keep them.

        Raises
        ------
        UsageError, ConfigurationError
            When a value cannot be; then nothing changes.
        FileWriteError
            When the folder or the disk refuses; then nothing changes.
        """
        changed_to = replace(self.now, **changed)
        if self.path is not None:
            make_folder(self.path.parent)
            replace_file(self.path, [json.dumps(changed_to.to_dict(), indent=2), "\n"])
            self.trouble = ""
        self.now = changed_to
        return changed_to

    def _read(self, path: Path) -> None:
        try:
            text = path.read_text(encoding="utf-8") if path.stat().st_size < _MOST_BYTES else ""
            data = json.loads(text)
            if not isinstance(data, dict):
                raise UsageError("These are no settings.")
            self.now = AppSettings.from_dict(data)
        except (OSError, ValueError, RecursionError, ConfigurationError) as err:
            why = str(err) if isinstance(err, UsageError | ConfigurationError) else "It is damaged."
            self.trouble = f"The settings of this computer could not be read. {why}"


def settings_path() -> Path:
    """Return where the settings of this user on this computer are kept."""
    from platformdirs import user_config_path  # noqa: PLC0415 - only the app asks

    return user_config_path("tissuesense", appauthor=False) / _FILE
