"""What is handed out of how a recording was made: the side-car, with nobody's own words in it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tissuesense.analysis.pain.latency import STOP_MODES
from tissuesense.record.measurement import Measurement
from tissuesense.record.measurement_json import quality_json

# Words of a side-car that estimators read; any other text may say anything.
_KNOWN_WORDS = frozenset(
    {
        "aggregation",
        "assumed_unit",
        "displacement_axis",
        "hand_speed_source",
        "joint",
        "movement",
        "source",
        "technique",
        "tip_shape",
    }
)


def side_car(measurement: Measurement, *, whole: bool) -> dict[str, Any]:
    """Return the side-car of a measurement's trace, as `tissuesense analyze` reads it.

    Parameters
    ----------
    whole
        False leaves out what somebody may have written about somebody.
    """
    context = measurement.context
    if not whole:
        told = {key: value for key, value in context.extra.items() if _tells_nobody(key, value)}
        context = replace(context, extra=told, stop_mode=stop_mode(measurement))
    return {
        **context.to_dict(),
        "kind": str(measurement.kind),
        "site": measurement.site.name,
        "side": str(measurement.site.side),
        **quality_json(measurement.quality),
        "clock": str(measurement.trace.clock),
        "measurement": measurement.id,
        "device_model": measurement.device_model,
    }


def stop_mode(measurement: Measurement) -> str | None:
    """Return how the client signals, where it is one of the known ways."""
    stated = measurement.context.stop_mode
    return stated if stated in STOP_MODES else None


def _tells_nobody(key: str, value: object) -> bool:
    if isinstance(value, str):
        return key in _KNOWN_WORDS
    if isinstance(value, Mapping):
        return all(_tells_nobody(str(name), each) for name, each in value.items())
    if isinstance(value, list | tuple):
        return all(_tells_nobody("", each) for each in value)
    return True
