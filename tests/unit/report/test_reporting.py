"""A report is built from the store as it stands: identity audited, signatures checked."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.report.said import NEVER_SAID, everything
from tests.unit.services.captured import captured_session

from tissuesense.core.clock import ManualClock
from tissuesense.record.client import ClientId
from tissuesense.record.entry import EntryId
from tissuesense.record.people import Identity
from tissuesense.record.visit import VisitId
from tissuesense.report.document import Document
from tissuesense.services.care import amend, close, enter, sign, strike_out
from tissuesense.services.identity import read_identity
from tissuesense.services.records import add_client, open_visit, save_measurement
from tissuesense.services.reporting import (
    build_client_page,
    build_course_report,
    build_report,
    render,
)
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store

NAME = "Zebedee Quill"
NOTE = {"subjective": "Sore.", "plan": "Come again."}


@dataclass(slots=True)
class Desk:
    """A store with one client, and the hand that writes in it."""

    store: Store
    clock: ManualClock
    rng: np.random.Generator
    client: ClientId

    def enter(self, kind: str, stated: Mapping[str, Any], visit: VisitId | None = None) -> EntryId:
        self.clock.elapsed_s += 20
        whose = {"client": self.client} if visit is None else {"visit": visit}
        entry = enter(self.store, kind, stated, clock=self.clock, rng=self.rng, **whose)
        return entry.id

    def visit(self, *, intent: str = "medical", reason: str = "") -> VisitId:
        opened = open_visit(
            self.store, self.client, clock=self.clock, rng=self.rng, intent=intent, reason=reason
        )
        return opened.id

    def sign(self, visit: VisitId) -> None:
        sign(self.store, visit, signer="M. Example", clock=self.clock, rng=self.rng)

    def course(self, identity: Identity | None = None) -> Document:
        day = self.clock.local_now().date()
        return build_course_report(self.store, self.client, on=day, identity=identity)

    def report(self, visit: VisitId | None = None) -> Document:
        return build_report(self.store, self.client, visit)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clock, rng = ManualClock(), np.random.default_rng(5)
    with open_store(tmp_path / "store", clock=clock, create=True, plain=True) as store:
        store.actor = "M. Example"
        yield Desk(store, clock, rng, add_client(store, clock=clock, rng=rng).id)


def test_the_identity_stands_in_no_report_unless_it_was_read_on_purpose(desk: Desk) -> None:
    desk.enter("identity", {"name": NAME, "insurer": "Quill Insurance"})
    visit = desk.visit()
    for build in _builders(desk, visit):
        document = build()
        printed = render(document, "html").decode()
        assert NAME not in printed
        assert "Quill" not in printed
        assert NAME not in everything(document)
    assert not desk.store.ledger.of_client(desk.client, "identity_read")

    who = read_identity(desk.store, desk.client, why="report", clock=desk.clock, rng=desk.rng)

    assert NAME in everything(desk.course(identity=who))
    assert len(desk.store.ledger.of_client(desk.client, "identity_read")) == 1


def _builders(desk: Desk, visit: VisitId) -> tuple[Callable[[], Document], ...]:
    day = date(2026, 1, 5)
    return (
        lambda: build_report(desk.store, desk.client, visit),
        lambda: build_course_report(desk.store, desk.client, on=day),
        lambda: build_client_page(desk.store, desk.client, on=day),
    )


def test_a_signature_speaks_for_all_until_something_is_amended(desk: Desk) -> None:
    visit = desk.visit()
    note = desk.enter("note", NOTE, visit)
    desk.sign(visit)
    assert "all that stands here" in everything(desk.report())

    amend(
        desk.store, note, {"plan": "Come in a week."}, reason="Too vague.",
        clock=desk.clock, rng=desk.rng,
    )  # fmt: skip

    told = everything(desk.report())
    assert "as they stood then; not for 1 later entry" in told
    assert "Come again." in told
    assert "Come in a week." in told
    assert "Reason: Too vague." in told
    assert "yes, changed since" in everything(desk.course())

    desk.sign(visit)

    assert "yes, changed since" not in everything(desk.course())


def test_a_struck_out_measurement_is_shown_struck_with_its_reason_and_drawn_nowhere(
    desk: Desk,
) -> None:
    visit = desk.visit()
    session, acquisition = captured_session()
    kept = save_measurement(desk.store, visit, session, acquisition, clock=desk.clock, rng=desk.rng)
    assert any(desk.report().figures())

    strike_out(
        desk.store, visit, {"measurement": kept.measurement.id, "why": "Wrong side."},
        clock=desk.clock, rng=desk.rng,
    )  # fmt: skip

    document = desk.report()
    told = everything(document)
    assert "Struck out: " in told
    assert "It counts nowhere: Wrong side." in told
    assert not list(document.figures())
    assert '<span class="struck">' in render(document, "html").decode()
    assert "Nothing was measured before treatment" in everything(desk.course())


def test_a_relaxation_visit_is_told_without_any_clinical_claim(desk: Desk) -> None:
    visit = desk.visit(intent="relaxation", reason="To relax.")
    session, acquisition = captured_session()
    save_measurement(desk.store, visit, session, acquisition, clock=desk.clock, rng=desk.rng)
    desk.enter("palpation", {"site": "deltoid", "side": "left", "tenderness": 3}, visit)
    dose = {"site": "deltoid", "side": "left", "technique": "mfr", "seconds": 60}
    desk.enter("dose", dose, visit)
    desk.enter("note", NOTE | {"assessment": "A tight shoulder.", "objective": "Firm."}, visit)

    document = desk.report()

    told = everything(document)
    assert {part.name for part in document.parts} == {
        "client_and_visit",
        "treatment_noted",
        "note",
        "signed",
    }
    for word in ("withdraws", "tight", "Firm", "threshold", "kPa"):
        assert word not in told
    assert "Sore." in told
    assert "myofascial release" in told


def test_complaints_belong_to_the_visit_of_their_day(desk: Desk) -> None:
    desk.enter("complaint", {"kind": "pain", "region": "knee", "nrs_now": 7})
    first = desk.visit()
    desk.clock.elapsed_s += timedelta(days=3).total_seconds()
    desk.enter("complaint", {"kind": "pain", "region": "knee", "nrs_now": 3})
    second = desk.visit()

    assert "Pain, knee\n7" in everything(desk.report(first))
    assert "Pain, knee\n3" in everything(desk.report(second))
    assert "7, 3" in everything(desk.course())


def test_a_visit_tells_when_the_next_is_due_as_of_its_own_day(desk: Desk) -> None:
    plan = {"starts_on": "2026-01-05", "phases": [{"per_week": 1, "weeks": 8}]}
    desk.enter("care_plan", plan)
    first = desk.visit()
    desk.clock.elapsed_s += timedelta(days=30).total_seconds()
    desk.visit()

    assert "due Monday 12 January" in everything(desk.report(first))


def test_what_was_left_out_is_told_with_its_reason(desk: Desk) -> None:
    visit = desk.visit()
    desk.enter("not_done", {"what": "ppt deltoid left", "reason": "too_painful"}, visit)

    assert "Not done: ppt deltoid left. Too painful." in everything(desk.report())


def test_the_hour_of_closing_gives_the_duration(desk: Desk) -> None:
    visit = desk.visit()
    desk.clock.elapsed_s += 45 * 60
    close(desk.store, visit, clock=desk.clock, rng=desk.rng)

    assert "45 min" in everything(desk.course())


def test_the_head_of_the_record_is_that_of_the_ledger(desk: Desk) -> None:
    desk.visit()

    assert desk.course().head == desk.store.ledger.head()[1]


def test_a_client_without_a_visit_still_has_a_course_to_print(desk: Desk) -> None:
    document = desk.course()

    assert "No visit is on record." in everything(document)
    assert not NEVER_SAID.search(everything(document))
    assert render(document, "pdf").startswith(b"%PDF-")
