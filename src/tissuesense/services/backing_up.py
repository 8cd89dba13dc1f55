"""Back a store up while it is in use: the ledger in one file, the clients' keys in another."""

import os
import re
import shutil
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tissuesense.core.clock import Clock
from tissuesense.core.errors import FileWriteError, UsageError
from tissuesense.store.backup import Manifest, keys_beside, write_backup
from tissuesense.store.key_copies import (
    Unreached,
    copy_keys,
    forget_copy,
    known_copies,
    take_out_erased,
)
from tissuesense.store.key_file import KeyCopy
from tissuesense.store.key_safe import is_locked
from tissuesense.store.ledger_copy import copy_ledger
from tissuesense.store.opened import Store

_STAMP = "%Y%m%dT%H%M%SZ"
_LEFT_BEHIND = re.compile(r"\.tissuesense-(\d{8}T\d{6}Z)\.backup\.part")
_DAYS, _WEEKS, _MONTHS = 7, 4, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup that was made.

    Attributes
    ----------
    removed
        Earlier ones whose time was over.
    unreached
        Files of keys, of this or earlier backups, in which keys of erased clients may still be.
    """

    path: Path
    keys: Path
    manifest: Manifest
    removed: tuple[Path, ...] = ()
    unreached: tuple[Unreached, ...] = ()

    @property
    def encrypted(self) -> bool:
        """Whether it takes a passphrase to read."""
        return is_locked(self.manifest.safe)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        facts = {k: v for k, v in self.manifest.to_dict().items() if k not in ("format", "safe")}
        return {
            "backup": str(self.path),
            "keys": str(self.keys),
            "encrypted": self.encrypted,
            **facts,
            "removed": [str(path) for path in self.removed],
            "unreached": [{"path": str(u.path), "why": u.why} for u in self.unreached],
        }


def back_up(
    store: Store, out: Path, *, clock: Clock, force: bool = False, by_date: bool = False
) -> Backup:
    """Write the ledger to `out` and the clients' keys beside it, each whole or not at all.

    Parameters
    ----------
    force
        Replace a backup that is there.
    by_date
        Whether `prune` may remove it when its time is over.

    Raises
    ------
    UsageError
        When one of the files exists and is not to be replaced.
    FileWriteError
        When the folder or the disk refuses; what was there before is untouched.
    RecordTampered
        When the store's file is damaged.
    """
    out = Path(os.path.abspath(out))  # noqa: PTH100 - a link stays the place that was named
    keys = keys_beside(out)
    for file in (out, keys):
        if file.exists() and not force:
            raise UsageError(
                f"{file} exists already.", hint="Choose another name, or say --force to replace it."
            )
    made_at = clock.now()
    with _workshop(out) as part:
        ledger, packed = part / "ledger.db", part / "packed"
        facts = copy_ledger(store, ledger, clock=clock)
        manifest = Manifest(safe=store.safe(), facts=facts, made_at=made_at)
        write_backup(packed, manifest, ledger, store.master)
        copy_keys(store, KeyCopy(path=keys, made_at=made_at, by_date=by_date))
        packed.replace(out)
    return Backup(path=out, keys=keys, manifest=manifest, unreached=take_out_erased(store))


def back_up_into(store: Store, folder: Path, *, clock: Clock) -> Backup:
    """Back up into `folder` under a name by date, and remove earlier ones whose time is over.

    Raises
    ------
    FileWriteError, RecordTampered, UsageError
        As `back_up` does.
    """
    folder = Path(os.path.abspath(folder))  # noqa: PTH100 - as above
    now = clock.now().astimezone(UTC)
    _sweep(folder, now)
    made = back_up(store, folder / f"tissuesense-{now:{_STAMP}}.backup", clock=clock, by_date=True)
    return Backup(
        path=made.path,
        keys=made.keys,
        manifest=made.manifest,
        removed=prune(store, folder),
        unreached=made.unreached,
    )


def prune(store: Store, folder: Path) -> tuple[Path, ...]:
    """Remove the backups by date that are none of those to keep; return which.

    Only what the store remembers to have made under a name of its own choice is looked at. What
    cannot be removed stays for the next time.
    """
    made = {c.path: c.made_at for c in known_copies(store) if c.by_date and c.path.parent == folder}
    keep = to_keep(made.values())
    removed = []
    for keys, made_at in made.items():
        if made_at not in keep:
            with suppress(OSError):
                backup = keys.with_suffix("")
                backup.unlink(missing_ok=True)
                keys.unlink(missing_ok=True)
                forget_copy(store, keys)
                removed.append(backup)
    return tuple(removed)


def to_keep(made: Iterable[datetime]) -> set[datetime]:
    """Return the last of each of 7 days, 4 weeks and 12 months, counting those with a backup."""
    newest_first = sorted(made, reverse=True)
    kept: set[datetime] = set()
    for most, period in ((_DAYS, _day), (_WEEKS, _week), (_MONTHS, _month)):
        last_of: dict[Hashable, datetime] = {}
        for moment in newest_first:
            last_of.setdefault(period(moment), moment)
        kept.update(list(last_of.values())[:most])
    return kept


def _day(moment: datetime) -> Hashable:
    return moment.date()


def _week(moment: datetime) -> Hashable:
    return moment.isocalendar()[:2]


def _month(moment: datetime) -> Hashable:
    return moment.year, moment.month


@contextmanager
def _workshop(out: Path) -> Iterator[Path]:
    """Make a hidden folder beside `out`; one of the same name was left by a program that died."""
    part = out.with_name(f".{out.name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(mode=0o700)
        yield part
    except OSError as err:
        raise FileWriteError(
            f"{out} cannot be written: {err.strerror or err}.",
            path=out,
            hint="Choose a folder that exists, may be written to and has room.",
        ) from err
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _sweep(folder: Path, now: datetime) -> None:
    """Remove what a program that died while backing up left a day ago or earlier."""
    if not folder.is_dir():
        return
    for part in folder.iterdir():
        if (found := _LEFT_BEHIND.fullmatch(part.name)) is not None:
            begun = datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC)
            if now - begun > timedelta(days=1):
                shutil.rmtree(part, ignore_errors=True)
