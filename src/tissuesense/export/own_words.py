"""Leave out what people wrote in their own words: a name may stand there.

What is chosen from a short list stays: kinds, sides, grades, names of sites and joints.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from types import MappingProxyType
from typing import Any

from tissuesense.record.at_the_table import Retake
from tissuesense.record.care import CarePlan, Episode, Goal, Phase, PrescriberCode, Referral
from tissuesense.record.entry import Entry
from tissuesense.record.historic import HistoricMeasurement
from tissuesense.record.history import ClientRecord, VisitRecord
from tissuesense.record.intake import (
    Complaint,
    Consent,
    DailyLife,
    PostureObservation,
    ScreenAnswer,
)
from tissuesense.record.joint import JointFinding
from tissuesense.record.notes import MeasurementVoid, NotDone, SoapNote, VisitClosed
from tissuesense.record.treatment import TreatmentDose
from tissuesense.record.visit import ManualFinding, Visit

WITHHELD = "withheld"
_WORDS: Mapping[type, tuple[str, ...]] = MappingProxyType(
    {
        Complaint: ("region", "onset", "better_with", "worse_with", "note"),
        PostureObservation: ("note",),
        DailyLife: ("answer", "remark"),
        Consent: ("how",),
        ScreenAnswer: ("detail",),
        Episode: ("title", "onset", "mechanism", "closing_note"),
        PrescriberCode: ("text",),
        Referral: ("condition", "frequency", "duration", "payer_note"),
        CarePlan: ("payer_note", "note"),
        Phase: ("name",),
        Goal: ("text",),
        Visit: ("reason", "today"),
        ManualFinding: ("refers_to", "texture", "note"),
        JointFinding: ("note",),
        TreatmentDose: ("note",),
        HistoricMeasurement: ("site_as_named", "circumstances"),
        SoapNote: ("subjective", "objective", "assessment", "plan", "free"),
        NotDone: ("what", "note"),
        MeasurementVoid: ("why",),
        Retake: ("why",),
        VisitClosed: ("note",),
    }
)


def without_words(record: ClientRecord) -> ClientRecord:
    """Return the record with "withheld" in the place of everything written in own words."""
    return replace(
        record,
        entries=tuple(map(_entry, record.entries)),
        visits=tuple(map(_visit, record.visits)),
    )


def _visit(record: VisitRecord) -> VisitRecord:
    return replace(
        record,
        visit=_withheld(record.visit),
        entries=tuple(map(_entry, record.entries)),
        measurements=tuple(
            replace(measured, void=_withheld(measured.void)) for measured in record.measurements
        ),
    )


def _entry(entry: Entry[Any]) -> Entry[Any]:
    reason = WITHHELD if entry.reason else ""
    return replace(entry, reason=reason, statement=_withheld(entry.statement))


def _withheld(said: Any) -> Any:  # noqa: ANN401 - one type for each kind
    """Return a statement, and what it is made of, without its own words."""
    if isinstance(said, tuple):
        return tuple(map(_withheld, said))
    words = _WORDS.get(type(said))
    if words is None and not _holds_words(said):
        return said
    inner = {
        field.name: _withheld(value)
        for field in fields(said)
        if isinstance(value := getattr(said, field.name), tuple)
    }
    blanked = {name: WITHHELD for name in words or () if getattr(said, name)}
    return replace(said, **inner, **blanked)


def _holds_words(said: object) -> bool:
    """Whether a statement without own words is made of some that have them."""
    return is_dataclass(said) and any(
        isinstance(value := getattr(said, field.name), tuple)
        and any(type(part) in _WORDS for part in value)
        for field in fields(said)
    )
