"""Every kind of statement has its place in FHIR, and says there what it said in the record."""

import hashlib
import json
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.export.whole_record import (
    CAPTURE,
    imported_struck_out,
    whole_record,
    whole_request,
)

from tissuesense.analysis.analyse import analyze
from tissuesense.core.quantity import Estimate
from tissuesense.core.recording import Recording, RecordingKind
from tissuesense.core.site import BodySite, Side
from tissuesense.export.fhir.care_plan import _rhythm
from tissuesense.export.fhir.chart import Chart
from tissuesense.export.fhir.client import ELSEWHERE, OF_CLIENT, OF_VISIT, resources_of
from tissuesense.export.fhir.shared import Shared
from tissuesense.export.fhir.units import UNITS, unit_of
from tissuesense.export.formats.fhir import FORMAT
from tissuesense.record.care import Phase
from tissuesense.record.entry import EntryId
from tissuesense.record.historic import HistoricFlag, HistoricMeasurement, HistoricQuantity
from tissuesense.record.history import ClientRecord, MeasurementRecord
from tissuesense.record.notes import SoapNote
from tissuesense.record.people import Practice
from tissuesense.record.statements import KINDS, About
from tissuesense.record.visit import ManualFinding
from tissuesense.services.records import stored_findings
from tissuesense.simulation.kinds import KINDS as SIMULATED
from tissuesense.simulation.session import SessionSpec, simulated_recording

Json = dict[str, Any]


def told(record: ClientRecord) -> list[Json]:
    """Return the resources of a client and those it shares."""
    chart = Chart(record=record, identity=None, shared=Shared(of=Practice()))
    return [*resources_of(chart, lambda _: None), *chart.shared.taken()]


@cache
def whole() -> tuple[Json, ...]:
    return tuple(told(whole_record()))


def of_kind(kind: str) -> list[Json]:
    return [each for each in whole() if each["resourceType"] == kind]


def code_of(each: Json) -> str:
    code: str = each["code"]["coding"][-1]["code"]
    return code


def observations(code: str) -> list[Json]:
    return [each for each in of_kind("Observation") if code_of(each) == code]


def component(each: Json, code: str) -> Json:
    (found,) = (c for c in each["component"] if c["code"]["coding"][0]["code"] == code)
    return found  # type: ignore[no-any-return]  # plain JSON


def referred(each: Json) -> Json:
    (found,) = (r for r in whole() if f"urn:uuid:{r['id']}" == each["reference"])
    return found


def test_every_kind_of_statement_is_written_or_said_to_be_elsewhere() -> None:
    of_a_client = {name for name, kind in KINDS.items() if kind.about is not About.PRACTICE}
    assert {*OF_CLIENT, *OF_VISIT, *ELSEWHERE} == of_a_client
    assert set(OF_CLIENT).isdisjoint(ELSEWHERE)
    assert set(OF_VISIT).isdisjoint(ELSEWHERE)


@pytest.mark.parametrize("kind", SIMULATED)
def test_units_are_those_of_the_estimator(kind: RecordingKind) -> None:
    spoken = {"kPa s": "kPa.s", "N m": "N.m", "N m/rad": "N.m/rad", "N m s/rad": "N.m.s/rad"}
    spoken |= {"kg m2": "kg.m2", "°": "deg", "1/mm": "/mm", "": "1"}
    simulated = simulated_recording(SessionSpec(kind=kind, seed=3))
    analysed = analyze(Recording(trace=simulated.trace, context=simulated.context))
    estimated = [f for f in analysed.findings() if isinstance(f.value, Estimate)]
    assert estimated
    for finding in estimated:
        assert isinstance(finding.value, Estimate)
        unit = finding.value.unit
        assert unit_of(finding.quantity) == spoken.get(unit, unit), finding.quantity


@pytest.mark.parametrize("kind", SIMULATED)
def test_every_kind_of_recording_keeps_its_numbers_and_its_samples(kind: RecordingKind) -> None:
    record = with_one_measurement(kind)
    (measured,) = record.visits[0].measurements
    written = [each for each in told(record) if each["resourceType"] == "Observation"]
    said = numbers(written)
    for finding in measured.findings:
        if finding.value is not None:
            assert finding.value in said, finding.quantity
    samples = [
        c["valueSampledData"]
        for each in written
        for c in each.get("component", [])
        if "valueSampledData" in c and c["code"]["text"].endswith(("force n", "angle deg"))
    ]
    words = sum(len(data["data"].split()) for data in samples)
    columns = sum(
        name in {"force_n", "angle_deg"} for name, _ in measured.measurement.trace.columns()
    )
    assert words == pytest.approx(columns * measured.measurement.trace.size, rel=0.01)


def numbers(written: list[Json]) -> set[float]:
    """Return every number with a unit."""
    found = set()
    for each in written:
        for holder in (each, *each.get("component", [])):
            if "valueQuantity" in holder:
                found.add(holder["valueQuantity"]["value"])
                assert holder["valueQuantity"]["code"] in UNITS
    return found


def with_one_measurement(kind: RecordingKind) -> ClientRecord:
    record = whole_record()
    first = record.visits[0]
    simulated = simulated_recording(SessionSpec(kind=kind, seed=3))
    measurement = replace(
        first.measurements[0].measurement,
        kind=kind,
        trace=simulated.trace,
        context=simulated.context,
        site=BodySite("soleus", Side.RIGHT),
    )
    computed = stored_findings(
        measurement.id,
        analyze(Recording(trace=simulated.trace, context=simulated.context)),
        computed_at=measurement.measured_at,
    )
    measured = MeasurementRecord(measurement=measurement, computed=computed)
    return replace(record, visits=(replace(first, measurements=(measured,)),))


def test_site_mean_is_derived_from_the_trials_that_were_accepted() -> None:
    mean = next(o for o in observations("ppt-site-mean") if o["status"] == "final")
    trials = [referred(each) for each in mean["derivedFrom"]]
    assert [code_of(trial) for trial in trials] == ["ppt-trial"] * len(trials)
    values = [trial["valueQuantity"]["value"] for trial in trials]
    assert component(mean, "n-accepted")["valueQuantity"]["value"] == len(values)
    assert component(mean, "sd-accepted")["valueQuantity"]["value"] == pytest.approx(
        np.std(values, ddof=1)
    )
    found = whole_record().visits[0].measurements[0].finding("ppt_kpa", "session")
    assert found is not None
    assert found.ci95 is not None
    assert mean["valueQuantity"]["value"] == found.value
    interval = component(mean, "interval-95")["valueRange"]
    assert (interval["low"]["value"], interval["high"]["value"]) == found.ci95
    assert mean["method"]["text"].startswith("pain_threshold@")


def test_a_number_that_the_data_could_not_give_is_absent_with_its_reason() -> None:
    record = whole_record()
    first = record.visits[0]
    measured = first.measurements[0]
    silent = tuple(
        replace(f, value=None, standard_uncertainty=None, ci95=None, flags=("too_few",))
        for f in measured.findings
    )
    record = replace(
        record, visits=(replace(first, measurements=(replace(measured, computed=silent),)),)
    )
    found = [r for r in told(record) if r["resourceType"] == "Observation"]
    (mean,) = (o for o in found if code_of(o) == "ppt-site-mean")
    assert mean["dataAbsentReason"]["coding"][0]["code"] == "unknown"
    assert "valueQuantity" not in mean
    assert [note["text"].partition(":")[0] for note in mean["note"]] == ["too_few"]


def test_a_press_that_does_not_count_is_kept_and_not_derived_from() -> None:
    record = whole_record()
    first = record.visits[0]
    measured = first.measurements[0]
    poor = tuple(replace(f, accepted=f.index != 1) for f in measured.findings)
    measured = replace(measured, computed=poor)
    record = replace(record, visits=(replace(first, measurements=(measured,)),))
    found = [r for r in told(record) if r["resourceType"] == "Observation"]
    trials = [o for o in found if code_of(o) == "ppt-trial"]
    (mean,) = (o for o in found if code_of(o) == "ppt-site-mean")
    refused = [t for t in trials if "interpretation" in t]
    assert [t["status"] for t in refused] == ["final"]
    derived = {each["reference"] for each in mean["derivedFrom"]}
    assert derived == {f"urn:uuid:{t['id']}" for t in trials if t not in refused}


def test_what_was_struck_out_is_entered_in_error_and_in_no_report() -> None:
    struck = [o for o in of_kind("Observation") if o["status"] == "entered-in-error"]
    assert {code_of(o) for o in struck} >= {"ppt-trial", "ppt-site-mean"}
    assert all("Struck out: wrong side" in [n["text"] for n in o["note"]] for o in struck)
    (report,) = of_kind("DiagnosticReport")
    assert {f"urn:uuid:{o['id']}" for o in struck}.isdisjoint(
        each["reference"] for each in report["result"]
    )
    other = [o for o in of_kind("Observation") if o not in struck]
    assert {o["status"] for o in other} == {"final", "amended", "cancelled"}


def test_hands_are_peers_of_the_sensor_with_the_same_site() -> None:
    panel = next(o for o in observations("palpation") if "hasMember" in o)
    members = {code_of(referred(each)): referred(each) for each in panel["hasMember"]}
    tenderness = members["palpation-tenderness"]["valueCodeableConcept"]
    assert tenderness == {
        "coding": [
            {"system": "urn:tissuesense:codes", "code": "tenderness-2", "display": "winces"}
        ],
        "text": "winces",
    }
    assert members["palpation-tone"]["valueCodeableConcept"]["text"] == "firm"
    assert members["taut-band"]["valueBoolean"] is True
    assert members["twitch"]["valueBoolean"] is False
    assert members["referred-pain"]["note"] == [{"text": "Where: behind the eye"}]
    measured = next(o for o in observations("ppt-site-mean") if o["status"] == "final")
    assert measured["bodySite"] == panel["bodySite"] == members["twitch"]["bodySite"]


def test_what_the_hands_did_not_examine_is_not_there() -> None:
    empty = [o for o in observations("palpation") if "hasMember" not in o]
    assert len(empty) == 1
    assert component(empty[0], "block")["valueCodeableConcept"]["text"] == "post"


def test_the_sites_to_examine_are_listed_in_their_order() -> None:
    (listed,) = of_kind("List")
    places = [referred(entry["item"]) for entry in listed["entry"]]
    assert [
        (place["locationQualifier"][0]["text"], place["location"]["text"]) for place in places
    ] == [("right", "trapezius upper"), ("left", "scalenes"), ("left", "trapezius upper")]
    flags = [entry.get("flag", {}).get("text") for entry in listed["entry"]]
    assert flags == [None, "Felt by hand, no gauge is set on it", None]
    # A site that is listed and felt is one place.
    (felt,) = (o for o in observations("palpation") if "hasMember" in o)
    assert felt["bodySite"]["extension"][0]["valueReference"] == listed["entry"][2]["item"]


def test_a_press_that_was_taken_back_says_when_how_and_why_and_does_not_count() -> None:
    presses = observations("indentation-press")
    assert [
        code_of({"code": p["interpretation"][0]}) if "interpretation" in p else "" for p in presses
    ] == ["", "not-counted", ""]
    said = [[note["text"] for note in press.get("note", [])] for press in presses]
    assert [sum("by double tap" in text for text in texts) for texts in said] == [0, 3, 0]
    told = [text.partition(" at ")[0] for text in said[1] if "by double tap" in text]
    assert told == ["Taken back", "Counts again", "Taken back"]
    assert any(text.startswith("taken_back: ") for text in said[1])
    assert "coughed" not in json.dumps(presses[0])
    session = next(iter(observations("indentation-secant-stiffness-n-mm")))
    assert component(session, "n-accepted")["valueQuantity"]["value"] == 2


def test_a_retake_of_another_measurement_or_press_is_not_told_here() -> None:
    record = whole_record()
    first = record.visits[0]
    retakes = [e for e in first.entries if e.kind == "retake"]
    elsewhere = [
        replace(retakes[0], statement=replace(retakes[0].statement, press=7)),
        replace(retakes[1], statement=replace(retakes[1].statement, measurement="M-7QK4Z0A0")),
    ]
    record = replace(record, visits=(replace(first, entries=(first.entries[0], *elsewhere)),))
    assert "double tap" not in json.dumps(told(record))


def test_scales_of_a_joint_keep_their_labels() -> None:
    (mas,) = observations("mas")
    assert mas["valueCodeableConcept"]["coding"][0]["code"] == "mas-1+"
    (tardieu,) = observations("tardieu")
    assert component(tardieu, "tardieu-r1")["valueQuantity"]["value"] == 40.0
    assert component(tardieu, "tardieu-r2")["valueQuantity"]["value"] == 65.25
    (active,), (passive,) = observations("rom-active"), observations("rom-passive")
    assert (active["valueQuantity"]["value"], active["valueQuantity"]["code"]) == (61.5, "deg")
    assert passive["valueQuantity"]["value"] == 68.0


def test_only_a_rating_of_pain_now_has_a_code_of_another_system() -> None:
    borrowed = {
        (coding["system"], coding["code"])
        for each in of_kind("Observation")
        for coding in each["code"]["coding"]
        if coding["system"] != "urn:tissuesense:codes"
    }
    assert borrowed == {("http://loinc.org", "72514-3")}
    (now,) = observations("nrs-now")
    assert now["valueQuantity"]["value"] == 3
    assert referred(now["performer"][0])["resourceType"] == "Patient"


def test_a_diagnosis_is_coded_only_where_the_prescriber_did() -> None:
    conditions = of_kind("Condition")
    coded = [c for c in conditions if "icd" in c["code"]["coding"][0]["system"]]
    assert [c["code"]["text"] for c in coded] == ["Neck and headache"]
    assert coded[0]["code"]["coding"][0] == {
        "system": "http://hl7.org/fhir/sid/icd-10",
        "code": "M54.2",
        "display": "Cervicalgia",
    }


def test_a_complaint_leads_to_its_ratings_and_its_drawing() -> None:
    headache = next(c for c in of_kind("Condition") if c.get("evidence"))
    evidence = [referred(each["detail"][0]) for each in headache["evidence"]]
    codes = ["nrs-now", "nrs-worst", "nrs-mean-24h", "pain-drawing"]
    assert [code_of(each) for each in evidence] == codes
    marks = [c["valueString"] for c in evidence[-1]["component"]]
    assert marks == ["front 0.125 0.1", f"back {1 / 3!r} 0.2"]


@pytest.mark.parametrize(
    ("phase", "rhythm"),
    [
        (Phase(per_week=2, per_week_to=3), {"frequency": 2, "frequencyMax": 3, "period": 1}),
        (Phase(per_week=1.0), {"frequency": 1, "period": 1}),
        (Phase(every_weeks=5, every_weeks_to=6), {"frequency": 1, "period": 5, "periodMax": 6}),
        (Phase(per_week=0.5), {"frequency": 1, "period": 2.0}),
        (Phase(per_week=0.5, per_week_to=1), {"frequency": 1, "period": 1.0, "periodMax": 2.0}),
    ],
)
def test_a_phase_is_so_many_times_in_so_many_weeks(phase: Phase, rhythm: Json) -> None:
    assert _rhythm(phase) == rhythm | {"periodUnit": "wk"}


def test_phases_follow_one_another_without_a_gap() -> None:
    (plan,) = of_kind("CarePlan")
    bounds = [
        activity["detail"]["scheduledTiming"]["repeat"]["boundsPeriod"]
        for activity in plan["activity"]
    ]
    days = [
        [date.fromisoformat(bound[k]) for k in ("start", "end") if k in bound] for bound in bounds
    ]
    assert [len(day) for day in days] == [2, 2, 1]
    assert [(b[0] - a[1]).days for a, b in pairwise(days)] == [1, 1]
    assert [referred(each)["resourceType"] for each in plan["goal"]] == ["Goal", "Goal"]


def test_a_visit_for_relaxation_says_that_it_was_and_no_more() -> None:
    relaxing = next(e for e in of_kind("Encounter") if e["type"][0]["text"] == "relaxation")
    name = f"urn:uuid:{relaxing['id']}"
    assert [r["resourceType"] for r in whole() if name in json.dumps(r)] == []
    assert "reasonCode" not in relaxing


def test_the_conclusion_is_the_assessment_and_the_note_is_whole() -> None:
    (report,), (note,) = of_kind("DiagnosticReport"), of_kind("Composition")
    said: SoapNote = whole_record().visits[0].latest("note")
    assert report["conclusion"] == said.assessment
    assert [section["title"] for section in note["section"]] == [
        "Subjective",
        "Objective",
        "Assessment",
        "Plan",
        "Free",
    ]
    assert said.plan in note["section"][3]["text"]["div"]
    assert "&quot;ow&quot;" in note["section"][4]["text"]["div"]
    assert report["status"] == note["status"] == "final"


def test_what_changes_after_the_signature_makes_the_report_amended() -> None:
    record = whole_record()
    first = record.visits[0]
    late = replace(first.entries[1], id=EntryId("E-LATE"))
    record = replace(record, visits=(replace(first, entries=(*first.entries, late)),))
    (report,) = (r for r in told(record) if r["resourceType"] == "DiagnosticReport")
    assert report["status"] == "amended"


def test_an_open_visit_is_preliminary() -> None:
    record = whole_record()
    first = record.visits[0]
    still = tuple(e for e in first.entries if e.kind not in {"signature", "closed"})
    record = replace(record, visits=(replace(first, entries=still),))
    found = told(record)
    assert {r["status"] for r in found if r["resourceType"] == "DiagnosticReport"} == {
        "preliminary"
    }
    (encounter,) = (r for r in found if r["resourceType"] == "Encounter")
    assert encounter["status"] == "in-progress"
    assert "end" not in encounter["period"]


def test_an_amendment_takes_the_place_of_the_first_and_says_why() -> None:
    record = whole_record()
    revisions = {p["reason"][0]["text"]: p for p in of_kind("Provenance") if "reason" in p}
    assert set(revisions) == {"misheard", "pressed again, deeper", "plan was missing"}
    misheard = revisions["misheard"]
    target = referred(misheard["target"][0])
    first = next(e for e in record.entries if e.kind == "complaint")
    assert target["meta"]["versionId"] == "2"
    assert target["identifier"][0]["value"] == first.id
    assert misheard["entity"][0]["what"]["identifier"]["value"] == first.id
    # Before the amendment the same resource was known by the same name.
    before = replace(record, entries=tuple(e for e in record.entries if e.reason != "misheard"))
    assert target["id"] in {r["id"] for r in told(before)}


def test_a_signature_names_what_was_signed_by_its_hash() -> None:
    (signature,) = (p for p in of_kind("Provenance") if "signature" in p)
    said = next(e for e in whole_record().visits[0].entries if e.kind == "signature").statement
    assert signature["entity"][0]["what"]["identifier"]["value"] == said.content_sha256
    assert referred(signature["target"][0])["resourceType"] == "DiagnosticReport"
    assert signature["signature"][0]["type"][0]["code"] == "signature-author"


def test_what_was_recorded_of_a_treatment_is_part_of_it() -> None:
    procedure = next(p for p in of_kind("Procedure") if "performedPeriod" in p)
    name = f"urn:uuid:{procedure['id']}"
    parts = [o for o in of_kind("Observation") if {"reference": name} in o.get("partOf", [])]
    codes = {code_of(o) for o in parts}
    assert {"treatment-intensity", "treatment-duration", "nrs-during"} <= codes
    assert "indentation-press" in codes  # the recording that the dose names


def test_what_was_left_out_says_why() -> None:
    (left_out,) = observations("not-done")
    assert left_out["dataAbsentReason"]["coding"][0]["code"] == "asked-declined"
    assert left_out["code"]["text"] == "stretch of the left elbow"


def test_software_is_a_device_of_its_own_that_belongs_to_the_gauge() -> None:
    mean = observations("ppt-site-mean")[0]
    software = referred(mean["device"])
    assert software["deviceName"][0]["name"] == "TissueSense"
    gauge = referred(software["parent"])
    assert gauge["modelNumber"] == "progressor"
    trial = referred(mean["derivedFrom"][0])
    assert referred(trial["device"]) == gauge


def test_a_capture_is_named_by_hash_and_size_and_stays_in_the_record(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    FORMAT.write(whole_request(path))
    captures = [
        content["attachment"]
        for entry in json.loads(path.read_bytes())["entry"]
        if entry["resource"]["resourceType"] == "DocumentReference"
        for content in entry["resource"]["content"]
        if content["attachment"]["title"] == "Capture"
    ]
    check = b64encode(hashlib.sha1(CAPTURE, usedforsecurity=False).digest()).decode()
    assert captures
    for attachment in captures:
        assert (attachment["size"], attachment["hash"]) == (len(CAPTURE), check)
        assert attachment["url"].endswith(hashlib.sha256(CAPTURE).hexdigest())
        assert "data" not in attachment
    assert b64encode(CAPTURE) not in path.read_bytes()


_TEXT = st.text(
    alphabet=st.characters(codec="utf-8", exclude_characters="\0"), min_size=0, max_size=30
)


@settings(max_examples=40)
@given(text=_TEXT)
def test_any_text_that_the_record_takes_is_valid_fhir(text: str) -> None:
    from fhir.resources.R4B import get_fhir_model_class

    record = whole_record()
    first = record.visits[0]
    palpated = next(e for e in first.entries if e.kind == "palpation")
    felt: ManualFinding = replace(palpated.statement, texture=text, note=text, refers_to=text)
    noted = next(e for e in first.entries if e.kind == "note")
    note = replace(noted.statement, subjective=text, assessment=text)
    visit = replace(
        first,
        visit=replace(first.visit, practitioner=text, today=text, reason=text),
        entries=(replace(palpated, statement=felt), replace(noted, statement=note, reason=text)),
        measurements=(),
    )
    for each in told(replace(record, entries=(), visits=(visit,))):
        get_fhir_model_class(each["resourceType"]).model_validate(each)


@pytest.mark.parametrize(
    ("flags", "when"),
    [
        ((HistoricFlag.RAW_ABSENT,), "2025-05-04T12:00:00+01:00"),
        ((HistoricFlag.RAW_ABSENT, HistoricFlag.TIME_UNKNOWN), "2025-05-04"),
    ],
)
def test_a_historic_number_is_not_one_of_ours(flags: tuple[HistoricFlag, ...], when: str) -> None:
    record = whole_record()
    first = record.visits[0]
    historic = HistoricMeasurement(
        site=BodySite("soleus", Side.RIGHT),
        measured_at=datetime(2025, 5, 4, 11, tzinfo=UTC),
        instrument="MyotonPRO 001234",
        quantities=(
            HistoricQuantity(name="myotonpro_stiffness", values=(301.0, 305.0, 290.0), unit="N/m"),
            HistoricQuantity(name="odd", values=(1.5,), unit="[arb'U]"),
        ),
        source_sha256="0" * 64,
        flags=flags,
    )
    entry = replace(first.entries[0], id=EntryId("E-OLD"), kind="historic", statement=historic)
    visit = replace(first, entries=(first.entries[0], entry), measurements=())
    found = told(replace(record, visits=(visit,)))
    stiffness, odd = (r for r in found if r.get("device"))
    assert code_of(stiffness) == "historic-myotonpro-stiffness"
    assert stiffness["valueQuantity"]["value"] == 301.0
    values = [c["valueQuantity"]["value"] for c in stiffness["component"] if "valueQuantity" in c]
    assert values == [301.0, 305.0, 290.0]
    assert stiffness["effectiveDateTime"] == when
    assert "raw_absent" in stiffness["note"][0]["text"]
    assert odd["valueQuantity"] == {"value": 1.5, "unit": "[arb'U]"}


def test_imported_numbers_that_were_struck_out_are_entered_in_error_with_the_reason() -> None:
    record = whole_record()
    first = record.visits[0]
    stated = next(e for visit in record.visits for e in visit.entries if e.kind == "historic")
    visit = replace(first, entries=(first.entries[0], stated), measurements=())
    record = replace(record, visits=(visit,))
    kept, struck = told(record), told(imported_struck_out(record))

    assert {r["status"] for r in kept if r.get("device")} == {"final"}
    numbers = [r for r in struck if r.get("device")]
    assert len(numbers) == len(stated.statement.quantities)
    for each in numbers:
        assert each["status"] == "entered-in-error"
        assert "wrong client" in "".join(note["text"] for note in each["note"])
    report = next(r for r in struck if r["resourceType"] == "DiagnosticReport")
    results = {result["reference"] for result in report.get("result", ())}
    assert not results & {f"urn:uuid:{each['id']}" for each in numbers}
