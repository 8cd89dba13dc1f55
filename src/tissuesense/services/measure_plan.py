"""What is to be measured at one site, and by which protocol."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tissuesense.analysis.analyse import estimator_for
from tissuesense.core.errors import NoProbeArea, UsageError
from tissuesense.core.recording import RecordingContext, RecordingKind
from tissuesense.core.site import BodySite
from tissuesense.guidance.presets import preset
from tissuesense.transport.capture_file import read_capture
from tissuesense.transport.url import parse_device_url

_USUAL_TRIALS = 3
_TRIALS = {RecordingKind.TAP: 5, RecordingKind.STRETCH: 4, RecordingKind.DOSE: 1}
# Felt as pain: each press counts on the skin, not only on the screen.
PAIN_KINDS = frozenset({RecordingKind.PPT, RecordingKind.TOLERANCE})
_PRESSURE_KINDS = PAIN_KINDS | {RecordingKind.DOSE}
_SPARE_PRESSES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurePlan:
    """One site, one kind of press, tap or movement.

    Attributes
    ----------
    trials
        How many accepted presses are wanted.
    rest_s
        Between two presses.
    seconds
        After how long it is enough in any case; None: never.
    linger_s
        How long after enough presses the last one may still be taken back.
    """

    kind: RecordingKind
    site: BodySite
    stated: RecordingContext
    trials: int = _USUAL_TRIALS
    rest_s: float = 0.0
    seconds: float | None = None
    linger_s: float = 0.0

    @property
    def most(self) -> int:
        """At how many it is given up: the same skin is not pressed again and again."""
        return self.trials + _SPARE_PRESSES + (0 if self.pressing else self.trials)

    @property
    def pressing(self) -> bool:
        """Whether single presses are measured, each of which the client may stop."""
        return self.kind in PAIN_KINDS or self.kind is RecordingKind.INDENTATION

    def context(self, device: RecordingContext) -> RecordingContext:
        """Return what the device knows, outweighed by what was stated.

        Raises
        ------
        NoProbeArea
            When a pressure is to be measured and nobody knows how wide the tip is.
        """
        known = self.stated.outweighing(device)
        if known.tip is None and self.kind in _PRESSURE_KINDS:
            raise NoProbeArea
        return known


def stated_in(url: str, stated: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was stated, and from a replay's recording what was not; a kind is always there.

    Raises
    ------
    CaptureError
        When the recording is damaged.
    """
    given = {key: value for key, value in stated.items() if value is not None}
    asked = parse_device_url(url)
    if asked.scheme != "replay":
        return {"kind": RecordingKind.PPT} | given
    recorded = read_capture(Path(asked.address)).header.context
    return {"kind": recorded.kind or RecordingKind.PPT, **_place_of(recorded), **given}


def _place_of(recorded: RecordingContext) -> dict[str, Any]:
    place = recorded.body_site
    return {} if place is None else {"site": place.name, "side": place.side}


def plan_measurement(
    stated: Mapping[str, Any],
    *,
    trials: int | None = None,
    preset_name: str | None = None,
    seconds: float | None = None,
) -> MeasurePlan:
    """Return the plan; what is stated goes before what the preset prescribes.

    Without a preset no rate is asked for, and the rate is reported, not judged.

    Parameters
    ----------
    stated
        Keys of a side-car; kind, site and side are needed.

    Raises
    ------
    UsageError
        When the kind cannot be analysed, the place is not stated or a number cannot be.
    ConfigurationError
        When there is no such preset.
    """
    if trials is not None and trials < 1:
        raise UsageError(f"At least one press is measured, not {trials}.")
    if seconds is not None and not seconds > 0:
        raise UsageError(f"A measurement lasts a positive time, not {seconds} s.")
    protocol = preset(preset_name) if preset_name else None
    prescribed = {} if protocol is None else protocol.sidecar()
    given = {key: value for key, value in stated.items() if value is not None}
    context = RecordingContext.from_dict(prescribed | given)
    if context.kind is None or context.body_site is None:
        raise UsageError("A measurement needs its kind, its site and its side.")
    kind = context.kind
    estimator_for(kind)
    return MeasurePlan(
        kind=kind,
        site=context.body_site,
        stated=context,
        trials=trials or (protocol.trials if protocol else _TRIALS.get(kind, _USUAL_TRIALS)),
        rest_s=protocol.interval_s if protocol else 0.0,
        seconds=seconds,
    )
