"""A recording knows its kind when its columns leave no doubt, and its side-car keeps every word."""

from typing import Any

import numpy as np
import pytest

from tissuesense.core.contact import ContactTip
from tissuesense.core.errors import UsageError
from tissuesense.core.recording import (
    LATENCY_BY_RELEASE,
    LATENCY_WITH_MARKER,
    ReactionLatency,
    Recording,
    RecordingContext,
    RecordingKind,
)
from tissuesense.core.site import BodySite, Side
from tissuesense.core.trace import Trace

FULL: dict[str, Any] = {
    "kind": "ppt",
    "probe_area_cm2": 1.0,
    "probe_area_uncertainty_cm2": 0.01,
    "target_rate_kpa_s": 50.0,
    "tap_mass_kg": 0.0185,
    "site": "trapezius_upper",
    "side": "left",
    "instrument": "FPX-50 12345",
    "stop_mode": "button_patient",
    "latency_s": {"mean": 0.30, "sd": 0.10},
    "cutoff_kpa": 600.0,
    "full_scale_n": 200.0,
}


def with_columns(*names: str) -> Recording:
    t_s = np.arange(3.0)
    columns: dict[str, Any] = dict.fromkeys(names, t_s)
    return Recording(trace=Trace(t_s=t_s, **columns))


@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        (("acceleration_m_s2",), "tap"),
        (("angle_deg",), "rom"),
        (("angle_deg", "marker"), "rom"),
        (("angle_deg", "torque_n_m"), "stretch"),
        (("angle_deg", "force_n"), "stretch"),
        (("force_n", "displacement_mm"), "indentation"),
        (("force_n", "displacement_mm", "marker"), "indentation"),
        (("force_n", "displacement_mm", "acceleration_m_s2"), "indentation"),
        (("force_n", "marker"), "ppt"),
    ],
)
def test_the_kind_follows_from_the_columns(columns: tuple[str, ...], kind: str) -> None:
    assert with_columns(*columns).kind() == kind


@pytest.mark.parametrize(
    "columns", [(), ("force_n",), ("displacement_mm",), ("marker",), ("force_n", "torque_n_m")]
)
def test_a_kind_that_columns_do_not_tell_is_asked_for(columns: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="kind") as caught:
        with_columns(*columns).kind()
    assert '{"kind"' in caught.value.hint


@pytest.mark.parametrize("kind", RecordingKind)
def test_the_stated_kind_wins(kind: RecordingKind) -> None:
    trace = Trace(t_s=np.arange(3.0), angle_deg=np.zeros(3))
    assert Recording(trace=trace, context=RecordingContext(kind=kind)).kind() is kind


def test_the_side_car_of_the_contract_is_read() -> None:
    context = RecordingContext.from_dict(FULL)
    assert context.kind is RecordingKind.PPT
    assert context.tip == ContactTip(area_cm2=1.0, area_uncertainty_cm2=0.01)
    assert context.latency == ReactionLatency(mean_s=0.30, sd_s=0.10)
    assert context.body_site == BodySite("trapezius_upper", Side.LEFT)
    assert (context.target_rate_kpa_s, context.tap_mass_kg) == (50.0, 0.0185)
    assert (context.instrument, context.stop_mode) == ("FPX-50 12345", "button_patient")
    assert (context.cutoff_kpa, context.full_scale_n) == (600.0, 200.0)
    assert context.calibration is None


def test_the_side_car_is_written_as_it_was_read() -> None:
    assert RecordingContext.from_dict(FULL).to_dict() == FULL


def test_an_empty_side_car_states_only_the_usual_cut_off() -> None:
    context = RecordingContext.from_dict({})
    assert context == RecordingContext()
    assert context.to_dict() == {"cutoff_kpa": 1000.0}


def test_null_means_not_stated() -> None:
    assert RecordingContext.from_dict(dict.fromkeys(FULL)) == RecordingContext()


def test_words_that_this_version_does_not_know_are_kept() -> None:
    context = RecordingContext.from_dict({"operator": "AB", "flags": ["gap"]})
    assert context.extra == {"operator": "AB", "flags": ["gap"]}
    assert context.to_dict()["operator"] == "AB"


@pytest.mark.parametrize("known", [{"site": "masseter"}, {"side": "left"}, {}])
def test_half_a_place_is_no_place(known: dict[str, str]) -> None:
    assert RecordingContext.from_dict(known).body_site is None


NUMBERS = (
    "probe_area_cm2",
    "probe_area_uncertainty_cm2",
    "target_rate_kpa_s",
    "tap_mass_kg",
    "cutoff_kpa",
    "full_scale_n",
)


@pytest.mark.parametrize("key", NUMBERS)
@pytest.mark.parametrize("wrong", ["1.0", True, [1.0], float("nan"), float("inf")])
def test_what_is_not_a_number_is_refused_by_key(key: str, wrong: object) -> None:
    with pytest.raises(UsageError, match=key):
        RecordingContext.from_dict({"probe_area_cm2": 1.0} | {key: wrong})


@pytest.mark.parametrize("key", [key for key in NUMBERS if "uncertainty" not in key])
@pytest.mark.parametrize("wrong", [0, 0.0, -1.0])
def test_a_number_that_must_be_positive_is_refused_by_key(key: str, wrong: float) -> None:
    with pytest.raises(UsageError, match=f"{key} must be positive"):
        RecordingContext.from_dict({key: wrong})


def test_an_uncertainty_of_the_area_is_not_negative() -> None:
    with pytest.raises(UsageError, match="uncertainty of an area"):
        RecordingContext.from_dict({"probe_area_cm2": 1.0, "probe_area_uncertainty_cm2": -0.1})


@pytest.mark.parametrize("key", ["site", "instrument", "stop_mode"])
def test_what_is_not_text_is_refused_by_key(key: str) -> None:
    with pytest.raises(UsageError, match=f"{key} must be text"):
        RecordingContext.from_dict({key: 3})


@pytest.mark.parametrize(
    ("key", "wrong", "message"),
    [
        ("kind", "pain", "kind must be one of ppt, indentation"),
        ("kind", 3, "kind must be one of"),
        ("side", "both", "side is left, right or midline"),
        ("latency_s", 0.3, "latency_s must look like"),
        ("latency_s", {"mean": 0.3}, "latency_s needs both"),
        ("latency_s", {"sd": 0.1}, "latency_s needs both"),
        ("latency_s", {"mean": "long", "sd": 0.1}, "mean must be a number"),
        ("latency_s", {"mean": 0.3, "sd": -0.1}, "latency_s: sd"),
        ("latency_s", {"mean": -0.3, "sd": 0.1}, "latency_s: mean"),
        ("latency_s", {"mean": 0.3, "sd": 0.1, "from": "hearsay"}, "from is table or self-test"),
        ("calibration", "C-7", "calibration"),
        ("calibration", {}, "calibration"),
    ],
)
def test_a_wrong_word_is_refused_by_key(key: str, wrong: object, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        RecordingContext.from_dict({key: wrong})


def test_the_usual_latencies_are_those_of_the_contract() -> None:
    assert (LATENCY_WITH_MARKER.mean_s, LATENCY_WITH_MARKER.sd_s) == (0.30, 0.10)
    assert (LATENCY_BY_RELEASE.mean_s, LATENCY_BY_RELEASE.sd_s) == (0.55, 0.15)


def test_what_is_stated_outweighs_what_is_known_and_the_rest_stays() -> None:
    known = RecordingContext.from_dict({"instrument": "A1", "probe_area_cm2": 1.0, "room": "2"})
    stated = RecordingContext.from_dict({"kind": "ppt", "probe_area_cm2": 0.5})
    assert stated.outweighing(known) == RecordingContext.from_dict(
        {"instrument": "A1", "probe_area_cm2": 0.5, "kind": "ppt", "room": "2"}
    )
    assert RecordingContext().outweighing(known) == known
    assert known.outweighing(RecordingContext()) == known


def test_a_tap_mass_in_grams_is_refused_with_what_to_write() -> None:
    with pytest.raises(UsageError, match="tap_mass_kg is 34") as told:
        RecordingContext.from_dict({"tap_mass_kg": 34})
    assert "0.034" in told.value.hint
