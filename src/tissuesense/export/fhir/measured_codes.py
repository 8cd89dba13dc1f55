"""Codes of measured quantities: the kind of recording, then the quantity's own name with its unit."""

from tissuesense.core.recording import RecordingKind
from tissuesense.export.fhir.codes import SYSTEM
from tissuesense.export.fhir.elements import Json
from tissuesense.export.fhir.shared import Shared


def measured_concept(shared: Shared, kind: RecordingKind, name: str) -> Json:
    """Return the concept of a quantity or a repeat, and have the code system list it.

    ("ppt", "threshold_kpa") is "ppt-threshold-kpa": a name means one thing in each kind alone.
    """
    code = f"{kind}-{name}".replace("_", "-")
    said = f"{kind}: {name.replace('_', ' ')}"
    shared.measured[code] = said
    return {"coding": [{"system": SYSTEM, "code": code, "display": said}], "text": said}
