"""Recordings of pain threshold presses with known truth."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from tests.conformance.examiner.hand import (
    STEP_S,
    WANDER,
    Piece,
    force_at,
    knock,
    plateau,
    ramp,
    release,
    rest,
    tremor,
)
from tests.conformance.examiner.sensor import (
    Damage,
    Sensor,
    any_damage,
    any_sensor,
    write_down,
)
from tests.conformance.examiner.truth import Known, PressTruth, theil_sen

from tissuesense.core.arrays import FloatArray
from tissuesense.core.contact import ContactTip
from tissuesense.core.recording import RecordingContext, RecordingKind

NOTHINGS = ("noise", "tremor", "knocks", "rests")
CENSORED = ("clipped", "cutoff", "marked_then_clipped")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Session:
    """What stays the same over one recording."""

    area_cm2: float
    signals: bool
    thresholds_kpa: tuple[float, float] = (80.0, 600.0)

    @property
    def newton_per_kpa(self) -> float:
        return self.area_cm2 / 10


class _Timeline:
    """Movements one after the other, and the free time between them, where knocks may fall."""

    def __init__(self, start_s: float) -> None:
        self.now_s = start_s
        self.pieces: list[Piece] = []
        self.free: list[tuple[float, float]] = [(0.0, start_s)]

    def add(self, piece: Piece) -> None:
        self.pieces.append(piece)
        self.now_s = piece.end_s

    def wait(self, seconds: float) -> None:
        self.free.append((self.now_s, self.now_s + seconds))
        self.now_s += seconds

    def knock(self, rng: np.random.Generator, chance: float) -> int:
        """Let knocks fall into the free time, a quarter of a second away from all else."""
        count = 0
        for start, end in self.free:
            room = end - start - 0.75
            if room > 0 and rng.random() < chance:
                self.pieces.append(knock(rng, start + 0.25 + rng.uniform(0, room)))
                count += 1
        return count


def ppt_recording(rng: np.random.Generator, name: str) -> Known:
    """Draw one recording of one to six presses."""
    session = _Session(area_cm2=float(rng.uniform(0.5, 2)), signals=bool(rng.random() < 0.5))
    timeline = _Timeline(rng.uniform(0.8, 4))
    rests = bool(rng.random() < 0.4)
    presses = []
    for _ in range(rng.integers(1, 7)):
        if rests and rng.random() < 0.3:
            _idle_rest(rng, timeline)
        presses.append(_press(rng, timeline, session, rests=rests))
        timeline.wait(rng.uniform(1.5, 10))
    knocks = timeline.knock(rng, 0.45) if rng.random() < 0.5 else 0
    parameters: dict[str, object] = {"knocks": knocks, "rests": rests}
    return _record(rng, name, session, timeline, presses, any_sensor(rng), parameters)


def nothing_recording(rng: np.random.Generator, name: str) -> Known:
    """Draw a recording in which nobody pressed."""
    what = NOTHINGS[int(rng.integers(len(NOTHINGS)))]
    session = _Session(area_cm2=float(rng.uniform(0.5, 2)), signals=bool(rng.random() < 0.5))
    timeline = _Timeline(rng.uniform(1, 3))
    if what == "tremor":
        t_s = np.arange(0, rng.uniform(10, 20), STEP_S)
        timeline.add(Piece(timeline.now_s + t_s, 3.0 * tremor(rng, t_s)))
    elif what == "rests":
        for _ in range(rng.integers(1, 4)):
            _idle_rest(rng, timeline)
    elif what == "knocks":
        for _ in range(rng.integers(3, 9)):
            timeline.wait(rng.uniform(1, 4))
        timeline.knock(rng, 1.0)
    timeline.wait(rng.uniform(6, 15))
    return _record(rng, name, session, timeline, [], any_sensor(rng), {"nothing": what})


def censored_recording(rng: np.random.Generator, name: str) -> Known:
    """Draw a recording whose presses meet the gauge's limit, or the agreed one."""
    what = CENSORED[int(rng.integers(len(CENSORED)))]
    marked = what == "marked_then_clipped"
    session = _Session(
        area_cm2=float(rng.uniform(0.5, 2)), signals=marked, thresholds_kpa=(350.0, 600.0)
    )
    timeline = _Timeline(rng.uniform(1, 3))
    presses = []
    for _ in range(rng.integers(1, 4)):
        truth = _press(rng, timeline, session, rests=False, plain=True)
        presses.append(replace(truth, censored=not marked))
        timeline.wait(rng.uniform(2, 6))
    sensor = any_sensor(rng)
    limits: dict[str, Any] = {}
    lowest = min(p.threshold_kpa for p in presses)
    if what == "cutoff":
        limits["cutoff_kpa"] = round(rng.uniform(0.5, 0.9) * lowest)
    else:
        # Just past the highest signal, or well before the lowest threshold.
        level = 1.005 * max(p.threshold_kpa for p in presses) if marked else 0.8 * lowest
        full_scale_n = level * session.newton_per_kpa + sensor.offset_n + 1.0 * marked
        sensor = replace(sensor, full_scale_n=full_scale_n, drift_n=0.0)
        limits["full_scale_n"] = full_scale_n if rng.random() < 0.5 else None
    parameters = {"censored": what, **limits}
    return _record(rng, name, session, timeline, presses, sensor, parameters, limits)


def _idle_rest(rng: np.random.Generator, timeline: _Timeline) -> None:
    """Rest and lift off again without pressing."""
    piece = rest(rng, timeline.now_s, rng.uniform(1, 3), rng.uniform(1, 6), lifts=True)
    timeline.add(piece)
    timeline.wait(rng.uniform(0.8, 2.5))


def _press(
    rng: np.random.Generator,
    timeline: _Timeline,
    session: _Session,
    *,
    rests: bool,
    plain: bool = False,
) -> PressTruth:
    """Add one press, perhaps out of a rest, and return the truth about it."""
    begins_n = 0.0
    if rests and rng.random() < 0.4:
        begins_n = float(rng.uniform(1, 3))
        timeline.add(rest(rng, timeline.now_s, begins_n, rng.uniform(1, 6), lifts=False))
    begins_kpa = begins_n / session.newton_per_kpa
    low, high = session.thresholds_kpa
    latent_kpa = float(rng.uniform(max(low, begins_kpa + 40), high))
    rate_kpa_s = float(rng.uniform(30, 100))
    wander = str(rng.choice(list(WANDER)))
    t_s, pressure = ramp(
        rng, wander=wander, rate_kpa_s=rate_kpa_s, from_kpa=begins_kpa, to_kpa=latent_kpa
    )

    latency_s = _latency_s(rng, marked=session.signals)
    stop_s = float(np.interp(latent_kpa, pressure, t_s)) + latency_s
    threshold_kpa = float(np.interp(stop_s, t_s, pressure))
    turn_s = stop_s + (rng.uniform(0.2, 0.3) if session.signals else 0.0)
    turn_kpa = float(np.interp(turn_s, t_s, pressure))
    ramp_part = t_s < turn_s
    parts = [(t_s[ramp_part], pressure[ramp_part]), (np.array([turn_s]), np.array([turn_kpa]))]
    hold_s = 0.0
    if not (session.signals or plain) and rng.random() < 0.25:
        hold_s = float(rng.uniform(0.2, 1.2))
        held_t, held = plateau(rng, turn_kpa, hold_s)
        parts.append((turn_s + held_t, held))
    shape = str(rng.choice(["linear", "exponential", "cosine"]))
    last_t, last = parts[-1][0][-1], float(parts[-1][1][-1])
    away_t, away = release(rng, shape, last)
    parts.append((last_t + away_t[1:], away[1:]))

    start_s = timeline.now_s
    times = np.concatenate([part[0] for part in parts])
    pressures = np.concatenate([part[1] for part in parts])
    timeline.add(Piece(start_s + times, pressures * session.newton_per_kpa))
    rate, rate_mean = _rates(t_s, pressure, stop_s, threshold_kpa)
    return PressTruth(
        start_s=start_s,
        end_s=timeline.now_s,
        threshold_time_s=start_s + stop_s,
        threshold_kpa=threshold_kpa,
        threshold_at_row_kpa=threshold_kpa,
        latent_kpa=latent_kpa,
        rate_kpa_s=rate,
        rate_mean_kpa_s=rate_mean,
        parameters={
            "start_s": round(start_s, 2),
            "threshold_n": round(threshold_kpa * session.newton_per_kpa, 2),
            "wander": wander,
            "release": shape,
            "plateau_s": round(hold_s, 2),
            "from_rest_n": round(begins_n, 2),
            "latency_s": round(latency_s, 2),
        },
    )


def _latency_s(rng: np.random.Generator, *, marked: bool) -> float:
    mean, sd = (0.30, 0.10) if marked else (0.55, 0.15)
    return max(0.05, float(rng.normal(mean, sd)))


def _rates(
    t_s: FloatArray, pressure: FloatArray, stop_s: float, threshold_kpa: float
) -> tuple[float, float]:
    """Return Theil-Sen and mean slope between 20 % of the threshold and the threshold.

    A ramp out of a rest higher than that counts from the end of the rest.
    """
    from_s = float(np.interp(0.2 * threshold_kpa, pressure, t_s))
    grid = np.linspace(from_s, stop_s, 300)
    values = np.interp(grid, t_s, pressure)
    return theil_sen(grid, values), float((values[-1] - values[0]) / (stop_s - from_s))


def _record(
    rng: np.random.Generator,
    name: str,
    session: _Session,
    timeline: _Timeline,
    presses: list[PressTruth],
    sensor: Sensor,
    parameters: dict[str, object],
    limits: dict[str, Any] | None = None,
) -> Known:
    """Sample the movements and write them down."""
    t_s = sensor.times(rng, timeline.now_s)
    force = force_at(timeline.pieces, t_s)
    columns = {"t_s": t_s, "force_n": sensor.indicate(rng, t_s, force)}
    if session.signals:
        columns["marker"] = _marker(rng, t_s, presses)
        presses = [_seen_at_row(p, t_s, force / session.newton_per_kpa) for p in presses]
    elif rng.random() < 0.3:
        columns["marker"] = np.zeros(t_s.size)  # a button that nobody pressed
    damage = any_damage(rng) if "censored" not in parameters else Damage()
    context = RecordingContext(
        kind=RecordingKind.PPT,
        tip=ContactTip(area_cm2=session.area_cm2),
        target_rate_kpa_s=50.0 if rng.random() < 0.3 else None,
        **(limits or {}),
    )
    recording = write_down(rng, columns, damage, context, name)
    stated = {
        "area_cm2": round(session.area_cm2, 2),
        "marker": session.signals,
        "sensor": sensor,
        "damage": damage,
        "presses": len(presses),
    }
    return Known(recording=recording, presses=tuple(presses), parameters=stated | parameters)


def _marker(rng: np.random.Generator, t_s: FloatArray, presses: list[PressTruth]) -> FloatArray:
    """Return the button's column: a pulse of some rows, or on until the release."""
    marker = np.zeros(t_s.size)
    rows = int(rng.integers(1, 6)) if rng.random() < 0.6 else 0
    for press in presses:
        first = int(np.searchsorted(t_s, press.threshold_time_s))
        last = first + rows if rows else int(np.searchsorted(t_s, press.end_s))
        marker[first : max(last, first + 1)] = 1.0
    return marker


def _seen_at_row(press: PressTruth, t_s: FloatArray, pressure_kpa: FloatArray) -> PressTruth:
    row = min(int(np.searchsorted(t_s, press.threshold_time_s)), t_s.size - 1)
    return replace(press, threshold_at_row_kpa=float(pressure_kpa[row]))
