"""A passphrase is taken from whoever has it; a person is asked last, and twice for a new one."""

import getpass
import io
import sys
from collections.abc import Callable, Iterator
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from tissuesense.core.errors import StoreLocked
from tissuesense.store.key_derivation import Effort
from tissuesense.store.key_safe import MasterKey, new_safe, plain_safe, store_name
from tissuesense.store.keys import AtTerminal, ask_at_terminal, find_passphrase, unlock
from tissuesense.store.os_keyring import can_remember, forget, remember, remembered

Type = Callable[..., Iterator[str]]

PASSPHRASE = "open sesame"  # noqa: S105 - of a safe that lives for a test
QUICK = Effort(memory_kib=8, iterations=1, lanes=1)


class Terminal(io.StringIO):
    """A standard input with a person behind it."""

    def isatty(self) -> bool:
        return True


class InMemory(KeyringBackend):
    """A keyring as an operating system has one; an argument keeps it from being found by itself."""

    priority = 5

    def __init__(self, entries: dict[tuple[str, str], str]) -> None:
        self.entries = entries

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.entries.pop((service, username), None) is None:
            raise PasswordDeleteError


class InAFile(InMemory):
    """A keyring that would write passphrases where anybody reads them."""

    priority = 0.5  # type: ignore[assignment] # a class property there


class Alternative(InMemory):
    """One of the package that writes files, whatever it says of itself."""

    __module__ = "keyrings.alt.file"


class Broken(InMemory):
    """A keyring whose service went away."""

    def get_password(self, service: str, username: str) -> str | None:
        raise ConnectionError(service, username)


class Forgetful(InMemory):
    """A keyring that takes everything and keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class Chain(InMemory):
    """Several keyrings behind one another."""

    def __init__(self, *backends: InMemory) -> None:
        super().__init__({})
        self.backends = list(backends)


class NoKeyring(KeyringBackend):
    """What stands in where a computer has none."""

    priority = 0

    def __init__(self, nothing: None) -> None:
        self.entries = nothing

    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.NoKeyringError(service, username)

    set_password = get_password  # type: ignore[assignment] # as the real one has it


@pytest.fixture(autouse=True)
def _nothing_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TISSUESENSE_PASSPHRASE", raising=False)


@pytest.fixture(autouse=True)
def entries() -> Iterator[dict[tuple[str, str], str]]:
    """Give this computer a keyring, and return what is in it."""
    before = keyring.get_keyring()
    entries: dict[tuple[str, str], str] = {}
    keyring.set_keyring(InMemory(entries))
    yield entries
    keyring.set_keyring(before)


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch) -> Type:
    """Return how to have words typed; what is returned still waits to be typed."""

    def type_in(*words: str, then: str = "") -> Iterator[str]:
        waiting = iter(words)

        def answer(_prompt: str) -> str:
            try:
                return next(waiting)
            except StopIteration:
                raise EOFError from None

        monkeypatch.setattr("sys.stdin", Terminal(then))
        monkeypatch.setattr(getpass, "getpass", answer)
        return waiting

    return type_in


@pytest.fixture(scope="module")
def locked() -> tuple[MasterKey, dict[str, Any]]:
    key, safe, _ = new_safe(PASSPHRASE, effort=QUICK)
    return key, safe


def nobody(_new: bool) -> None:
    """Answer as a terminal without a person."""


def never(_new: bool) -> str:
    """Fail where a person is asked too early."""
    pytest.fail("the person was asked")


def test_known_passphrase_is_asked_for_once(type_in: Type) -> None:
    waiting = type_in("sesame", "unasked")
    assert ask_at_terminal(False) == "sesame"
    assert list(waiting) == ["unasked"]


def test_new_passphrase_is_asked_for_until_it_was_the_same_twice(type_in: Type) -> None:
    waiting = type_in(PASSPHRASE, "open sesane", PASSPHRASE, PASSPHRASE, "unasked")
    assert ask_at_terminal(True) == PASSPHRASE
    assert list(waiting) == ["unasked"]


def test_new_passphrase_that_is_too_short_is_asked_for_again(
    type_in: Type, capsys: pytest.CaptureFixture[str]
) -> None:
    waiting = type_in("7 chars", "8 chars.", "8 chars.", "unasked")
    assert ask_at_terminal(True) == "8 chars."
    assert list(waiting) == ["unasked"]
    assert "8 characters" in capsys.readouterr().err


def test_an_empty_line_is_the_way_out_of_a_new_passphrase(type_in: Type) -> None:
    waiting = type_in("", "unasked")
    assert find_passphrase(ask_at_terminal, new=True) is None
    assert list(waiting) == ["unasked"]


def test_end_of_input_is_no_passphrase(type_in: Type) -> None:
    type_in(PASSPHRASE)
    assert ask_at_terminal(True) is None


def test_nobody_is_asked_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("sesame\n"))
    assert ask_at_terminal(False) is None


def test_caller_comes_before_environment_before_keyring_before_person(
    locked: tuple[MasterKey, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    key, safe = locked
    assert unlock(safe, lambda _new: PASSPHRASE) == key
    remember(store_name(safe), PASSPHRASE)
    assert unlock(safe, never) == key
    assert unlock(safe, None) == key
    monkeypatch.setenv("TISSUESENSE_PASSPHRASE", "wrong words")
    with pytest.raises(StoreLocked, match="does not open"):
        unlock(safe, never)
    assert unlock(safe, PASSPHRASE) == key
    monkeypatch.setenv("TISSUESENSE_PASSPHRASE", PASSPHRASE)
    with pytest.raises(StoreLocked, match="does not open"):
        unlock(safe, "wrong words")


def test_a_remembered_passphrase_out_of_date_gives_way_to_the_person(
    locked: tuple[MasterKey, dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    key, safe = locked
    remember(store_name(safe), "words of last year")
    assert unlock(safe, lambda _new: PASSPHRASE) == key
    assert [record.getMessage() for record in caplog.records] == [
        "The passphrase that this computer remembers does not open the store."
    ]
    with pytest.raises(StoreLocked, match="was not given"):
        unlock(safe, nobody)


def test_a_store_without_a_passphrase_asks_nobody_for_one() -> None:
    key, safe = plain_safe()
    assert unlock(safe, never) == key


def test_each_store_is_remembered_by_itself(entries: dict[tuple[str, str], str]) -> None:
    assert can_remember()
    assert remember("one", PASSPHRASE)
    assert remember("two", "other words")
    assert (remembered("one"), remembered("two"), remembered("three")) == (
        PASSPHRASE,
        "other words",
        None,
    )
    assert set(entries) == {("tissuesense", "one"), ("tissuesense", "two")}


def test_what_is_forgotten_is_gone_and_can_be_forgotten_again(
    entries: dict[tuple[str, str], str],
) -> None:
    remember("one", PASSPHRASE)
    assert forget("one")
    assert forget("one")
    assert entries == {}


@pytest.mark.parametrize(
    "untrusted",
    [NoKeyring(None), InAFile({}), Alternative({}), Chain(InAFile({}), Alternative({})), Chain()],
    ids=["none", "in a file", "keyrings.alt", "chain of such", "empty chain"],
)
def test_no_keyring_or_one_that_writes_files_remembers_nothing_and_says_nothing(
    untrusted: KeyringBackend,
    locked: tuple[MasterKey, dict[str, Any]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    key, safe = locked
    keyring.set_keyring(untrusted)
    assert not can_remember()
    assert not remember(store_name(safe), PASSPHRASE)
    assert remembered(store_name(safe)) is None
    assert not getattr(untrusted, "entries", {})
    assert unlock(safe, lambda _new: PASSPHRASE) == key
    assert not caplog.records


def test_of_a_chain_only_the_keyring_to_be_trusted_is_used() -> None:
    in_a_file, trusted = InAFile({}), InMemory({})
    keyring.set_keyring(Chain(in_a_file, trusted))
    assert remember("one", PASSPHRASE)
    assert (in_a_file.entries, list(trusted.entries.values())) == ({}, [PASSPHRASE])
    in_a_file.entries["tissuesense", "two"] = "read by anybody"
    assert remembered("two") is None


def test_without_the_package_nothing_is_remembered(
    locked: tuple[MasterKey, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    key, safe = locked
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert not can_remember()
    assert unlock(safe, lambda _new: PASSPHRASE) == key


def test_a_lost_keyring_is_said_and_the_person_is_asked(
    locked: tuple[MasterKey, dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    key, safe = locked
    keyring.set_keyring(Broken({("tissuesense", store_name(safe)): PASSPHRASE}))
    assert unlock(safe, lambda _new: PASSPHRASE) == key
    said = [record.getMessage() for record in caplog.records]
    assert said == ["The keyring of this computer does not answer; it is not used."]
    assert not remember(store_name(safe), PASSPHRASE)
    assert not forget(store_name(safe))


def test_a_keyring_that_keeps_nothing_is_not_believed() -> None:
    keyring.set_keyring(Forgetful({}))
    assert not remember("one", PASSPHRASE)


@pytest.mark.parametrize(
    ("answer", "kept"),
    [("y\n", PASSPHRASE), ("Yes\n", PASSPHRASE), ("n\n", None), ("\n", None), ("", None)],
)
def test_what_was_typed_is_remembered_only_when_the_person_says_so(
    type_in: Type, capsys: pytest.CaptureFixture[str], answer: str, kept: str | None
) -> None:
    type_in(PASSPHRASE, then=answer)
    person = AtTerminal()
    assert person(False) == PASSPHRASE
    person.offer_to_remember("one")
    assert remembered("one") == kept
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "Remember on this computer? [y/N] "


def test_who_typed_nothing_is_offered_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    AtTerminal().offer_to_remember("one")
    assert capsys.readouterr() == ("", "")


def test_where_there_is_no_keyring_it_is_said_once_when_the_store_is_new(
    type_in: Type, capsys: pytest.CaptureFixture[str]
) -> None:
    keyring.set_keyring(NoKeyring(None))
    person = AtTerminal()
    type_in(PASSPHRASE, PASSPHRASE, then="y\n")
    person(True)
    person.offer_to_remember("one")
    assert "asked for each time" in capsys.readouterr().err
    type_in(PASSPHRASE, then="y\n")
    person(False)
    person.offer_to_remember("one")
    assert capsys.readouterr() == ("", "")


def test_a_keyring_that_refuses_is_said(type_in: Type, capsys: pytest.CaptureFixture[str]) -> None:
    keyring.set_keyring(Forgetful({}))
    type_in(PASSPHRASE, then="y\n")
    person = AtTerminal()
    person(False)
    person.offer_to_remember("one")
    assert "did not take it" in capsys.readouterr().err
