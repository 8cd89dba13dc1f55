"""Who a client is: read only on purpose, and never without a trace."""

import numpy as np

from tissuesense.core.clock import Clock
from tissuesense.record.audit import IdentityRead
from tissuesense.record.client import ClientId
from tissuesense.record.history import current
from tissuesense.record.people import Identity
from tissuesense.services.care import keep
from tissuesense.store.opened import Store


def read_identity(
    store: Store, client: ClientId, *, why: str, clock: Clock, rng: np.random.Generator
) -> Identity | None:
    """Return who a client is, and write down that somebody looked; None where it is not kept.

    Raises
    ------
    RecordNotFound
        When there is no such client.
    RecordErased
        When the identity was erased.
    """
    with store.transaction():
        known = current(store.ledger.of_client(client, "identity"), "identity")
        keep(store, "identity_read", IdentityRead(why=why), at=clock.now(), rng=rng, client=client)
    if not known:
        return None
    identity: Identity = known[-1].statement
    return identity
