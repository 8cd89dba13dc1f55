"""What every resource is put together from: names, references, times, numbers with units, words.

A resource is plain JSON data. What is empty is left out, because FHIR forbids empty elements.
"""

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from tissuesense.core.flag_words import flag_words

Json = dict[str, Any]

STRUCK_OUT = "entered-in-error"
UCUM = "http://unitsofmeasure.org"
# HL7's own extension for the standard deviation of a quantity's error distribution.
_UNCERTAINTY = "http://hl7.org/fhir/StructureDefinition/iso21090-uncertainty"
_OURS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:tissuesense")
# What FHIR lets stand in a string beside everything from the space on.
_ALLOWED_CONTROLS = frozenset("\t\n\r")
_UNIT_WORDS = {"1": None, "%": "%", "deg": "°", "deg/s": "°/s", "{score}": "of 10", "cm2": "cm²"}


def resource(kind: str, key: str, /, **elements: Any) -> Json:  # noqa: ANN401 - any element of any resource
    """Return a resource without its empty elements.

    Parameters
    ----------
    key
        What no other resource of this kind has; the same in every export of the same record, so
        that a receiver can tell what it knows already.
    """
    return {"resourceType": kind, "id": _id(kind, key), **present(**elements)}


def full_url(written: Mapping[str, Any]) -> str:
    """Return the name under which other entries of the bundle refer to a resource."""
    return f"urn:uuid:{written['id']}"


def reference(kind: str, key: str) -> Json:
    """Return a reference to the resource of this kind and key, which must be in the bundle."""
    return {"reference": f"urn:uuid:{_id(kind, key)}"}


def present(**elements: Any) -> Json:  # noqa: ANN401 - any element of any resource
    """Return the elements that say something; False and 0 do. A trailing underscore is dropped."""
    return {
        name.removesuffix("_"): value
        for name, value in elements.items()
        if value is not None and value not in ("", [], {})
    }


def words(text: str) -> str:
    """Return a text as FHIR can hold it; empty where it is blank."""
    if not text.strip():
        return ""
    return "".join(
        c if c >= " " or c in _ALLOWED_CONTROLS else "\N{REPLACEMENT CHARACTER}" for c in text
    )


def notes(*texts: str) -> list[Json]:
    """Return one annotation for each text that is not blank."""
    return [{"text": said} for text in texts if (said := words(text))]


def labelled(label: str, text: str) -> str:
    """Return "label: text"; nothing where there is no text."""
    return f"{label}: {text}" if text.strip() else ""


def flag_notes(flags: tuple[str, ...]) -> list[Json]:
    """Return one annotation for each quality flag: its stable word, and what it says."""
    return notes(*(f"{flag}: {flag_words(flag)}" for flag in dict.fromkeys(flags)))


def moment(at: datetime | None) -> str | None:
    """Return a time with its offset, to the millisecond where it is not a whole second."""
    if at is None:
        return None
    text = at.isoformat(timespec="milliseconds" if at.microsecond else "seconds")
    return text.replace("+00:00", "Z")


def instant(at: datetime) -> str:
    """Return a time in UTC."""
    return moment(at.astimezone(UTC)) or ""


def day(on: date | None) -> str | None:
    """Return a date."""
    return None if on is None else on.isoformat()


def quantity(value: float, unit: str | None, *, standard_uncertainty: float | None = None) -> Json:
    """Return a number with its UCUM unit.

    Parameters
    ----------
    unit
        None where it is not known, and the name alone says it.
    """
    stated: Json = {"value": value}
    if standard_uncertainty is not None:
        stated["extension"] = [{"url": _UNCERTAINTY, "valueDecimal": standard_uncertainty}]
    if unit is not None:
        stated |= present(unit=_UNIT_WORDS.get(unit, unit), system=UCUM, code=unit)
    return stated


def identifier(of: str, value: str) -> Json:
    """Return an identifier of the record: "client", "visit", "entry", "measurement" ..."""
    return {"system": f"urn:tissuesense:{of}", "value": value}


def _id(kind: str, key: str) -> str:
    return str(uuid.uuid5(_OURS, f"{kind}/{key}"))
