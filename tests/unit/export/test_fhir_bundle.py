"""A FHIR export is one Bundle, written client by client, whole or not at all, with no names."""

import json
import sys
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.unit.export.whole_record import (
    IDENTITY,
    PRACTICE,
    THERAPIST,
    whole_record,
    whole_request,
)

from tissuesense.core.errors import FileWriteError, MissingExtraError
from tissuesense.core.recording import SOURCE
from tissuesense.export.formats.fhir import FORMAT
from tissuesense.export.registry import FORMATS
from tissuesense.record.client import ClientId
from tissuesense.record.history import ClientRecord

NAMES = (
    *(text for text in (IDENTITY.name, IDENTITY.phone, IDENTITY.email, IDENTITY.address) if text),
    IDENTITY.insurer,
    IDENTITY.member_number,
    "1981-04-02",
    THERAPIST,
    "Dr. Who",
    PRACTICE.name,
    PRACTICE.address,
)


def written(
    path: Path, *, identified: bool = False, records: tuple[ClientRecord, ...] | None = None
) -> dict[str, Any]:
    FORMAT.write(whole_request(path, identified=identified, records=records))
    bundle: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return bundle


def resources(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    found = (entry["resource"] for entry in bundle["entry"])
    return [each for each in found if each["resourceType"] == kind]


def test_the_table_of_formats_finds_it() -> None:
    assert FORMATS["fhir"] is FORMAT
    assert FORMAT.losses
    assert not FORMAT.folder


def test_the_same_record_gives_the_same_bytes_but_for_the_stamp(tmp_path: Path) -> None:
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    FORMAT.write(whole_request(one))
    FORMAT.write(replace(whole_request(other), exported_at=datetime(2027, 1, 1, tzinfo=UTC)))
    first, second = json.loads(one.read_bytes()), json.loads(other.read_bytes())
    assert first.pop("timestamp") != second.pop("timestamp")
    assert first == second


def test_nobody_is_named_unless_it_was_asked_for(tmp_path: Path) -> None:
    text = json.dumps(written(tmp_path / "out.json"), ensure_ascii=False)
    assert [name for name in NAMES if name in text] == []


def test_year_of_birth_alone_without_identity_and_the_day_with_it(tmp_path: Path) -> None:
    (nobody,) = resources(written(tmp_path / "out.json"), "Patient")
    (somebody,) = resources(written(tmp_path / "who.json", identified=True), "Patient")
    assert nobody["birthDate"] == "1981"
    assert "name" not in nobody
    assert somebody["birthDate"] == "1981-04-02"
    assert somebody["name"] == [{"text": IDENTITY.name}]
    assert {each["value"] for each in somebody["telecom"]} == {IDENTITY.phone, IDENTITY.email}


def test_people_are_told_apart_without_their_names(tmp_path: Path) -> None:
    def people(
        name: str, records: tuple[ClientRecord, ...], *, identified: bool = False
    ) -> list[dict[str, Any]]:
        bundle = written(tmp_path / name, identified=identified, records=records)
        return resources(bundle, "Practitioner")

    records = (whole_record(), whole_record(seed=8))
    named = people("named.json", records, identified=True)
    assert {each["name"][0]["text"] for each in named} == {THERAPIST, "Dr. Who"}
    nameless = people("nameless.json", records)
    assert len(nameless) == len(named)  # of both clients together: one therapist treats them
    # Another client alone: nobody there may be mistaken for somebody else elsewhere.
    other = people("other.json", records[1:])
    assert {each["id"] for each in other}.isdisjoint(each["id"] for each in nameless)


def test_a_record_keeps_its_ids_whoever_else_is_exported_with_it(tmp_path: Path) -> None:
    both = written(tmp_path / "both.json", records=(whole_record(8), whole_record()))
    alone = written(tmp_path / "alone.json")
    shared = ("Practitioner", "Organization")
    ids = {e["fullUrl"] for e in alone["entry"] if e["resource"]["resourceType"] not in shared}
    assert ids <= {entry["fullUrl"] for entry in both["entry"]}


def test_memory_does_not_grow_with_the_number_of_clients(tmp_path: Path) -> None:
    def peak(clients: int) -> int:
        def drawn() -> Iterator[ClientRecord]:
            for number in range(clients):
                name = f"TS-{number:05d}"
                yield replace(record, client=replace(record.client, id=ClientId(name)))

        record = whole_record()
        request = replace(whole_request(tmp_path / f"{clients}.json"), records=drawn())
        tracemalloc.start()
        FORMAT.write(request)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(1)  # what is loaded once
    assert peak(12) < 1.5 * peak(2)


def test_without_the_extra_the_error_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fhir.resources.R4B", None)
    with pytest.raises(MissingExtraError, match="'fhir'"):
        FORMAT.write(whole_request(tmp_path / "out.json"))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_refuses_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(FileWriteError, match=r"out\.json"):
        FORMAT.write(whole_request(tmp_path / "nowhere" / "out.json"))


def test_a_failure_midway_leaves_nothing_and_what_was_there_before(tmp_path: Path) -> None:
    def failing() -> Iterator[ClientRecord]:
        yield whole_record()
        raise KeyError("a client")

    path = tmp_path / "out.json"
    path.write_text("older")
    with pytest.raises(KeyError):
        FORMAT.write(replace(whole_request(path), records=failing()))
    assert path.read_text() == "older"
    assert list(tmp_path.iterdir()) == [path]


def test_a_resource_that_would_not_be_fhir_is_refused_without_its_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tissuesense.export.fhir import patient

    monkeypatch.setattr(patient, "_GENDER", dict.fromkeys(patient._GENDER, 7))
    with pytest.raises(FileWriteError, match=r"A Patient would not be FHIR R4: gender") as caught:
        FORMAT.write(whole_request(tmp_path / "out.json"))
    assert "TS-" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_what_is_withheld_is_absent_and_is_no_name_of_a_code(tmp_path: Path) -> None:
    bundle = written(tmp_path / "out.json")
    today = next(
        each
        for each in resources(bundle, "Observation")
        if each["code"]["coding"][0]["code"] == "today"
    )
    assert today["dataAbsentReason"]["coding"][0]["code"] == "masked"
    prescribed = resources(bundle, "ServiceRequest")[0]["reasonCode"][0]["coding"]
    assert [(code["code"], "display" in code) for code in prescribed] == [("M54.2", False)]
    named = resources(written(tmp_path / "who.json", identified=True), "ServiceRequest")
    assert named[0]["reasonCode"][0]["coding"][0]["display"] == "Cervicalgia"


@pytest.mark.parametrize(("source", "said"), [("simulated", True), ("what Anna held", False)])
def test_samples_that_no_gauge_sent_are_marked_and_nothing_else_is_told(
    tmp_path: Path, source: str, said: bool
) -> None:
    record = whole_record()
    first = record.visits[0]
    measured = first.measurements[0]
    context = replace(measured.measurement.context, extra={SOURCE: source})
    measured = replace(measured, measurement=replace(measured.measurement, context=context))
    record = replace(record, visits=(replace(first, measurements=(measured,)),))
    text = json.dumps(written(tmp_path / "out.json", records=(record,)))
    assert (f"Source: {source}" in text) is said
    assert (source in text) is said
