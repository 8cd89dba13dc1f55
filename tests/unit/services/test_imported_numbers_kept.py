"""Imported numbers count among a client's sites, can be struck out, and stay readable."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.services.desk import Desk, a_desk

from tissuesense.core.errors import RecordNotFound, UsageError
from tissuesense.core.site import BodySite, Side
from tissuesense.export.formats.json_record import SCHEMA
from tissuesense.record.entry import Entry
from tissuesense.record.historic import HistoricMeasurement, HistoricQuantity
from tissuesense.record.history import HistoricRecord
from tissuesense.record.measurement import MeasurementId
from tissuesense.services.care import keep, strike_out
from tissuesense.services.erasing import plan_erasure
from tissuesense.services.exporting import Order, export
from tissuesense.services.importing.intake import Desk as ImportDesk
from tissuesense.services.importing.json_clients import import_json
from tissuesense.services.records import load_client_record, load_measurement
from tissuesense.store.index_rebuild import rebuild_index
from tissuesense.store.opening import open_store
from tissuesense.store.verification import verify

SITE = BodySite("infraspinatus", Side.RIGHT)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path / "store") as desk:
        desk.open_visit()
        yield desk


@pytest.fixture
def kept(desk: Desk) -> Entry[HistoricMeasurement]:
    measured = HistoricMeasurement(
        site=SITE,
        measured_at=desk.clock.now(),
        instrument="MyotonPRO 17",
        quantities=(HistoricQuantity(name="myotonpro_stiffness", values=(251.3,), unit="N/m"),),
        source_sha256="a" * 64,
    )
    return keep(
        desk.store, "historic", measured, at=desk.clock.now(), rng=desk.rng, visit=desk.visit
    )


def strike(desk: Desk, entry: Entry[HistoricMeasurement]) -> Entry[object]:
    return desk.by(strike_out, {"measurement": entry.id, "why": "another person's"})


def sites(desk: Desk) -> tuple[tuple[str, ...], int]:
    """Return what the two lists of clients say: by name, and how many."""
    (summary,) = desk.store.clients.summaries()
    (line,) = desk.store.clients.page(10)
    return summary.sites, line.sites


def imported(desk: Desk) -> HistoricRecord:
    (found,) = desk.record().visits[-1].historic
    return found


def test_their_site_counts_until_they_are_struck_out(
    desk: Desk, kept: Entry[HistoricMeasurement]
) -> None:
    assert sites(desk) == ((SITE.name,), 1)
    strike(desk, kept)
    assert sites(desk) == ((), 0)
    assert rebuild_index(desk.store)
    assert sites(desk) == ((), 0)
    assert verify(desk.store).ok


def test_struck_out_numbers_stay_readable_with_their_reason(
    desk: Desk, kept: Entry[HistoricMeasurement]
) -> None:
    assert imported(desk).void is None
    strike(desk, kept)
    found = imported(desk)
    assert (found.id, found.measured) == (kept.id, kept.statement)
    assert found.void is not None
    assert found.void.why == "another person's"


def test_the_reason_can_be_amended_and_what_is_struck_out_must_be_there(
    desk: Desk, kept: Entry[HistoricMeasurement]
) -> None:
    struck = strike(desk, kept)
    desk.amend(struck.id, why="the wrong side")
    void = imported(desk).void
    assert void is not None
    assert void.why == "the wrong side"
    (latest,) = desk.record().visits[-1].current("void")
    with pytest.raises(RecordNotFound):
        desk.amend(latest.id, measurement="M-00000000")


def test_what_was_imported_is_itself_never_amended(
    desk: Desk, kept: Entry[HistoricMeasurement]
) -> None:
    with pytest.raises(UsageError, match="never amended"):
        desk.amend(kept.id, instrument="another")


def test_numbers_of_another_visit_are_not_struck_out_from_here(
    desk: Desk, kept: Entry[HistoricMeasurement]
) -> None:
    desk.open_visit(days=1)
    with pytest.raises(RecordNotFound):
        strike(desk, kept)


def test_they_are_no_recording_and_are_counted_where_everything_is_erased(
    desk: Desk, kept: Entry[HistoricMeasurement]
) -> None:
    with pytest.raises(RecordNotFound):
        load_measurement(desk.store, MeasurementId(kept.id))
    plan = plan_erasure(desk.store, desk.client, clock=desk.clock)
    assert plan.measurements == 1


def test_struck_out_they_go_out_as_json_and_come_in_again(
    desk: Desk, kept: Entry[HistoricMeasurement], tmp_path: Path
) -> None:
    strike(desk, kept)
    order = Order(form="json", out=tmp_path / "out.json")
    export(desk.store, order, clock=desk.clock, rng=desk.rng)
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["schema"] == SCHEMA
    with open_store(tmp_path / "new", clock=desk.clock, create=True, plain=True) as other:
        import_json(ImportDesk(store=other, clock=desk.clock, rng=desk.rng), tmp_path / "out.json")
        visits = load_client_record(other, desk.client).visits
    assert [v.historic for v in visits] == [v.historic for v in desk.record().visits]
