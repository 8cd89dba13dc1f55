"""Every kind of statement that the record can hold: the table of kinds, and JSON to and from them.

A new kind is one frozen dataclass and one row here.
"""

import enum
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from types import MappingProxyType
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from tissuesense.core.errors import UsageError
from tissuesense.record.at_the_table import Retake, SiteList
from tissuesense.record.audit import (
    Erased,
    Exported,
    IdentityRead,
    Imported,
    KeysChanged,
    Refused,
)
from tissuesense.record.care import CarePlan, Episode, Goal, Referral
from tissuesense.record.client import Client
from tissuesense.record.historic import HistoricMeasurement
from tissuesense.record.intake import (
    Complaint,
    Consent,
    ContraindicationScreen,
    DailyLife,
    PostureObservation,
)
from tissuesense.record.joint import JointFinding
from tissuesense.record.measurement import Analysis, StoredMeasurement
from tissuesense.record.measurement_json import (
    analysis_from_json,
    analysis_json,
    measurement_from_json,
    measurement_json,
)
from tissuesense.record.notes import MeasurementVoid, NotDone, Signature, SoapNote, VisitClosed
from tissuesense.record.people import Identity, Practice, Practitioner, Profile
from tissuesense.record.treatment import TreatmentDose
from tissuesense.record.visit import ManualFinding, Visit


class About(enum.Enum):
    """What a statement is about, and so where it belongs."""

    PRACTICE = "practice"
    CLIENT = "client"
    VISIT = "visit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of statement.

    Attributes
    ----------
    title
        What a page calls it.
    entered
        False for what only the program itself writes down.
    only_one
        True where a later statement takes the place of the one before (a care plan), False where
        each stands for itself (a complaint).
    """

    type: type
    about: About
    title: str
    only_one: bool = False
    entered: bool = True


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "practice": Kind(type=Practice, about=About.PRACTICE, title="Practice", only_one=True),
        "practitioner": Kind(type=Practitioner, about=About.PRACTICE, title="Practitioner"),
        "identity": Kind(type=Identity, about=About.CLIENT, title="Identity", only_one=True),
        "profile": Kind(type=Profile, about=About.CLIENT, title="Profile", only_one=True),
        "consent": Kind(type=Consent, about=About.CLIENT, title="Consent"),
        "screen": Kind(
            type=ContraindicationScreen,
            about=About.CLIENT,
            title="Contraindication screen",
            only_one=True,
        ),
        "episode": Kind(type=Episode, about=About.CLIENT, title="Episode of care"),
        "complaint": Kind(type=Complaint, about=About.CLIENT, title="Complaint"),
        "posture": Kind(type=PostureObservation, about=About.CLIENT, title="Posture"),
        "daily_life": Kind(type=DailyLife, about=About.CLIENT, title="Daily life"),
        "referral": Kind(type=Referral, about=About.CLIENT, title="Referral", only_one=True),
        "care_plan": Kind(type=CarePlan, about=About.CLIENT, title="Care plan", only_one=True),
        "goal": Kind(type=Goal, about=About.CLIENT, title="Goal"),
        "visit": Kind(type=Visit, about=About.VISIT, title="Visit", entered=False),
        "site_list": Kind(
            type=SiteList, about=About.VISIT, title="Sites to examine", only_one=True
        ),
        "palpation": Kind(type=ManualFinding, about=About.VISIT, title="Palpation"),
        "joint": Kind(type=JointFinding, about=About.VISIT, title="Joint"),
        "dose": Kind(type=TreatmentDose, about=About.VISIT, title="Treatment"),
        "not_done": Kind(type=NotDone, about=About.VISIT, title="Not done"),
        "note": Kind(type=SoapNote, about=About.VISIT, title="Note", only_one=True),
        "void": Kind(type=MeasurementVoid, about=About.VISIT, title="Measurement struck out"),
        "retake": Kind(type=Retake, about=About.VISIT, title="Press taken back", entered=False),
        "signature": Kind(type=Signature, about=About.VISIT, title="Signature", entered=False),
        "closed": Kind(type=VisitClosed, about=About.VISIT, title="Visit closed", only_one=True),
        "client": Kind(type=Client, about=About.CLIENT, title="Client", entered=False),
        "measurement": Kind(
            type=StoredMeasurement, about=About.VISIT, title="Measurement", entered=False
        ),
        "analysis": Kind(type=Analysis, about=About.VISIT, title="Analysis", entered=False),
        "historic": Kind(
            type=HistoricMeasurement,
            about=About.VISIT,
            title="Historic measurement",
            entered=False,
        ),
        "identity_read": Kind(
            type=IdentityRead, about=About.CLIENT, title="Identity read", entered=False
        ),
        "exported": Kind(type=Exported, about=About.CLIENT, title="Handed out", entered=False),
        "imported": Kind(type=Imported, about=About.CLIENT, title="Taken in", entered=False),
        "erased": Kind(type=Erased, about=About.PRACTICE, title="Erased", entered=False),
        "keys_changed": Kind(
            type=KeysChanged, about=About.PRACTICE, title="Locks changed", entered=False
        ),
        "refused": Kind(type=Refused, about=About.PRACTICE, title="Refused", entered=False),
    }
)


def kind_named(name: str) -> Kind:
    """Return a kind of statement.

    Raises
    ------
    UsageError
        When there is none of that name.
    """
    try:
        return KINDS[name]
    except KeyError:
        raise UsageError(
            f"The record has no kind of statement '{name}'.", hint=f"Kinds: {', '.join(KINDS)}."
        ) from None


def read_statement(name: str, stated: Mapping[str, Any], **context: object) -> Any:  # noqa: ANN401 - one type for each kind
    """Read a statement from JSON data, strictly: nobody reads it twice.

    Parameters
    ----------
    stated
        Flat: a body site is "site" and "side".
    context
        What the surroundings know (visit, found_at ...), for fields that `stated` leaves out.

    Raises
    ------
    UsageError
        When a key is unknown or missing, or a value is of another type or out of its scale.
    """
    kind = kind_named(name)
    known = {field.name for field in fields(kind.type)}
    content = {key: value for key, value in context.items() if key in known} | dict(stated)
    try:
        text = json.dumps(_nested(kind.type, content), default=str)
        return _adapter(kind.type).validate_json(text)
    except ValidationError as err:
        raise _refusal(kind, err) from None
    except UsageError:
        raise
    except (TypeError, ValueError, RecursionError) as err:
        raise UsageError(f"{kind.title}: this is not plain JSON data.") from err


def statement_json(name: str, statement: object) -> dict[str, Any]:
    """Return a statement as plain JSON data that `read_statement` reads back equal."""
    plain: dict[str, Any] = _adapter(kind_named(name).type).dump_python(statement, mode="json")
    site = plain.get("site")
    if isinstance(site, dict):
        plain |= {"site": site["name"], "side": site["side"]}
    return plain


def statement_of(name: str, body: Mapping[str, Any]) -> Any:  # noqa: ANN401 - one type for each kind
    """Return the statement that an entry of the ledger holds.

    Raises
    ------
    UsageError
        When the body is not what its kind says.
    """
    read = _OWN_JSON.get(name)
    if read is None:
        return read_statement(name, body)
    try:
        return read[0](body)
    except (KeyError, TypeError, ValueError) as err:
        raise UsageError(f"{kind_named(name).title}: {err!r}.") from err


def body_of(name: str, statement: Any) -> dict[str, Any]:  # noqa: ANN401 - one type for each kind
    """Return a statement as the body of an entry, which `statement_of` reads back equal."""
    own = _OWN_JSON.get(name)
    return statement_json(name, statement) if own is None else own[1](statement)


# Numbers and samples have a form of their own, older than this table.
_OWN_JSON: Mapping[
    str, tuple[Callable[[Mapping[str, Any]], Any], Callable[[Any], dict[str, Any]]]
] = MappingProxyType(
    {
        "measurement": (measurement_from_json, measurement_json),
        "analysis": (analysis_from_json, analysis_json),
    }
)


def json_schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of a kind, as forms and other programs read it."""
    return _adapter(kind_named(name).type).json_schema()


def _nested(statement: type, stated: Mapping[str, Any]) -> dict[str, Any]:
    """Put "site" and "side" together where the statement has one body site."""
    content = dict(stated)
    if statement in _WITH_BODY_SITE and not isinstance(content.get("site"), dict):
        for key in ("site", "side"):
            if key not in content:
                raise UsageError(f"A statement about a site needs its {key}.")
        content["site"] = {"name": content.pop("site"), "side": content.pop("side")}
    return content


_CONFIG = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
_WITH_BODY_SITE = (ManualFinding, TreatmentDose, HistoricMeasurement)


@cache
def _adapter(statement: type) -> TypeAdapter[Any]:
    return TypeAdapter(with_config(_CONFIG)(statement))


def _refusal(kind: Kind, error: ValidationError) -> UsageError:
    """Return what was wrong and where, in words; what was stated may be a name and stays out."""
    found = error.errors(include_url=False, include_input=False)
    sentences = dict.fromkeys(_sentence(problem) for problem in found)
    names = ", ".join(field.name for field in fields(kind.type))
    return UsageError(f"{kind.title}: {' '.join(sentences)}", hint=f"It may have: {names}.")


def _sentence(problem: Any) -> str:  # noqa: ANN401 - pydantic's own dictionary
    path = ".".join(str(part) for part in problem["loc"])
    match problem["type"]:
        case "missing":
            return f"{path} is missing."
        case "unexpected_keyword_argument":
            return f"it has no '{path}'."
        case "value_error":
            told = str(problem["ctx"]["error"])
            return f"{path}: {told}" if path else told
        case _:
            return f"{path}: {problem['msg'].removeprefix('Input ')}."
