"""Hand a record out in another form: one client after the other, written down that it was done."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from tissuesense.core.clock import Clock
from tissuesense.core.errors import FileWriteError, RecordConflict, RecordErased, UsageError
from tissuesense.export.registry import FORMATS, Request
from tissuesense.record.audit import Exported
from tissuesense.record.client import ClientId
from tissuesense.record.history import ClientRecord, current
from tissuesense.record.intake import ConsentPurpose
from tissuesense.record.measurement import MeasurementId
from tissuesense.record.people import Identity
from tissuesense.services.care import keep
from tissuesense.services.identity import read_identity
from tissuesense.services.practice import practice_and_people
from tissuesense.services.records import load_client_record
from tissuesense.services.reporting import report_files
from tissuesense.store.opened import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be handed out.

    Attributes
    ----------
    form
        A name in the table of export formats.
    out
        The file or the folder.
    clients
        None: everybody but those who withdrew their consent to sharing.
    on_clients_request
        Whether the client asked for it, who may have it whatever was said of sharing.
    """

    form: str
    out: Path
    clients: tuple[ClientId, ...] | None = None
    with_identity: bool = False
    on_clients_request: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOut:
    """What was handed out.

    Attributes
    ----------
    left_out
        How many clients are not in it because they withdrew their consent to sharing.
    losses
        What of the record this format cannot hold, one sentence each.
    """

    out: Path
    clients: tuple[ClientId, ...]
    left_out: int
    losses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Records:
    """The records, loaded when they are asked for, each as often as it is asked for."""

    store: Store
    clients: Sequence[ClientId]

    def __iter__(self) -> Iterator[ClientRecord]:
        return (load_client_record(self.store, client) for client in self.clients)


class _Identities:
    """Who the clients are, as far as it is known; each that is looked at is written down, once."""

    def __init__(self, store: Store, clock: Clock, rng: np.random.Generator) -> None:
        self._store = store
        self._read = partial(read_identity, store, why="export", clock=clock, rng=rng)
        self._known: dict[ClientId, Identity | None] = {}

    def __call__(self, client: ClientId) -> Identity | None:
        if client not in self._known:
            try:
                self._known[client] = self._read(client) or Identity()
            except RecordErased:
                self._known[client] = None
        return self._known[client]


def export(store: Store, order: Order, *, clock: Clock, rng: np.random.Generator) -> HandedOut:
    """Write an export, which appears when it is whole; each client's record says so.

    Raises
    ------
    UsageError
        When there is something at `out` already, or a client's own copy is asked for and not one
        client is named.
    RecordNotFound
        When there is no such client.
    RecordConflict
        When a client who is named withdrew the consent to sharing, and did not ask for it.
    ConfigurationError
        When there is no such format, or its part of the package is not installed.
    FileWriteError
        When the folder or the disk refuses.
    """
    chosen = FORMATS[order.form]
    _refuse_existing(order.out, folder=chosen.folder)
    if chosen.own_copy:
        order = _for_one(order)
    clients, left_out = _whose(store, order)
    read = _Identities(store, clock, rng)
    try:
        with tempfile.TemporaryDirectory(
            prefix=".export-", dir=order.out.absolute().parent
        ) as part:
            unfinished = Path(part) / order.out.name
            request = Request(
                records=_Records(store, clients),
                out=unfinished,
                practice=practice_and_people(store)[0],
                exported_at=clock.now(),
                capture=lambda measurement: store.raw.capture(MeasurementId(measurement)),
                identity=read if order.with_identity else lambda _client: None,
                pages=partial(_pages, store, clock, read if order.with_identity else None),
            )
            chosen.write(request)
            _write_down(store, order, clients, clock, rng)
            _put_in_place(unfinished, order.out)
    except OSError as err:
        raise FileWriteError(
            f"{order.out} cannot be written: {err.strerror or err}.",
            path=order.out,
            hint="Choose a place that exists, may be written to and has room.",
        ) from err
    return HandedOut(out=order.out, clients=clients, left_out=left_out, losses=chosen.losses)


def _for_one(order: Order) -> Order:
    """Return the order as the client's own, who may have it whatever was said of sharing."""
    if order.clients is None or len(set(order.clients)) != 1:
        raise UsageError(
            f"'{order.form}' is one client's own copy.", hint="Name that client: --client ID."
        )
    return replace(order, on_clients_request=True)


def _pages(
    store: Store, clock: Clock, read: _Identities | None, client: ClientId
) -> Iterator[tuple[str, bytes]]:
    identity = None if read is None else read(client)
    return report_files(store, client, on=clock.local_now().date(), identity=identity)


def _refuse_existing(out: Path, *, folder: bool) -> None:
    if out.exists() and not (folder and out.is_dir() and not any(out.iterdir())):
        raise UsageError(
            f"{out} exists already.", hint="Choose another name; nothing is ever overwritten."
        )


def _whose(store: Store, order: Order) -> tuple[tuple[ClientId, ...], int]:
    """Return whose records go out, and how many are left out."""
    if order.clients is None:
        everybody = [client.id for client in store.clients.all()]
        may = [c for c in everybody if order.on_clients_request or not _withdrew(store, c)]
        return tuple(may), len(everybody) - len(may)
    clients = tuple(dict.fromkeys(store.clients.get(client).id for client in order.clients))
    refused = [client for client in clients if _withdrew(store, client)]
    if refused and not order.on_clients_request:
        raise RecordConflict(
            f"Consent to sharing was withdrawn by {', '.join(refused)}; nothing was written.",
            hint="Where the client asks for a copy, say --on-clients-request.",
        )
    return clients, 0


def _withdrew(store: Store, client: ClientId) -> bool:
    """Whether the last word of a client on sharing was no."""
    said = [
        entry.statement.given
        for entry in current(store.ledger.of_client(client, "consent"), "consent")
        if entry.statement.purpose is ConsentPurpose.SHARING
    ]
    return bool(said) and not said[-1]


def _write_down(
    store: Store,
    order: Order,
    clients: Sequence[ClientId],
    clock: Clock,
    rng: np.random.Generator,
) -> None:
    done = Exported(form=order.form, with_identity=order.with_identity)
    with store.transaction():
        for client in clients:
            keep(store, "exported", done, at=clock.now(), rng=rng, client=client)


def _put_in_place(unfinished: Path, out: Path) -> None:
    if out.exists():
        out.rmdir()  # refused where something has come into it meanwhile
    unfinished.rename(out)
