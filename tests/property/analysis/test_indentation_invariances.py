"""Claim: units, zeros, the clock and a calibration's gain change only what they should."""

import json
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.analysis.pressed_tissue import Columns, Gauge, Pressing, pressed

from tissuesense.analysis.estimators.indentation import analyse_indentation
from tissuesense.analysis.press_hold.result import IndentationAnalysis, IndentationPress
from tissuesense.core.quantity import Estimate, Outcome
from tissuesense.core.recording import Recording
from tissuesense.core.trace import Trace

COLUMNS = pressed(Pressing(presses=2), Gauge(seed=5))


def analysed(columns: Columns) -> IndentationAnalysis:
    return analyse_indentation(columns.recording())


BEFORE = analysed(COLUMNS)


def same(one: Outcome, other: Outcome, factor: float = 1.0, rel: float = 1e-3) -> bool:
    assert isinstance(one, Estimate)
    assert isinstance(other, Estimate)
    return bool(
        np.allclose(
            [one.value, one.standard_uncertainty],
            [factor * other.value, factor * other.standard_uncertainty],
            rtol=rel,
        )
    )


@given(offset=st.floats(-50, 50), zero=st.floats(-100, 100), start=st.floats(-1000, 1000))
def test_zeros_and_the_clocks_start_change_no_quantity(
    offset: float, zero: float, start: float
) -> None:
    moved = Columns(
        t_s=COLUMNS.t_s + start,
        force_n=COLUMNS.force_n + offset,
        way_mm=COLUMNS.way_mm + zero,
    )
    for after, before in zip(analysed(moved).presses, BEFORE.presses, strict=True):
        assert same(after.secant_stiffness_n_mm, before.secant_stiffness_n_mm)
        assert same(after.relaxation_fraction, before.relaxation_fraction)
        assert same(after.energy_loss_ratio, before.energy_loss_ratio)


@given(factor=st.floats(0.7, 20))
def test_force_in_another_unit_scales_stiffness_and_nothing_else(factor: float) -> None:
    scaled = replace(COLUMNS, force_n=factor * COLUMNS.force_n)
    for after, before in zip(analysed(scaled).presses, BEFORE.presses, strict=True):
        assert same(after.power_exponent, before.power_exponent)
        assert near(after.contact_mm, before.contact_mm)
        assert same_relaxation(after, before)
        assert same(after.secant_stiffness_n_mm, before.secant_stiffness_n_mm, factor)
        assert same(after.relaxation_fraction, before.relaxation_fraction)
        assert same(after.energy_loss_ratio, before.energy_loss_ratio)
        assert np.isclose(after.hold_s, before.hold_s, rtol=1e-3)


@given(factor=st.floats(0.2, 5))
def test_displacement_in_another_unit_scales_compliance_and_nothing_else(factor: float) -> None:
    scaled = replace(COLUMNS, way_mm=factor * COLUMNS.way_mm)
    for after, before in zip(analysed(scaled).presses, BEFORE.presses, strict=True):
        assert same(after.secant_stiffness_n_mm, before.secant_stiffness_n_mm, 1 / factor)
        for one, other in zip(after.tangents, before.tangents, strict=True):
            assert same(one.stiffness_n_mm, other.stiffness_n_mm, 1 / factor)
        assert same(after.power_exponent, before.power_exponent)
        assert same(after.relaxation_fraction, before.relaxation_fraction)
        assert same(after.energy_loss_ratio, before.energy_loss_ratio)


def near(one: float | None, other: float | None) -> bool:
    assert one is not None
    assert other is not None
    return abs(one - other) < 1e-3


def same_relaxation(one: IndentationPress, other: IndentationPress) -> bool:
    names = one.relaxation_numbers.keys()
    return names == other.relaxation_numbers.keys() and all(
        same(one.relaxation_numbers[name], other.relaxation_numbers[name], rel=0.01)
        for name in names
    )


@given(seed=st.integers(0, 2**32 - 1), share=st.floats(0, 0.03))
def test_lost_readings_keep_the_presses_and_move_numbers_little(seed: int, share: float) -> None:
    keep = np.random.default_rng(seed).random(COLUMNS.t_s.size) >= share
    thinned = Columns(
        t_s=COLUMNS.t_s[keep], force_n=COLUMNS.force_n[keep], way_mm=COLUMNS.way_mm[keep]
    )
    for after, before in zip(analysed(thinned).presses, BEFORE.presses, strict=True):
        assert same_value(after.secant_stiffness_n_mm, before.secant_stiffness_n_mm, 0.03)
        assert same_value(after.relaxation_fraction, before.relaxation_fraction, 0.02)


def same_value(one: Outcome, other: Outcome, within: float) -> bool:
    assert isinstance(one, Estimate)
    assert isinstance(other, Estimate)
    return abs(one.value - other.value) <= within


SIGNALS = st.lists(st.floats(-100, 100), min_size=0, max_size=120)


@given(force=SIGNALS, step=st.floats(0.001, 0.5), seed=st.integers(0, 1000), moves=st.booleans())
def test_any_signal_gives_a_document_and_never_an_exception(
    force: list[float], step: float, seed: int, moves: bool
) -> None:
    stretched = np.repeat(np.array(force), 5)
    way = np.random.default_rng(seed).normal(0, 5, stretched.size).cumsum() if moves else None
    trace = Trace(
        t_s=np.arange(stretched.size, dtype=np.float64) * step,
        force_n=stretched,
        displacement_mm=way,
    )

    found = analyse_indentation(Recording(trace=trace))

    json.dumps(found.to_dict(), allow_nan=False)
    assert len(found.findings()) >= 3
