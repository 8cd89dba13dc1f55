"""The folder of a store: where it is, what lies in it, who may read it."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tissuesense.core.errors import RecordConflict, RecordError, RecordNotFound, SchemaTooNew

DATA_VARIABLE = "TISSUESENSE_DATA"
FORMAT = 1


def data_folder(option: Path | None = None) -> Path:
    """Return the folder that `--data` names, else TISSUESENSE_DATA, else the user's data folder."""
    if option is not None:
        return option
    if named := os.environ.get(DATA_VARIABLE):
        return Path(named)
    from platformdirs import user_data_path  # noqa: PLC0415 - only where nothing else was said

    return user_data_path("tissuesense", appauthor=False)


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
    def marker(self) -> Path:
        """Says format version and whether the database is encrypted."""
        return self.path / "store.json"

    @property
    def exists(self) -> bool:
        """Whether a store was made here, to its end."""
        return self.marker.exists() and _is_filled(self.database)

    def make(self, *, encrypted: bool, fill: Callable[["StoreFolder"], None]) -> None:
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
                unfinished.database.touch(mode=0o600)
                fill(unfinished)
                if _is_filled(self.database):
                    raise self._not_ours_to_replace()
                marker = json.dumps({"format": FORMAT, "encrypted": encrypted}) + "\n"
                self.marker.write_text(marker)
                self.marker.chmod(0o600)
                unfinished.database.replace(self.database)
        except OSError as err:
            raise RecordError(f"A store cannot be made in {self.path}: {err.strerror}.") from err

    def _not_ours_to_replace(self) -> RecordError:
        if self.marker.exists():
            return RecordConflict("Another program has just made a store here.", hint="Try again.")
        return RecordError(
            f"{self.database} stands there without its {self.marker.name}; nothing was touched.",
            hint="Restore the store from a backup, or name another folder with --data.",
        )

    def is_encrypted(self) -> bool:
        """Return what the marker says.

        Raises
        ------
        RecordNotFound
            When there is no store.
        SchemaTooNew
            When a later version wrote the folder; nothing was touched.
        RecordError
            When the marker is damaged.
        """
        if not self.exists:
            raise RecordNotFound(
                f"There is no store in {self.path}.",
                hint="'tissuesense clients add' makes one; --data DIR names another folder.",
            )
        try:
            marker = json.loads(self.marker.read_text())
            written_by, encrypted = int(marker["format"]), bool(marker["encrypted"])
        except (OSError, ValueError, KeyError, TypeError) as err:
            raise RecordError(
                f"{self.marker} is damaged.", hint="Restore the store from a backup."
            ) from err
        if written_by > FORMAT:
            raise SchemaTooNew(
                f"The store has format {written_by}; this version reads up to {FORMAT}.",
                hint="Update tissuesense. Nothing was changed.",
            )
        return encrypted


def _is_filled(database: Path) -> bool:
    return database.exists() and (not database.is_file() or database.stat().st_size > 0)
