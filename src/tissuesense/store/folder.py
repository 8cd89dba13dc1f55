"""The folder of a store: where it is, what lies in it, who may read it."""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tissuesense.core.errors import RecordConflict, RecordError, RecordNotFound, SchemaTooNew

FORMAT = 2
_SMALLEST_BYTES = 512  # the least that a page of SQLite has


@dataclass(frozen=True, slots=True)
class StoreFolder:
    """The paths of one store.

    The marker `store.json` is never encrypted and says only how to open the rest.
    """

    path: Path

    @property
    def database(self) -> Path:
        """The file that holds everything."""
        return self.path / "store.db"

    @property
    def keys(self) -> Path:
        """The file of the clients' own keys: apart, so that no copy of the database has them."""
        return self.path / "keys.db"

    @property
    def marker(self) -> Path:
        """Says the format version and how the store's key is wrapped."""
        return self.path / "store.json"

    @property
    def running(self) -> Path:
        """The folder of captures that are being recorded."""
        return self.path / "running"

    @property
    def exists(self) -> bool:
        """Whether a store was made here, to its end."""
        return self.marker.exists() and _is_filled(self.database)

    def make(self, *, safe: Mapping[str, Any], fill: Callable[["StoreFolder"], None]) -> None:
        """Make the folder, for its owner's eyes only, and in it a store that `fill` filled.

        The database is made under another name and put in place as the very last thing, with its
        key and its tables: whatever stops the making before leaves no store behind, and nothing
        that a later passphrase could lock by mistake.

        Raises
        ------
        RecordError
            When the folder cannot be made, or holds a database without its marker.
        RecordConflict
            When another program made a store here meanwhile.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not any(self.path.iterdir()):  # a folder with other things in it is not ours
                self.path.chmod(0o700)
            with TemporaryDirectory(prefix=".new-store-", dir=self.path) as name:
                unfinished = StoreFolder(Path(name))
                # SQLite gives its side files the permissions that the database has.
                for file in (unfinished.database, unfinished.keys):
                    file.touch(mode=0o600)
                fill(unfinished)
                if _is_filled(self.database):
                    raise self._not_ours_to_replace()
                self._put_aside()
                self.write_safe(safe)
                unfinished.keys.replace(self.keys)
                unfinished.database.replace(self.database)
        except OSError as err:
            raise RecordError(f"A store cannot be made in {self.path}: {err.strerror}.") from err

    def _put_aside(self) -> None:
        """Keep marker and keys of a store whose database is gone: a backup may still need them."""
        for file in (self.marker, self.keys):
            if _is_filled(file):
                name = hashlib.sha256(file.read_bytes()).hexdigest()[:8]
                file.replace(file.with_name(f"{file.stem}-without-database-{name}{file.suffix}"))

    def _not_ours_to_replace(self) -> RecordError:
        if self.marker.exists():
            return RecordConflict("Another program has just made a store here.", hint="Try again.")
        return RecordError(
            f"{self.database} stands there without its {self.marker.name}; nothing was touched.",
            hint="Restore the store from a backup, or name another folder with --data.",
        )

    def write_safe(self, safe: Mapping[str, Any]) -> None:
        """Write the marker, in one step.

        Raises
        ------
        RecordError
            When the folder or the disk refuses.
        """
        unfinished = self.marker.with_suffix(".new")
        try:
            unfinished.touch(mode=0o600)
            with unfinished.open("w", encoding="utf-8") as file:
                file.write(marker_text(safe))
                file.flush()
                os.fsync(file.fileno())  # without the safe in it, nothing opens the store again
            unfinished.replace(self.marker)
        except OSError as err:
            raise RecordError(f"{self.marker} cannot be written: {err.strerror}.") from err

    def check_files(self) -> None:
        """Refuse a store of which a file is gone: SQLite would begin a new, empty one in its place.

        Raises
        ------
        RecordError
            When the file of keys is missing, or either file is cut off; nothing was changed.
        """
        for file, what in ((self.keys, "the keys of all clients"), (self.database, "the record")):
            if not file.exists() or (file.is_file() and file.stat().st_size < _SMALLEST_BYTES):
                raise RecordError(
                    f"{file} is missing or cut off: it holds {what}. Nothing was changed.",
                    hint="Put the file back, or restore the store from a backup.",
                )

    def safe(self) -> dict[str, Any]:
        """Return how the store's key is wrapped.

        Raises
        ------
        RecordNotFound
            When there is no store.
        SchemaTooNew
            When a later version wrote the folder; nothing was touched.
        RecordError
            When the marker is damaged, or the store is of the time before the first release.
        """
        if not self.exists:
            raise RecordNotFound(
                f"There is no store in {self.path}.",
                hint="'tissuesense clients add' makes one; --data DIR names another folder.",
            )
        try:
            marker = json.loads(self.marker.read_text())
            written_by, safe = int(marker["format"]), dict(marker.get("safe", {}))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as err:
            raise RecordError(
                f"{self.marker} is damaged.", hint="Restore the store from a backup."
            ) from err
        if written_by > FORMAT:
            raise SchemaTooNew(
                f"The store has format {written_by}; this version reads up to {FORMAT}.",
                hint="Update tissuesense. Nothing was changed.",
            )
        if written_by < FORMAT:
            raise RecordError(
                f"The store has format {written_by}, of the time before the first release.",
                hint="Its traces and reports can be written by the version that made it. "
                "Nothing was changed.",
            )
        return safe


def marker_text(safe: Mapping[str, Any]) -> str:
    """Return what the marker of this safe reads, to the last blank."""
    return json.dumps({"format": FORMAT, "safe": safe}, indent=1) + "\n"


def _is_filled(database: Path) -> bool:
    return database.exists() and (not database.is_file() or database.stat().st_size > 0)
