"""The key of a store opens with the passphrase or the recovery code, and with nothing else."""

import hashlib
import hmac
import json
import subprocess
import sys
import unicodedata
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.core.errors import RecordError, SchemaTooNew, StoreLocked, UsageError
from tissuesense.store.key_derivation import Effort
from tissuesense.store.key_safe import (
    MasterKey,
    change_passphrase,
    is_locked,
    new_safe,
    open_safe,
    open_with_recovery_code,
    plain_safe,
    renew_recovery_code,
    store_name,
)

QUICK = Effort(memory_kib=8, iterations=1, lanes=1)
PASSPHRASE = "open sesame"  # noqa: S105 - of a safe that lives for a test
# As the first version wrote it; changed never, or stores that exist would not open any more.
FIRST_VERSION = {
    "format": "tissuesense.safe/1",
    "protection": "passphrase",
    "key_check": "33e50ca30a77c228d91874f0d0b2b4a03005120727839dbb392e7aa2d36057a8",
    "digest": "35325e6dec14569ac2f168773f05e0f9affa318cc99017b78d5104b554c0796d",
    "by_passphrase": {
        "kdf": "argon2id",
        "memory_kib": 8,
        "iterations": 1,
        "lanes": 1,
        "salt": "4c5ed818f7e581d9793cd6e7b215707f",
        "wrapped": (
            "b0c589b0611c464ff015e019ee5e6848274a37853d4f8f8c79a15c70735a"
            "ebb58848488cba7a25eb642c05456195399805f51924049331c39e893691"
        ),
    },
    "by_recovery_code": {
        "kdf": "hkdf-sha256",
        "salt": "778464ba3eae8c4a2bc29673a299820f",
        "wrapped": (
            "5c22c1d6473c70b85b1ae1237f41884d1555ff18b67e17e2f60c4b3a74c2"
            "cd009955a119d2f070e477727687583fbafe578f9c3d7ce8cfed1781f8fe"
        ),
    },
}
IN_LITTLE_MEMORY = """
import json, resource, sys
from tissuesense.core.errors import RecordError
from tissuesense.store.key_safe import open_safe
resource.setrlimit(resource.RLIMIT_AS, (2**29, 2**29))
try:
    open_safe(json.loads(sys.argv[1]), "open sesame")
except RecordError as error:
    print(f"{type(error).__name__}: {error}")
"""
# With lone surrogates: what an environment variable in no known encoding becomes.
PASSPHRASES = st.text(st.characters(), min_size=1).filter(str.strip)


@cache
def safe_in_text() -> tuple[MasterKey, str, str]:
    """Return one key, its safe as text, and its recovery code."""
    key, safe, code = new_safe(PASSPHRASE, effort=QUICK)
    return key, json.dumps(safe), code


@pytest.fixture
def key() -> MasterKey:
    return safe_in_text()[0]


@pytest.fixture
def safe() -> dict[str, Any]:
    safe: dict[str, Any] = json.loads(safe_in_text()[1])
    return safe


@pytest.fixture
def code() -> str:
    return safe_in_text()[2]


def with_its_digest(safe: dict[str, Any]) -> dict[str, Any]:
    """Return the safe as somebody leaves it who tampers and knows how it is written."""
    content = {part: safe[part] for part in safe if part != "digest"}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return {**content, "digest": hashlib.sha256(text.encode()).hexdigest()}


@given(PASSPHRASES)
def test_any_words_open_what_they_locked(passphrase: str) -> None:
    key, safe, _ = new_safe(passphrase, effort=QUICK)
    assert open_safe(json.loads(json.dumps(safe)), passphrase) == key


@given(locked_with=PASSPHRASES, tried=PASSPHRASES)
def test_other_words_do_not(locked_with: str, tried: str) -> None:
    if unicodedata.normalize("NFKC", locked_with) == unicodedata.normalize("NFKC", tried):
        return
    _, safe, _ = new_safe(locked_with, effort=QUICK)
    with pytest.raises(StoreLocked, match="does not open"):
        open_safe(safe, tried)


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_the_same_words_from_another_keyboard_open_it(form: Any) -> None:  # noqa: ANN401 - typeshed names no type for it
    # An accent, a blank that does not break, a ligature, a wide digit.
    words = "Fingerspitzengefühl\u00a0\ufb01ne \uff11 Ångström"
    key, safe, _ = new_safe(words, effort=QUICK)
    assert open_safe(safe, unicodedata.normalize(form, words)) == key


def test_case_and_blanks_are_part_of_the_words(safe: dict[str, Any]) -> None:
    for other in (PASSPHRASE.upper(), f"{PASSPHRASE} ", PASSPHRASE.replace(" ", "")):
        with pytest.raises(StoreLocked):
            open_safe(safe, other)


@pytest.mark.parametrize("nothing", [None, ""])
def test_no_passphrase_says_what_to_set(safe: dict[str, Any], nothing: str | None) -> None:
    with pytest.raises(StoreLocked, match="was not given") as caught:
        open_safe(safe, nothing)
    assert "TISSUESENSE_PASSPHRASE" in caught.value.hint


@pytest.mark.parametrize("blank", ["", "  ", "\u00a0\t"])
def test_a_blank_passphrase_locks_nothing(blank: str) -> None:
    with pytest.raises(UsageError, match="not a blank"):
        new_safe(blank, effort=QUICK)


def test_recovery_code_opens_it_as_a_person_types_it(
    key: MasterKey, safe: dict[str, Any], code: str
) -> None:
    assert open_with_recovery_code(safe, code) == key
    assert open_with_recovery_code(safe, code.lower().replace("-", " ")) == key


def test_recovery_code_of_another_store_is_told_from_a_mistyped_one(
    safe: dict[str, Any], code: str
) -> None:
    *_, another = new_safe(PASSPHRASE, effort=QUICK)
    with pytest.raises(StoreLocked, match="well typed"):
        open_with_recovery_code(safe, another)
    mistyped = code[:-1] + ("0" if code[-1] != "0" else "2")
    with pytest.raises(UsageError, match="group 7"):
        open_with_recovery_code(safe, mistyped)


def test_new_passphrase_takes_the_place_of_the_old_and_leaves_the_code(
    key: MasterKey, safe: dict[str, Any], code: str
) -> None:
    changed = change_passphrase(safe, key, "other words", effort=QUICK)
    assert open_safe(changed, "other words") == key
    assert open_with_recovery_code(changed, code) == key
    with pytest.raises(StoreLocked):
        open_safe(changed, PASSPHRASE)
    assert store_name(changed) == store_name(safe)


def test_new_code_takes_the_place_of_the_old_and_leaves_the_passphrase(
    key: MasterKey, safe: dict[str, Any], code: str
) -> None:
    renewed, new_code = renew_recovery_code(safe, key)
    assert open_with_recovery_code(renewed, new_code) == key
    assert open_safe(renewed, PASSPHRASE) == key
    with pytest.raises(StoreLocked):
        open_with_recovery_code(renewed, code)


def test_a_key_of_another_store_is_not_locked_in(safe: dict[str, Any]) -> None:
    another = MasterKey(bytes(32))
    with pytest.raises(UsageError, match="not that of this store"):
        change_passphrase(safe, another, "other words", effort=QUICK)
    with pytest.raises(UsageError, match="not that of this store"):
        renew_recovery_code(safe, another)


@pytest.mark.parametrize("passphrase", [None, "", "left in the environment"])
def test_open_safe_stands_open_whatever_is_said(passphrase: str | None) -> None:
    key, safe = plain_safe()
    assert not is_locked(safe)
    assert open_safe(json.loads(json.dumps(safe)), passphrase) == key


def test_open_safe_takes_no_lock() -> None:
    key, safe = plain_safe()
    with pytest.raises(UsageError, match="no passphrase"):
        change_passphrase(safe, key, PASSPHRASE, effort=QUICK)
    with pytest.raises(UsageError, match="no passphrase"):
        renew_recovery_code(safe, key)
    with pytest.raises(UsageError, match="no passphrase"):
        open_with_recovery_code(safe, "any")


@given(place=st.integers(min_value=0), flip=st.integers(1, 255))
def test_one_flipped_byte_is_noticed_or_harmless(place: int, flip: int) -> None:
    key, text, code = safe_in_text()
    damaged = bytearray(text.encode())
    damaged[place % len(damaged)] ^= flip
    try:
        safe = json.loads(damaged)
    except ValueError:
        return  # what reads the file notices
    for opened, secret in ((open_safe, PASSPHRASE), (open_with_recovery_code, code)):
        try:
            assert opened(safe, secret) == key
        except StoreLocked:
            pytest.fail("a worn disk was taken for a wrong passphrase")
        except RecordError:
            pass


@given(place=st.integers(min_value=0), flip=st.integers(1, 255))
def test_one_flipped_byte_of_a_safe_that_stands_open_is_noticed(place: int, flip: int) -> None:
    key, safe = plain_safe()
    damaged = bytearray(json.dumps(safe).encode())
    damaged[place % len(damaged)] ^= flip
    try:
        assert open_safe(json.loads(damaged), None) == key
    except (ValueError, RecordError):
        return


@pytest.mark.parametrize(
    ("lock", "part"),
    [
        ("by_passphrase", "kdf"),
        ("by_passphrase", "memory_kib"),
        ("by_passphrase", "iterations"),
        ("by_passphrase", "lanes"),
        ("by_passphrase", "salt"),
        ("by_passphrase", "wrapped"),
        ("by_recovery_code", "kdf"),
        ("by_recovery_code", "salt"),
        ("by_recovery_code", "wrapped"),
    ],
)
def test_a_part_that_was_tampered_with_opens_to_nothing(
    safe: dict[str, Any], code: str, lock: str, part: str
) -> None:
    there = safe[lock][part]
    if isinstance(there, int):
        safe[lock][part] = 2 * there
    else:
        safe[lock][part] = ("0" if there[0] != "0" else "1") + there[1:]
    if part == "lanes":
        safe[lock]["memory_kib"] *= 2  # or Argon2 itself would refuse
    opened = open_safe if lock == "by_passphrase" else open_with_recovery_code
    with pytest.raises(StoreLocked):
        opened(with_its_digest(safe), PASSPHRASE if lock == "by_passphrase" else code)


def test_a_lock_of_another_safe_does_not_fit(safe: dict[str, Any]) -> None:
    _, another, _ = new_safe(PASSPHRASE, effort=QUICK)
    with pytest.raises(StoreLocked):
        open_safe(with_its_digest({**safe, "by_passphrase": another["by_passphrase"]}), PASSPHRASE)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("memory_kib", 1024 * 1024 + 1),
        ("memory_kib", 10**30),
        ("memory_kib", 7),
        ("memory_kib", -1),
        ("memory_kib", 64.5),
        ("memory_kib", "64"),
        ("memory_kib", None),
        ("iterations", 10**9),
        ("iterations", 0),
        ("lanes", 10**9),
        ("salt", ""),
        ("salt", "no hex"),
        ("wrapped", ""),
        ("wrapped", 5),
    ],
)
def test_parameters_out_of_bounds_are_refused_before_any_work(
    safe: dict[str, Any], part: str, value: object
) -> None:
    safe["by_passphrase"][part] = value
    with pytest.raises(RecordError, match="damaged"):
        open_safe(with_its_digest(safe), PASSPHRASE)


@given(
    st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text())
    | st.fixed_dictionaries(
        {
            "format": st.just("tissuesense.safe/1"),
            "protection": st.sampled_from(["passphrase", "none", "", 3, None]),
        },
        optional={"key": st.text() | st.integers(), "by_passphrase": st.lists(st.text())},
    )
)
def test_any_other_json_is_called_damaged(content: dict[str, Any]) -> None:
    with pytest.raises(RecordError, match="damaged"):
        open_safe(with_its_digest(content), PASSPHRASE)


def test_safe_of_the_first_version_opens_for_good() -> None:
    key = MasterKey(
        bytes.fromhex("0992a9315ad4f824829e00e22bf5efa1bf9785c4d605324d080c315bcd3af3b3")
    )
    assert open_safe(FIRST_VERSION, PASSPHRASE) == key
    assert (
        open_with_recovery_code(FIRST_VERSION, "AS1GJ-6JJZ2-JZKC4-92FWD-DET07-CJCZE-SSNS2") == key
    )


def test_safe_of_a_later_version_is_left_alone(safe: dict[str, Any]) -> None:
    with pytest.raises(SchemaTooNew):
        open_safe({**safe, "format": "tissuesense.safe/2"}, PASSPHRASE)


def test_nothing_secret_stands_in_a_safe_or_shows_in_the_key(
    key: MasterKey, safe: dict[str, Any], code: str
) -> None:
    text = json.dumps(safe)
    for secret in (key.secret.hex(), PASSPHRASE, code, code.replace("-", "")):
        assert secret not in text
    assert repr(key.secret)[2:10] not in repr(key)
    assert key.secret.hex()[:8] not in repr(key)


def test_two_safes_of_one_passphrase_share_nothing(key: MasterKey, safe: dict[str, Any]) -> None:
    another_key, another, _ = new_safe(PASSPHRASE, effort=QUICK)
    assert another_key != key
    assert store_name(another) != store_name(safe)
    for lock in ("by_passphrase", "by_recovery_code"):
        for part in ("salt", "wrapped"):
            assert another[lock][part] != safe[lock][part]


def test_a_guess_costs_64_mib_three_times_over_unless_said_otherwise() -> None:
    _, safe, _ = new_safe(PASSPHRASE)
    made = safe["by_passphrase"]
    assert (made["memory_kib"], made["iterations"], made["lanes"]) == (64 * 1024, 3, 4)
    open_safe(safe, PASSPHRASE)


@pytest.mark.skipif(sys.platform != "linux", reason="needs a limit on memory")
def test_too_little_memory_is_said_and_not_taken_for_a_wrong_passphrase(
    safe: dict[str, Any],
) -> None:
    safe["by_passphrase"]["memory_kib"] = 1024 * 1024
    tried = subprocess.run(
        [sys.executable, "-c", IN_LITTLE_MEMORY, json.dumps(with_its_digest(safe))],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (
        tried.stdout == "RecordError: Opening the store takes 1024 MiB of memory; "
        "there is less to be had.\n"
    ), tried.stderr


@given(secret=st.binary(min_size=32, max_size=32), purpose=st.text(max_size=40))
def test_keys_are_derived_as_rfc_5869_says(secret: bytes, purpose: str) -> None:
    extracted = hmac.digest(bytes(32), secret, "sha256")
    info = b"tissuesense/1/" + purpose.encode()
    assert MasterKey(secret).derive(purpose) == hmac.digest(extracted, info + b"\x01", "sha256")


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_of_another_length_is_none(length: int) -> None:
    with pytest.raises(UsageError, match="32 bytes"):
        MasterKey(bytes(length))
