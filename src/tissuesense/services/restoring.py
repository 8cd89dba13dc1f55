"""Make a store of a backup again, or only try whether that would go."""

import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select

from tissuesense.core.clock import Clock
from tissuesense.core.errors import FileWriteError, RecordTampered, UsageError
from tissuesense.record.audit import Erased, ErasureScope
from tissuesense.record.client import ClientId
from tissuesense.services.care import keep
from tissuesense.store.backup import Manifest, keys_beside, read_manifest, unpack_ledger
from tissuesense.store.client_keys import Purpose
from tissuesense.store.folder import StoreFolder
from tissuesense.store.index_rebuild import rebuild_index
from tissuesense.store.key_copies import erased_clients, remember_copies
from tissuesense.store.key_file import KeyCopy, KeyFile, covers, read_key_file
from tissuesense.store.key_safe import (
    MasterKey,
    change_passphrase,
    is_locked,
    open_safe,
    open_with_recovery_code,
)
from tissuesense.store.keys import AskPassphrase, unlock
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_unlocked
from tissuesense.store.place import ServerPlace, StorePlace
from tissuesense.store.schema import EntryRow
from tissuesense.store.settling import settle
from tissuesense.store.verification import Verification, verify

Safe = Mapping[str, Any]
# Opens a safe: the key, and the safe as the restored store is to have it.
Opener = Callable[[Safe], tuple[MasterKey, Safe]]

_LATER = "It was erased after this backup was made."
_NO_KEY = "No key of this client came with the backup when it was restored."


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A store that was made of a backup.

    Attributes
    ----------
    keys
        The file that the clients' keys came from.
    erased
        How many clients were erased after the backup was made, and are so here too.
    keyless
        How many clients had no key in that file, and no word that they were erased: what is sealed
        of them cannot be read.
    """

    manifest: Manifest
    keys: Path
    erased: int
    keyless: int
    verification: Verification

    @property
    def ok(self) -> bool:
        """Whether everything came back, but for what was erased."""
        return not self.keyless

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        backup = {k: v for k, v in self.manifest.to_dict().items() if k != "safe"}
        return {
            "ok": self.ok,
            "backup": backup,
            "keys": str(self.keys),
            "erased_since": self.erased,
            "clients_without_key": self.keyless,
            "store": self.verification.to_dict(),
        }


def by_passphrase(passphrase: str | AskPassphrase | None = None) -> Opener:
    """Open with the passphrase that the store had on the day of the backup."""
    return lambda safe: (unlock(safe, passphrase), safe)


def by_recovery_code(code: str, new_passphrase: Callable[[], str] | None = None) -> Opener:
    """Open with the recovery code; a store that is restored gets a new passphrase."""

    def open_(safe: Safe) -> tuple[MasterKey, Safe]:
        if not is_locked(safe):
            return open_safe(safe, None), safe
        master = open_with_recovery_code(safe, code)
        if new_passphrase is None:
            return master, safe
        return master, change_passphrase(safe, master, new_passphrase())

    return open_


def restore(
    backup: Path,
    to: StorePlace,
    *,
    opener: Opener,
    clock: Clock,
    rng: np.random.Generator,
    keys: Path | None = None,
) -> Restored:
    """Make a store in the new folder `to`, which appears when all of it was verified.

    Onto a server, it is made in a folder that is thrown away, verified there, and settled.

    A client whose key is not in the file of keys is erased in the new store, and an entry says so.

    Parameters
    ----------
    keys
        The file with the clients' keys; default: the one beside the backup.

    Raises
    ------
    UsageError
        When `to` is not empty, or the server has a store of that practice.
    RecordNotFound
        When the backup or its keys are not there.
    StoreLocked
        When the passphrase or the recovery code is missing or wrong.
    RecordTampered
        When one of the files is damaged.
    FileWriteError
        When the folder or the disk refuses.
    RecordError
        When the server does.
    """
    if isinstance(to, ServerPlace):
        return _settled(backup, to, opener, clock, rng, keys or keys_beside(backup))
    to = to.absolute()
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise UsageError(
            f"{to} is not empty; a store is restored into a new folder.",
            hint="Name a folder that does not exist yet with --data.",
        )
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{to.name}.", dir=to.parent) as scratch:
            place = StoreFolder(Path(scratch) / "store")
            place.path.mkdir(mode=0o700)
            restored = _restored(backup, place, opener, clock, rng, keys or keys_beside(backup))
            if to.exists():
                to.rmdir()  # refused where something has come into it meanwhile
            place.path.rename(to)
    except OSError as err:
        raise FileWriteError(
            f"A store cannot be made in {to}: {err.strerror or err}.",
            path=to,
            hint="Choose a folder that may be written to and has room.",
        ) from err
    return restored


def check(
    backup: Path,
    *,
    opener: Opener,
    clock: Clock,
    rng: np.random.Generator,
    keys: Path | None = None,
) -> Restored:
    """Restore a backup into a place that is thrown away; the backup is only read.

    Raises
    ------
    RecordNotFound, StoreLocked, RecordTampered, FileWriteError
        As `restore` does.
    """
    with tempfile.TemporaryDirectory(prefix="tissuesense-") as scratch:
        return restore(
            backup, Path(scratch) / "store", opener=opener, clock=clock, rng=rng, keys=keys
        )


def _settled(
    backup: Path,
    to: ServerPlace,
    opener: Opener,
    clock: Clock,
    rng: np.random.Generator,
    keys: Path,
) -> Restored:
    with tempfile.TemporaryDirectory(prefix="tissuesense-") as scratch:
        place = StoreFolder(Path(scratch) / "store")
        place.path.mkdir(mode=0o700)
        return _restored(
            backup, place, opener, clock, rng, keys, then=lambda store: settle(store, to)
        )


def _restored(
    backup: Path,
    place: StoreFolder,
    opener: Opener,
    clock: Clock,
    rng: np.random.Generator,
    keys: Path,
    *,
    then: Callable[[Store], None] = lambda _store: None,
) -> Restored:
    manifest = read_manifest(backup)
    master, safe = opener(manifest.safe)
    unpack_ledger(backup, place.database, master)
    kept = read_key_file(keys, master)
    place.keys.touch(mode=0o600)
    place.write_safe(safe)
    with open_unlocked(place, master, clock, safe) as store:
        for copy in place.path.glob("store-*.db"):  # the backup itself is the copy put aside
            copy.unlink()
        if store.ledger.head() != (manifest.facts.entries, manifest.facts.head):
            raise RecordTampered(f"{backup} does not hold the ledger that it says it holds.")
        erased, keyless = _take_keys(store, kept, clock, rng)
        rebuild_index(store)
        own = KeyCopy(path=keys.absolute(), made_at=manifest.made_at)
        remember_copies(store, [own, *kept.copies])
        verification = verify(store)
        if verification.broken is not None:
            raise RecordTampered(f"{backup} is not whole: {verification.broken.what}")
        then(store)
    return Restored(
        manifest=manifest, keys=keys, erased=erased, keyless=keyless, verification=verification
    )


def _take_keys(
    store: Store, kept: KeyFile, clock: Clock, rng: np.random.Generator
) -> tuple[int, int]:
    """Take in the keys of whoever was not erased, and write down who is erased from now on.

    Returns
    -------
    tuple
        How many clients were erased after the backup was made, and how many have no key for no
        known reason.
    """
    known = erased_clients(store)
    keys = kept.without(known).keys
    store.keys.put(keys)
    there = {(key.client, key.purpose) for key in keys}
    later = keyless = 0
    with store.transaction() as session:
        named = select(EntryRow.client_id).where(EntryRow.client_id.is_not(None)).distinct()
        clients = session.scalars(named.order_by(EntryRow.client_id)).all()
        for client in (ClientId(str(name)) for name in clients):
            lost = [p for p in Purpose if (client, p) not in there]
            if _all_covered(lost, known.get(client)):
                continue
            told = _all_covered(lost, kept.erased.get(client))
            later, keyless = later + told, keyless + (not told)
            everything = Purpose.RECORD in lost
            erased = Erased(
                client_was=client,
                scope=ErasureScope.EVERYTHING if everything else ErasureScope.IDENTITY,
                reason=_LATER if told else _NO_KEY,
            )
            keep(store, "erased", erased, at=clock.now(), rng=rng)
    return later, keyless


def _all_covered(lost: Iterable[Purpose], scope: ErasureScope | None) -> bool:
    return all(covers(scope, purpose) for purpose in lost)
