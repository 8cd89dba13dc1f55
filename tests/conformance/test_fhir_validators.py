"""An exported Bundle is FHIR R4 by two independent validators and by invariants of our own."""

import copy
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from tests.conformance.fhir_invariants import broken
from tests.conformance.npm_fhir import LOCK, installed, messages
from tests.unit.export.whole_record import IDENTITY, THERAPIST, whole_record, whole_request

from tissuesense.analysis.analyse import analyze
from tissuesense.anatomy.catalogue import catalogue
from tissuesense.core.calibration import Calibration
from tissuesense.core.recording import Recording
from tissuesense.core.site import BodySite, Side
from tissuesense.export.formats.fhir import FORMAT
from tissuesense.record.history import ClientRecord, MeasurementRecord
from tissuesense.services.records import stored_findings
from tissuesense.simulation.kinds import KINDS
from tissuesense.simulation.session import SessionSpec, simulated_recording

Json = dict[str, Any]

CALIBRATION = Calibration(
    identifier="2026-1", instrument="simulated", performed_on=date(2026, 1, 5)
)
PRESCRIBED = frozenset({"M54.2"})
# What the package cannot look up: it comes without these value sets.
WITHOUT = frozenset(
    f'Value set "http://{name}" could not be found.'
    for name in (
        "hl7.org/fhir/ValueSet/body-site",
        "hl7.org/fhir/ValueSet/care-plan-category",
        "hl7.org/fhir/ValueSet/devicemetric-type",
        "hl7.org/fhir/ValueSet/doc-typecodes",
        "hl7.org/fhir/ValueSet/mimetypes",
        "hl7.org/fhir/ValueSet/observation-codes",
        "hl7.org/fhir/ValueSet/observation-interpretation",
        "hl7.org/fhir/ValueSet/procedure-code",
        "hl7.org/fhir/ValueSet/procedure-reason",
        "hl7.org/fhir/ValueSet/questionnaire-answers",
        "hl7.org/fhir/ValueSet/report-codes",
        "terminology.hl7.org/ValueSet/v3-ActEncounterCode",
    )
)


@pytest.fixture(scope="session")
def validator() -> Path:
    return installed()


@cache
def every_kind_measured() -> ClientRecord:
    """Return the whole record with one more visit, in which every kind of recording was made."""
    record = whole_record()
    first = record.visits[0]
    taken = first.measurements[0].measurement
    measured = []
    for number, kind in enumerate(KINDS):
        simulated = simulated_recording(SessionSpec(kind=kind, seed=3))
        measurement = replace(
            taken,
            id=f"M-KIND{number}",  # type: ignore[arg-type]  # a plain text is enough here
            kind=kind,
            trace=simulated.trace,
            context=replace(simulated.context, calibration=CALIBRATION),
            site=BodySite("soleus", Side.RIGHT),
        )
        analysed = analyze(Recording(trace=simulated.trace, context=simulated.context))
        found = stored_findings(measurement.id, analysed, computed_at=measurement.measured_at)
        measured.append(MeasurementRecord(measurement=measurement, computed=found))
    more = replace(
        first,
        visit=replace(first.visit, id="V-KINDS"),  # type: ignore[arg-type]  # as above
        entries=(),
        measurements=tuple(measured),
    )
    return replace(record, visits=(*record.visits, more))


@pytest.fixture(scope="session", params=[False, True], ids=["nameless", "identified"])
def exported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a Bundle of two clients with everything that a record can hold."""
    path = tmp_path_factory.mktemp("fhir") / "bundle.json"
    records = (every_kind_measured(), whole_record(8))
    FORMAT.write(whole_request(path, identified=request.param, records=records))
    return path


@pytest.fixture(scope="session")
def bundle(exported: Path) -> Json:
    whole: Json = json.loads(exported.read_text(encoding="utf-8"))
    return whole


def test_npm_finds_nothing_but_that_it_has_no_list_of_these_codes(
    validator: Path, exported: Path, bundle: Json
) -> None:
    expected = WITHOUT | {
        f'Code "{code}" ({system}) not found in value set' for system, code in known_codes(bundle)
    }
    (found,) = messages(validator, exported)
    assert [each for each in found if each["message"] not in expected] == []
    assert {each["severity"] for each in found} <= {"info", "warning"}


def known_codes(bundle: Json) -> Iterator[tuple[str, str]]:
    """Yield our own codes, those of the anatomy catalogue, one of LOINC, one prescribed."""
    for entry in bundle["entry"]:
        if entry["resource"]["resourceType"] == "CodeSystem":
            for concept in entry["resource"]["concept"]:
                yield "urn:tissuesense:codes", concept["code"]
    for muscle in catalogue().muscles.values():
        yield from (("http://purl.obolibrary.org/obo/uberon.owl", code) for code in muscle.uberon)
        for code in muscle.fma:
            yield "urn:oid:2.16.840.1.113883.6.119", code.removeprefix("FMA:")
    yield "http://unitsofmeasure.org", "N"  # of a channel; R4 prefers ISO 11073
    yield "http://loinc.org", "72514-3"
    yield "http://hl7.org/fhir/sid/icd-10", "M54.2"


def test_r4b_models_read_every_resource_and_the_bundle(bundle: Json) -> None:
    assert refused_by_models(bundle) is None


def test_no_invariant_is_broken(bundle: Json) -> None:
    assert broken(bundle, prescribed=PRESCRIBED) == []


def test_every_resource_type_is_exported(bundle: Json) -> None:
    assert {entry["resource"]["resourceType"] for entry in bundle["entry"]} == {
        *("BodyStructure", "CarePlan", "CodeSystem", "Composition", "Condition", "Consent"),
        *("Device", "DeviceMetric", "DiagnosticReport", "DocumentReference", "Encounter"),
        *("EpisodeOfCare", "Goal", "List", "Observation", "Organization", "Patient"),
        *("Practitioner", "Procedure", "Provenance", "Questionnaire", "QuestionnaireResponse"),
        "ServiceRequest",
    }


def test_no_name_is_in_a_nameless_bundle(tmp_path: Path) -> None:
    path = tmp_path / "bundle.json"
    FORMAT.write(whole_request(path))
    text = path.read_text(encoding="utf-8")
    for name in (IDENTITY.name, THERAPIST, "Dr. Who", IDENTITY.email, "1981-04-02"):
        assert name not in text
    people = {"Patient", "Practitioner"}
    for entry in json.loads(text)["entry"]:
        if entry["resource"]["resourceType"] in people:
            assert {"name", "telecom", "address"}.isdisjoint(entry["resource"])


def refused_by_models(bundle: Json) -> str | None:
    """Return why the models of fhir.resources refuse a bundle; None where they do not."""
    from fhir.resources.R4B.bundle import Bundle

    try:
        Bundle.model_validate(bundle)
    except ValidationError as err:
        return str(err)
    return None


def a_trial(bundle: Json) -> Json:
    trial: Json = next(
        entry["resource"]
        for entry in bundle["entry"]
        if entry["resource"]["resourceType"] == "Observation"
        and entry["resource"]["code"]["coding"][0]["code"] == "ppt-trial"
    )
    return trial


def samples(trial: Json) -> Json:
    data: Json = next(
        component["valueSampledData"]
        for component in trial["component"]
        if "valueSampledData" in component
    )
    return data


def field_of_r5(bundle: Json) -> None:
    samples(a_trial(bundle))["interval"] = 12.5


def unknown_status(bundle: Json) -> None:
    a_trial(bundle)["status"] = "done"


def time_without_a_zone(bundle: Json) -> None:
    a_trial(bundle)["effectiveDateTime"] = "2026-03-02T09:40:00"


def samples_with_letters(bundle: Json) -> None:
    samples(a_trial(bundle))["data"] = "1 2 hello 4"


def value_and_reason_for_none(bundle: Json) -> None:
    a_trial(bundle)["dataAbsentReason"] = {"text": "none"}


def component_with_the_code_of_the_whole(bundle: Json) -> None:
    trial = a_trial(bundle)
    trial["component"][0]["code"] = trial["code"]


def required_element_missing(bundle: Json) -> None:
    del a_trial(bundle)["code"]


def reference_to_nobody(bundle: Json) -> None:
    a_trial(bundle)["subject"]["reference"] = "urn:uuid:00000000-0000-0000-0000-000000000000"


def unit_that_is_none(bundle: Json) -> None:
    a_trial(bundle)["valueQuantity"]["code"] = "kgf/cm2"


def no_device(bundle: Json) -> None:
    del a_trial(bundle)["device"]


def resource_written_twice(bundle: Json) -> None:
    bundle["entry"].append(bundle["entry"][0])


def borrowed_code(bundle: Json) -> None:
    a_trial(bundle)["code"]["coding"].append({"system": "http://snomed.info/sct", "code": "1"})


def code_that_nobody_lists(bundle: Json) -> None:
    a_trial(bundle)["code"]["coding"][0]["code"] = "ppt-nonsense"


# Which of the three sees what; "npm", "models" and "ours" are those that must.
DEFECTS: dict[Callable[[Json], None], set[str]] = {
    field_of_r5: {"npm", "models", "ours"},
    unknown_status: {"npm"},
    time_without_a_zone: {"models"},
    samples_with_letters: {"ours"},
    value_and_reason_for_none: {"ours"},
    component_with_the_code_of_the_whole: {"ours"},
    required_element_missing: {"npm", "models"},
    reference_to_nobody: {"ours"},
    unit_that_is_none: {"ours"},
    no_device: {"ours"},
    resource_written_twice: {"ours"},
    borrowed_code: {"ours"},
    code_that_nobody_lists: {"ours"},
}


@pytest.mark.parametrize(
    ("defect", "seen_by"), DEFECTS.items(), ids=[defect.__name__ for defect in DEFECTS]
)
def test_a_defect_does_not_get_past(
    defect: Callable[[Json], None],
    seen_by: set[str],
    validator: Path,
    bundle: Json,
    tmp_path: Path,
) -> None:
    spoilt = copy.deepcopy(bundle)
    defect(spoilt)
    seen = set()
    if "npm" in seen_by:
        path = tmp_path / "spoilt.json"
        path.write_text(json.dumps(spoilt), encoding="utf-8")
        (found,) = messages(validator, path)
        if any(each["severity"] == "error" for each in found):
            seen.add("npm")
    if "models" in seen_by and refused_by_models(spoilt) is not None:
        seen.add("models")
    if "ours" in seen_by and broken(spoilt, prescribed=PRESCRIBED):
        seen.add("ours")
    assert seen == seen_by


def test_the_lock_file_names_no_host_and_every_hash() -> None:
    text = LOCK.read_text(encoding="utf-8")
    assert "://" not in text
    packages = json.loads(text)["packages"]
    unhashed = [
        name
        for name, package in packages.items()
        if name and not package.get("inBundle") and not re.match("sha512-", package["integrity"])
    ]
    assert unhashed == []
