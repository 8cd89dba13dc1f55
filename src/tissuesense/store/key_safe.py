"""The safe in which a store keeps its one key, locked by a passphrase and by a recovery code.

The key is random and never changes; a passphrase only opens the safe. So a passphrase can be
changed in a moment, whatever the store holds. The safe is plain JSON and stands in the open beside
the database: what it holds is of no use to whoever has neither the passphrase nor the code.
"""

import hashlib
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tissuesense.core.errors import RecordError, SchemaTooNew, StoreLocked, UsageError
from tissuesense.record.document import canonical_json
from tissuesense.store.key_derivation import KEY_BYTES, Effort, fast_key, slow_key
from tissuesense.store.recovery_code import draw_code, read_code

Random = Callable[[int], bytes]

_FORMAT = 1
_FORMAT_NAME = "tissuesense.safe/"
_SALT_BYTES = 16
_NONCE_BYTES = 12
_FORGOTTEN = (
    "If it is forgotten, the recovery code opens the store: 'clients passphrase --recover'."
)
_BY_PASSPHRASE = "by_passphrase"  # noqa: S105 - the name of a part
_BY_RECOVERY_CODE = "by_recovery_code"


@dataclass(frozen=True, slots=True)
class MasterKey:
    """The key of a store; other keys are derived from it and it is used for nothing else."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise UsageError(f"A key has {KEY_BYTES} bytes; this one has {len(self.secret)}.")

    def derive(self, purpose: str) -> bytes:
        """Return the 32 bytes for one purpose; those of another purpose tell nothing of them."""
        return fast_key(self.secret, salt=None, purpose=purpose)


_USUAL_EFFORT = Effort()


def new_safe(
    passphrase: str,
    *,
    random: Random = secrets.token_bytes,
    effort: Effort = _USUAL_EFFORT,
) -> tuple[MasterKey, dict[str, Any], str]:
    """Return a new key, the safe that holds it, and the recovery code, which is kept nowhere.

    Raises
    ------
    UsageError
        When the passphrase is empty.
    """
    key = MasterKey(random(KEY_BYTES))
    head = _closed(_head("passphrase") | {"key_check": _key_check(key)})
    safe = change_passphrase(head, key, passphrase, random=random, effort=effort)
    return key, *renew_recovery_code(safe, key, random=random)


def plain_safe(*, random: Random = secrets.token_bytes) -> tuple[MasterKey, dict[str, Any]]:
    """Return a new key and a safe that stands open, for a store without a passphrase."""
    key = MasterKey(random(KEY_BYTES))
    return key, _closed(_head("none") | {"key": key.secret.hex()})


def is_locked(safe: Mapping[str, Any]) -> bool:
    """Return whether the safe takes a passphrase.

    Raises
    ------
    SchemaTooNew
        When a later version wrote the safe.
    RecordError
        When the safe is damaged.
    """
    with _damage_named():
        _check(safe)
        return {"passphrase": True, "none": False}[safe["protection"]]


def store_name(safe: Mapping[str, Any]) -> str:
    """Return what tells this locked store's passphrase from another's in a keyring.

    It follows from the key: a store that is moved, or restored from a backup, keeps it.
    """
    return str(safe["key_check"])[:16]


def open_safe(safe: Mapping[str, Any], passphrase: str | None) -> MasterKey:
    """Return the key; a safe that stands open needs no passphrase and looks at none.

    Raises
    ------
    StoreLocked
        When the passphrase is missing or wrong.
    SchemaTooNew
        When a later version wrote the safe.
    RecordError
        When the safe is damaged, or there is too little memory to open it.
    """
    locked = is_locked(safe)
    with _damage_named():
        if not locked:
            return MasterKey(bytes.fromhex(safe["key"]))
        if not passphrase:
            raise StoreLocked(
                "The store is encrypted and its passphrase was not given.",
                hint=f"Set TISSUESENSE_PASSPHRASE and try again. {_FORGOTTEN}",
            )
        parameters = safe[_BY_PASSPHRASE]
        effort = Effort(**{name: parameters[name] for name in asdict(_USUAL_EFFORT)})
        opener = slow_key(passphrase, bytes.fromhex(parameters["salt"]), effort)
        try:
            return _unwrapped(safe, _BY_PASSPHRASE, opener)
        except InvalidTag as err:
            raise StoreLocked(
                "The passphrase does not open this store.",
                hint=f"Check TISSUESENSE_PASSPHRASE, or unset it to be asked. {_FORGOTTEN}",
            ) from err


def open_with_recovery_code(safe: Mapping[str, Any], code: str) -> MasterKey:
    """Return the key to whoever has the printed code.

    Raises
    ------
    UsageError
        When the code is mistyped (its groups are named), or the store has none.
    StoreLocked
        When it is the code of another store, or was renewed since.
    SchemaTooNew, RecordError
        As `open_safe` does.
    """
    _refuse_without_lock(safe)
    read = read_code(code)
    with _damage_named():
        opener = _code_key(read, bytes.fromhex(safe[_BY_RECOVERY_CODE]["salt"]))
        try:
            return _unwrapped(safe, _BY_RECOVERY_CODE, opener)
        except InvalidTag as err:
            raise StoreLocked(
                "The recovery code is well typed, but it does not open this store.",
                hint="It is that of another store, or a newer one was printed since.",
            ) from err


def change_passphrase(
    safe: Mapping[str, Any],
    key: MasterKey,
    passphrase: str,
    *,
    random: Random = secrets.token_bytes,
    effort: Effort = _USUAL_EFFORT,
) -> dict[str, Any]:
    """Return the safe with another passphrase; key and recovery code stay what they are.

    A copy of the old safe still opens with the old passphrase, and to the same key.

    Raises
    ------
    UsageError
        When the passphrase is empty, the store has none, or the key is that of another store.
    SchemaTooNew, RecordError
        As `open_safe` does.
    """
    _refuse_another_key(safe, key)
    if not passphrase.strip():
        raise UsageError("A passphrase needs at least one character that is not a blank.")
    salt = random(_SALT_BYTES)
    parameters = {"kdf": "argon2id", **asdict(effort), "salt": salt.hex()}
    opener = slow_key(passphrase, salt, effort)
    return _with_lock(safe, _BY_PASSPHRASE, parameters, key, opener, random(_NONCE_BYTES))


def renew_recovery_code(
    safe: Mapping[str, Any], key: MasterKey, *, random: Random = secrets.token_bytes
) -> tuple[dict[str, Any], str]:
    """Return the safe with another recovery code, and the code; the one before opens no more.

    Raises
    ------
    UsageError
        When the store has no passphrase, or the key is that of another store.
    SchemaTooNew, RecordError
        As `open_safe` does.
    """
    _refuse_another_key(safe, key)
    code, salt = draw_code(random), random(_SALT_BYTES)
    parameters = {"kdf": "hkdf-sha256", "salt": salt.hex()}
    opener, nonce = _code_key(code, salt), random(_NONCE_BYTES)
    return _with_lock(safe, _BY_RECOVERY_CODE, parameters, key, opener, nonce), code


def _code_key(code: str, salt: bytes) -> bytes:
    # Slowness helps only where a secret can be guessed; 140 random bits cannot, at any speed.
    return fast_key(code.encode(), salt=salt, purpose="recovery code")


def _with_lock(
    safe: Mapping[str, Any],
    lock: str,
    parameters: Mapping[str, Any],
    key: MasterKey,
    opener: bytes,
    nonce: bytes,
) -> dict[str, Any]:
    """Return the safe with one of its locks made anew: the key, wrapped for that opener."""
    sealed = AESGCM(opener).encrypt(nonce, key.secret, _bound(safe, lock, parameters))
    return _closed({**safe, lock: {**parameters, "wrapped": (nonce + sealed).hex()}})


def _unwrapped(safe: Mapping[str, Any], lock: str, opener: bytes) -> MasterKey:
    parameters = dict(safe[lock])
    wrapped = bytes.fromhex(parameters.pop("wrapped"))
    nonce, sealed = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
    return MasterKey(AESGCM(opener).decrypt(nonce, sealed, _bound(safe, lock, parameters)))


def _bound(safe: Mapping[str, Any], lock: str, parameters: Mapping[str, Any]) -> bytes:
    """Return what a wrapped key is bound to: with any of it changed, it does not open."""
    head = {part: safe[part] for part in ("format", "protection", "key_check")}
    return canonical_json({**head, "lock": lock, "parameters": parameters}).encode()


def _head(protection: str) -> dict[str, Any]:
    return {"format": f"{_FORMAT_NAME}{_FORMAT}", "protection": protection}


def _closed(safe: Mapping[str, Any]) -> dict[str, Any]:
    return {**safe, "digest": _digest(safe)}


def _digest(safe: Mapping[str, Any]) -> str:
    content = {part: safe[part] for part in safe if part != "digest"}
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def _key_check(key: MasterKey) -> str:
    return key.derive("key check").hex()


def _check(safe: Mapping[str, Any]) -> None:
    written_by = re.fullmatch(rf"{_FORMAT_NAME}(\d{{1,9}})", safe["format"])
    if written_by is not None and int(written_by[1]) > _FORMAT:
        raise SchemaTooNew(
            "The store's key is kept in a way that only a later version knows.",
            hint="Update tissuesense. Nothing was changed.",
        )
    # The digest is no lock, anybody can renew it; it tells a worn disk from a wrong passphrase.
    if written_by is None or safe["digest"] != _digest(safe):
        raise ValueError


def _refuse_another_key(safe: Mapping[str, Any], key: MasterKey) -> None:
    """Keep a wrong key from being locked in: the right one would be gone for good."""
    _refuse_without_lock(safe)
    if safe["key_check"] != _key_check(key):
        raise UsageError("This key is not that of this store; the safe is left as it is.")


def _refuse_without_lock(safe: Mapping[str, Any]) -> None:
    if not is_locked(safe):
        raise UsageError(
            "This store has no passphrase, and so no recovery code: whoever has it can read it.",
            hint="Make a new store with a passphrase and import the record into it.",
        )


@contextmanager
def _damage_named() -> Iterator[None]:
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as err:
        raise RecordError(
            "What keeps the store's key is damaged.", hint="Restore the store from a backup."
        ) from err
