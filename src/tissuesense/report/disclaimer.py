"""What the program is and is not, as every report ends; and whether a person was measured."""

from collections.abc import Iterable

from tissuesense.core.recording import REPLAYED, SIMULATED, SOURCE
from tissuesense.record.history import MeasurementRecord

DISCLAIMER = (
    "TissueSense records force measurements and the therapist's own findings. It is a measurement "
    "and documentation toolkit for research and practice records. It does not diagnose, screen "
    "for, predict or treat any disease, gives no treatment advice, and is not a cleared or "
    "CE-marked medical device. A qualified person decides."
)
_SOURCES = {
    SIMULATED: "Simulated data: no person was measured.",
    REPLAYED: "With a recording that was played again.",
}


def source_words(measured: Iterable[MeasurementRecord]) -> tuple[str, ...]:
    """Return a sentence for each source of data that was no gauge on a person."""
    sources = {m.measurement.context.extra.get(SOURCE) for m in measured}
    return tuple(words for source, words in _SOURCES.items() if source in sources)
