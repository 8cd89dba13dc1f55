"""A record that goes into JSON or into a store comes out the same, to the last bit."""

import json
import math
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.unit.record.strategies import CAPTURES, client_records, numbers, texts, traces, traces_of

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import RecordNotFound, UsageError
from tissuesense.core.trace import Trace
from tissuesense.record.document import canonical_json, record_from_json, record_json
from tissuesense.record.history import ClientRecord
from tissuesense.record.measurement import MeasurementId
from tissuesense.services.adopt import adopt
from tissuesense.services.records import load_client_record
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store
from tissuesense.store.traces import decode_trace, encode_trace


def keep(store: Store, record: ClientRecord) -> None:
    named = {m.measurement.id: m.measurement.capture_sha256 for m in record.measurements()}
    adopt(
        store,
        record,
        capture=lambda measurement: CAPTURES.get(named[MeasurementId(measurement)] or ""),
        rng=np.random.default_rng(1),
    )


@given(client_records())
def test_json_text_gives_the_record_again(record: ClientRecord) -> None:
    document = json.loads(canonical_json(record_json(record)))
    again = record_from_json(document, traces=traces_of(record))
    assert again == record
    assert canonical_json(record_json(again)) == canonical_json(record_json(record))


@given(record=client_records())
# Shrinking would open a store some thousand times, for minutes.
@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
def test_store_gives_the_record_again(record: ClientRecord) -> None:
    clock = ManualClock()
    with tempfile.TemporaryDirectory() as folder:
        with open_store(Path(folder), clock=clock, create=True, plain=True) as store:
            keep(store, record)
        with open_store(Path(folder), clock=clock) as store:
            again = load_client_record(store, record.client.id)
            kept = [store.raw.capture(m.measurement.id) for m in record.measurements()]
    named = [m.measurement.capture_sha256 for m in record.measurements()]
    assert kept == [None if name is None else CAPTURES[name] for name in named]
    assert canonical_json(record_json(again)) == canonical_json(record_json(record))
    assert [m.measurement for m in again.measurements()] == [
        m.measurement for m in record.measurements()
    ]
    assert clocks(again) == clocks(record)


def clocks(record: ClientRecord) -> list[str]:
    """Return what the equality of traces does not look at."""
    return [measured.measurement.trace.clock for measured in record.measurements()]


@given(traces())
def test_trace_bytes_give_every_bit_again(trace: Trace) -> None:
    again = decode_trace(*encode_trace(trace))
    assert again.sha256 == trace.sha256
    assert again.clock is trace.clock
    for name, values in trace.columns():
        signs = [math.copysign(1, value) for value in values]
        assert [math.copysign(1, value) for value in getattr(again, name)] == signs


@given(st.dictionaries(texts, numbers))
def test_canonical_json_does_not_depend_on_the_order_of_keys(content: dict[str, float]) -> None:
    backwards = dict(reversed(content.items()))
    assert canonical_json(backwards) == canonical_json(content)


@given(client_records())
def test_record_without_its_raw_data_is_refused(record: ClientRecord) -> None:
    document = record_json(record)
    if next(record.measurements(), None) is None:
        assert record_from_json(document, traces={}) == record
        return
    with pytest.raises(RecordNotFound):
        record_from_json(document, traces={})


@given(client_records(), st.data())
def test_record_with_a_part_missing_is_refused(record: ClientRecord, data: st.DataObject) -> None:
    document = record_json(record)
    del document[data.draw(st.sampled_from(["schema", "client", "visits"]))]
    with pytest.raises(UsageError):
        record_from_json(document, traces=traces_of(record))
