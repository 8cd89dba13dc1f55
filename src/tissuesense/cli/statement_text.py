"""What was stated of a client, each statement in one line of plain words."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from tissuesense.core.dates import day
from tissuesense.record.care import CarePlan, Episode, Goal, GoalMeasure, Phase, Referral
from tissuesense.record.intake import (
    DEGREE_WORDS,
    SCREEN_ITEMS,
    Answer,
    Complaint,
    Consent,
    ContraindicationScreen,
    DailyLife,
    PostureObservation,
)
from tissuesense.record.people import Handedness, Profile
from tissuesense.record.schedule_words import rhythm_words
from tissuesense.record.statements import statement_json
from tissuesense.report.words import complaint_words


def statement_text(kind: str, statement: object) -> str:
    """Return a statement in one line; of a kind without words of its own, name by name."""
    words = _WORDS.get(kind)
    return _by_name(kind, statement) if words is None else words(statement)


def _joined(parts: Iterable[str], *, by: str = "; ") -> str:
    return by.join(part for part in parts if part)


def _complaint(told: Complaint) -> str:
    ratings = (("now", told.nrs_now), ("worst", told.nrs_worst), ("24 h", told.nrs_mean_24h))
    rated = ", ".join(f"{name} {nrs}" for name, nrs in ratings if nrs is not None)
    return _joined(
        (
            complaint_words(told),
            rated,
            told.onset and f"since {told.onset.removeprefix('since ')}",
            told.better_with and f"better with {told.better_with}",
            told.worse_with and f"worse with {told.worse_with}",
            told.note,
        )
    )


def _profile(known: Profile) -> str:
    hand = known.handedness
    handed = "both hands alike" if hand is Handedness.BOTH else f"{hand}-handed"
    return _joined(
        (
            f"born {known.birth_year}" if known.birth_year else "",
            known.sex_at_birth or "",
            handed if hand else "",
            f"{known.height_cm:g} cm" if known.height_cm else "",
            f"{known.mass_kg:g} kg" if known.mass_kg else "",
        ),
        by=", ",
    )


def _consent(said: Consent) -> str:
    given = "given" if said.given else "withdrawn"
    when = f" {day(said.on)}" if said.on else ""
    return _joined((f"{said.purpose}: {given}{when}", said.how))


def _screen(asked: ContraindicationScreen) -> str:
    unknown = [SCREEN_ITEMS[a.item] for a in asked.answers if a.answer is Answer.UNKNOWN]
    no = sum(answer.answer is Answer.NO for answer in asked.answers)
    return _joined(
        (
            f"yes: {', '.join(asked.cautions)}" if asked.cautions else "",
            f"not known: {', '.join(unknown)}" if unknown else "",
            f"no to {no} of {len(SCREEN_ITEMS)}" if no else "",
            f"at most {asked.ceiling_kpa:g} kPa" if asked.ceiling_kpa else "",
            f"not to be pressed: {', '.join(asked.blocked_sites)}" if asked.blocked_sites else "",
        )
    )


def _episode(story: Episode) -> str:
    closed = f"closed {day(story.closed_on)}" if story.closed_on else ""
    return _joined((story.title, f"opened {day(story.opened_on)}", closed, story.closing_note))


def _posture(seen: PostureObservation) -> str:
    view = f"from the {seen.view}" if seen.view else ""
    degree = DEGREE_WORDS[seen.degree]
    finding = seen.finding.replace("_", " ")
    return _joined((finding, degree, seen.side or "", view, seen.note), by=", ")


def _daily_life(told: DailyLife) -> str:
    return _joined((f"{told.topic}: {told.answer}", told.remark))


def _referral(order: Referral) -> str:
    return _joined(
        (f"{order.prescriber}, {day(order.on)}: {order.condition}", order.frequency, order.duration)
    )


def _care_plan(plan: CarePlan) -> str:
    phases = ", then ".join(_phase(phase) for phase in plan.phases)
    ordered = f"{plan.sessions_ordered} visits ordered" if plan.sessions_ordered else ""
    review = f"review {day(plan.review_on)}" if plan.review_on else ""
    return _joined((f"from {day(plan.starts_on)}: {phases}", ordered, review, plan.note))


def _phase(phase: Phase) -> str:
    if phase.weeks is None:
        return rhythm_words(phase)
    return f"{rhythm_words(phase)} for {phase.weeks} week{'' if phase.weeks == 1 else 's'}"


def _goal(goal: Goal) -> str:
    site = _joined((goal.site.replace("_", " "), goal.side or ""), by=", ")
    values = [f"{v:g}" for v in (goal.start_value, goal.target_value) if v is not None]
    measured = "" if goal.measure is GoalMeasure.FUNCTION else _MEASURES[goal.measure]
    number = f"{' to '.join(values)} {goal.unit}".strip() if values else ""
    due = f"by {day(goal.due)}" if goal.due else ""
    return _joined((goal.text, _joined((measured, site, number), by=", "), due))


_MEASURES = {
    GoalMeasure.PAIN_THRESHOLD: "pain threshold",
    GoalMeasure.STIFFNESS: "stiffness",
    GoalMeasure.RANGE_OF_MOTION: "range of motion",
    GoalMeasure.NRS: "rating 0 to 10",
}


def _by_name(kind: str, statement: object) -> str:
    stated = statement_json(kind, statement).items()
    told = {name: value for name, value in stated if value not in (None, "", [], False)}
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in told.items())


_WORDS: Mapping[str, Callable[[Any], str]] = MappingProxyType(
    {
        "complaint": _complaint,
        "profile": _profile,
        "consent": _consent,
        "screen": _screen,
        "episode": _episode,
        "posture": _posture,
        "daily_life": _daily_life,
        "referral": _referral,
        "care_plan": _care_plan,
        "goal": _goal,
    }
)
