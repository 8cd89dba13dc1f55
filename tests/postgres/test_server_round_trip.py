"""A record that goes into a store on a server comes out the same, to the last bit."""

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from tests.postgres.conftest import TestServer
from tests.unit.record.strategies import CAPTURES, client_records

from tissuesense.core.clock import ManualClock
from tissuesense.record.document import canonical_json, record_json
from tissuesense.record.history import ClientRecord
from tissuesense.record.measurement import MeasurementId
from tissuesense.services.adopt import adopt
from tissuesense.services.records import load_client_record
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store
from tissuesense.store.verification import verify

CLOCK = ManualClock()


def keep(store: Store, record: ClientRecord) -> None:
    named = {m.measurement.id: m.measurement.capture_sha256 for m in record.measurements()}
    adopt(
        store,
        record,
        capture=lambda measurement: CAPTURES.get(named[MeasurementId(measurement)] or ""),
        rng=np.random.default_rng(1),
    )


@given(record=client_records())
@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    # Each example has a practice of its own; the database is there for all of them.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_server_gives_the_record_again(server: TestServer, record: ClientRecord) -> None:
    practice = f"p{np.random.default_rng().integers(1 << 60)}"
    with open_store(server.address(practice), clock=CLOCK, create=True, plain=True) as store:
        keep(store, record)
    with open_store(server.address(practice), clock=CLOCK) as store:
        again = load_client_record(store, record.client.id)
        kept = [store.raw.capture(m.measurement.id) for m in record.measurements()]
        whole = verify(store)
    named = [m.measurement.capture_sha256 for m in record.measurements()]
    assert kept == [None if name is None else CAPTURES[name] for name in named]
    assert canonical_json(record_json(again)) == canonical_json(record_json(record))
    assert whole.ok, whole.broken
