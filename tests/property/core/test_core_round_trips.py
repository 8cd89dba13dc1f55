"""What is written down about a recording reads back as it was, through JSON text."""

import json
import math
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.core.calibration import Calibration
from tissuesense.core.contact import ContactTip
from tissuesense.core.quantity import Estimate
from tissuesense.core.recording import (
    LatencyOrigin,
    ReactionLatency,
    RecordingContext,
    RecordingKind,
)
from tissuesense.core.site import Side

finite = st.floats(-1e6, 1e6)
positive = st.floats(1e-6, 1e6)
texts = st.text(max_size=20)


@st.composite
def covariances(draw: st.DrawFn) -> tuple[tuple[float, float, float], ...]:
    root = np.array(draw(st.lists(st.floats(-10, 10), min_size=9, max_size=9))).reshape(3, 3)
    square = root @ root.T
    a, b, c = ((float(x), float(y), float(z)) for x, y, z in (square + square.T) / 2)
    return (a, b, c)


@st.composite
def ranges_n(draw: st.DrawFn) -> tuple[float, float]:
    low = draw(st.just(-math.inf) | st.floats(-1e3, 0))
    return (low, draw(st.just(math.inf) | st.floats(1, 1e3)))


calibrations = st.builds(
    Calibration,
    identifier=texts,
    instrument=texts,
    gain=finite.filter(bool),
    offset_n=finite,
    curvature_per_n=finite,
    covariance=covariances(),
    residual_n=st.just(0.0) | st.floats(1e-9, 1e3),
    range_n=ranges_n(),
    performed_on=st.none() | st.dates(),
    valid_until=st.none() | st.dates(),
)
contexts = st.builds(
    RecordingContext,
    kind=st.none() | st.sampled_from(RecordingKind),
    tip=st.none() | st.builds(ContactTip, area_cm2=positive, area_uncertainty_cm2=st.floats(0, 10)),
    target_rate_kpa_s=st.none() | positive,
    tap_mass_kg=st.none() | st.floats(1e-6, 0.99),
    site=st.none() | texts,
    side=st.none() | st.sampled_from(Side),
    instrument=st.none() | texts,
    stop_mode=st.none() | texts,
    latency=st.none()
    | st.builds(
        ReactionLatency,
        mean_s=st.floats(0, 10),
        sd_s=st.floats(0, 10),
        origin=st.none() | st.sampled_from(LatencyOrigin),
    ),
    cutoff_kpa=positive,
    full_scale_n=st.none() | positive,
    calibration=st.none() | calibrations,
    extra=st.dictionaries(texts.map("x_{}".format), st.none() | st.booleans() | texts, max_size=3),
)


def through_text(data: dict[str, Any]) -> dict[str, Any]:
    """Go by strict JSON, as the side-car does."""
    read: dict[str, Any] = json.loads(json.dumps(data, allow_nan=False))
    return read


@given(context=contexts)
def test_a_side_car_reads_back_as_it_was(context: RecordingContext) -> None:
    assert RecordingContext.from_dict(through_text(context.to_dict())) == context


@given(calibration=calibrations)
def test_a_calibration_reads_back_as_it_was(calibration: Calibration) -> None:
    assert Calibration.from_dict(through_text(calibration.to_dict())) == calibration


@given(calibration=calibrations, low_n=finite, high_n=finite)
def test_a_difference_is_as_sure_whichever_way_it_is_taken(
    calibration: Calibration, low_n: float, high_n: float
) -> None:
    up = calibration.difference_uncertainty_n(low_n, high_n)
    assert up == calibration.difference_uncertainty_n(high_n, low_n)
    assert up >= calibration.residual_n


@given(
    budget=st.dictionaries(texts, st.floats(0, 1e3), min_size=1, max_size=6),
    dof=st.floats(1, 100),
    factor=st.floats(0.01, 100),
)
def test_uncertainty_scales_with_the_unit_and_keeps_its_degrees_of_freedom(
    budget: dict[str, float], dof: float, factor: float
) -> None:
    estimate = Estimate.from_budget(3.0, budget, unit="N", dof=dict.fromkeys(budget, dof))
    scaled = estimate.scaled(factor, "kPa")
    again = Estimate.from_budget(
        3.0 * factor, scaled.budget, unit="kPa", dof=dict.fromkeys(budget, dof)
    )
    np.testing.assert_allclose(again.standard_uncertainty, scaled.standard_uncertainty, rtol=1e-12)
    np.testing.assert_allclose(again.coverage_interval(), scaled.coverage_interval(), rtol=1e-6)


@given(
    budget=st.dictionaries(texts, st.floats(1e-3, 1e3), min_size=1, max_size=6),
    more=st.floats(1e-3, 1e3),
    dof=st.floats(1, 100),
)
def test_one_more_source_never_narrows_the_uncertainty(
    budget: dict[str, float], more: float, dof: float
) -> None:
    named = {f"known {name}": u for name, u in budget.items()}
    before = Estimate.from_budget(0.0, named, unit="N", dof=dict.fromkeys(named, dof))
    after = Estimate.from_budget(
        0.0, named | {"more": more}, unit="N", dof=dict.fromkeys(named, dof)
    )
    assert after.standard_uncertainty >= before.standard_uncertainty
    assert after.dof >= before.dof * (1 - 1e-12)
