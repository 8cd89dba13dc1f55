"""`devices conformance` judges a Link device, and says so by its exit code, table and document."""

import json
from pathlib import Path

import pytest
from tests.e2e.conftest import Program

DEVICE = "sim:?model=tissuesense-link&speed=0"


def test_a_device_that_conforms_is_done_with_a_table_that_says_so(program: Program) -> None:
    done = program("devices", "conformance", DEVICE)

    assert done.returncode == 0
    assert "SIM-0001 conforms:" in done.stdout
    assert "hello-order" in done.stdout
    assert "pass: hello-order" in done.stderr


def test_a_device_that_does_not_conform_fails(program: Program) -> None:
    done = program("devices", "conformance", f"{DEVICE}&fault=garbage", "--json")

    assert done.returncode == 1
    document = json.loads(done.stdout)
    assert document["conforms"] is False
    failed = {row["check"] for row in document["checks"] if row["verdict"] == "fail"}
    assert "sound-frames" in failed
    assert len(failed) == document["counts"]["fail"]


def test_the_document_says_of_each_check_what_came(program: Program) -> None:
    done = program("devices", "conformance", DEVICE, "--json")

    document = json.loads(done.stdout)
    assert document["schema"] == "tissuesense.conformance/1"
    assert document["url"] == DEVICE
    assert document["device"]["serial"] == "SIM-0001"
    for row in document["checks"]:
        assert set(row) == {"check", "section", "requirement", "verdict", "said"}
        assert row["said"]


@pytest.mark.parametrize("fault", ["", "&fault=garbage"])
def test_the_report_fits_a_terminal_and_says_of_a_failure_what_must_be_so(
    program: Program, fault: str
) -> None:
    said = program("devices", "conformance", f"{DEVICE}{fault}", COLUMNS="80").stdout
    assert max(map(len, said.splitlines())) <= 80
    assert "hello-while-streaming " in said
    assert ("Must be so (section" in said) is bool(fault)


def test_a_device_that_is_not_there_is_one_document_too(program: Program) -> None:
    done = program("devices", "conformance", "serial:/absent?model=tissuesense-link", "--json")
    assert done.returncode == 1
    document = json.loads(done.stdout)
    assert document["conforms"] is False
    assert document["error"]["code"] == "device_not_found"


def test_another_wire_is_a_wrong_call(program: Program) -> None:
    done = program("devices", "conformance", "sim:?model=progressor")

    assert done.returncode == 2
    assert "TissueSense Link" in done.stderr
    assert "model=tissuesense-link" in done.stderr


def test_the_side_car_of_a_recording_has_what_the_device_says_of_itself(
    program: Program, tmp_path: Path
) -> None:
    done = program("record", "--device", f"{DEVICE}&seed=3", "--seconds", "3", "--out", "trace.csv")

    assert done.returncode == 0, done.stderr
    side_car = json.loads((tmp_path / "trace.json").read_text(encoding="utf-8"))
    assert side_car["instrument"] == "SIM-0001"
    assert side_car["maker"] == "TissueSense"
    assert side_car["device_model"] == "simulated Link gauge"
    assert side_car["calibration_id"] == "simulated"
    assert side_car["protocol"] == "1.1"
    assert side_car["clock"] == "device"
    assert (side_car["rejected_frames"], side_car["gaps"]) == (0, [])
