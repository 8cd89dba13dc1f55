"""The frame of care: a doctor's referral, the plan with its phases, the goals."""

from collections.abc import Iterator
from datetime import date, timedelta

from tissuesense.core.site import Side
from tissuesense.export.fhir.chart import Chart, Stated
from tissuesense.export.fhir.codes import answered, concept
from tissuesense.export.fhir.elements import (
    Json,
    day,
    identifier,
    labelled,
    notes,
    present,
    quantity,
    reference,
    resource,
    words,
)
from tissuesense.export.fhir.episode import prescribed, supplied_by
from tissuesense.export.fhir.units import known_unit
from tissuesense.record.care import CarePlan, Goal, GoalMeasure, Modality, Phase, Referral

_UNIT = {
    GoalMeasure.PAIN_THRESHOLD: "kPa",
    GoalMeasure.STIFFNESS: "N/mm",
    GoalMeasure.RANGE_OF_MOTION: "deg",
    GoalMeasure.NRS: "{score}",
}
_LETTER = {
    None: "",
    True: "A letter of medical necessity is on file.",
    False: "No letter of medical necessity is on file.",
}


def referral(chart: Chart, stated: Stated) -> Iterator[Json]:
    """Yield a doctor's order in the words in which it was written."""
    said: Referral = stated.statement
    rhythm = ", ".join(part for part in (said.frequency, said.duration) if part.strip())
    paper = "".join(said.document_sha256.split())
    yield resource(
        "ServiceRequest",
        stated.root,
        **stated.envelope,
        status="active",
        intent="order",
        code=concept("manual-therapy"),
        orderDetail=_modalities(said.modalities),
        subject=chart.patient,
        occurrenceTiming=present(code=present(text=words(rhythm))),
        authoredOn=day(said.on),
        requester=chart.person(said.prescriber, stated, "prescriber"),
        reasonCode=[present(coding=prescribed(said.codes), text=words(said.condition))],
        supportingInfo=[reference("DocumentReference", stated.root)] if paper else [],
        note=notes(
            labelled("Payer", said.payer_note),
            _LETTER[said.letter_of_medical_necessity],
            *supplied_by(said.codes),
        ),
    )
    if paper:
        yield resource(
            "DocumentReference",
            stated.root,
            masterIdentifier=identifier("sha256", paper),
            status="current",
            subject=chart.patient,
            description="Referral, as it was written",
            content=[
                {"attachment": {"title": "Referral", "url": f"urn:tissuesense:sha256:{paper}"}}
            ],
        )


def care_plan(chart: Chart, stated: Stated) -> Iterator[Json]:
    """Yield the plan: one activity for each phase."""
    said: CarePlan = stated.statement
    ordered = said.sessions_ordered
    yield resource(
        "CarePlan",
        stated.root,
        **stated.envelope,
        basedOn=[reference("ServiceRequest", order.root) for order in chart.stated("referral")],
        status="active",
        intent="plan",
        category=_modalities(said.modalities),
        subject=chart.patient,
        period={"start": day(said.starts_on)},
        author=chart.actor(stated),
        goal=[reference("Goal", goal.root) for goal in chart.stated("goal")],
        activity=[{"detail": detail} for detail in _phases(said)],
        note=notes(
            said.note,
            labelled("Payer", said.payer_note),
            "" if ordered is None else f"At most {ordered} visits were ordered.",
            "" if said.review_on is None else f"To be reviewed on {said.review_on}.",
        ),
    )


def _phases(plan: CarePlan) -> Iterator[Json]:
    start = plan.starts_on
    for phase in plan.phases:
        end = _last_day(start, phase)
        yield present(
            kind="ServiceRequest",
            code=concept("manual-therapy"),
            # A plan does not say how far it was carried out; the visits do.
            status="unknown",
            scheduledTiming={
                "repeat": present(
                    boundsPeriod=present(start=day(start), end=day(end)), **_rhythm(phase)
                )
            },
            description=words(phase.name),
        )
        if end is not None:
            start = end + timedelta(days=1)


def _last_day(start: date, phase: Phase) -> date | None:
    if phase.weeks is None or date.max - start < timedelta(weeks=phase.weeks):
        return None
    return start + timedelta(weeks=phase.weeks, days=-1)


def _rhythm(phase: Phase) -> Json:
    """Return how often, FHIR's way: so many times in so many weeks.

    A frequency is a whole number. One and a half visits a week are therefore one in two thirds of
    a week.
    """
    low, high = phase.per_week, phase.per_week_to
    if low is None:
        return present(
            frequency=1, period=phase.every_weeks, periodMax=phase.every_weeks_to, periodUnit="wk"
        )
    if float(low).is_integer() and (high is None or float(high).is_integer()):
        most = None if high is None else int(high)
        return present(frequency=int(low), frequencyMax=most, period=1, periodUnit="wk")
    if high is None:
        return {"frequency": 1, "period": 1 / low, "periodUnit": "wk"}
    return {"frequency": 1, "period": 1 / high, "periodMax": 1 / low, "periodUnit": "wk"}


def goal(chart: Chart, stated: Stated) -> Iterator[Json]:
    """Yield what care is to reach, with a number where there is one."""
    said: Goal = stated.statement
    start = said.start_value
    where = " ".join(part for part in (_side(said.side), said.site.replace("_", " ")) if part)
    number = (
        {}
        if said.target_value is None
        else {
            "measure": answered("goal", said.measure),
            "detailQuantity": _amount(said.target_value, said),
        }
    )
    target = present(**number, dueDate=day(said.due))
    unit = said.unit or _UNIT.get(said.measure, "")
    yield resource(
        "Goal",
        stated.root,
        **stated.envelope,
        lifecycleStatus="active",
        description={"text": words(said.text)},
        subject=chart.patient,
        target=[target] if target else [],
        expressedBy=chart.actor(stated),
        note=notes(
            labelled("Site", where), "" if start is None else f"Start value: {start:g} {unit}"
        ),
    )


def _amount(value: float, goal: Goal) -> Json:
    """Return a number in the unit that was written; in the measure's own where none was."""
    if not goal.unit.strip():
        return quantity(value, _UNIT.get(goal.measure))
    unit = known_unit(goal.unit)
    return quantity(value, unit) if unit else {"value": value, "unit": words(goal.unit)}


def _side(side: Side | None) -> str:
    return "" if side is None else str(side)


def _modalities(modalities: tuple[Modality, ...]) -> list[Json]:
    return [answered("modality", modality) for modality in modalities]
