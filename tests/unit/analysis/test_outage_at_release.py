"""Claim: a press whose letting go nobody saw gives no threshold, however long the outage was."""

import numpy as np
import pytest

from tissuesense.analysis.analyse import analyze
from tissuesense.core.recording import Recording, RecordingContext
from tissuesense.core.trace import Trace

RATE_HZ = 80
PEAK_N = 4.5
STATED = {
    "kind": "ppt",
    "probe_area_cm2": 1.0,
    "target_rate_kpa_s": 30,
    "site": "trapezius_upper",
    "side": "left",
}


def pressed_until_the_outage(gap_s: float, *, held_s: float, seen_after_s: float) -> Recording:
    t_s = np.arange(0, 6.5 + held_s + gap_s + seen_after_s, 1 / RATE_HZ)
    last_s = 6.5 + held_s
    force_n = np.clip(3.0 * (t_s - 5.0), 0.0, PEAK_N)
    force_n[t_s > last_s] = 0.0
    force_n += np.resize([0.0, 0.02, -0.01, 0.01, -0.02], t_s.size)
    seen = (t_s < last_s) | (t_s > last_s + gap_s)
    return Recording(
        trace=Trace(t_s=t_s[seen], force_n=force_n[seen]),
        context=RecordingContext.from_dict(STATED),
    )


@pytest.mark.parametrize("gap_s", [0.3, 0.4, 0.6, 0.62, 0.68, 1.0, 2.0, 3.0, 6.0])
@pytest.mark.parametrize("held_s", [0.0, 0.04, 0.15, 0.2875, 0.5])
@pytest.mark.parametrize("seen_after_s", [0.15, 1.5])
def test_an_outage_that_begins_before_the_hand_has_let_go(
    gap_s: float, held_s: float, seen_after_s: float
) -> None:
    recording = pressed_until_the_outage(gap_s, held_s=held_s, seen_after_s=seen_after_s)
    found = analyze(recording).to_dict()
    assert [trial["accepted"] for trial in found["trials"]] in ([], [False])
    assert found["session"]["ppt_kpa"] is None
    assert "wrong_sign" not in found["flags"]
