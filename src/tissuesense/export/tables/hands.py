"""Tables of what was done in a visit: what the hands found, treatment, words, signatures."""

from collections.abc import Callable
from typing import Any

from tissuesense.export.tables.column import (
    choice,
    grade,
    number,
    person,
    site_column,
    text,
    time,
    whole,
    words,
    yes_no,
)
from tissuesense.export.tables.stated import BLOCK, BODY_SIDE, SIDE, nrs, stated
from tissuesense.record.entry import Entry
from tissuesense.record.joint import EndFeel
from tissuesense.record.notes import Meaning, MissingReason
from tissuesense.record.scales import AshworthGrade
from tissuesense.record.treatment import Intensity, Technique
from tissuesense.record.visit import TENDERNESS_WORDS, TONE_WORDS, Temperature


def _tardieu(at: str) -> Callable[[Entry[Any]], Any]:
    return lambda entry: entry.statement.tardieu and getattr(entry.statement.tardieu, at)


MANUAL = stated(
    "manual",
    "man",
    "palpation",
    "What the hands found, the sensor's peer",
    (
        site_column("site.name"),
        BODY_SIDE,
        time("found_at", "When.", required=True),
        BLOCK,
        grade(
            "tenderness",
            dict(enumerate(TENDERNESS_WORDS)),
            "Tenderness when pressed by hand; empty: not examined.",
        ),
        grade("tone", TONE_WORDS, "How it felt; empty: not examined."),
        yes_no("taut_band", "A taut band was felt; empty: not examined."),
        yes_no("twitch", "A local twitch was seen; empty: not examined."),
        yes_no("refers", "A referred pain known to the client came; empty: not examined."),
        words("refers_to", "Where that went."),
        choice("temperature", Temperature, "How the skin felt beside its surroundings."),
        words("texture", "What it felt like."),
        words("note", "What else was found."),
        yes_no("seen_value_first", "The sensor's value was seen before the hands were asked."),
    ),
    visit=True,
)
JOINTS = stated(
    "joints",
    "joi",
    "joint",
    "What the hands found at a joint",
    (
        text("joint", "Such as neck.", required=True),
        text("movement", "Such as rotation.", required=True),
        SIDE,
        BLOCK,
        number("active_deg", "deg", "How far the client moves."),
        number("passive_deg", "deg", "How far the therapist can take it."),
        choice("end_feel", EndFeel, "How the movement ends."),
        yes_no("pain", "It hurt; empty: not asked."),
        choice("ashworth", AshworthGrade, "Modified Ashworth grade."),
        whole("tardieu_quality", "Modified Tardieu quality, 0 to 5.", at=_tardieu("quality")),
        number("tardieu_r1_deg", "deg", "Where the fast stretch caught.", at=_tardieu("r1_deg")),
        number("tardieu_r2_deg", "deg", "Where the slow stretch ended.", at=_tardieu("r2_deg")),
        words("note", "What else was found."),
    ),
    visit=True,
)
DOSES = stated(
    "doses",
    "dos",
    "dose",
    "Treatment, one row a site; what a sensor measured of it is in the tables of values",
    (
        site_column("site.name"),
        BODY_SIDE,
        choice("technique", Technique, "How it was treated.", required=True),
        time("started_at", "When it began."),
        number("seconds", "s", "How long."),
        choice("intensity", Intensity, "The therapist's own estimate, without a sensor."),
        text("recording", "The measurement that the sensor made of it.", at="measurement"),
        nrs("nrs_during", "Rating while it was done"),
        words("note", "What else was done."),
    ),
    visit=True,
)
NOT_DONE = stated(
    "not_done",
    "not",
    "not_done",
    "What was planned and left out",
    (
        words("what", "What was left out."),
        choice("missing_reason", MissingReason, "Why.", at="reason", required=True),
        words("note", "What else is to be said."),
    ),
    visit=True,
)
NOTES = stated(
    "notes",
    "soa",
    "note",
    "SOAP notes; of several of one visit the last counts",
    (
        words("subjective", "What the client says."),
        words("objective", "What was found and measured."),
        words("assessment", "What the therapist makes of it."),
        words("plan", "What comes next."),
        words("free", "Anything else."),
    ),
    visit=True,
)
SIGNATURES = stated(
    "signatures",
    "sig",
    "signature",
    "Who signed a visit, as it stood then",
    (
        person("signer", "Printed name.", required=True),
        choice("meaning", Meaning, "What the signature says.", required=True),
        time("signed_at", "When.", required=True),
        text("content_sha256", "SHA-256 over the visit as it stood.", required=True),
        whole("entries", "How many entries of the visit it covers.", required=True),
    ),
    visit=True,
)
