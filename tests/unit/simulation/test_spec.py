"""Claim: a session is stated by plain words, and a wrong word is refused with the right ones."""

from dataclasses import replace

import pytest

from tissuesense.core.errors import ConfigurationError
from tissuesense.core.recording import RecordingKind
from tissuesense.core.site import Side
from tissuesense.devices.registry import DEVICES
from tissuesense.simulation.faults import FAULTS, FaultPlace
from tissuesense.simulation.kinds import KINDS
from tissuesense.simulation.spec import QUERY_KEYS, SessionSpec


def test_an_empty_query_is_the_ordinary_session() -> None:
    assert SessionSpec.from_query({}) == SessionSpec()


def test_every_key_of_a_query_is_understood() -> None:
    spec = SessionSpec.from_query(
        {
            "subject": "firm_left",
            "seed": "42",
            "kind": "tolerance",
            "model": "mark10",
            "rate_hz": "10",
            "fault": "slip",
            "site": "levator_scapulae",
            "side": "right",
            "probe_area_cm2": "0.5",
            "target_rate_kpa_s": "30",
            "marker": "no",
        }
    )
    assert spec == SessionSpec(
        subject="firm_left",
        seed=42,
        kind=RecordingKind.TOLERANCE,
        model="mark10",
        rate_hz=10.0,
        fault="slip",
        site="levator_scapulae",
        side=Side.RIGHT,
        probe_area_cm2=0.5,
        target_rate_kpa_s=30.0,
        marker=False,
    )


@pytest.mark.parametrize(
    ("query", "known"),
    [
        ({"colour": "red"}, QUERY_KEYS),
        ({"subject": "nobody"}, ("relaxed", "tender_left")),
        ({"fault": "gremlins"}, ("slip", "silence")),
        ({"site": "elbow"}, ("trapezius_upper",)),
        ({"kind": "dose", "technique": "shiatsu"}, ("neuromuscular", "myofascial")),
        ({"kind": "tap", "fault": "clip"}, ("spikes", "unplug")),
        ({"kind": "rom", "fault": "slip"}, ("dropped", "doubled")),
    ],
    ids=str,
)
def test_unknown_words_are_refused_with_the_known_ones(
    query: dict[str, str], known: tuple[str, ...]
) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        SessionSpec.from_query(query)
    assert set(known) <= set(refusal.value.known)


@pytest.mark.parametrize(
    "query",
    [
        {"seed": "-1"},
        {"seed": "1.5"},
        {"seed": "many"},
        {"kind": "massage"},
        {"rate_hz": "0"},
        {"rate_hz": "nan"},
        {"rate_hz": "fast"},
        {"side": "both"},
        {"side": "midline"},
        {"probe_area_cm2": "-1"},
        {"target_rate_kpa_s": "inf"},
        {"marker": "perhaps"},
    ],
    ids=str,
)
def test_values_that_cannot_be_are_refused(query: dict[str, str]) -> None:
    key, value = next(iter(query.items()))
    with pytest.raises(ConfigurationError) as refusal:
        SessionSpec.from_query(query)
    assert key in refusal.value.message
    assert value in refusal.value.message


def test_a_fault_of_the_threshold_is_refused_where_stiffness_is_measured() -> None:
    with pytest.raises(ConfigurationError) as refusal:
        SessionSpec(kind=RecordingKind.INDENTATION, fault="double_peak")
    assert "double_peak" not in refusal.value.known
    assert "spikes" in refusal.value.known


@pytest.mark.parametrize("name", FAULTS)
def test_only_faults_of_the_link_are_left_to_the_link(name: str) -> None:
    spec = SessionSpec(fault=name)
    of_link = FAULTS[name].place is FaultPlace.LINK
    assert spec.link_fault == (name if of_link else None)
    untouched = spec.tester() == spec.hand and spec.gauge() == spec.sensor
    assert untouched == of_link


def test_the_side_car_says_what_was_done() -> None:
    context = SessionSpec(probe_area_cm2=0.5, marker=False, fault="clip").context()
    assert context.kind is RecordingKind.PPT
    assert context.tip is not None
    assert context.tip.area_cm2 == 0.5
    assert context.stop_mode == "verbal_peak"
    assert context.full_scale_n == 10.0
    assert context.body_site is not None
    assert context.body_site.words == "left trapezius upper"


def test_the_side_car_of_an_indentation_has_no_ramp_and_no_stop() -> None:
    context = SessionSpec(kind=RecordingKind.INDENTATION).context()
    assert context.target_rate_kpa_s is None
    assert context.stop_mode is None


def test_a_technique_is_that_of_a_treatment() -> None:
    with pytest.raises(ConfigurationError) as refusal:
        SessionSpec(kind=RecordingKind.TAP, technique="myofascial")
    assert "kind=dose" in refusal.value.hint


@pytest.mark.parametrize("kind", RecordingKind)
def test_every_kind_has_a_gauge_and_a_rate_of_its_own(kind: RecordingKind) -> None:
    spec = SessionSpec(kind=kind)
    assert spec.gauge_model in DEVICES
    assert set(KINDS[kind].needs) <= set(DEVICES[spec.gauge_model].columns)
    assert replace(spec, model="mark10", rate_hz=33.0).samples_per_s == 33.0
    assert spec.context().instrument == f"simulated {spec.gauge_model}"


def test_a_tap_is_sampled_often_enough() -> None:
    assert SessionSpec(kind=RecordingKind.TAP).samples_per_s >= 400.0


def test_a_glide_has_a_gauge_with_a_way() -> None:
    glide = SessionSpec(kind=RecordingKind.DOSE, technique="myofascial")
    assert "displacement_mm" in DEVICES[glide.gauge_model].columns


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("tap", {"tap_mass_kg"}),
        ("stretch", {"lever_arm_m", "joint"}),
        ("rom", {"movement"}),
        ("dose", {"site_ppt_kpa", "technique", "probe_area_cm2"}),
    ],
)
def test_the_side_car_has_what_one_kind_alone_needs(kind: str, keys: set[str]) -> None:
    stated = SessionSpec.from_query({"kind": kind}).context().to_dict()
    assert keys <= stated.keys()
    assert "stop_mode" not in stated


def test_the_threshold_of_the_place_is_that_of_the_client() -> None:
    def ppt_kpa(subject: str) -> object:
        spec = SessionSpec(kind=RecordingKind.DOSE, subject=subject)
        return spec.context().to_dict()["site_ppt_kpa"]

    assert (ppt_kpa("relaxed"), ppt_kpa("tender_everywhere")) == (320.0, 160.0)
