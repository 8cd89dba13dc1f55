"""A store gets other locks and keeps what it holds; that it did is written down in it."""

from collections.abc import Iterator
from pathlib import Path

import keyring
import numpy as np
import pytest
from tests.unit.store.test_store_keys import InMemory

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import RecordError, StoreLocked, UsageError
from tissuesense.services.passphrase import Locksmith
from tissuesense.services.records import add_client
from tissuesense.store.key_safe import store_name
from tissuesense.store.opening import open_store
from tissuesense.store.os_keyring import remember, remembered
from tissuesense.store.safes import read_safe

OLD, NEW = "a first sentence", "a second sentence"


@pytest.fixture
def entries() -> Iterator[dict[tuple[str, str], str]]:
    """Give this computer a keyring for a test."""
    before = keyring.get_keyring()
    kept: dict[tuple[str, str], str] = {}
    keyring.set_keyring(InMemory(kept))
    yield kept
    keyring.set_keyring(before)


@pytest.fixture
def code(tmp_path: Path) -> str:
    """Make a store under the first sentence; return its recovery code."""
    clock, rng = ManualClock(), np.random.default_rng(1)
    with open_store(tmp_path, clock=clock, create=True, passphrase=OLD) as store:
        add_client(store, clock=clock, rng=rng)
        assert store.recovery_code is not None
        return store.recovery_code


def smith(folder: Path) -> Locksmith:
    return Locksmith(
        place=folder, clock=ManualClock(), rng=np.random.default_rng(), actor="M. Example"
    )


def changes(folder: Path, passphrase: str) -> list[tuple[str, str]]:
    """Open the store and return what was written down of its locks."""
    with open_store(folder, clock=ManualClock(), passphrase=passphrase) as store:
        assert len(store.clients.all()) == 1
        entries = store.ledger.of_practice("keys_changed")
        return [(str(entry.statement.what), entry.actor) for entry in entries]


def test_changed_passphrase_opens_and_the_old_one_does_not(tmp_path: Path, code: str) -> None:
    smith(tmp_path).change(OLD, NEW)
    assert changes(tmp_path, NEW) == [("passphrase", "M. Example")]
    with pytest.raises(StoreLocked) as caught:
        changes(tmp_path, OLD)
    assert "--recover" in caught.value.hint
    smith(tmp_path).recover(code, OLD)  # the code outlives the change
    assert changes(tmp_path, OLD) == [("passphrase", "M. Example"), ("recovered", "M. Example")]


def test_renewed_code_opens_and_the_one_before_does_not(tmp_path: Path, code: str) -> None:
    renewed = smith(tmp_path).renew_code(OLD)
    assert renewed != code
    with pytest.raises(StoreLocked, match="does not open this store"):
        smith(tmp_path).recover(code, NEW)
    smith(tmp_path).recover(renewed, NEW)
    assert [what for what, _ in changes(tmp_path, NEW)] == ["recovery_code", "recovered"]


def test_who_knows_neither_changes_nothing(tmp_path: Path, code: str) -> None:
    marker = (tmp_path / "store.json").read_bytes()
    with pytest.raises(StoreLocked):
        smith(tmp_path).change("a guess", NEW)
    with pytest.raises(StoreLocked):
        smith(tmp_path).renew_code("a guess")
    with pytest.raises(UsageError, match="mistyped in group 1"):
        smith(tmp_path).recover("AAAAA" + code[5:], NEW)
    for blank in ("", "  "):
        with pytest.raises(UsageError):
            smith(tmp_path).change(OLD, blank)
    assert (tmp_path / "store.json").read_bytes() == marker
    assert changes(tmp_path, OLD) == []


@pytest.mark.usefixtures("code")
def test_change_that_cannot_be_written_down_is_none(tmp_path: Path) -> None:
    keys, aside = tmp_path / "keys.db", tmp_path / "aside"
    keys.rename(aside)
    with pytest.raises(RecordError, match="is missing"):
        smith(tmp_path).change(OLD, NEW)
    aside.rename(keys)
    assert changes(tmp_path, OLD) == []


def test_store_without_a_passphrase_has_no_locks(tmp_path: Path) -> None:
    open_store(tmp_path, clock=ManualClock(), create=True, plain=True).close()
    with pytest.raises(UsageError, match="without a passphrase"):
        smith(tmp_path).change(OLD, NEW)


@pytest.mark.usefixtures("code", "entries")
def test_keyring_learns_the_new_passphrase_where_it_knew_the_old(tmp_path: Path) -> None:
    name = store_name(read_safe(tmp_path))
    smith(tmp_path).change(OLD, NEW)
    assert remembered(name) is None  # nobody asked this computer to remember
    assert remember(name, NEW)
    smith(tmp_path).change(NEW, OLD)
    assert remembered(name) == OLD


@pytest.mark.usefixtures("code", "entries")
def test_computer_remembers_only_what_is_right_and_forgets_when_asked(tmp_path: Path) -> None:
    name = store_name(read_safe(tmp_path))
    with pytest.raises(StoreLocked):
        smith(tmp_path).remember(NEW)
    assert remembered(name) is None
    smith(tmp_path).remember(OLD)
    assert remembered(name) == OLD
    assert smith(tmp_path).forget()
    assert remembered(name) is None
    assert smith(tmp_path).forget()  # nothing there is nothing remembered


@pytest.mark.usefixtures("code")
def test_computer_without_a_keyring_says_so(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="no keyring"):
        smith(tmp_path).remember(OLD)
    assert smith(tmp_path).forget()
