"""Why there is no value."""

from tissuesense.export.fhir.codes import hl7
from tissuesense.export.fhir.elements import Json
from tissuesense.export.own_words import WITHHELD
from tissuesense.record.notes import MissingReason

_NOT_DONE = {
    MissingReason.NOT_DONE: ("not-performed", "not done"),
    MissingReason.REFUSED: ("asked-declined", "the client declined"),
    MissingReason.NOT_REACHABLE: ("not-performed", "the site could not be reached"),
    MissingReason.TOO_PAINFUL: ("not-performed", "too painful"),
    MissingReason.DEVICE_FAULT: ("error", "the device failed"),
    MissingReason.SCREENED: ("not-performed", "left out after the contraindication screen"),
}


def not_done_because(reason: MissingReason) -> Json:
    """Return why something was left out."""
    code, said = _NOT_DONE[reason]
    return _reason(code, said)


def not_estimable() -> Json:
    """Return that the data could not answer; the flags beside it say why."""
    return _reason("unknown", "the data could not answer")


def masked() -> Json:
    """Return that there is something which is not handed out."""
    return _reason("masked", WITHHELD)


def _reason(code: str, said: str) -> Json:
    return hl7("data-absent-reason", code) | {"text": said}
