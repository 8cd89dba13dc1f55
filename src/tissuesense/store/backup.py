"""A backup as one file: a zip of a manifest in the open and the ledger as the store encrypts it.

The comment at the end of the zip is a mark over every byte before it, made with a key of the
store: whatever was changed, and whoever changed it without that key, is noticed.
"""

import hmac
import json
import os
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from tissuesense.core.errors import (
    FileWriteError,
    RecordError,
    RecordNotFound,
    RecordTampered,
    SchemaTooNew,
)
from tissuesense.core.version import __version__
from tissuesense.store.key_safe import MasterKey
from tissuesense.store.ledger_copy import LedgerFacts

_FORMAT = 1
_NAME = "tissuesense.backup"
_MANIFEST, _LEDGER = "manifest.json", "ledger.db"
_MARK_BYTES = 64  # hexadecimal
_CHUNK = 1 << 20
_MOST_MANIFEST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says of itself to whoever has the file; it names nobody.

    Attributes
    ----------
    safe
        How the store's key is wrapped: who has the passphrase of that day can open the backup.
    software
        The version that wrote it.
    """

    safe: Mapping[str, Any]
    facts: LedgerFacts
    made_at: datetime
    software: str = __version__

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "format": f"{_NAME}/{_FORMAT}",
            "made_at": self.made_at.isoformat(),
            "software": self.software,
            **asdict(self.facts),
            "safe": dict(self.safe),
        }


def keys_beside(backup: Path) -> Path:
    """Return where the clients' keys of a backup are."""
    return backup.with_name(f"{backup.name}.keys")


def write_backup(to: Path, manifest: Manifest, ledger: Path, master: MasterKey) -> None:
    """Pack a copied ledger into a new file, which is on the disk when this returns.

    Raises
    ------
    FileWriteError
        When the folder or the disk refuses.
    """
    try:
        to.touch(mode=0o600, exist_ok=False)
        with zipfile.ZipFile(to, "w") as packed:
            packed.comment = b"0" * _MARK_BYTES
            packed.writestr(_MANIFEST, json.dumps(manifest.to_dict(), indent=1) + "\n")
            packed.write(ledger, _LEDGER)
        with to.open("r+b") as file:
            mark = _mark(file, master)
            file.seek(-_MARK_BYTES, os.SEEK_END)
            file.write(mark)
            file.flush()
            os.fsync(file.fileno())
    except OSError as err:
        raise FileWriteError(
            f"{to} cannot be written: {err.strerror or err}.",
            path=to,
            hint="Choose a folder that exists, may be written to and has room.",
        ) from err


def read_manifest(backup: Path) -> Manifest:
    """Read what a backup says of itself; nothing is proved by it yet.

    Raises
    ------
    RecordNotFound
        When the file is not there or cannot be read.
    SchemaTooNew
        When a later version wrote it.
    RecordTampered
        When it is no backup, or is damaged.
    """
    try:
        with zipfile.ZipFile(backup) as packed:
            _refuse_other_contents(packed)
            return _manifest(json.loads(packed.read(_MANIFEST)))
    except OSError as err:
        raise RecordNotFound(f"{backup} cannot be read: {err.strerror or err}.") from err
    except _BROKEN as err:
        raise _no_backup(backup) from err


def unpack_ledger(backup: Path, to: Path, master: MasterKey) -> None:
    """Prove that a backup is as it was written, then write its ledger to a new file.

    Raises
    ------
    RecordTampered
        When one byte of it is another one.
    FileWriteError
        When the folder or the disk refuses.
    """
    with backup.open("rb") as file:
        mark = _mark(file, master)
        if not hmac.compare_digest(file.read(), mark):
            raise RecordTampered(
                f"{backup} is not as it was written: it was altered, or is damaged.",
                hint="Take another copy of it, or another backup.",
            )
        try:
            to.touch(mode=0o600, exist_ok=False)
            with (
                zipfile.ZipFile(file) as packed,
                packed.open(_LEDGER) as ledger,
                to.open("wb") as unpacked,
            ):
                shutil.copyfileobj(ledger, unpacked, _CHUNK)
        except OSError as err:
            raise FileWriteError(
                f"{to.parent} cannot be written to: {err.strerror or err}.",
                path=to,
                hint="Choose a folder that may be written to and has room.",
            ) from err
        except _BROKEN as err:
            raise _no_backup(backup) from err


# What a zip that is none, or a manifest that is none, can end in.
_BROKEN = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
)


def _mark(file: BinaryIO, master: MasterKey) -> bytes:
    """Return the mark over all of a file but its mark, before which the file then stands."""
    left = max(0, file.seek(0, os.SEEK_END) - _MARK_BYTES)
    file.seek(0)
    mark = hmac.new(master.derive("backup"), digestmod="sha256")
    while left and (piece := file.read(min(left, _CHUNK))):
        mark.update(piece)
        left -= len(piece)
    return mark.hexdigest().encode()


def _refuse_other_contents(packed: zipfile.ZipFile) -> None:
    stored = {info.filename: info for info in packed.infolist()}
    # Nothing here is proved yet: a manifest that unpacks to a gigabyte is none of ours.
    if (
        list(stored) != [_MANIFEST, _LEDGER]
        or any(info.compress_type != zipfile.ZIP_STORED for info in stored.values())
        or stored[_MANIFEST].file_size > _MOST_MANIFEST_BYTES
    ):
        raise ValueError


def _manifest(data: Mapping[str, Any]) -> Manifest:
    name, _, version = data["format"].partition("/")
    if name != _NAME:
        raise ValueError
    if int(version) > _FORMAT:
        raise SchemaTooNew(
            f"The backup has format {int(version)}; this version reads up to {_FORMAT}.",
            hint="Update tissuesense.",
        )
    return Manifest(
        safe=dict(data["safe"]),
        facts=LedgerFacts(
            **{name: data[name] for name in ("head", "entries", "clients", "measurements")}
        ),
        made_at=datetime.fromisoformat(data["made_at"]),
        software=data["software"],
    )


def _no_backup(path: Path) -> RecordError:
    return RecordTampered(
        f"{path} is no backup of tissuesense, or is damaged.",
        hint="Take another copy of it, or another backup.",
    )
