"""The file of the clients' keys beside a backup: sealed as a whole under the store's key."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tissuesense.core.errors import FileWriteError, RecordNotFound, RecordTampered, SchemaTooNew
from tissuesense.record.audit import ErasureScope
from tissuesense.record.client import ClientId
from tissuesense.record.document import canonical_json
from tissuesense.store.client_keys import Purpose, WrappedKey
from tissuesense.store.key_safe import MasterKey
from tissuesense.store.sealing import Sealer

_FORMAT = b"tissuesense.backup-keys/1\n"
_ANY_FORMAT = b"tissuesense.backup-keys/"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCopy:
    """A file of keys, and when it was written.

    Attributes
    ----------
    by_date
        Whether the program chose the name: it may then remove the file when its time is over.
    """

    path: Path
    made_at: datetime
    by_date: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFile:
    """What a file of keys holds.

    Attributes
    ----------
    erased
        Whose keys were taken out, and which.
    copies
        The other files of keys that the store knew of, itself among them.
    """

    keys: tuple[WrappedKey, ...]
    erased: Mapping[ClientId, ErasureScope]
    copies: tuple[KeyCopy, ...]

    def without(self, erased: Mapping[ClientId, ErasureScope]) -> "KeyFile":
        """Return it without the keys of these clients, whom it names as erased from now on."""
        return replace(
            self,
            keys=tuple(key for key in self.keys if not covers(erased.get(key.client), key.purpose)),
            erased={**self.erased, **erased},
        )


def covers(scope: ErasureScope | None, purpose: Purpose) -> bool:
    """Whether an erasure of this scope destroys the key of this purpose."""
    return scope is ErasureScope.EVERYTHING or (
        scope is ErasureScope.IDENTITY and purpose is Purpose.IDENTITY
    )


def write_key_file(path: Path, content: KeyFile, master: MasterKey) -> None:
    """Write a file of keys, in one step, sealed as a whole under the store's key.

    Raises
    ------
    FileWriteError
        When the folder or the disk refuses; what stood there before is untouched.
    """
    plain = canonical_json(
        {
            "keys": [[key.client, key.purpose, key.wrapped.hex()] for key in content.keys],
            "erased": dict(content.erased),
            "copies": [[str(c.path), c.made_at.isoformat(), c.by_date] for c in content.copies],
        }
    )
    sealed = _sealer(master).seal(_FORMAT.decode(), plain.encode())
    part = path.with_name(f".{path.name}.part")
    try:
        try:
            part.unlink(missing_ok=True)
            part.touch(mode=0o600)
            with part.open("wb") as file:
                file.write(_FORMAT + sealed)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as err:
        raise FileWriteError(
            f"{path} cannot be written: {err.strerror or err}.",
            path=path,
            hint="Choose a folder that exists, may be written to and has room.",
        ) from err


def read_key_file(path: Path, master: MasterKey) -> KeyFile:
    """Read a file of keys.

    Raises
    ------
    RecordNotFound
        When it is not there or cannot be read.
    SchemaTooNew
        When a later version wrote it.
    RecordTampered
        When a bit of it was changed, or it is another store's.
    """
    try:
        content = path.read_bytes()
    except OSError as err:
        raise RecordNotFound(
            f"{path}, which holds the clients' keys, cannot be read: {err.strerror or err}.",
            hint="A backup is two files. --keys FILE names the one with the keys.",
        ) from err
    if not content.startswith(_FORMAT):
        if content.startswith(_ANY_FORMAT):
            raise SchemaTooNew(
                f"{path} was written by a later version.", hint="Update tissuesense."
            )
        raise RecordTampered(f"{path} is no file of a backup's keys, or was altered.")
    try:
        plain = _sealer(master).open(_FORMAT.decode(), content[len(_FORMAT) :])
    except RecordTampered as err:
        raise RecordTampered(
            f"{path} was altered, or holds the keys of another store.",
            hint="Name another copy of the file with --keys.",
        ) from err
    return _key_file(json.loads(plain))


def _key_file(data: Mapping[str, Any]) -> KeyFile:
    return KeyFile(
        keys=tuple(
            WrappedKey(
                client=ClientId(client), purpose=Purpose(purpose), wrapped=bytes.fromhex(wrapped)
            )
            for client, purpose, wrapped in data["keys"]
        ),
        erased={ClientId(client): ErasureScope(scope) for client, scope in data["erased"].items()},
        copies=tuple(
            KeyCopy(path=Path(path), made_at=datetime.fromisoformat(made_at), by_date=by_date)
            for path, made_at, by_date in data["copies"]
        ),
    )


def _sealer(master: MasterKey) -> Sealer:
    return Sealer(master.derive("backup keys"))
