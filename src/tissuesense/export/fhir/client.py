"""All resources of one client, one after the other."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

from tissuesense.export.fhir.at_the_table import site_list
from tissuesense.export.fhir.care_plan import care_plan, goal, referral
from tissuesense.export.fhir.chart import Chart, Stated, VisitChart
from tissuesense.export.fhir.consent import consent
from tissuesense.export.fhir.elements import STRUCK_OUT, Json, full_url
from tissuesense.export.fhir.encounter import closed, day, encounter, not_done
from tissuesense.export.fhir.episode import complaint, episode
from tissuesense.export.fhir.hands import joint, palpation
from tissuesense.export.fhir.historic import historic
from tissuesense.export.fhir.measured import measurement
from tissuesense.export.fhir.patient import patient, profile
from tissuesense.export.fhir.provenance import revision, signed
from tissuesense.export.fhir.questionnaire import daily_life, posture, screen
from tissuesense.export.fhir.recording import document
from tissuesense.export.fhir.report import report, soap
from tissuesense.export.fhir.treatment import dose

OF_CLIENT: Mapping[str, Callable[[Chart, Stated], Iterable[Json]]] = MappingProxyType(
    {
        "profile": profile,
        "consent": consent,
        "screen": screen,
        "episode": episode,
        "complaint": complaint,
        "posture": posture,
        "daily_life": daily_life,
        "referral": referral,
        "care_plan": care_plan,
        "goal": goal,
    }
)
OF_VISIT: Mapping[str, Callable[[VisitChart, Stated], Iterable[Json]]] = MappingProxyType(
    {
        "site_list": site_list,
        "palpation": palpation,
        "joint": joint,
        "dose": dose,
        "not_done": not_done,
        "note": soap,
        "closed": closed,
        "historic": historic,
    }
)
# What of a client has no resource of its own, and where it is said.
ELSEWHERE: Mapping[str, str] = MappingProxyType(
    {
        "client": "the pseudonym of the Patient",
        "identity": "the Patient, where it was asked for",
        "measurement": "its Observations and a DocumentReference",
        "analysis": "the Observations of its measurement, the latest one",
        "visit": "the Encounter, with an Observation for each thing that may matter",
        "void": "the status of the Observations of its measurement or imported numbers",
        "retake": "a note on the Observation of its press, which says whether it counts",
        "signature": "a Provenance",
        "exported": "a loss",
        "imported": "a loss",
        "identity_read": "a loss",
    }
)


def resources_of(chart: Chart, capture: Callable[[str], bytes | None]) -> Iterator[Json]:
    """Yield every resource of a client but those that it shares with others.

    These collect in `chart.shared`.
    """
    yield patient(chart)
    for stated in chart.stated(*OF_CLIENT):
        yield from _with_revision(chart, stated, OF_CLIENT[stated.entry.kind](chart, stated))
    for record in chart.record.visits:
        yield from _of_visit(VisitChart(chart=chart, record=record), capture)
    yield from chart.own.taken()


def _of_visit(visit: VisitChart, capture: Callable[[str], bytes | None]) -> Iterator[Json]:
    opened = encounter(visit)
    yield opened
    for stated in visit.stated("visit"):
        if stated.amended:
            yield revision(visit.chart, stated, opened)
    if visit.clinical:
        yield from _clinical(visit, capture)
    for stated in visit.stated("signature"):
        yield signed(visit, stated)


def _clinical(visit: VisitChart, capture: Callable[[str], bytes | None]) -> Iterator[Json]:
    """Yield what was found and done in a visit, and the report that holds it together."""
    results: list[Json] = []
    for written in _found(visit, capture):
        if written["resourceType"] == "Observation" and written["status"] != STRUCK_OUT:
            results.append({"reference": full_url(written)})
        yield written
    yield report(visit, results)


def _found(visit: VisitChart, capture: Callable[[str], bytes | None]) -> Iterator[Json]:
    for stated in visit.stated("visit"):
        yield from day(visit, stated)
    for stated in visit.stated(*OF_VISIT):
        written = OF_VISIT[stated.entry.kind](visit, stated)
        yield from _with_revision(visit.chart, stated, written)
    for measured in visit.record.measurements:
        yield document(visit, measured, capture(measured.measurement.id))
        yield from measurement(visit, measured)


def _with_revision(chart: Chart, stated: Stated, written: Iterable[Json]) -> Iterator[Json]:
    """Yield what a statement became and, where it was amended, who did so and why."""
    first = None
    for each in written:
        first = first or each
        yield each
    if stated.amended and first is not None:
        yield revision(chart, stated, first)
