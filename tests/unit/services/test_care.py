"""What is written down stays: amended, struck out or signed, but never overwritten."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.unit.services.captured import captured_session
from tests.unit.services.desk import Desk, a_desk
from tests.unit.services.told import ABOUT_A_CLIENT, ABOUT_THE_PRACTICE, IN_A_VISIT, SITE

from tissuesense.core.errors import RecordConflict, RecordNotFound, UsageError
from tissuesense.record.client import ClientId
from tissuesense.record.history import current
from tissuesense.record.statements import KINDS, body_of, read_statement
from tissuesense.record.visit import VisitId
from tissuesense.services.care import (
    amend,
    close,
    content_sha256,
    enter,
    is_closed,
    sign,
    signed_part,
    strike_out,
)
from tissuesense.services.records import (
    add_client,
    load_client_record,
    load_visit_record,
    open_visit,
    save_measurement,
)
from tissuesense.store.opening import open_store
from tissuesense.store.verification import verify

ENTERED = {**ABOUT_A_CLIENT, **IN_A_VISIT, **ABOUT_THE_PRACTICE}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as desk:
        desk.open_visit()
        yield desk


def visit_of(desk: Desk) -> VisitId:
    assert desk.visit is not None
    return desk.visit


def test_every_kind_that_is_entered_has_an_example_here() -> None:
    assert set(ENTERED) == {kind for kind, row in KINDS.items() if row.entered}


@pytest.mark.parametrize("kind", sorted(ENTERED))
def test_every_kind_of_statement_comes_back_as_it_was_stated(desk: Desk, kind: str) -> None:
    kept = desk.enter(kind, **ENTERED[kind])
    assert desk.store.ledger.get(kept.id) == kept
    stated = read_statement(kind, ENTERED[kind], visit=desk.visit, found_at=desk.clock.now())
    assert kept.statement == stated
    assert kept.recorded_at == desk.clock.now()


@pytest.mark.parametrize("kind", sorted(set(KINDS) - set(ENTERED)))
def test_what_the_program_writes_nobody_enters(desk: Desk, kind: str) -> None:
    with pytest.raises(UsageError, match="by the program itself"):
        enter(desk.store, kind, {}, clock=desk.clock, rng=desk.rng, visit=desk.visit)


@pytest.mark.parametrize("kind", sorted(IN_A_VISIT))
def test_finding_without_a_visit_is_refused_before_it_is_read(desk: Desk, kind: str) -> None:
    with pytest.raises(UsageError, match="belongs to a visit"):
        enter(desk.store, kind, {}, clock=desk.clock, rng=desk.rng, client=desk.client)


@pytest.mark.parametrize("kind", sorted(ABOUT_THE_PRACTICE))
def test_practice_is_not_entered_for_a_client(desk: Desk, kind: str) -> None:
    stated = ABOUT_THE_PRACTICE[kind]
    with pytest.raises(UsageError, match="about the practice"):
        enter(desk.store, kind, stated, clock=desk.clock, rng=desk.rng, client=desk.client)


def test_refused_statement_leaves_nothing(desk: Desk) -> None:
    before = desk.store.ledger.head()
    with pytest.raises(UsageError):
        desk.enter("palpation", **SITE, tenderness=4)
    with pytest.raises(RecordNotFound):
        enter(
            desk.store, "goal", {"text": "x"},
            clock=desk.clock, rng=desk.rng, client=ClientId("TS-00000"),
        )  # fmt: skip
    assert desk.store.ledger.head() == before


@pytest.mark.parametrize("kind", sorted(k for k in ENTERED if KINDS[k].only_one))
def test_of_a_kind_that_there_is_one_of_the_later_one_holds(desk: Desk, kind: str) -> None:
    first = desk.enter(kind, **ENTERED[kind])
    second = desk.enter(kind, **ENTERED[kind])
    assert second.supersedes == first.id
    assert desk.store.ledger.get(first.id) == first


@pytest.mark.parametrize("kind", ["complaint", "goal", "palpation", "consent"])
def test_of_other_kinds_each_stands_for_itself(desk: Desk, kind: str) -> None:
    first, second = (desk.enter(kind, **ENTERED[kind]) for _ in range(2))
    assert second.supersedes is None
    assert current([first, second], kind) == (first, second)


def test_amendment_changes_what_is_stated_and_keeps_the_rest(desk: Desk) -> None:
    first = desk.enter("palpation", **SITE, tenderness=2, note="band")
    second = desk.amend(first.id, tenderness=1)
    assert (second.statement.tenderness, second.statement.note) == (1, "band")
    assert (second.supersedes, second.reason) == (first.id, "a slip")
    record = load_visit_record(desk.store, visit_of(desk))
    assert record.manual_findings == (second.statement,)
    assert first in record.entries
    assert verify(desk.store).ok


def test_second_amendment_of_the_same_entry_is_a_conflict(desk: Desk) -> None:
    first = desk.enter("palpation", **SITE, tenderness=2)
    second = desk.amend(first.id, tenderness=1)
    with pytest.raises(RecordConflict, match="changed meanwhile"):
        desk.amend(first.id, tenderness=3)
    assert desk.amend(second.id, tenderness=3).supersedes == second.id


def test_two_who_amend_at_once_do_not_both_win(desk: Desk, tmp_path: Path) -> None:
    first = desk.enter("palpation", **SITE, tenderness=2)
    with open_store(tmp_path, clock=desk.clock) as other:
        seen = other.ledger.get(first.id)
        desk.amend(first.id, tenderness=1)
        with pytest.raises(RecordConflict):
            amend(other, seen.id, {"tenderness": 0}, reason="too", clock=desk.clock, rng=desk.rng)


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({}, "changes nothing"),
        ({"tenderness": 2}, "changes nothing"),
        ({"tenderness": 9}, "tenderness"),
        ({"tendernes": 1}, "no 'tendernes'"),
    ],
    ids=str,
)
def test_amendment_that_is_none_is_refused(
    desk: Desk, change: dict[str, Any], refused: str
) -> None:
    first = desk.enter("palpation", **SITE, tenderness=2)
    with pytest.raises(UsageError, match=refused):
        desk.amend(first.id, **change)


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_amendment_needs_its_reason(desk: Desk, reason: str) -> None:
    first = desk.enter("goal", text="less pain")
    with pytest.raises(UsageError, match="reason"):
        amend(desk.store, first.id, {"text": "none"}, reason=reason, clock=desk.clock, rng=desk.rng)


def test_statement_cannot_be_amended_into_another_client_or_visit(desk: Desk) -> None:
    other = add_client(desk.store, clock=desk.clock, rng=desk.rng).id
    visit = open_visit(desk.store, other, clock=desk.clock, rng=desk.rng).id
    opened = next(e for e in desk.store.ledger.of_visit(visit_of(desk)) if e.kind == "visit")
    felt = desk.enter("palpation", **SITE, tenderness=2)
    told = desk.enter("complaint", kind="pain")
    for entry, place in (
        (opened, {"client": other}),
        (opened, {"id": visit}),
        (felt, {"visit": visit}),
        (felt, {"client": other}),
        (told, {"client": other}),
        (told, {"visit": visit}),
    ):
        with pytest.raises(UsageError, match="another client or visit"):
            desk.amend(entry.id, **place)
    assert load_client_record(desk.store, other).visits[0].entries[0].statement.client == other


def test_what_was_printed_can_be_fed_back_with_a_change(desk: Desk) -> None:
    treated = desk.enter("dose", **IN_A_VISIT["dose"])
    printed = {"visit": desk.visit, **body_of("dose", treated.statement), "seconds": 95}
    assert desk.amend(treated.id, **printed).statement.seconds == 95


def test_visit_is_amended_and_stays_the_visit_that_it_is(desk: Desk) -> None:
    opened = next(e for e in desk.store.ledger.of_visit(visit_of(desk)) if e.kind == "visit")
    desk.amend(opened.id, practitioner="M. Example")
    assert desk.store.visits.get(visit_of(desk)).practitioner == "M. Example"
    (visit,) = load_client_record(desk.store, desk.client).visits
    assert visit.visit.practitioner == "M. Example"


def test_what_the_program_wrote_is_not_amended(desk: Desk) -> None:
    signed = desk.by(sign, signer="M. Example")
    with pytest.raises(UsageError, match="never amended"):
        desk.amend(signed.id, signer="Somebody Else")


def test_signature_speaks_for_what_stood_there_and_no_longer_after_an_amendment(
    desk: Desk,
) -> None:
    felt = desk.enter("palpation", **SITE, tenderness=2)
    signed = desk.by(sign, signer="M. Example").statement
    covered = signed_part(desk.store.ledger.of_visit(visit_of(desk)))
    assert (signed.entries, signed.content_sha256) == (len(covered), content_sha256(covered))
    again = desk.by(sign, signer="M. Example").statement
    assert again.content_sha256 == signed.content_sha256  # a signature does not sign signatures
    desk.amend(felt.id, tenderness=1)
    later = content_sha256(signed_part(desk.store.ledger.of_visit(visit_of(desk))))
    assert later != signed.content_sha256
    assert desk.by(sign, signer="M. Example").statement.content_sha256 == later


@pytest.mark.parametrize("signer", ["", "   "])
def test_nobody_signs_without_a_name(desk: Desk, signer: str) -> None:
    with pytest.raises(UsageError, match="signer"):
        desk.by(sign, signer=signer)


def test_visit_is_closed_once_and_takes_late_entries(desk: Desk) -> None:
    assert not is_closed(desk.store, visit_of(desk))
    closed = desk.by(close, note="all done")
    assert is_closed(desk.store, visit_of(desk))
    assert closed.statement.closed_at == desk.clock.now()
    with pytest.raises(RecordConflict, match="closed already"):
        desk.by(close)
    desk.clock.advance(3600)
    late = desk.enter("note", subjective="felt better in the evening")
    assert late.recorded_at > closed.recorded_at


def test_measurement_that_is_struck_out_stays_and_does_not_count(desk: Desk) -> None:
    analysed, acquisition = captured_session()
    kept = save_measurement(
        desk.store, visit_of(desk), analysed, acquisition, clock=desk.clock, rng=desk.rng
    ).measurement.id
    desk.by(strike_out, {"measurement": kept, "why": "wrong side"})
    record = load_visit_record(desk.store, visit_of(desk))
    assert record.counting == ()
    assert [m.measurement.id for m in record.measurements] == [kept]
    assert record.measurements[0].void is not None
    assert record.measurements[0].void.why == "wrong side"


@pytest.mark.parametrize("named", [{}, {"measurement": "M-00000000"}], ids=str)
def test_only_a_measurement_of_this_visit_is_struck_out(desk: Desk, named: dict[str, str]) -> None:
    with pytest.raises(RecordNotFound):
        desk.by(strike_out, {"why": "wrong side", **named})


def test_who_wrote_it_stands_beside_it(desk: Desk) -> None:
    desk.store.actor = "M. Example"
    assert desk.enter("goal", text="less pain").actor == "M. Example"
