"""A recording: one trace with what was written down beside it."""

import enum
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tissuesense.core.calibration import Calibration
from tissuesense.core.contact import ContactTip
from tissuesense.core.errors import UsageError
from tissuesense.core.protocol import Protocol
from tissuesense.core.quality import QualitySummary
from tissuesense.core.site import BodySite, Side, parse_side
from tissuesense.core.trace import Trace

DEFAULT_CUTOFF_KPA = 1000.0
_HEAVIEST_TAP_KG = 1.0
# Key of `RecordingContext.extra` that says where the samples came from, where that was no gauge.
SOURCE = "source"
# Key of `RecordingContext.extra`: presses that whoever measured took back.
TAKEN_BACK = "taken_back"
SIMULATED = "simulated"
REPLAYED = "replayed"


class RecordingKind(enum.StrEnum):
    """What was done while recording."""

    PPT = "ppt"
    INDENTATION = "indentation"
    TAP = "tap"
    STRETCH = "stretch"
    ROM = "rom"
    TOLERANCE = "tolerance"
    DOSE = "dose"


class LatencyOrigin(enum.StrEnum):
    """Where the program took a latency from."""

    TABLE = "table"
    SELF_TEST = "self-test"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionLatency:
    """From the sensation to the recorded stop: mean and spread.

    Attributes
    ----------
    origin
        None where a person stated the figures, which then hold for every press. What the program
        wrote down itself is the latency of the stop signal.
    """

    mean_s: float
    sd_s: float
    origin: LatencyOrigin | None = None

    def __post_init__(self) -> None:
        for name, seconds in (("mean", self.mean_s), ("sd", self.sd_s)):
            if not (math.isfinite(seconds) and seconds >= 0):
                raise UsageError(f"latency_s: {name} must not be negative, and is {seconds}.")


# The contract's figures where a recording states none.
LATENCY_WITH_MARKER = ReactionLatency(mean_s=0.30, sd_s=0.10)
LATENCY_BY_RELEASE = ReactionLatency(mean_s=0.55, sd_s=0.15)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingContext:
    """The side-car: what the numbers of a trace cannot say.

    Attributes
    ----------
    extra
        Side-car keys that this version does not know; they are kept.
    """

    kind: RecordingKind | None = None
    tip: ContactTip | None = None
    target_rate_kpa_s: float | None = None
    tap_mass_kg: float | None = None
    site: str | None = None
    side: Side | None = None
    instrument: str | None = None
    stop_mode: str | None = None
    latency: ReactionLatency | None = None
    cutoff_kpa: float = DEFAULT_CUTOFF_KPA
    full_scale_n: float | None = None
    calibration: Calibration | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def body_site(self) -> BodySite | None:
        """Site and side together, where both are known."""
        if self.site is None or self.side is None:
            return None
        return BodySite(self.site, self.side)

    @property
    def protocol(self) -> Protocol:
        """What the side-car says of how it was pressed, for comparing with another."""
        trials = self.number("trials", positive=True)
        return Protocol(
            tip_area_cm2=self.tip.area_cm2 if self.tip else None,
            tip_shape=self.text("tip_shape"),
            target_rate_kpa_s=self.target_rate_kpa_s,
            stop_mode=self.stop_mode,
            aggregation=self.text("aggregation"),
            trials=None if trials is None else int(trials),
        )

    def number(self, key: str, *, positive: bool = False) -> float | None:
        """Return a number that one kind of recording alone needs, such as the lever of a stretch.

        Raises
        ------
        UsageError
            When it is no number, or not positive where it has to be.
        """
        return _number(self.extra, key, positive=positive)

    @property
    def taken_back(self) -> frozenset[int]:
        """Numbers of the presses that whoever measured took back; they count for nothing.

        Raises
        ------
        UsageError
            When the side-car lists something else than numbers from 1 on.
        """
        stated = self.extra.get(TAKEN_BACK, [])
        if not isinstance(stated, list | tuple) or not all(
            isinstance(number, int) and number is not True and number >= 1 for number in stated
        ):
            raise UsageError(f"{TAKEN_BACK} lists numbers of presses, not {stated!r}.")
        return frozenset(stated)

    def text(self, key: str) -> str | None:
        """Return a word that one kind of recording alone needs.

        Raises
        ------
        UsageError
            When it is no text.
        """
        return _text(self.extra, key)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "RecordingContext":
        """Read the contract's side-car keys.

        Raises
        ------
        UsageError
            When a value is of the wrong kind; the message names the key.
        """
        area = _number(data, "probe_area_cm2", positive=True)
        area_u = _number(data, "probe_area_uncertainty_cm2") or 0.0
        latency = data.get("latency_s")
        calibration = data.get("calibration")
        return cls(
            kind=_kind(data.get("kind")),
            tip=ContactTip(area_cm2=area, area_uncertainty_cm2=area_u) if area else None,
            target_rate_kpa_s=_number(data, "target_rate_kpa_s", positive=True),
            tap_mass_kg=_tap_mass_kg(data),
            site=_text(data, "site"),
            side=parse_side(data["side"]) if data.get("side") is not None else None,
            instrument=_text(data, "instrument"),
            stop_mode=_text(data, "stop_mode"),
            latency=_latency(latency),
            cutoff_kpa=_number(data, "cutoff_kpa", positive=True) or DEFAULT_CUTOFF_KPA,
            full_scale_n=_number(data, "full_scale_n", positive=True),
            calibration=None if calibration is None else Calibration.from_dict(calibration),
            extra={key: value for key, value in data.items() if key not in _KNOWN},
        )

    def outweighing(self, known: "RecordingContext") -> "RecordingContext":
        """Return `known`, with what this context states in the place of what it says."""
        unstated = RecordingContext().to_dict()
        stated = {k: v for k, v in self.to_dict().items() if unstated.get(k) != v}
        return RecordingContext.from_dict(known.to_dict() | stated)

    def to_dict(self) -> dict[str, Any]:
        """Return the side-car keys that have a value."""
        stated: dict[str, Any] = {
            "kind": self.kind,
            "probe_area_cm2": self.tip.area_cm2 if self.tip else None,
            "probe_area_uncertainty_cm2": (self.tip.area_uncertainty_cm2 or None)
            if self.tip
            else None,
            "target_rate_kpa_s": self.target_rate_kpa_s,
            "tap_mass_kg": self.tap_mass_kg,
            "site": self.site,
            "side": self.side,
            "instrument": self.instrument,
            "stop_mode": self.stop_mode,
            "latency_s": _latency_json(self.latency) if self.latency else None,
            "cutoff_kpa": self.cutoff_kpa,
            "full_scale_n": self.full_scale_n,
            "calibration": self.calibration.to_dict() if self.calibration else None,
        }
        return {k: v for k, v in stated.items() if v is not None} | dict(self.extra)


_KNOWN = frozenset(
    {
        "kind",
        "probe_area_cm2",
        "probe_area_uncertainty_cm2",
        "target_rate_kpa_s",
        "tap_mass_kg",
        "site",
        "side",
        "instrument",
        "stop_mode",
        "latency_s",
        "cutoff_kpa",
        "full_scale_n",
        "calibration",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A trace, its context and how it came about: all that an estimator may look at.

    Attributes
    ----------
    name
        File name or measurement id, for messages.
    content_sha256
        Hash of the file's bytes, or of the trace where there was no file.
    """

    trace: Trace
    context: RecordingContext = field(default_factory=RecordingContext)
    quality: QualitySummary = field(default_factory=QualitySummary)
    name: str = ""
    content_sha256: str = ""

    def kind(self) -> RecordingKind:
        """Return the stated kind, or the one that the columns leave no doubt of.

        Raises
        ------
        UsageError
            When the columns would fit several kinds.
        """
        if self.context.kind is not None:
            return self.context.kind
        trace = self.trace
        if trace.acceleration_m_s2 is not None and trace.force_n is None:
            return RecordingKind.TAP
        if trace.angle_deg is not None:
            has_load = trace.torque_n_m is not None or trace.force_n is not None
            return RecordingKind.STRETCH if has_load else RecordingKind.ROM
        if trace.force_n is not None and trace.displacement_mm is not None:
            return RecordingKind.INDENTATION
        if trace.force_n is not None and trace.marker is not None:
            return RecordingKind.PPT
        raise UsageError(
            "The kind of this recording is not stated and its columns do not tell it.",
            hint='Write the kind into the side-car, such as {"kind": "ppt"}.',
        )


def _number(data: Mapping[str, Any], key: str, *, positive: bool = False) -> float | None:
    value = data.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise UsageError(f"{key} must be a number, not {value!r}.")
    if positive and value <= 0:
        raise UsageError(f"{key} must be positive, not {value}.")
    return float(value)


def _tap_mass_kg(data: Mapping[str, Any]) -> float | None:
    mass_kg = _number(data, "tap_mass_kg", positive=True)
    if mass_kg is not None and mass_kg >= _HEAVIEST_TAP_KG:
        raise UsageError(
            f"tap_mass_kg is {mass_kg:g}: no tap probe weighs that much.",
            hint="State it in kilograms: 34 g are 0.034.",
        )
    return mass_kg


def _text(data: Mapping[str, Any], key: str) -> str | None:
    value = data.get(key)
    if value is None or isinstance(value, str):
        return value
    raise UsageError(f"{key} must be text, not {value!r}.")


def _kind(text: object) -> RecordingKind | None:
    if text is None:
        return None
    try:
        return RecordingKind(str(text))
    except ValueError:
        known = ", ".join(RecordingKind)
        raise UsageError(f"kind must be one of {known}, not {text!r}.") from None


def _latency(data: object) -> ReactionLatency | None:
    if data is None:
        return None
    if not isinstance(data, Mapping):
        raise UsageError(f'latency_s must look like {{"mean": 0.30, "sd": 0.10}}, not {data!r}.')
    mean, sd = _number(data, "mean"), _number(data, "sd")
    if mean is None or sd is None:
        raise UsageError("latency_s needs both mean and sd.")
    origin = data.get("from")
    if origin is not None and origin not in tuple(LatencyOrigin):
        raise UsageError(f"latency_s: from is {' or '.join(LatencyOrigin)}, not {origin!r}.")
    return ReactionLatency(
        mean_s=mean, sd_s=sd, origin=None if origin is None else LatencyOrigin(origin)
    )


def _latency_json(latency: ReactionLatency) -> dict[str, Any]:
    origin = {} if latency.origin is None else {"from": str(latency.origin)}
    return {"mean": latency.mean_s, "sd": latency.sd_s} | origin
