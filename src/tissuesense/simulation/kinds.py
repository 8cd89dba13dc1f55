"""What each kind of simulated session asks of the gauge, and how it is usually recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tissuesense.core.recording import RecordingKind

_FORCE, _DEPTH, _TAP, _ANGLE = "force_n", "displacement_mm", "acceleration_m_s2", "angle_deg"
_OF_FORCE = "progressor"
_OF_ALL = "text-line"
NEUROMUSCULAR, MYOFASCIAL = "neuromuscular", "myofascial"


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedKind:
    """One kind of session.

    Attributes
    ----------
    needs
        Columns without which a recording of it says nothing.
    model
        The gauge that is simulated unless another is stated.
    rate_hz
        How often it samples unless another rate is stated.
    items
        What a recording consists of, in the plural.
    usual_count
        How many of them there are unless a number is stated.
    """

    needs: tuple[str, ...] = (_FORCE,)
    model: str = _OF_FORCE
    rate_hz: float = 80.0
    items: str = "presses"
    usual_count: int = 3


KINDS: Mapping[RecordingKind, SimulatedKind] = MappingProxyType(
    {
        RecordingKind.PPT: SimulatedKind(),
        # Without a depth it is still a press, hold and release: many gauges have none.
        RecordingKind.INDENTATION: SimulatedKind(model=_OF_ALL),
        # A millisecond is the step of the clock of a text line.
        RecordingKind.TAP: SimulatedKind(
            needs=(_TAP,), model=_OF_ALL, rate_hz=1000.0, items="taps", usual_count=5
        ),
        RecordingKind.STRETCH: SimulatedKind(
            needs=(_FORCE, _ANGLE), model=_OF_ALL, rate_hz=100.0, items="stretches", usual_count=8
        ),
        RecordingKind.ROM: SimulatedKind(needs=(_ANGLE,), model=_OF_ALL, items="movements"),
        RecordingKind.TOLERANCE: SimulatedKind(),
        RecordingKind.DOSE: SimulatedKind(items="applications"),
    }
)


def usual_model(kind: RecordingKind, technique: str) -> str:
    """Return the gauge that is simulated where no model is stated.

    A slow stroke of myofascial work has a travel, which only some wires carry.
    """
    travels = kind is RecordingKind.DOSE and technique == MYOFASCIAL
    return _OF_ALL if travels else KINDS[kind].model
