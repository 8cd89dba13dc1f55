"""Which measured values were on a screen of this app, so that what is felt after it says so."""

from collections.abc import Iterable

from fastapi import Request

from tissuesense.record.history import MeasurementRecord
from tissuesense.record.measurement import MeasurementId


def seen_values(request: Request) -> set[MeasurementId]:
    """Return the measurements whose values were shown since the app was started."""
    state = request.app.state
    if not hasattr(state, "seen_values"):
        state.seen_values = set()
    found: set[MeasurementId] = state.seen_values
    return found


def note_shown(request: Request, shown: Iterable[MeasurementRecord]) -> None:
    """Note that a page shows the values of these measurements."""
    seen_values(request).update(one.measurement.id for one in shown)
