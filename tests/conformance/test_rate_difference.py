"""Two hands, one at 30 and one at 70 kPa/s, read one and the same threshold 22 kPa apart."""

import numpy as np
import pytest

import tissuesense as ts
from tissuesense.core.recording import Recording, RecordingContext
from tissuesense.core.trace import Trace

FELT_KPA, LATENCY_S = 260.0, 0.55
RATE_HZ = 80.0


def pressed(rate_kpa_s: float, seed: int) -> Recording:
    """Press three times until what is felt, go on for the latency, let go."""
    rng = np.random.default_rng(seed)
    peak = FELT_KPA + rate_kpa_s * LATENCY_S
    corners = np.array([0.0, 3.0, 3.0 + peak / rate_kpa_s, 3.0 + peak / rate_kpa_s + peak / 900.0])
    length = corners[-1] + 6.0
    t = np.arange(0, 3 * length, 1 / RATE_HZ)
    kpa = np.interp(t % length, corners, [0.0, 0.0, peak, 0.0], right=0.0)
    context = {
        "kind": "ppt",
        "probe_area_cm2": 1.0,
        "target_rate_kpa_s": rate_kpa_s,
        "stop_mode": "verbal_peak",
        "latency_s": {"mean": LATENCY_S, "sd": 0.15},
    }
    force_n = (kpa + rng.normal(0, 0.5, t.size)) / 10
    return Recording(
        trace=Trace(t_s=t, force_n=force_n), context=RecordingContext.from_dict(context)
    )


def session(recording: Recording, quantity: str) -> float:
    return float(ts.analyze(recording).to_dict()["session"][quantity]["value"])


def test_the_raw_values_differ_by_the_rate_and_the_corrected_ones_do_not() -> None:
    slow, fast = pressed(30.0, 1), pressed(70.0, 2)
    assert session(fast, "ppt_kpa") - session(slow, "ppt_kpa") == pytest.approx(22.0, abs=2.0)
    assert session(fast, "latent_ppt_kpa") - session(slow, "latent_ppt_kpa") == pytest.approx(
        0, abs=2.0
    )
    assert session(slow, "latent_ppt_kpa") == pytest.approx(FELT_KPA, abs=2.0)


def test_the_artefact_is_foretold_and_warned_of() -> None:
    found = ts.trend.comparable(
        pressed(30.0, 1).context.protocol, pressed(70.0, 2).context.protocol, mdc_kpa=57.1
    )
    assert found.verdict == "warn"
    assert found.rate_artefact_kpa == pytest.approx(22.0)
    assert found.artefact_matters
