"""Claim: `tissuesense demo` does the main job, twice over, and every number can be had again."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from tissuesense.analysis.analyse import analyze
from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import RecordConflict
from tissuesense.files.trace_csv import read_trace
from tissuesense.record.client import parse_client_id
from tissuesense.services.demo import demonstrate
from tissuesense.services.records import load_client_record
from tissuesense.services.reproduce import reproduce
from tissuesense.store.opening import open_store

# The practice of twelve weeks is measured twice before the first test: a busy minute.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "demo-out"
    (folder / "traces").mkdir(parents=True)
    (folder / "traces" / "mine.txt").write_text("precious")
    for _ in range(2):  # whoever runs it twice finds the second run's files
        done = subprocess.run(
            [sys.executable, "-m", "tissuesense", "demo", "--out", str(folder)],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
    assert f"{folder / 'report.html'}" in done.stdout
    return folder


def test_it_leaves_what_it_names(out: Path) -> None:
    for name in ("report.html", "report.pdf", "record.json", "store/store.db"):
        assert (out / name).stat().st_size > 1000
    record = json.loads((out / "record.json").read_text())
    assert len(list((out / "traces").glob("*.csv"))) == len(record["visits"][-1]["measurements"])
    assert all(path.with_suffix(".json").exists() for path in (out / "traces").glob("*.csv"))


def test_what_others_put_beside_the_traces_stays(out: Path) -> None:
    assert (out / "traces" / "mine.txt").read_text() == "precious"


def test_every_number_is_computed_again_from_the_raw_bytes(out: Path) -> None:
    client = parse_client_id(json.loads((out / "record.json").read_text())["client"]["id"])
    with open_store(out / "store", clock=ManualClock()) as store:
        *_, visit = load_client_record(store, client).visits
        assert len(visit.measurements) >= 10
        for taken in visit.measurements:
            assert store.raw.capture(taken.measurement.id)
            assert reproduce(store, taken.measurement.id).equal


def test_the_written_traces_give_the_stored_numbers(out: Path) -> None:
    record = json.loads((out / "record.json").read_text())
    stored = {
        finding["value"]
        for measurement in record["visits"][-1]["measurements"]
        for finding in measurement["findings"]
        if finding["quantity"] in {"ppt_kpa", "secant_stiffness_n_mm"}
        and finding["item"] == "session"
    }
    analysed = set()
    for path in (out / "traces").glob("*.csv"):
        session = analyze(read_trace(path)).to_dict()["session"]
        analysed.add((session.get("ppt_kpa") or session.get("secant_stiffness_n_mm"))["value"])
    assert analysed == stored


def test_the_report_shows_hand_and_sensor_and_claims_no_more(out: Path) -> None:
    text = " ".join(page.extract_text() for page in PdfReader(out / "report.pdf").pages)
    for words in (
        "Simulated data: no person was measured",
        "By hand",
        "winces",
        "Pain",
        "Stiffness",
        "measurement error",
        "not diagnose",
    ):
        assert words in text
    html = (out / "report.html").read_text()
    assert "<script" not in html
    assert "http://" not in html.replace("http://www.w3.org", "")


def test_a_folder_with_something_else_in_it_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "letters.txt").write_text("mine")
    with pytest.raises(RecordConflict, match="not the sample practice"):
        demonstrate(tmp_path, store_folder=tmp_path / "store", clock=ManualClock())
    assert (tmp_path / "store" / "letters.txt").read_text() == "mine"
