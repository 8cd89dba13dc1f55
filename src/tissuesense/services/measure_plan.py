"""What is to be measured at one site, and by which protocol."""

from dataclasses import dataclass
from typing import Any

from tissuesense.analysis.analyse import estimator_for
from tissuesense.core.errors import NoProbeArea, UsageError
from tissuesense.core.recording import RecordingContext, RecordingKind
from tissuesense.core.site import BodySite
from tissuesense.guidance.presets import preset

_TRIALS = 3
# Felt as pain: each press counts on the skin, not only on the screen.
PAIN_KINDS = frozenset({RecordingKind.PPT, RecordingKind.TOLERANCE})


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurePlan:
    """One site, one kind of press.

    Attributes
    ----------
    trials
        How many accepted presses are wanted.
    rest_s
        Between two presses.
    """

    kind: RecordingKind
    site: BodySite
    stated: RecordingContext
    trials: int = _TRIALS
    rest_s: float = 0.0

    def context(self, device: RecordingContext) -> RecordingContext:
        """Return what the device knows, outweighed by what was stated.

        Raises
        ------
        NoProbeArea
            When a pressure is to be measured and nobody knows how wide the tip is.
        """
        unstated = RecordingContext().to_dict()
        stated = {k: v for k, v in self.stated.to_dict().items() if unstated.get(k) != v}
        known = RecordingContext.from_dict(device.to_dict() | stated)
        if known.tip is None and self.kind in PAIN_KINDS:
            raise NoProbeArea
        return known


def plan_measurement(
    kind: RecordingKind,
    site: BodySite,
    *,
    trials: int | None = None,
    preset_name: str | None = None,
    probe_area_cm2: float | None = None,
) -> MeasurePlan:
    """Return the plan; what is stated goes before what the preset prescribes.

    Without a preset no rate is asked for, and the rate is reported, not judged.

    Raises
    ------
    UsageError
        When the kind cannot be analysed or a number cannot be.
    ConfigurationError
        When there is no such preset.
    """
    estimator_for(kind)
    if trials is not None and trials < 1:
        raise UsageError(f"At least one press is measured, not {trials}.")
    stated: dict[str, Any] = {"kind": kind.value, "site": site.name, "side": site.side.value}
    protocol = preset(preset_name) if preset_name else None
    if protocol:
        stated |= {
            "preset": protocol.name,
            "probe_area_cm2": protocol.probe_area_cm2,
            "target_rate_kpa_s": protocol.target_rate_kpa_s,
            "cutoff_kpa": protocol.cutoff_kpa,
        }
    if probe_area_cm2 is not None:
        stated["probe_area_cm2"] = probe_area_cm2
    return MeasurePlan(
        kind=kind,
        site=site,
        stated=RecordingContext.from_dict(stated),
        trials=trials or (protocol.trials if protocol else _TRIALS),
        rest_s=protocol.interval_s if protocol else 0.0,
    )
