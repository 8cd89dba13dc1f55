"""Who a client is stands apart from the record, and nobody looks without a trace."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from tests.unit.services.desk import Desk, a_desk

from tissuesense.core.errors import RecordErased, RecordNotFound
from tissuesense.record.client import ClientId
from tissuesense.record.people import Identity
from tissuesense.services.care import amend
from tissuesense.services.identity import read_identity
from tissuesense.store.client_keys import Purpose

NAME = "Ann Example"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as desk:
        yield desk


def read(desk: Desk, why: str = "shown") -> Identity | None:
    return read_identity(desk.store, desk.client, why=why, clock=desk.clock, rng=desk.rng)


def looks(desk: Desk) -> list[str]:
    return [e.statement.why for e in desk.store.ledger.of_client(desk.client, "identity_read")]


def test_every_look_is_written_down_with_its_reason(desk: Desk) -> None:
    desk.store.actor = "M. Example"
    desk.enter("identity", name=NAME)
    assert read(desk, "shown") == Identity(name=NAME)
    assert read(desk, "report") == Identity(name=NAME)
    assert looks(desk) == ["shown", "report"]
    (first, _) = desk.store.ledger.of_client(desk.client, "identity_read")
    assert (first.actor, first.recorded_at) == ("M. Example", desk.clock.now())


def test_looking_for_what_is_not_kept_is_a_look_too(desk: Desk) -> None:
    assert read(desk) is None
    assert looks(desk) == ["shown"]


def test_record_of_a_client_never_holds_the_identity(desk: Desk) -> None:
    desk.enter("identity", name=NAME)
    desk.open_visit()
    assert "identity" not in {entry.kind for entry in desk.record().entries}
    assert NAME not in str(asdict(desk.record()))


def test_latest_identity_is_the_one(desk: Desk) -> None:
    desk.enter("identity", name=NAME)
    second = desk.enter("identity", name=NAME, phone="1")
    amend(desk.store, second.id, {"phone": "2"}, reason="a digit", clock=desk.clock, rng=desk.rng)
    assert read(desk) == Identity(name=NAME, phone="2")


def test_erased_identity_cannot_be_read_and_the_record_can(desk: Desk) -> None:
    desk.enter("identity", name=NAME)
    desk.enter("goal", text="less pain")
    desk.store.keys.destroy(desk.client, [Purpose.IDENTITY])
    with pytest.raises(RecordErased):
        read(desk)
    assert desk.record().latest("goal").text == "less pain"


def test_nobody_has_no_identity(desk: Desk) -> None:
    desk.client = ClientId("TS-00000")
    with pytest.raises(RecordNotFound):
        read(desk)
