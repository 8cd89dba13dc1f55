"""The safe of a store, wherever the store is."""

from collections.abc import Mapping
from contextlib import closing
from typing import Any

from tissuesense.store.folder import StoreFolder
from tissuesense.store.place import ServerPlace, StorePlace
from tissuesense.store.server import Server


def read_safe(place: StorePlace) -> dict[str, Any]:
    """Return how a store's key is wrapped.

    Raises
    ------
    RecordError
        As `StoreFolder.safe` and `Server.safe` do.
    """
    if not isinstance(place, ServerPlace):
        return StoreFolder(place).safe()
    with closing(Server(place)) as server:
        return server.safe()


def write_safe(place: StorePlace, safe: Mapping[str, Any]) -> None:
    """Put another safe in the place of a store's, in one step.

    Raises
    ------
    RecordError
        As `StoreFolder.write_safe` and `Server.write_safe` do.
    """
    if not isinstance(place, ServerPlace):
        StoreFolder(place).write_safe(safe)
        return
    with closing(Server(place)) as server:
        server.write_safe(safe)
