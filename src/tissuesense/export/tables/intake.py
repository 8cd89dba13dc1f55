"""Tables of what a client brings: complaints, posture, daily life, consent, cautions."""

from tissuesense.core.site import ComplaintKind
from tissuesense.export.tables.column import choice, day, grade, number, text, words, yes_no
from tissuesense.export.tables.stated import SIDE, nrs, parts_of, stated
from tissuesense.record.intake import (
    DEGREE_WORDS,
    SCREEN_ITEMS,
    Answer,
    BodyView,
    ConsentPurpose,
    LifeTopic,
    PainQuality,
    PostureView,
)

COMPLAINTS = stated(
    "complaints",
    "com",
    "complaint",
    "Why the client came",
    (
        choice("kind", ComplaintKind, "Which of five kinds.", required=True),
        words("region", "Where, in words."),
        SIDE,
        nrs("nrs_now", "Rating now"),
        nrs("nrs_worst", "Rating at its worst"),
        nrs("nrs_mean_24h", "Mean rating of 24 hours"),
        words("onset", "Since when."),
        words("better_with", "What makes it better."),
        words("worse_with", "What makes it worse."),
        words("note", "What else was said."),
    ),
)
DRAWINGS = parts_of(
    "drawings",
    "drw",
    "Touches of pain drawings",
    {"complaint": lambda complaint: complaint.drawing},
    (
        choice("view", BodyView, "Which drawing of the body.", required=True),
        number("x", "1", "Place across, in the drawing's own coordinates.", required=True),
        number("y", "1", "Place down, in the drawing's own coordinates.", required=True),
        choice("quality", PainQuality, "How it felt.", required=True),
    ),
)
POSTURE = stated(
    "posture",
    "pos",
    "posture",
    "What was seen of how the client stands or sits",
    (
        text("finding", "What was seen, such as forward_head.", required=True),
        choice("view", PostureView, "From where it was looked at."),
        SIDE,
        grade("degree", dict(enumerate(DEGREE_WORDS)), "How clearly.", required=True),
        words("note", "What else was seen."),
    ),
)
DAILY_LIFE = stated(
    "daily_life",
    "day",
    "daily_life",
    "Answers about daily life",
    (
        choice("topic", LifeTopic, "Which part of the day.", required=True),
        words("answer", "What was answered."),
        text("habit", "Such as desk_work, where the catalogue of muscles knows it."),
        text("question", "What was asked."),
        text("question_version", "Which wording of it."),
        words("remark", "The therapist's remark."),
    ),
)
CONSENTS = stated(
    "consents",
    "con",
    "consent",
    "Consents given and withdrawn",
    (
        choice("purpose", ConsentPurpose, "What for.", required=True),
        yes_no("given", "False: withdrawn, or not given.", required=True),
        day("on", "When."),
        text("text_version", "Which text the client saw."),
        text("text_sha256", "Its SHA-256."),
        words("how", "How it was given."),
    ),
)
SCREENS = stated(
    "screens",
    "scr",
    "screen",
    "What to be careful with, asked before anyone presses",
    (
        text("version", "Which list was asked.", required=True),
        number("ceiling_kpa", "kPa", "A lower limit of pressure, set for this client."),
        words("blocked_sites", "Sites that are not to be pressed, joined by semicolons."),
    ),
)
SCREEN_ANSWERS = parts_of(
    "screen_answers",
    "ans",
    "Answers of the screen, one row each",
    {"screen": lambda screen: screen.answers},
    (
        choice("item", SCREEN_ITEMS, "What was asked.", required=True),
        choice("answer", Answer, "Not asked is not no.", required=True),
        words("detail", "What was added."),
    ),
)
