"""Analyse 1,000 pain-threshold recordings of one press, about 20 s at 80 samples a second."""

from collections.abc import Sequence

import numpy as np
from benchmarks.timing import Pair, cpu_s
from scipy.signal import find_peaks, savgol_filter
from scipy.stats import theilslopes

from tissuesense.analysis.analyse import analyze
from tissuesense.core.arrays import FloatArray
from tissuesense.core.recording import Recording
from tissuesense.simulation.session import SessionSpec, simulated_recording

_RECORDINGS = 1000
_SLOW_RAMP_KPA_S = 30.0  # with the pauses before and after, about 20 s


def measure() -> Pair:
    """Time both."""
    recordings = [_recording(seed) for seed in range(_RECORDINGS)]
    seconds = np.mean([recording.trace.duration_s for recording in recordings])
    return Pair(
        work=f"analyse {_RECORDINGS:,} presses, {seconds:.0f} s each at 80 Hz",
        ours_s=cpu_s(lambda: [analyze(recording) for recording in recordings], rounds=2),
        peer="scipy: savgol_filter, find_peaks, theilslopes",
        peer_s=cpu_s(lambda: _peer(recordings), rounds=2),
        remark="the peer gives peak and rate only: no zero, uncertainty, knocks or quality",
        goal_s=1.0,
    )


def _recording(seed: int) -> Recording:
    spec = SessionSpec(seed=seed, target_rate_kpa_s=_SLOW_RAMP_KPA_S)
    simulated = simulated_recording(spec, presses=1)
    return Recording(trace=simulated.trace, context=simulated.context, quality=simulated.quality)


def _peer(recordings: Sequence[Recording]) -> list[list[tuple[float, float]]]:
    """Do what a careful script does: smooth, find peaks, a robust line through each ramp."""
    return [_peaks_and_rates(recording) for recording in recordings]


def _peaks_and_rates(recording: Recording) -> list[tuple[float, float]]:
    trace, tip = recording.trace, recording.context.tip
    if trace.force_n is None or tip is None:
        raise ValueError("The benchmark's recordings have a force and a tip.")
    pressure_kpa: FloatArray = savgol_filter(trace.force_n, 11, 2) * tip.kpa_per_n
    peaks, _ = find_peaks(pressure_kpa, prominence=20.0, distance=80)
    found = []
    for peak in peaks:
        start = peak - int(np.argmax(pressure_kpa[peak::-1] < 0.2 * pressure_kpa[peak]))
        ramp = slice(start, peak + 1)
        rate = theilslopes(pressure_kpa[ramp], trace.t_s[ramp])[0]
        found.append((float(pressure_kpa[peak]), float(rate)))
    return found
