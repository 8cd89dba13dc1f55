"""Clients, visits, findings and measurements are kept as they were taken, or not at all."""

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.unit.services.captured import captured_session

from tissuesense.analysis.analyse import RecordingAnalysis
from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import RecordConflict, RecordNotFound, UsageError
from tissuesense.core.quantity import Estimate, NotEstimable
from tissuesense.core.recording import Recording
from tissuesense.record.client import ClientId, parse_client_id
from tissuesense.record.history import ClientRecord, ClientSummary
from tissuesense.record.measurement import MeasurementId, StoredFinding
from tissuesense.record.visit import VisitId
from tissuesense.services.adopt import adopt
from tissuesense.services.records import (
    add_client,
    add_manual_finding,
    analyse_again,
    load_client_record,
    load_measurement,
    open_visit,
    save_measurement,
    stored_findings,
)
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store

FELT = {"site": "levator_scapulae", "side": "right", "tenderness": 2, "tone": 1, "note": "band"}


@pytest.fixture
def clock() -> ManualClock:
    """Return a clock that stands until it is moved."""
    return ManualClock()


@pytest.fixture
def rng() -> np.random.Generator:
    """Return a seeded generator."""
    return np.random.default_rng(3)


@pytest.fixture
def store(tmp_path: Path, clock: ManualClock) -> Store:
    """Return a new plain store, open."""
    return open_store(tmp_path, clock=clock, create=True, plain=True)


def test_pseudonym_that_is_taken_is_drawn_again(store: Store, clock: ManualClock) -> None:
    with store:
        first = add_client(store, clock=clock, rng=np.random.default_rng(1))
        second = add_client(store, clock=clock, rng=np.random.default_rng(1))
        assert first.id != second.id
        assert {parse_client_id(first.id), parse_client_id(second.id)} == {first.id, second.id}


def test_measurement_comes_back_with_raw_data_and_every_number(
    store: Store, clock: ManualClock, rng: np.random.Generator
) -> None:
    analysed, acquisition = captured_session()
    with store:
        client = add_client(store, clock=clock, rng=rng)
        visit = open_visit(store, client.id, clock=clock, rng=rng, reason="neck")
        felt = add_manual_finding(store, visit.id, FELT, clock=clock, rng=rng)
        saved = save_measurement(store, visit.id, analysed, acquisition, clock=clock, rng=rng)
        record = load_client_record(store, client.id)
        capture = store.raw.capture(saved.measurement.id)
    (again,) = record.visits
    assert again.visit == visit
    assert again.manual_findings == (felt,)
    assert again.measurements == (saved,)
    assert again.measurements[0].measurement.trace == analysed.recording.trace
    assert capture == acquisition.capture
    assert len(again.measurements[0].findings) == len(analysed.findings())


@pytest.mark.parametrize("presses", [1, 3])
def test_stored_number_is_the_analysis_to_the_last_bit(presses: int) -> None:
    analysed, _ = captured_session(presses=presses)  # one press alone has no session value
    stored = stored_findings(MeasurementId("M-1"), analysed, computed_at=ManualClock().now())
    for finding, kept in zip(analysed.findings(), stored, strict=True):
        assert (kept.item, kept.index, kept.quantity) == (
            finding.item,
            finding.index,
            finding.quantity,
        )
        match finding.value:
            case Estimate() as estimate:
                assert kept.value == estimate.value
                assert kept.standard_uncertainty == estimate.standard_uncertainty
                assert kept.ci95 == estimate.coverage_interval()
            case NotEstimable(reason=reason):
                assert kept.value is None
                assert reason in kept.flags
            case bare:
                assert (kept.value, kept.standard_uncertainty) == (bare, None)
        assert kept.method.estimator == analysed.estimator.name
        assert kept.method.estimator_version == analysed.estimator.version


def test_analysing_again_adds_numbers_and_shows_the_later_ones(
    store: Store, clock: ManualClock, rng: np.random.Generator
) -> None:
    analysed, acquisition = captured_session()
    with store:
        visit = a_visit(store, clock, rng)
        first = save_measurement(store, visit, analysed, acquisition, clock=clock, rng=rng)
        clock.advance(3600)
        second = analyse_again(store, first.measurement.id, clock=clock, rng=rng)
        assert load_measurement(store, first.measurement.id) == second
    assert second.computed[: len(first.computed)] == first.computed
    assert {finding.computed_at for finding in second.findings} == {clock.now()}
    assert numbers(second.findings) == numbers(first.findings)


def numbers(findings: tuple[StoredFinding, ...]) -> list[object]:
    return [finding.numbers() for finding in findings]


def a_visit(store: Store, clock: ManualClock, rng: np.random.Generator) -> VisitId:
    client = add_client(store, clock=clock, rng=rng)
    return open_visit(store, client.id, clock=clock, rng=rng).id


def test_measurement_of_an_unknown_visit_leaves_nothing(
    store: Store, clock: ManualClock, rng: np.random.Generator
) -> None:
    analysed, acquisition = captured_session()
    with store:
        client = add_client(store, clock=clock, rng=rng)
        with pytest.raises(RecordNotFound):
            save_measurement(store, VisitId("V-0"), analysed, acquisition, clock=clock, rng=rng)
        assert load_client_record(store, client.id).visits == ()


def test_measurement_without_a_place_on_the_body_is_refused(
    store: Store, clock: ManualClock, rng: np.random.Generator
) -> None:
    analysed, acquisition = captured_session()
    recording = analysed.recording
    nowhere = RecordingAnalysis(
        recording=Recording(trace=recording.trace, context=replace(recording.context, side=None)),
        kind=analysed.kind,
        estimator=analysed.estimator,
        analysis=analysed.analysis,
    )
    with store:
        visit = a_visit(store, clock, rng)
        with pytest.raises(UsageError, match="site"):
            save_measurement(store, visit, nowhere, acquisition, clock=clock, rng=rng)


def test_nothing_is_kept_of_whom_the_store_does_not_know(
    store: Store, clock: ManualClock, rng: np.random.Generator
) -> None:
    nobody = ClientId("TS-00000")
    with store:
        with pytest.raises(RecordNotFound):
            open_visit(store, nobody, clock=clock, rng=rng)
        with pytest.raises(RecordNotFound):
            load_client_record(store, nobody)
        with pytest.raises(RecordNotFound):
            add_manual_finding(store, VisitId("V-0"), FELT, clock=clock, rng=rng)


def test_summary_counts_visits_and_names_sites_felt_or_measured(
    store: Store, clock: ManualClock, rng: np.random.Generator
) -> None:
    analysed, acquisition = captured_session()
    with store:
        idle = add_client(store, clock=clock, rng=rng)
        clock.advance(1)
        client = add_client(store, clock=clock, rng=rng)
        visits = [open_visit(store, client.id, clock=clock, rng=rng) for _ in range(2)]
        add_manual_finding(store, visits[0].id, FELT, clock=clock, rng=rng)
        add_manual_finding(store, visits[1].id, FELT, clock=clock, rng=rng)
        save_measurement(store, visits[1].id, analysed, acquisition, clock=clock, rng=rng)
        assert store.clients.summaries() == (
            ClientSummary(client=idle, visits=0, sites=()),
            ClientSummary(client=client, visits=2, sites=("levator_scapulae", "trapezius_upper")),
        )


def test_clients_do_not_see_one_another(
    store: Store, clock: ManualClock, rng: np.random.Generator
) -> None:
    analysed, acquisition = captured_session()
    with store:
        visit = a_visit(store, clock, rng)
        save_measurement(store, visit, analysed, acquisition, clock=clock, rng=rng)
        add_manual_finding(store, visit, FELT, clock=clock, rng=rng)
        other = add_client(store, clock=clock, rng=rng)
        own = open_visit(store, other.id, clock=clock, rng=rng)
        (record,) = load_client_record(store, other.id).visits
    assert (record.visit, record.manual_findings, record.measurements) == (own, (), ())


def test_log_of_a_whole_visit_names_nobody(
    tmp_path: Path,
    clock: ManualClock,
    rng: np.random.Generator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="sqlalchemy")
    analysed, acquisition = captured_session()
    folder = tmp_path / "logged"
    with open_store(folder, clock=clock, create=True, passphrase="open sesame") as store:  # noqa: S106 - of a store that lives for a test
        client = add_client(store, clock=clock, rng=rng)
        visit = open_visit(store, client.id, clock=clock, rng=rng, reason="frozen shoulder")
        add_manual_finding(store, visit.id, FELT | {"note": "cried out"}, clock=clock, rng=rng)
        save_measurement(store, visit.id, analysed, acquisition, clock=clock, rng=rng)
        load_client_record(store, client.id)
        with pytest.raises(RecordConflict):
            adopt(store, ClientRecord(client=client), capture=lambda _: None, rng=rng)
    logging.getLogger("sqlalchemy").debug("the search below can find this")
    said = caplog.text
    assert "can find this" in said
    for secret in (client.id, "frozen shoulder", "cried out", "open sesame"):
        assert secret not in said
