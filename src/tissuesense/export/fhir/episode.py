"""Why the client comes: episodes of care and complaints, coded only where a prescriber did."""

from collections.abc import Iterable, Iterator
from datetime import date

from tissuesense.core.site import ComplaintKind, Side
from tissuesense.export.fhir.chart import Chart, Stated
from tissuesense.export.fhir.codes import concept, hl7, pain_rating
from tissuesense.export.fhir.elements import (
    Json,
    day,
    labelled,
    notes,
    present,
    quantity,
    reference,
    resource,
    words,
)
from tissuesense.export.fhir.observation import SURVEY, observation
from tissuesense.export.own_words import WITHHELD
from tissuesense.record.care import Episode, PrescriberCode
from tissuesense.record.intake import Complaint

_RATED_PAIN = frozenset({ComplaintKind.PAIN, ComplaintKind.HEADACHE})


def episode(chart: Chart, stated: Stated) -> Iterator[Json]:
    """Yield the episode, and what it is about as a condition.

    That care is over says nothing of how the condition is: a closed one has no clinical status.
    """
    said: Episode = stated.statement
    yield resource(
        "EpisodeOfCare",
        stated.root,
        **stated.envelope,
        status="active" if said.closed_on is None else "finished",
        type=[concept("episode")],
        diagnosis=[{"condition": reference("Condition", stated.root)}],
        patient=chart.patient,
        managingOrganization=chart.practice(),
        period=present(start=day(said.opened_on), end=day(said.closed_on)),
    )
    still = {} if said.closed_on else {"clinicalStatus": hl7("condition-clinical", "active")}
    yield resource(
        "Condition",
        stated.root,
        **stated.envelope,
        **still,
        category=[hl7("condition-category", "problem-list-item")] if still else [],
        code=present(coding=prescribed(said.codes), text=words(said.title)),
        subject=chart.patient,
        onsetString=words(said.onset),
        recordedDate=_written(stated),
        recorder=chart.actor(stated),
        note=notes(
            labelled("Mechanism", said.mechanism),
            labelled("Closing note", said.closing_note),
            *supplied_by(said.codes),
        ),
    )


def complaint(chart: Chart, stated: Stated) -> Iterator[Json]:
    """Yield a complaint as a condition, its ratings and its pain drawing as observations."""
    said: Complaint = stated.statement
    evidence = [*_ratings(chart, stated), *_drawing(chart, stated)]
    yield resource(
        "Condition",
        stated.root,
        **stated.envelope,
        clinicalStatus=hl7("condition-clinical", "active"),
        category=[hl7("condition-category", "problem-list-item")],
        code=concept(f"complaint-{said.kind}".replace("_", "-")),
        bodySite=[{"text": where}] if (where := _where(said.side, said.region)) else [],
        subject=chart.patient,
        onsetString=words(said.onset),
        recordedDate=_written(stated),
        recorder=chart.actor(stated),
        asserter=chart.patient,
        evidence=[{"detail": [reference("Observation", key)]} for key, _ in evidence],
        note=notes(
            labelled("Better with", said.better_with),
            labelled("Worse with", said.worse_with),
            said.note,
        ),
    )
    for _, found in evidence:
        yield found


def _ratings(chart: Chart, stated: Stated) -> Iterator[tuple[str, Json]]:
    said: Complaint = stated.statement
    now = pain_rating() if said.kind in _RATED_PAIN else concept("nrs-now")
    for name, code, rating in (
        ("nrs-now", now, said.nrs_now),
        ("nrs-worst", concept("nrs-worst"), said.nrs_worst),
        ("nrs-mean-24h", concept("nrs-mean-24h"), said.nrs_mean_24h),
    ):
        if rating is not None:
            key = f"{stated.root} {name}"
            yield key, _told(chart, stated, key, code, valueQuantity=quantity(rating, "{score}"))


def _drawing(chart: Chart, stated: Stated) -> Iterator[tuple[str, Json]]:
    said: Complaint = stated.statement
    if said.drawing:
        key = f"{stated.root} pain-drawing"
        marks = [
            {
                "code": concept(f"quality-{mark.quality}"),
                "valueString": f"{mark.view} {mark.x!r} {mark.y!r}",
            }
            for mark in said.drawing
        ]
        yield key, _told(chart, stated, key, concept("pain-drawing"), component=marks)


def _told(chart: Chart, stated: Stated, key: str, code: Json, **value: object) -> Json:
    return observation(
        key,
        stated,
        code=code,
        subject=chart.patient,
        effective=stated.entry.recorded_at,
        performer=chart.patient,
        category=SURVEY,
        **value,
    )


def prescribed(codes: Iterable[PrescriberCode]) -> list[Json]:
    """Return the codes that a prescriber supplied, as they were written."""
    return [
        present(system=_uri(code.system), code=_plain(code), display=_display(code.text))
        for code in codes
    ]


def supplied_by(codes: Iterable[PrescriberCode]) -> list[str]:
    """Return that a prescriber supplied the codes, without a name."""
    return [f"Code {_plain(code)} as the prescriber wrote it." for code in codes]


def _plain(code: PrescriberCode) -> str:
    """Return the code with single blanks, as FHIR wants it."""
    return " ".join(words(code.code).split())


def _display(text: str) -> str:
    """Return what a code is called; "withheld" is no name of any."""
    return "" if text == WITHHELD else words(text)


def _uri(system: str) -> str:
    """Return a name of a code system as the URI that FHIR knows it by; an unknown one as a URN."""
    plain = "".join(c for c in system.strip().lower() if c.isalnum())
    if "://" in system or system.strip().lower().startswith("urn:"):
        return "".join(system.split())
    return _KNOWN_SYSTEMS.get(plain, f"urn:tissuesense:prescriber-code:{plain or 'unnamed'}")


# R4, "Known code systems": those that prescribers of manual therapy write.
_KNOWN_SYSTEMS = {
    "icd10": "http://hl7.org/fhir/sid/icd-10",
    "icd10cm": "http://hl7.org/fhir/sid/icd-10-cm",
    "icd11": "http://id.who.int/icd/release/11/mms",
}


def _where(side: Side | None, region: str) -> str:
    return ", ".join(said for said in (words(region), str(side or "")) if said)


def _written(stated: Stated) -> str:
    on: date = stated.entry.recorded_at.date()
    return on.isoformat()
