"""A store with a few clients, each with all that is kept apart: names, words, numbers, raw data."""

import struct
from pathlib import Path

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from tests.unit.services.captured import captured_session

from tissuesense.core.clock import ManualClock
from tissuesense.record.client import ClientId
from tissuesense.services.care import enter
from tissuesense.services.records import (
    add_client,
    add_manual_finding,
    open_visit,
    save_measurement,
)
from tissuesense.store.folder import StoreFolder
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store

CLOCK = ManualClock()
PASSPHRASE = "five unrelated words in a row"  # noqa: S105 - of a store that lives for a test
# A site that only the first client has, and of which only the index and sealed entries know.
RARE = "levator_scapulae"
_PAGE, _RESERVED, _SALT, _IV = 4096, 80, 16, 16


def filled(folder: Path, *, plain: bool, clients: int = 3, visits: int = 1) -> Store:
    """Return an open store; the first client is felt at a site where nobody else is."""
    rng = np.random.default_rng(11)
    store = open_store(folder, clock=CLOCK, create=True, plain=plain, passphrase=PASSPHRASE)
    analysed, acquisition = captured_session()
    taken = [add_client(store, clock=CLOCK, rng=rng).id for _ in range(clients)]
    for number, client in enumerate(taken):
        named = {"name": f"Frieda Example {number}", "phone": "0123"}
        enter(store, "identity", named, clock=CLOCK, rng=rng, client=client)
    for _ in range(visits):
        for number, client in enumerate(taken):
            visit = open_visit(store, client, clock=CLOCK, rng=rng, reason=f"headache {number}")
            site = RARE if number == 0 else "trapezius_upper"
            felt = {"site": site, "side": "left", "tenderness": 2, "note": "as if on fire"}
            add_manual_finding(store, visit.id, felt, clock=CLOCK, rng=rng)
            save_measurement(store, visit.id, analysed, acquisition, clock=CLOCK, rng=rng)
    return store


def client_ids(store: Store) -> list[ClientId]:
    """Return the clients in the order in which they came."""
    rows = {row.client_id: row.seq for row in reversed([*store.ledger.rows()]) if row.client_id}
    return [ClientId(client) for client in sorted(rows, key=rows.__getitem__)]


def decrypted(store: Store, file: Path) -> bytes:
    """Return every page of a file of an encrypted store in the open, free pages too.

    The layout is that of SQLCipher 4: pages of 4096 bytes, AES-256-CBC, at the end of each page
    16 bytes of initialisation vector and 64 of HMAC; the first begins with 16 bytes of salt.
    """
    content, key = file.read_bytes(), store.master.derive("database")
    clear = b""
    for start in range(0, len(content), _PAGE):
        page = content[start : start + _PAGE]
        vector = page[-_RESERVED : -_RESERVED + _IV]
        sealed = page[_SALT if start == 0 else 0 : -_RESERVED]
        opener = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
        clear += opener.update(sealed) + opener.finalize()
    return clear


def in_the_open(store: Store) -> bytes:
    """Return the bytes of a store's database as whoever has its passphrase can see them."""
    folder = StoreFolder(store.path)
    plain = folder.database.read_bytes().startswith(b"SQLite format 3")
    log = folder.database.with_name("store.db-wal")
    assert not log.exists() or log.stat().st_size == 0
    return folder.database.read_bytes() if plain else decrypted(store, folder.database)


def as_stored(number: float) -> bytes:
    """Return a number as SQLite keeps it."""
    return struct.pack(">d", number)
