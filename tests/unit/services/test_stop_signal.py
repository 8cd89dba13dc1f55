"""Who presses what decides how late the signal is, and that is written beside the trace."""

import pytest

from tissuesense.core.errors import UsageError
from tissuesense.core.recording import LatencyOrigin, ReactionLatency
from tissuesense.services.stop_signal import StopBy, StopSignal

TESTED = ReactionLatency(mean_s=0.27, sd_s=0.04, origin=LatencyOrigin.SELF_TEST)
WIRED = "serial:///dev/ttyUSB1?model=text-line"
RADIO = "ble:Button?model=text-line"


@pytest.mark.parametrize(
    ("by", "button", "mode", "mean_s"),
    [
        (StopBy.CLIENT, None, "button_patient", 0.30),
        (StopBy.TESTER, None, "verbal_tester_button", 0.60),
        (None, WIRED, "button_patient", 0.30),
        (None, RADIO, "button_patient_ble", 0.325),
        (None, "sim:", "button_patient", 0.30),
        (StopBy.CLIENT, RADIO, "button_patient_ble", 0.325),
        (StopBy.TESTER, WIRED, "verbal_tester_button", 0.60),
    ],
)
def test_the_way_of_stopping_and_its_latency_are_told(
    by: StopBy | None, button: str | None, mode: str, mean_s: float
) -> None:
    told = StopSignal(by=by, button=button).sidecar()
    assert set(told) == {"stop_mode", "latency_s"}
    assert told["stop_mode"] == mode
    assert told["latency_s"]["mean"] == pytest.approx(mean_s)
    assert told["latency_s"]["from"] == "table"


def test_where_nobody_says_anything_nothing_is_told() -> None:
    assert StopSignal().sidecar() == {}


@pytest.mark.parametrize(
    ("button", "mode"), [(None, "button_patient"), (RADIO, "button_patient_ble")]
)
def test_the_client_s_own_reaction_time_goes_before_the_table(
    button: str | None, mode: str
) -> None:
    told = StopSignal(button=button, latency=TESTED).sidecar()
    assert told == {"stop_mode": mode, "latency_s": {"mean": 0.27, "sd": 0.04, "from": "self-test"}}


def test_the_client_s_reaction_time_is_not_the_tester_s() -> None:
    with pytest.raises(UsageError, match="the tester presses"):
        StopSignal(by=StopBy.TESTER, latency=TESTED)
