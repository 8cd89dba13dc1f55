"""A trace holds what was indicated, cannot be changed, and is known by its content."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from tissuesense.core.arrays import FloatArray
from tissuesense.core.errors import UsageError
from tissuesense.core.trace import COLUMN_NAMES, ClockSource, Trace, TraceBuilder

T_S = np.arange(5) / 10


def full(**changes: FloatArray) -> Trace:
    columns: dict[str, Any] = {name: T_S + k for k, name in enumerate(COLUMN_NAMES, start=1)}
    return Trace(t_s=T_S, **(columns | changes))


def test_the_columns_are_those_of_the_contract() -> None:
    assert COLUMN_NAMES == (
        "force_n",
        "displacement_mm",
        "acceleration_m_s2",
        "angle_deg",
        "torque_n_m",
        "marker",
    )


def test_only_the_columns_that_are_there_are_listed() -> None:
    trace = Trace(t_s=T_S, marker=T_S, force_n=T_S)
    assert [name for name, _ in trace.columns()] == ["force_n", "marker"]


def test_a_trace_keeps_a_copy_that_nobody_can_change() -> None:
    force = np.zeros(5)
    trace = Trace(t_s=T_S, force_n=force)
    force[0] = 7.0
    assert trace.force_n is not None
    assert trace.force_n[0] == 0.0
    with pytest.raises(ValueError, match="read-only"):
        trace.force_n[0] = 7.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        trace.force_n = force  # type: ignore[misc]  # that is the claim


@pytest.mark.parametrize("t_s", [[0.0, 1.0, 1.0], [0.0, 2.0, 1.0]])
def test_time_increases_strictly_and_the_message_says_where_not(t_s: list[float]) -> None:
    with pytest.raises(UsageError, match="at index 2"):
        Trace(t_s=np.array(t_s))


@pytest.mark.parametrize("name", ["t_s", *COLUMN_NAMES])
def test_a_column_with_nan_is_refused_by_name(name: str) -> None:
    values = T_S.copy()
    values[3] = np.nan
    columns: dict[str, Any] = {"t_s": T_S} | {name: values}
    with pytest.raises(UsageError, match=f"{name} holds nan at index 3"):
        Trace(**columns)


@pytest.mark.parametrize("name", COLUMN_NAMES)
def test_a_column_of_another_length_is_refused_by_name(name: str) -> None:
    with pytest.raises(UsageError, match=f"{name} has 4 samples where t_s has 5"):
        full(**{name: T_S[:4]})


def test_traces_are_equal_when_their_content_is() -> None:
    assert full() == full()
    assert hash(full()) == hash(full())
    assert full() != "a trace"


@pytest.mark.parametrize("name", COLUMN_NAMES)
def test_one_digit_in_one_column_makes_another_trace(name: str) -> None:
    values = np.array(getattr(full(), name))
    values[2] = np.nextafter(values[2], np.inf)
    assert full() != full(**{name: values})


def test_the_same_numbers_in_another_column_make_another_trace() -> None:
    assert Trace(t_s=T_S, angle_deg=T_S) != Trace(t_s=T_S, force_n=T_S)


def test_between_keeps_both_ends() -> None:
    trace = Trace(t_s=T_S + 1e4, force_n=T_S, clock=ClockSource.DEVICE)
    part = trace.between(trace.t_s[1], trace.t_s[3])
    assert np.array_equal(part.t_s, trace.t_s[1:4])
    assert part.force_n is not None
    assert np.array_equal(part.force_n, T_S[1:4])
    assert part.clock is ClockSource.DEVICE


def test_between_may_be_empty() -> None:
    assert full().between(0.11, 0.19).size == 0


def test_a_trace_knows_its_length_and_rate() -> None:
    trace = Trace(t_s=5 + T_S)
    assert trace.size == 5
    assert trace.duration_s == pytest.approx(0.4)
    assert trace.sample_rate_hz == pytest.approx(10)


def test_an_empty_trace_lasts_no_time_and_has_no_rate() -> None:
    trace = Trace(t_s=np.empty(0))
    assert (trace.size, trace.duration_s, trace.sample_rate_hz) == (0, 0.0, None)


def built(*rows: tuple[float, float], marks_s: tuple[float, ...] = ()) -> Trace:
    builder = TraceBuilder(ClockSource.HOST)
    for t_s, force_n in rows:
        builder.add(t_s, force_n)
    for mark_s in marks_s:
        builder.mark(mark_s)
    return builder.build()


def test_a_builder_gives_what_was_added() -> None:
    trace = built((0.0, 1.0), (0.1, 2.0))
    assert trace == Trace(t_s=np.array([0.0, 0.1]), force_n=np.array([1.0, 2.0]))
    assert trace.clock is ClockSource.HOST


def test_a_row_that_is_not_later_is_not_added() -> None:
    builder = TraceBuilder(ClockSource.DEVICE)
    assert builder.add(1.0, 5.0)
    assert not builder.add(1.0, 6.0)
    assert not builder.add(0.5, 7.0)
    assert len(builder) == 1
    assert builder.build() == Trace(t_s=np.array([1.0]), force_n=np.array([5.0]))


@pytest.mark.parametrize(
    ("mark_s", "row"), [(0.0, 0), (0.05, 1), (0.1, 1), (-3.0, 0), (0.15, 2), (0.25, None)]
)
def test_a_signal_is_on_the_first_sample_at_or_after_it(mark_s: float, row: int | None) -> None:
    trace = built((0.0, 1.0), (0.1, 2.0), (0.2, 3.0), marks_s=(mark_s,))
    assert trace.marker is not None
    assert np.flatnonzero(trace.marker).tolist() == ([] if row is None else [row])


def test_without_a_signal_there_is_no_marker_column() -> None:
    assert built((0.0, 1.0)).marker is None


def test_a_builder_tells_when_the_client_signalled() -> None:
    builder = TraceBuilder(ClockSource.HOST)
    builder.mark(1.0)
    builder.mark(2.0)
    assert builder.marks_s == (1.0, 2.0)


def test_building_does_not_end_the_collecting() -> None:
    builder = TraceBuilder(ClockSource.HOST)
    builder.add(0.0, 1.0)
    early = builder.build()
    builder.add(0.1, 2.0)
    assert (early.size, builder.build().size) == (1, 2)


def test_an_empty_builder_builds_an_empty_trace() -> None:
    assert built().size == 0


def test_displacement_comes_with_every_row() -> None:
    builder = TraceBuilder(ClockSource.DEVICE)
    builder.add(0.0, 1.0, 0.5)
    builder.add(0.1, 2.0, 0.0)
    trace = builder.build()
    assert trace.displacement_mm is not None
    assert trace.displacement_mm.tolist() == [0.5, 0.0]


@pytest.mark.parametrize(("first_mm", "then_mm"), [(None, 1.0), (1.0, None), (0.0, None)])
def test_displacement_for_some_rows_only_is_refused(
    first_mm: float | None, then_mm: float | None
) -> None:
    builder = TraceBuilder(ClockSource.DEVICE)
    builder.add(0.0, 1.0, first_mm)
    with pytest.raises(UsageError, match="every row or for none"):
        builder.add(0.1, 2.0, then_mm)


def test_a_trace_may_have_no_force() -> None:
    builder = TraceBuilder(ClockSource.DEVICE)
    builder.add(0.0, angle_deg=5.0)
    builder.add(0.1, angle_deg=6.0)
    trace = builder.build()
    assert [name for name, _ in trace.columns()] == ["angle_deg"]
    assert trace.angle_deg is not None
    assert trace.angle_deg.tolist() == [5.0, 6.0]
    with pytest.raises(UsageError, match="force_n for every row or for none"):
        builder.add(0.2, 1.0, angle_deg=7.0)
