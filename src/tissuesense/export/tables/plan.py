"""Tables of the frame of care: episodes, referrals, plans with their phases, goals."""

from tissuesense.core.site import Side
from tissuesense.export.tables.column import choice, day, number, person, text, whole, words, yes_no
from tissuesense.export.tables.stated import parts_of, stated
from tissuesense.record.care import GoalMeasure

_MODALITIES = text("modalities", "What the therapist does, joined by semicolons.")

EPISODES = stated(
    "episodes",
    "epi",
    "episode",
    "Episodes of care",
    (
        words("title", "What it is about."),
        day("opened_on", "When it began.", required=True),
        words("onset", "Since when the client has it."),
        words("mechanism", "How it came about, as told."),
        day("closed_on", "When it ended; empty while it is open."),
        words("closing_note", "What was said at its end."),
    ),
)
REFERRALS = stated(
    "referrals",
    "ref",
    "referral",
    "Doctors' orders, as they were written",
    (
        person("prescriber", "Who ordered it."),
        day("on", "When.", required=True),
        words("condition", "What for, in the prescriber's words."),
        words("frequency", "How often, in the prescriber's words."),
        words("duration", "How long, in the prescriber's words."),
        _MODALITIES,
        text("document_sha256", "SHA-256 of the paper or file that it stands on."),
        yes_no(
            "letter_of_medical_necessity",
            "Whether such a letter is on file; empty: not asked.",
            short="letter_of_necessity",
        ),
        words("payer_note", "What the payer is to know."),
    ),
)
CODES = parts_of(
    "codes",
    "cod",
    "Codes that a prescriber supplied; the program infers none",
    {"episode": lambda episode: episode.codes, "referral": lambda referral: referral.codes},
    (
        text("system", "Which system of codes.", required=True),
        text("code", "The code.", required=True),
        words("text", "What it says."),
        person("supplied_by", "Who supplied it."),
    ),
)
PLANS = stated(
    "plans",
    "pla",
    "care_plan",
    "Care plans; of several of one client the last counts",
    (
        day("starts_on", "Its first day.", required=True),
        _MODALITIES,
        day("review_on", "When it is to be looked at again."),
        whole("sessions_ordered", "How many visits the prescriber allows; empty: not limited."),
        words("payer_note", "What the payer is to know."),
        words("note", "What else was planned."),
    ),
)
PLAN_PHASES = parts_of(
    "plan_phases",
    "pha",
    "Phases of the plans, in their order",
    {"care_plan": lambda plan: plan.phases},
    (
        number("per_week", "1/week", "Visits a week, or the lower end of a range."),
        number("per_week_to", "1/week", "The upper end of that range."),
        number("every_weeks", "week", "Weeks between visits, or the lower end of a range."),
        number("every_weeks_to", "week", "The upper end of that range."),
        whole("weeks", "How long it lasts; empty: it goes on.", unit="week"),
        words("name", "What it is called."),
    ),
)
GOALS = stated(
    "goals",
    "gol",
    "goal",
    "What care is to reach",
    (
        words("text", "In words."),
        choice("measure", GoalMeasure, "What it is about.", required=True),
        text("goal_site", "Where on the body, for a measured goal.", at="site"),
        choice("side", Side, "Which side."),
        number("start_value", "", "Where it began, in `unit`."),
        number("target_value", "", "What is to be reached, in `unit`."),
        text("unit", "Unit of the two values."),
        day("due", "By when."),
    ),
)
