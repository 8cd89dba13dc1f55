"""Open a store, or make one: the only way to the record on disk."""

from pathlib import Path

from tissuesense.core.clock import Clock
from tissuesense.core.errors import StoreLocked, UsageError
from tissuesense.store.engine import connect
from tissuesense.store.folder import StoreFolder
from tissuesense.store.key_safe import MasterKey, new_safe, open_safe, plain_safe
from tissuesense.store.keys import PASSPHRASE_VARIABLE, AskPassphrase, find_passphrase
from tissuesense.store.opened import Store
from tissuesense.store.schema import KeyBase
from tissuesense.store.upgrade import upgrade


def open_store(
    folder: Path,
    *,
    clock: Clock,
    create: bool = False,
    plain: bool = False,
    passphrase: str | AskPassphrase | None = None,
) -> Store:
    """Open the store in `folder`, bringing its tables up to date.

    Parameters
    ----------
    create
        Make the store where there is none.
    plain
        Make it unencrypted; a store that is there stays what it is.
    passphrase
        The passphrase itself, or how to ask a person for it where TISSUESENSE_PASSPHRASE is not
        set.

    Raises
    ------
    RecordNotFound
        When there is no store and none is to be made.
    UsageError
        When an encrypted store is to be made and there is no passphrase to be had.
    StoreLocked
        When the passphrase is missing or wrong.
    SchemaTooNew
        When a later version wrote the store; nothing was touched.
    RecordError
        When a store cannot be made in the folder, or the one in it is damaged.
    """
    place = StoreFolder(folder)
    if create and not place.exists:
        return _made(place, None if plain else _passphrase(passphrase, new=True), clock)
    safe = place.safe()
    encrypted = safe.get("protection") != "none"
    master = open_safe(safe, _passphrase(passphrase, new=False) if encrypted else None)
    return _open(place, master, clock, encrypted=encrypted)


def _made(place: StoreFolder, secret: str | None, clock: Clock) -> Store:
    if secret is None:
        (master, safe), code = plain_safe(), None
    else:
        master, safe, code = new_safe(secret)
    encrypted = secret is not None
    place.make(safe=safe, fill=lambda made: _open(made, master, clock, encrypted=encrypted).close())
    return _open(place, master, clock, encrypted=encrypted, recovery_code=code)


def _open(
    place: StoreFolder,
    master: MasterKey,
    clock: Clock,
    *,
    encrypted: bool,
    recovery_code: str | None = None,
) -> Store:
    key = master.derive("database") if encrypted else None
    engine = connect(place.database, key)
    try:
        upgrade(engine, place, clock=clock)
        keys = connect(place.keys, key, forgetting=True)
        KeyBase.metadata.create_all(keys)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine, keys, master, place.path, recovery_code=recovery_code)


def _passphrase(given: str | AskPassphrase | None, *, new: bool) -> str:
    secret = find_passphrase(given, new=new)
    if secret is not None:
        return secret
    hint = f"Set {PASSPHRASE_VARIABLE} and try again."
    if new:
        raise UsageError(
            "A new store is encrypted and needs a passphrase; none was given.",
            hint=hint + " Or use --plain for a store that is not encrypted.",
        )
    raise StoreLocked("The store is encrypted and its passphrase was not given.", hint=hint)
