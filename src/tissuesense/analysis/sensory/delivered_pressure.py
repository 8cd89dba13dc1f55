"""What pressure each press of a series really delivered: the level of its plateau.

A hand never presses twice alike. Whatever is scored against presses (ratings, yes or no) is scored
against what the gauge read, not against what was intended.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tissuesense.analysis.numerics.order_statistics import median, quantile
from tissuesense.analysis.numerics.slope import median_slope
from tissuesense.analysis.pain.recording import PainRecording
from tissuesense.analysis.signals.segment import Press
from tissuesense.core.arrays import BoolArray, FloatArray
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate
from tissuesense.core.recording import Recording

# Presses closer than this are one train: the tip may stay on the skin between them, so that their
# unloaded level is that before the first and after the last.
_LONGEST_PAUSE_OF_A_TRAIN_S = 5.0
_HALF, _CENTRAL = 0.5, 0.5
_FEWEST_SAMPLES = 5
_AT_FULL_SCALE = 0.998
# Standard error of a median over that of a mean, for normal noise.
_MEDIAN_LOSS = math.sqrt(math.pi / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredPress:
    """One press as it was delivered.

    Attributes
    ----------
    start_s, end_s
        When the pressure passed half of its highest, up and down.
    pressure_kpa
        Median over the central half of that time.
    flags
        `clip` where the gauge came to its end, `gap` where samples are missing: the pressure is
        then not known.
    """

    index: int
    start_s: float
    end_s: float
    pressure_kpa: Estimate
    flags: tuple[QualityFlag, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evenness:
    """How alike the presses of a series are.

    Attributes
    ----------
    cv
        Standard deviation over mean.
    drift
        Theil-Sen slope over the series, from the first press to the last, over the mean; negative
        where the presses became lighter.
    pause_s, pause_range_s
        From the end of a press to the start of the next: median, shortest and longest.
    period_s
        From start to start, median.
    """

    mean_kpa: float
    cv: float
    drift: float
    pause_s: float
    pause_range_s: tuple[float, float]
    period_s: float


def delivered_presses(recording: Recording) -> tuple[DeliveredPress, ...]:
    """Return every press of a recording, in order.

    Raises
    ------
    NoColumn, NoProbeArea
        When the recording has no force or states no probe area.
    """
    pain = PainRecording.of(recording)
    presses = [press for press, _ in pain.presses()]
    return tuple(
        _delivered(pain, index, press, line)
        for index, (press, line) in enumerate(_with_unloaded_line(presses), start=1)
    )


def evenness(presses: Sequence[DeliveredPress]) -> Evenness | None:
    """Return how alike presses are; None for fewer than three."""
    pressures = np.array([press.pressure_kpa.value for press in presses])
    numbers = np.arange(pressures.size, dtype=np.float64)
    slope = median_slope(numbers, pressures)
    if slope is None:
        return None
    starts = np.array([press.start_s for press in presses])
    pauses = starts[1:] - np.array([press.end_s for press in presses])[:-1]
    mean = float(pressures.mean())
    return Evenness(
        mean_kpa=mean,
        cv=float(pressures.std(ddof=1)) / mean,
        drift=slope * (pressures.size - 1) / mean,
        pause_s=median(pauses),
        pause_range_s=(float(pauses.min()), float(pauses.max())),
        period_s=median(np.diff(starts)),
    )


def _with_unloaded_line(presses: Sequence[Press]) -> Iterator[tuple[Press, Press]]:
    """Yield each press with one that has the unloaded line of its train."""
    train: list[Press] = []
    for press in presses:
        if train and press.start_s - train[-1].end_s > _LONGEST_PAUSE_OF_A_TRAIN_S:
            yield from _of_one_train(train)
            train = []
        train.append(press)
    if train:
        yield from _of_one_train(train)


def _of_one_train(train: Sequence[Press]) -> Iterator[tuple[Press, Press]]:
    first, last = train[0], train[-1]
    line = replace(first, tare_after_s=last.tare_after_s, tare_after_n=last.tare_after_n)
    yield from ((press, line) for press in train)


def _delivered(pain: PainRecording, index: int, press: Press, line: Press) -> DeliveredPress:
    part = pain.during(press)
    t = pain.t_s[part]
    above = pain.signal.values[part] - line.tare_n(t)
    pressed = np.flatnonzero(above >= _HALF * quantile(above, 0.9))
    start_s, end_s = float(t[pressed[0]]), float(t[pressed[-1]])
    margin = (1 - _CENTRAL) / 2 * (end_s - start_s)
    central = (t >= start_s + margin) & (t <= end_s - margin)
    flags = [QualityFlag.CLIP] if _clipped(pain, part) else []
    if not _well_sampled(t, start_s, end_s, central):
        flags.append(QualityFlag.GAP)
        central = np.ones(t.size, dtype=np.bool_)
    level_n, samples = median(above[central]), int(np.count_nonzero(central))
    return DeliveredPress(
        index=index,
        start_s=start_s,
        end_s=end_s,
        pressure_kpa=_pressure(pain, line, level_n, samples, (start_s + end_s) / 2),
        flags=tuple(flags),
    )


def _clipped(pain: PainRecording, part: slice) -> bool:
    """Tell whether the gauge came to its stated end; a steady plateau alone does not tell."""
    full_scale_n = pain.context.full_scale_n
    if full_scale_n is None:
        return False
    return bool(np.any(pain.signal.given[part] >= _AT_FULL_SCALE * full_scale_n))


def _well_sampled(t: FloatArray, start_s: float, end_s: float, central: BoolArray) -> bool:
    inside = t[(t >= start_s) & (t <= end_s)]
    if np.count_nonzero(central) < _FEWEST_SAMPLES:
        return False
    return float(np.diff(inside).max()) <= _CENTRAL / 2 * (end_s - start_s)


def _pressure(
    pain: PainRecording, line: Press, level_n: float, samples: int, at_s: float
) -> Estimate:
    kpa_per_n = pain.tip.kpa_per_n
    budget = {
        "reading": _MEDIAN_LOSS * pain.signal.noise / math.sqrt(samples) * kpa_per_n,
        "unloaded level": line.tare_u_n * kpa_per_n,
        "resolution": pain.signal.resolution / math.sqrt(12.0) * kpa_per_n,
    }
    if pain.tip.area_uncertainty_cm2 > 0:
        budget["probe area"] = level_n * kpa_per_n * pain.tip.relative_uncertainty
    calibration = pain.context.calibration
    if calibration is not None:
        tare_n = float(line.tare_n(np.array([at_s]))[0])
        low, high = (n / calibration.gain for n in (tare_n, tare_n + level_n))
        budget["calibration"] = calibration.difference_uncertainty_n(low, high) * kpa_per_n
    return Estimate.from_budget(level_n * kpa_per_n, budget, unit="kPa")
