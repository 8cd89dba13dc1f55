"""A record moves between a folder and a server through a backup, and its head stays the same."""

from pathlib import Path

import numpy as np
import pytest
from tests.postgres.conftest import TestServer
from tests.unit.services.filled_store import CLOCK, PASSPHRASE, client_ids, filled

from tissuesense.core.errors import (
    RecordErased,
    RecordError,
    RecordNotFound,
    RecordTampered,
    StoreLocked,
    UsageError,
)
from tissuesense.record.audit import ErasureScope
from tissuesense.record.document import canonical_json, record_json
from tissuesense.services.backing_up import back_up
from tissuesense.services.erasing import erase, plan_erasure
from tissuesense.services.passphrase import Locksmith
from tissuesense.services.records import load_client_record
from tissuesense.services.restoring import by_passphrase, restore
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store
from tissuesense.store.place import StorePlace, store_place
from tissuesense.store.verification import verify

NEW = "five other words altogether here"


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """Return a backup of an encrypted store in a folder."""
    with filled(tmp_path / "store", plain=False) as store:
        back_up(store, tmp_path / "one.backup", clock=CLOCK)
    return tmp_path / "one.backup"


def restored(backup: Path, to: StorePlace) -> Store:
    rng = np.random.default_rng(1)
    made = restore(backup, to, opener=by_passphrase(PASSPHRASE), clock=CLOCK, rng=rng)
    assert made.ok
    return open_store(to, clock=CLOCK, passphrase=PASSPHRASE)


def said(store: Store) -> list[str]:
    """Return everything that a store says of its clients."""
    return [
        canonical_json(record_json(load_client_record(store, client)))
        for client in client_ids(store)
    ]


def test_record_goes_onto_a_server_and_back_into_a_folder(
    server: TestServer, tmp_path: Path, backup: Path
) -> None:
    with open_store(tmp_path / "store", clock=CLOCK, passphrase=PASSPHRASE) as store:
        before, head = said(store), store.ledger.head()
    with restored(backup, store_place(server.address())) as on_server:
        assert verify(on_server).ok
        assert (said(on_server), on_server.ledger.head()) == (before, head)
        back_up(on_server, tmp_path / "two.backup", clock=CLOCK)
    with restored(tmp_path / "two.backup", tmp_path / "again") as again:
        assert verify(again).ok
        assert (said(again), again.ledger.head()) == (before, head)


def test_backup_goes_onto_no_practice_that_is_there(server: TestServer, backup: Path) -> None:
    place = store_place(server.address())
    with restored(backup, place) as store:
        head = store.ledger.head()
    with pytest.raises(UsageError, match="already"):
        restored(backup, place)
    with open_store(place, clock=CLOCK, passphrase=PASSPHRASE) as store:
        assert store.ledger.head() == head
    with restored(backup, store_place(server.address("south"))) as other:
        assert other.ledger.head() == head


def test_what_fails_on_the_way_leaves_nothing_on_the_server(
    server: TestServer, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_store: Store) -> int:
        raise RecordError("The server's disk is full.")

    place = store_place(server.address())
    with monkeypatch.context() as patch:
        patch.setattr("tissuesense.store.settling.rebuild_index", full)
        with pytest.raises(RecordError, match="full"):
            restored(backup, place)
    with pytest.raises(RecordNotFound):
        open_store(place, clock=CLOCK, passphrase=PASSPHRASE)
    with restored(backup, place) as store:
        assert verify(store).ok


def test_damaged_backup_never_reaches_the_server(server: TestServer, backup: Path) -> None:
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 1
    backup.write_bytes(content)
    with pytest.raises(RecordTampered):
        restored(backup, store_place(server.address()))
    with pytest.raises(RecordNotFound):
        open_store(server.address(), clock=CLOCK, passphrase=PASSPHRASE)


def test_client_who_is_erased_on_the_server_is_erased_in_its_backups(
    server: TestServer, tmp_path: Path, backup: Path
) -> None:
    rng = np.random.default_rng(2)
    with restored(backup, store_place(server.address())) as store:
        back_up(store, tmp_path / "two.backup", clock=CLOCK)
        gone, *others = client_ids(store)
        plan = plan_erasure(store, gone, clock=CLOCK, scope=ErasureScope.EVERYTHING)
        done = erase(store, plan, reason="asked", clock=CLOCK, rng=rng, despite_retention=True)
        assert done.complete
        with pytest.raises(RecordErased):
            store.ledger.of_client(gone)
        assert [line.client.id for line in store.clients.page(9)] == sorted(others)
        assert verify(store).ok
    with restored(tmp_path / "two.backup", tmp_path / "again") as again:
        with pytest.raises(RecordErased):
            again.ledger.of_client(gone)
        assert verify(again).ok


def test_passphrase_on_a_server_is_changed_for_one_practice(
    server: TestServer, backup: Path
) -> None:
    north, south = (store_place(server.address(name)) for name in ("north", "south"))
    for place in (north, south):
        restored(backup, place).close()
    smith = Locksmith(place=north, clock=CLOCK, rng=np.random.default_rng(3))
    smith.change(PASSPHRASE, NEW)
    with pytest.raises(StoreLocked):
        open_store(north, clock=CLOCK, passphrase=PASSPHRASE)
    for place, passphrase in ((north, NEW), (south, PASSPHRASE)):
        with open_store(place, clock=CLOCK, passphrase=passphrase) as store:
            assert verify(store).ok
