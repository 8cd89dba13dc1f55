"""Our own code system, and the few codes of others that FHIR itself asks for.

No published terminology has codes for a pressure pain threshold or for what hands feel, so these
are the program's own. Nothing is borrowed from a terminology that needs a licence; the one LOINC
code is that of a verbal pain rating from 0 to 10.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from tissuesense.core.site import ComplaintKind, Side
from tissuesense.export.fhir.elements import Json, resource
from tissuesense.record.care import GoalMeasure, Modality
from tissuesense.record.intake import Answer, ConsentPurpose, PainQuality
from tissuesense.record.joint import EndFeel
from tissuesense.record.notes import Meaning
from tissuesense.record.people import Handedness, SexAtBirth
from tissuesense.record.scales import AshworthGrade, TardieuEntry
from tissuesense.record.treatment import TECHNIQUE_WORDS, Intensity
from tissuesense.record.visit import (
    TENDERNESS_WORDS,
    TONE_WORDS,
    Block,
    Intent,
    Position,
    Temperature,
)

SYSTEM = "urn:tissuesense:codes"
VERSION = "1"
_HL7 = "http://terminology.hl7.org/CodeSystem"
_TARDIEU_QUALITIES = range(6)

_FOUND = {
    "ppt-site-mean": "Pressure pain threshold of a site",
    "tolerance-site-mean": "Pressure tolerance of a site",
    "block": "Before, during or after treatment",
    "interval-95": "95 % interval",
    "sd-accepted": "Standard deviation of the repeats that were accepted",
    "n-accepted": "Number of repeats that were accepted",
    "standard-uncertainty": "Standard uncertainty",
    "mdc": "Minimal detectable change",
    "trace-start": "First sample of the trace, in seconds of the recording",
    "not-counted": "Was taken and does not count",
    "sites-to-examine": "Sites that a visit is to examine",
    "felt-only": "Felt by hand, no gauge is set on it",
    "palpation": "Palpation of a site",
    "palpation-tenderness": "Tenderness on palpation",
    "palpation-tone": "Tone on palpation",
    "taut-band": "Taut band felt",
    "twitch": "Local twitch seen",
    "referred-pain": "Known referred pain reproduced",
    "skin-temperature": "Temperature of the skin beside its surroundings",
    "tissue-texture": "Texture of the tissue",
    "seen-value-first": "The sensor's value was seen before the hands were asked",
    "joint": "Examination of a joint",
    "rom-active": "Active range of motion",
    "rom-passive": "Passive range of motion",
    "end-feel": "End feel",
    "joint-pain": "Pain on movement",
    "mas": "Modified Ashworth Scale",
    "tardieu": "Modified Tardieu Scale, quality of the reaction",
    "tardieu-r1": "Modified Tardieu Scale, angle of the catch (R1)",
    "tardieu-r2": "Modified Tardieu Scale, end of the slow stretch (R2)",
    "nrs-now": "Rating from 0 to 10, now",
    "nrs-worst": "Rating from 0 to 10, at its worst",
    "nrs-mean-24h": "Rating from 0 to 10, on average over 24 hours",
    "nrs-during": "Rating from 0 to 10, during treatment",
    "pain-drawing": "Pain drawing",
    "body-height": "Height of the body",
    "body-mass": "Mass of the body",
    "handedness": "Handedness",
    "sex-at-birth": "Sex at birth",
    "position": "Position of the body",
    "room-temperature": "Temperature of the room",
    "today": "What may matter on the day",
    "closing-note": "Note with which a visit was closed",
    "not-done": "Was planned and left out",
    "treatment-intensity": "Intensity of treatment, by the therapist's estimate",
    "treatment-duration": "Duration of treatment",
    "tip-area": "Area of the tip",
    "full-scale": "Full scale of the gauge",
    "force": "Force",
    "recording": "Raw recording",
    "source-file": "File that numbers were taken from",
    "historic-value": "One of the values that another instrument gave",
    "visit-report": "Report of a visit",
    "soap-note": "Subjective, objective, assessment, plan",
    "soap-subjective": "Subjective",
    "soap-objective": "Objective",
    "soap-assessment": "Assessment",
    "soap-plan": "Plan",
    "soap-free": "Further notes",
    "visit-signed": "A visit was signed",
    "manual-therapy": "Manual therapy",
    "episode": "Story of care",
}
_ANSWERS: Mapping[str, Mapping[Any, str]] = {
    "tenderness": {str(grade): said for grade, said in enumerate(TENDERNESS_WORDS)},
    "tone": {f"{grade:+d}" if grade else "0": said for grade, said in TONE_WORDS.items()},
    "mas": {grade: grade.meaning for grade in AshworthGrade},
    "tardieu": {str(q): TardieuEntry(quality=q).meaning for q in _TARDIEU_QUALITIES},
    "technique": TECHNIQUE_WORDS,
    "consent": {purpose: f"consent to {purpose}" for purpose in ConsentPurpose},
    "signature": {meaning: f"signature of {meaning}" for meaning in Meaning},
    "goal": {measure: measure.name.lower().replace("_", " ") for measure in GoalMeasure},
    **{
        name: {member: str(member).replace("_", " ") for member in members}
        for name, members in {
            "side": Side,
            "visit": Intent,
            "block": Block,
            "position": Position,
            "temperature": Temperature,
            "end-feel": EndFeel,
            "complaint": ComplaintKind,
            "quality": PainQuality,
            "modality": Modality,
            "intensity": Intensity,
            "handed": Handedness,
            "sex": SexAtBirth,
            "answer": Answer,
        }.items()
    },
}


def answer_code(question: str, answer: object) -> str:
    """Return the code of one answer of a scale or a list: ("mas", "1+") is "mas-1+"."""
    return f"{question}-{answer}".replace("_", "-")


CODES: Mapping[str, str] = MappingProxyType(
    _FOUND
    | {
        answer_code(question, answer): said
        for question, answers in _ANSWERS.items()
        for answer, said in answers.items()
    }
)


def coding(code: str) -> Json:
    """Return one of our codes."""
    return {"system": SYSTEM, "code": code, "display": CODES[code]}


def concept(code: str, text: str = "") -> Json:
    """Return one of our codes with its words, or with others that say more."""
    return {"coding": [coding(code)], "text": text or CODES[code]}


def answered(question: str, answer: object) -> Json:
    """Return an answer of a scale or a list as a concept."""
    return concept(answer_code(question, answer))


def hl7(table: str, code: str) -> Json:
    """Return a code of one of the tables that FHIR itself defines."""
    return {"coding": [{"system": f"{_HL7}/{table}", "code": code}]}


def pain_rating() -> Json:
    """Return what a rating of pain from 0 to 10, asked by voice, is called everywhere.

    LOINC 72514-3; HL7 Belgium's value set of pain scores uses it too.
    """
    return {
        "coding": [{"system": "http://loinc.org", "code": "72514-3"}, coding("nrs-now")],
        "text": CODES["nrs-now"],
    }


def code_system(measured: Mapping[str, str]) -> Json:
    """Return our code system as a resource.

    Parameters
    ----------
    measured
        Codes of measured quantities that the bundle uses, with their words: estimators may be added
        by other packages, so that no list of them is complete.
    """
    return resource(
        "CodeSystem",
        SYSTEM,
        url=SYSTEM,
        version=VERSION,
        name="TissueSenseCodes",
        title="TissueSense codes",
        status="active",
        description="What hands find and a hand-held gauge measures. Quantities of recordings are "
        "named by the kind of recording, the quantity and its unit.",
        caseSensitive=True,
        content="fragment",
        concept=_concepts((*CODES.items(), *sorted(measured.items()))),
    )


def _concepts(rows: Iterable[tuple[str, str]]) -> list[Json]:
    return [{"code": code, "display": said} for code, said in rows]
