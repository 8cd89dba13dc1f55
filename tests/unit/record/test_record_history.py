"""A record shows the latest analysis of every measurement and forgets none."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualitySummary
from tissuesense.core.recording import RecordingContext, RecordingKind
from tissuesense.core.site import BodySite, Side
from tissuesense.core.trace import Trace
from tissuesense.record.client import ClientId
from tissuesense.record.entry import Entry, EntryId
from tissuesense.record.history import MeasurementRecord, VisitRecord
from tissuesense.record.measurement import (
    Measurement,
    MeasurementId,
    MethodVersion,
    StoredFinding,
    finding_id,
)
from tissuesense.record.visit import ManualFinding, Visit, VisitId

DAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
TRACE = Trace(t_s=np.array([0.0, 0.1]), force_n=np.array([0.0, 1.0]))
LEFT = BodySite("trapezius_upper", Side.LEFT)
VISIT = Visit(id=VisitId("V-1"), client=ClientId("TS-1"), opened_at=DAY)
MEASUREMENT = Measurement(
    id=MeasurementId("M-1"),
    visit=VISIT.id,
    site=LEFT,
    kind=RecordingKind.PPT,
    measured_at=DAY + timedelta(minutes=5),
    trace=TRACE,
    context=RecordingContext(),
    quality=QualitySummary(),
    trace_sha256=TRACE.sha256,
    capture_sha256=None,
    device_model="mark10",
)
FIRST = MethodVersion(estimator="e", estimator_version="1", software_version="0.1")


def finding(number: int, **changed: object) -> StoredFinding:
    first = StoredFinding(
        id=finding_id(MEASUREMENT.id, number),
        measurement=MEASUREMENT.id,
        item="session",
        index=None,
        quantity="ppt_kpa",
        value=300.0,
        standard_uncertainty=10.0,
        ci95=(280.0, 320.0),
        accepted=True,
        flags=(),
        method=FIRST,
        computed_at=DAY,
    )
    return replace(first, **changed)  # type: ignore[arg-type]  # any field by name


def noted(*found: ManualFinding) -> tuple[Entry[ManualFinding], ...]:
    return tuple(
        Entry(
            id=EntryId(f"E-{number}"),
            seq=number,
            kind="palpation",
            recorded_at=DAY,
            actor="",
            client=VISIT.client,
            visit=VISIT.id,
            supersedes=None,
            reason="",
            statement=each,
            hash="",
        )
        for number, each in enumerate(found, start=1)
    )


def test_amended_statement_gives_way_to_its_amendment_and_is_not_forgotten() -> None:
    first, other = noted(
        ManualFinding(visit=VISIT.id, site=LEFT, found_at=DAY, tenderness=1),
        ManualFinding(visit=VISIT.id, site=LEFT.opposite, found_at=DAY),
    )
    amended = replace(
        first,
        id=EntryId("E-3"),
        supersedes=first.id,
        reason="the other hand",
        statement=replace(first.statement, tenderness=3),
    )
    record = VisitRecord(visit=VISIT, entries=(first, other, amended))
    assert record.manual_findings == (other.statement, amended.statement)
    assert first in record.entries


def test_later_analysis_is_shown_and_the_earlier_one_kept() -> None:
    later = replace(FIRST, estimator_version="2")
    record = MeasurementRecord(
        measurement=MEASUREMENT,
        computed=(finding(1), finding(2, value=310.0, method=later)),
    )
    assert [shown.value for shown in record.findings] == [310.0]
    assert [kept.value for kept in record.computed] == [300.0, 310.0]


def test_second_run_of_the_same_version_is_another_analysis() -> None:
    record = MeasurementRecord(
        measurement=MEASUREMENT,
        computed=(finding(1), finding(2, computed_at=DAY + timedelta(days=1))),
    )
    assert [shown.number for shown in record.findings] == [2]


def test_number_is_found_by_what_it_is_of() -> None:
    trial = finding(2, item="trial", index=1, quantity="threshold_kpa")
    record = MeasurementRecord(measurement=MEASUREMENT, computed=(finding(1), trial))
    assert record.finding("threshold_kpa", "trial", 1) == trial
    assert record.finding("threshold_kpa", "trial", 2) is None


def test_measurement_without_numbers_has_none_to_show() -> None:
    assert MeasurementRecord(measurement=MEASUREMENT).findings == ()


def test_sites_come_in_the_order_of_the_visit_each_once() -> None:
    right = ManualFinding(visit=VISIT.id, site=LEFT.opposite, found_at=DAY)
    left = ManualFinding(visit=VISIT.id, site=LEFT, found_at=DAY + timedelta(minutes=1))
    record = VisitRecord(
        visit=VISIT,
        entries=noted(right, left),
        measurements=(MeasurementRecord(measurement=MEASUREMENT),),
    )
    assert record.sites == (LEFT.opposite, LEFT)


def test_sites_of_one_time_come_in_the_order_of_writing_and_not_of_their_names() -> None:
    sites = [BodySite(name, Side.LEFT) for name in ("soleus", "levator_scapulae", "thenar")]
    felt = [ManualFinding(visit=VISIT.id, site=site, found_at=DAY) for site in sites]

    assert VisitRecord(visit=VISIT, entries=noted(*felt)).sites == tuple(sites)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_number_that_is_none_cannot_be_recorded(value: float) -> None:
    for broken in ({"value": value}, {"standard_uncertainty": value}, {"ci95": (0.0, value)}):
        with pytest.raises(UsageError):
            finding(1, **broken)


def test_zero_has_no_sign_in_the_record() -> None:
    assert str(finding(1, value=-0.0).value) == "0.0"


def test_recording_of_a_measurement_is_what_was_measured() -> None:
    recording = MEASUREMENT.recording()
    assert recording.trace == TRACE
    assert recording.content_sha256 == TRACE.sha256
