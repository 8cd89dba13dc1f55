"""A capture that is handed on gives the same numbers, and with nobody's name when asked."""

import asyncio
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.services.captured import captured_session, imported_session

from tissuesense.analysis.analyse import RecordingAnalysis, analyze
from tissuesense.core.calibration import Calibration
from tissuesense.core.clock import ManualClock
from tissuesense.core.contact import ContactTip
from tissuesense.core.errors import CaptureError, RecordError, UsageError
from tissuesense.core.recording import RecordingContext, RecordingKind
from tissuesense.core.site import Side
from tissuesense.services.analyse_files import FileFailure, analyse_file, find_traces
from tissuesense.services.capture import RecordRequest, record
from tissuesense.services.capture_export import anonymous, export_anonymous, export_capture
from tissuesense.services.capture_facts import capture_facts
from tissuesense.services.records import Acquisition, add_client, open_visit, save_measurement
from tissuesense.store.opening import open_store
from tissuesense.transport.base import Chunk
from tissuesense.transport.capture_decode import decode_recording
from tissuesense.transport.capture_file import encode_record, read_capture, with_header

CLOCK = ManualClock()
PERSONAL = RecordingContext(
    kind=RecordingKind.PPT,
    tip=ContactTip(area_cm2=1.0),
    site="thenar",
    side=Side.LEFT,
    instrument="the one of Zoë",
    stop_mode="as Zoë likes it",
    calibration=Calibration(
        identifier="C-7 Leipzig",
        instrument="the one of Zoë",
        gain=1.02,
        performed_on=date(2026, 1, 2),
        valid_until=date(2027, 1, 2),
    ),
    extra={"tester": "Zoë", "room": "Leipzig"},
)


def recorded(folder: Path, url: str = "sim:?speed=0&seed=5", **more: Any) -> Path:  # noqa: ANN401 - as RecordRequest
    request = RecordRequest(url=url, out=folder / "a.csv", seconds=35.0, **more)
    asyncio.run(record(request, clock=CLOCK))
    return request.capture_path


def exported(
    folder: Path, session: tuple[RecordingAnalysis, Acquisition], *, of_finding: bool = False
) -> Path:
    rng = np.random.default_rng(1)
    analysed, acquisition = session
    with open_store(folder / "s", clock=CLOCK, create=True, plain=True) as store:
        visit = open_visit(store, add_client(store, clock=CLOCK, rng=rng).id, clock=CLOCK, rng=rng)
        kept = save_measurement(store, visit.id, analysed, acquisition, clock=CLOCK, rng=rng)
        identifier = kept.findings[0].id if of_finding else kept.measurement.id
        export_capture(store, identifier, folder / "out.capture")
    return folder / "out.capture"


@pytest.mark.parametrize("of_finding", [True, False])
def test_a_stored_measurement_goes_out_as_one_file_that_gives_its_numbers(
    tmp_path: Path, of_finding: bool
) -> None:
    analysed, acquisition = captured_session()
    out = exported(tmp_path, (analysed, acquisition), of_finding=of_finding)
    again = analyse_file(out)
    assert isinstance(again, RecordingAnalysis)
    assert again.recording.context == analysed.recording.context
    assert again.to_dict()["trials"] == analysed.to_dict()["trials"]
    assert again.to_dict()["session"] == analysed.to_dict()["session"]


def test_what_was_imported_as_a_trace_has_no_capture_to_hand_on(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="no raw capture"):
        exported(tmp_path, imported_session())


def test_an_existing_file_is_never_replaced(tmp_path: Path) -> None:
    capture = recorded(tmp_path)
    (tmp_path / "x").write_text("precious")
    with pytest.raises(UsageError, match="exists already"):
        export_anonymous(capture, tmp_path / "x")
    assert (tmp_path / "x").read_text() == "precious"


def test_an_anonymous_copy_names_nobody_and_gives_the_same_numbers(tmp_path: Path) -> None:
    url = "sim:?speed=0&seed=5&site=trapezius_upper&side=right"
    capture = recorded(tmp_path, url, context=PERSONAL)
    export_anonymous(capture, tmp_path / "anonymous")
    first_line = (tmp_path / "anonymous").read_bytes().partition(b"\n")[0].decode()
    for word in ("Zo", "Leipzig", "thenar", "trapezius", "left", "right", "2026", "simulated prog"):
        assert word not in first_line
    original, copy = decode_recording(capture), decode_recording(tmp_path / "anonymous")
    assert copy.trace == original.trace
    assert analyze(copy).to_dict()["trials"] == analyze(original).to_dict()["trials"]
    assert copy.context.extra == {"source": "simulated"}


@pytest.mark.parametrize(
    ("url", "left"),
    [
        ("serial:///dev/ttyUSB0?model=mark10&baud=9600", "serial:?model=mark10&baud=9600"),
        ("serial:socket://practice.example:7?model=mark10&logging=x", "serial:?model=mark10"),
        ("ble:Zoe%27s%20gauge?model=progressor", "ble:?model=progressor"),
        ("replay:zoe.capture?speed=1", "replay:?"),
        ("sim:?subject=relaxed&seed=3&site=thenar", "sim:?subject=relaxed&seed=3"),
    ],
)
def test_of_a_device_url_only_the_settings_of_the_wire_are_left(
    tmp_path: Path, url: str, left: str
) -> None:
    header = read_capture(recorded(tmp_path)).header
    assert anonymous(replace(header, url=url)).url == left


def test_the_facts_of_a_capture_are_those_of_the_recording(tmp_path: Path) -> None:
    capture = recorded(tmp_path, "sim:?speed=0&seed=5&fault=unplug")
    facts = capture_facts(capture)
    sidecar = json.loads(capture.with_suffix(".json").read_text())
    assert facts.decoded is not None
    assert facts.decoded.samples == len(capture.with_suffix(".csv").read_text().splitlines()) - 1
    assert list(facts.decoded.flags) == sidecar["flags"]
    ((lost_s, _),) = sidecar["gaps"]
    assert facts.link_losses_s == pytest.approx([lost_s], abs=0.2)
    assert set(facts.signals) == {"of unknown source"}  # a simulated client's
    assert facts.sent["start"] == 2  # once more after the link had come back
    assert facts.closed
    assert json.loads(json.dumps(facts.to_dict()))["torn_at"] is None
    assert facts.device_bytes < capture.stat().st_size


def test_garbage_is_counted_by_its_reason(tmp_path: Path) -> None:
    facts = capture_facts(recorded(tmp_path, "sim:?speed=0&model=text-line&fault=garbage"))
    assert facts.decoded is not None
    assert facts.decoded.rejected.total() > 0


def test_a_torn_end_and_a_model_of_another_installation_are_told(tmp_path: Path) -> None:
    capture = recorded(tmp_path)
    whole = capture.read_bytes()
    capture.write_bytes(whole[:-5])
    facts = capture_facts(capture)
    assert facts.torn_at == len(whole) - len(
        encode_record(Chunk(data=b"", t_host_s=0.0, channel="end"))
    )
    assert not facts.closed
    assert facts.decoded is not None

    header = replace(read_capture(whole).header, model="gauge-of-tomorrow")
    capture.write_bytes(with_header(whole, header))
    unknown = capture_facts(capture)
    assert unknown.decoded is None
    assert "gauge-of-tomorrow" in unknown.why_not
    assert unknown.chunks > 100


def test_what_is_no_capture_or_damaged_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("time_s,force_n\n")
    with pytest.raises(CaptureError):
        capture_facts(tmp_path / "x")
    with pytest.raises(CaptureError):
        capture_facts(tmp_path / "absent")


def test_analyze_takes_a_capture_by_its_name_or_as_a_replay(tmp_path: Path) -> None:
    capture = recorded(tmp_path)
    by_name, by_url, of_trace = (
        analyse_file(path)
        for named in (capture, Path(f"replay:{capture}?speed=20"), tmp_path / "a.csv")
        for path in find_traces([named])
    )
    assert isinstance(by_name, RecordingAnalysis)
    assert isinstance(by_url, RecordingAnalysis)
    assert isinstance(of_trace, RecordingAnalysis)
    assert by_name.to_dict() == by_url.to_dict()
    assert by_name.to_dict()["trials"] == of_trace.to_dict()["trials"]
    capture.write_bytes(capture.read_bytes()[:30])
    assert isinstance(analyse_file(capture), FileFailure)
