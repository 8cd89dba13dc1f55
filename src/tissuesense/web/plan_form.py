"""The plan's form: its rows as a page shows them, and what they state."""

from collections.abc import Mapping
from typing import Any

from starlette.datastructures import FormData

from tissuesense.core.errors import UsageError
from tissuesense.record.care import CarePlan, Phase, Referral
from tissuesense.record.statements import statement_json
from tissuesense.web.forms import number_in, stated_in, text_of

PHASES = 4
GOALS = 2
_REFERRAL = ("prescriber", "on", "condition", "frequency", "duration", "payer_note")
_GOAL = ("text", "measure", "site", "side", "start_value", "target_value", "unit", "due")
_USUAL = (
    Phase(per_week=2, per_week_to=3, weeks=3),
    Phase(per_week=1, weeks=4),
    Phase(every_weeks=5, every_weeks_to=6),
)
_EVERY = {"week": "per_week", "weeks": "every_weeks"}


def shown(referral: Referral | None, plan: CarePlan | None, today: str) -> dict[str, str]:
    """Return what stands in the fields: what is known, and where nothing is, a usual course."""
    fields: dict[str, str] = {}
    if referral is not None:
        fields |= _texts(statement_json("referral", referral), "referral-")
        known = referral.letter_of_medical_necessity
        fields["referral-letter"] = "" if known is None else "yes" if known else "no"
        fields |= {f"referral-modality-{m}": "on" for m in referral.modalities}
    if plan is not None:
        fields |= _texts(statement_json("care_plan", plan), "plan-")
        fields |= {f"plan-modality-{m}": "on" for m in plan.modalities}
    fields.setdefault("plan-starts_on", today)
    for i, phase in enumerate(_USUAL if plan is None else plan.phases):
        fields |= _phase_fields(phase, f"phase-{i}-")
    return fields


def stated(form: FormData, *, modalities: tuple[str, ...]) -> dict[str, Any]:
    """Return the referral, the plan and the new goals that a form states.

    Raises
    ------
    UsageError
        When a number cannot be read or a phase is stated by halves.
    """
    found: dict[str, Any] = {}
    referral = _part(form, "referral-", _REFERRAL)
    if referral:
        letter = text_of(form, "referral-letter")
        if letter:
            referral["letter_of_medical_necessity"] = letter == "yes"
        referral["modalities"] = _ticked(form, "referral-modality-", modalities)
        found["referral"] = referral
    goals = [_goal(form, f"goal-{i}-") for i in range(GOALS)]
    if any(goals):
        found["goals"] = [goal for goal in goals if goal]
    return found | plan_stated(form, modalities=modalities)


def plan_stated(form: FormData, *, modalities: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the plan alone; empty where no phase is stated.

    Raises
    ------
    UsageError
        As `stated` does.
    """
    phases = [phase for i in range(PHASES) if (phase := _phase(form, i))]
    if not phases:
        return {}
    plan = _part(form, "plan-", ("starts_on", "review_on", "payer_note", "note"))
    ordered = text_of(form, "plan-sessions_ordered")
    if ordered:
        plan["sessions_ordered"] = number_in(ordered, "visits ordered")
    ticked = _ticked(form, "plan-modality-", modalities)
    return plan | {"phases": phases, "modalities": ticked}


def _phase(form: FormData, i: int) -> dict[str, Any]:
    prefix = f"phase-{i}-"
    low = text_of(form, f"{prefix}from")
    if not low:
        return {}
    every = _EVERY.get(text_of(form, f"{prefix}every"))
    if every is None:
        raise UsageError("A phase is so many visits a week, or a visit every so many weeks.")
    phase: dict[str, Any] = {every: number_in(low, "visits or weeks")}
    if high := text_of(form, f"{prefix}to"):
        phase[f"{every}_to"] = number_in(high, "visits or weeks")
    if weeks := text_of(form, f"{prefix}weeks"):
        phase["weeks"] = number_in(weeks, "how many weeks")
    if name := text_of(form, f"{prefix}name"):
        phase["name"] = name
    return phase


def _goal(form: FormData, prefix: str) -> dict[str, Any]:
    goal = _part(form, prefix, _GOAL)
    if "text" not in goal:
        return {}
    for name in ("start_value", "target_value"):
        if name in goal:
            goal[name] = number_in(goal[name], name)
    return goal


def _part(form: FormData, prefix: str, names: tuple[str, ...]) -> dict[str, Any]:
    found = stated_in(form, *(prefix + name for name in names))
    return {name.removeprefix(prefix): value for name, value in found.items()}


def _ticked(form: FormData, prefix: str, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if form.get(prefix + name)]


def _texts(stated: Mapping[str, Any], prefix: str) -> dict[str, str]:
    return {
        prefix + name: f"{value:g}" if isinstance(value, float) else str(value)
        for name, value in stated.items()
        if value is not None and not isinstance(value, list | bool)
    }


def _phase_fields(phase: Phase, prefix: str) -> dict[str, str]:
    weekly = phase.every_weeks is None
    low, high = (
        (phase.per_week, phase.per_week_to) if weekly else (phase.every_weeks, phase.every_weeks_to)
    )
    return {
        f"{prefix}every": "week" if weekly else "weeks",
        f"{prefix}from": f"{low:g}",
        f"{prefix}to": "" if high is None else f"{high:g}",
        f"{prefix}weeks": "" if phase.weeks is None else str(phase.weeks),
        f"{prefix}name": phase.name,
    }
