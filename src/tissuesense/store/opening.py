"""Open a store, or make one: the only way to the record, on a disk or a server."""

from collections.abc import Mapping
from typing import Any

from tissuesense.core.clock import Clock
from tissuesense.core.errors import RecordError, UsageError
from tissuesense.store.engine import connect
from tissuesense.store.failures import in_our_words
from tissuesense.store.folder import StoreFolder
from tissuesense.store.index_rebuild import refresh_index
from tissuesense.store.key_safe import MasterKey, is_locked, new_safe, plain_safe, store_name
from tissuesense.store.keys import PASSPHRASE_VARIABLE, AskPassphrase, find_passphrase, unlock
from tissuesense.store.opened import Store
from tissuesense.store.place import ServerPlace, StorePlace, store_place
from tissuesense.store.schema import KeyBase
from tissuesense.store.upgrade import upgrade


def open_store(
    named: StorePlace | str,
    *,
    clock: Clock,
    create: bool = False,
    plain: bool = False,
    passphrase: str | AskPassphrase | None = None,
) -> Store:
    """Open a store, bringing its tables up to date.

    Parameters
    ----------
    named
        Its folder, or postgresql://USER@HOST/DATABASE?practice=NAME.
    create
        Make the store where there is none.
    plain
        Make it unencrypted; a store that is there stays what it is.
    passphrase
        The passphrase itself, or how to ask a person for it where neither TISSUESENSE_PASSPHRASE
        nor the keyring of this computer knows it.

    Raises
    ------
    RecordNotFound
        When there is no store and none is to be made.
    UsageError
        When an encrypted store is to be made and there is no passphrase to be had, or the address
        of a server cannot be read.
    ConfigurationError
        When the server's user sees the rows of every practice, or the extra `postgres` is missing.
    StoreLocked
        When the passphrase is missing or wrong.
    SchemaTooNew
        When a later version wrote the store; nothing was touched.
    RecordError
        When a store cannot be made in the folder, the one in it is damaged, or a server refuses.
    """
    found = store_place(named)
    if isinstance(found, ServerPlace):
        return _open_on_server(found, passphrase, create=create, plain=plain)
    place = StoreFolder(found)
    if create and not place.exists:
        return _made(place, None if plain else _new_passphrase(passphrase), clock)
    safe = place.safe()
    place.check_files()
    return open_unlocked(place, unlock(safe, passphrase), clock, safe)


def _made(place: StoreFolder, secret: str | None, clock: Clock) -> Store:
    master, safe, code = _new_key(secret)
    place.make(safe=safe, fill=lambda made: open_unlocked(made, master, clock, safe).close())
    place.check_files()
    return open_unlocked(place, master, clock, safe, recovery_code=code)


def open_unlocked(
    place: StoreFolder,
    master: MasterKey,
    clock: Clock,
    safe: Mapping[str, Any],
    *,
    recovery_code: str | None = None,
) -> Store:
    """Open the store of a folder whose key is known, bringing its tables up to date.

    Files that are not there are made: where a store should be, ask `place.check_files` first.

    Raises
    ------
    SchemaTooNew
        When a later version wrote the store; nothing was touched.
    RecordError
        When the database or its keys cannot be read.
    """
    locked = is_locked(safe)
    key = master.derive("database") if locked else None
    engine = connect(place.database, key)
    try:
        with in_our_words():
            upgrade(engine, place, clock=clock)
            keys = connect(place.keys, key, forgetting=True)
            KeyBase.metadata.create_all(keys)
    except BaseException:
        engine.dispose()
        raise
    name = store_name(safe) if locked else ""
    return _whole(Store(engine, keys, master, place.path, name=name, recovery_code=recovery_code))


def _whole(store: Store) -> Store:
    """Return a store whose index is as this version makes it."""
    try:
        refresh_index(store)
    except BaseException:
        store.close()
        raise
    return store


def _open_on_server(
    place: ServerPlace,
    passphrase: str | AskPassphrase | None,
    *,
    create: bool,
    plain: bool,
) -> Store:
    from tissuesense.store.server import Server  # noqa: PLC0415 - few stores are on one

    server = Server(place)
    try:
        if create and not server.exists:
            master, safe, code = _new_key(None if plain else _new_passphrase(passphrase))
            server.make(safe)
        else:
            safe, code = server.safe(), None
            master = unlock(safe, passphrase)
            server.upgrade()
        _make_folder_of(place)
    except BaseException:
        server.close()
        raise
    name = store_name(safe) if is_locked(safe) else ""
    return _whole(
        Store(server.engine, server.key_engine, master, place, name=name, recovery_code=code)
    )


def _make_folder_of(place: ServerPlace) -> None:
    try:
        place.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as err:
        raise RecordError(
            f"{place.folder} cannot be made: {err.strerror}.",
            hint="It takes recordings that are going on; let this user write there.",
        ) from err


def _new_key(secret: str | None) -> tuple[MasterKey, Mapping[str, Any], str | None]:
    """Return a new store's key, its safe, and the recovery code of one with a passphrase."""
    if secret is None:
        return *plain_safe(), None
    return new_safe(secret)


def _new_passphrase(given: str | AskPassphrase | None) -> str:
    secret = find_passphrase(given, new=True)
    if secret is None:
        raise UsageError(
            "A new store is encrypted and needs a passphrase; none was given.",
            hint=f"Set {PASSPHRASE_VARIABLE} and try again. Or use --plain for a store that is "
            "not encrypted.",
        )
    return secret
