"""From a stored recording to the curves that a figure shows, placed by its stored numbers."""

import numpy as np

from tissuesense.analysis.dose.side_car import DoseSideCar
from tissuesense.analysis.movement.limb_load import limb_load
from tissuesense.core.arrays import FloatArray
from tissuesense.report.figures.dose_timeline import DoseTimeline, Held
from tissuesense.report.figures.press_hold import PressHold
from tissuesense.report.figures.ramp import Mark, Ramp
from tissuesense.report.figures.stretches import Stretch
from tissuesense.report.figures.taps import Tap
from tissuesense.report.quantities import number
from tissuesense.report.readings import Press, Reading

_BEFORE_S = 0.3
_AFTER_S = 1.0
_GONE = 0.02  # of the peak: the press is over
_BEFORE_TAP_S, _AFTER_TAP_S = 0.02, 0.25
_MOST_POINTS = 1000  # finer than a printer shows at the width of a panel


def ramps(reading: Reading) -> tuple[Ramp, ...]:
    """Return the curve of every trial whose onset is known."""
    drawn = (_ramp(reading, press) for press in reading.presses())
    return tuple(ramp for ramp in drawn if ramp is not None)


def press_holds(reading: Reading) -> tuple[PressHold, ...]:
    """Return the curve of every press whose contact and peak are known."""
    presses = reading.presses()
    contacts = [contact for p in presses if (contact := p.value("contact_s")) is not None]
    ends = [*contacts[1:], np.inf]
    drawn = (
        _press_hold(reading, press, ends[contacts.index(contact)])
        for press in presses
        if (contact := press.value("contact_s")) is not None
    )
    return tuple(press for press in drawn if press is not None)


def taps(reading: Reading) -> tuple[Tap, ...]:
    """Return the acceleration of every tap whose onset is known, without gravity."""
    trace = reading.measurement.trace
    if trace.acceleration_m_s2 is None:
        return ()
    drawn = []
    for tap in reading.presses():
        if (onset_s := tap.value("onset_s")) is None:
            continue
        since_s = trace.t_s - onset_s
        shown = (since_s >= -_BEFORE_TAP_S) & (since_s <= _AFTER_TAP_S)
        before = shown & (since_s < 0)
        if before.any():
            level = float(trace.acceleration_m_s2[before].mean())
            swing = trace.acceleration_m_s2[shown] - level
            accepted = tap.accepted
            drawn.append(Tap(t_ms=1e3 * since_s[shown], acceleration_m_s2=swing, accepted=accepted))
    return tuple(drawn)


def stretches(reading: Reading) -> tuple[Stretch, ...]:
    """Return torque over angle of every stretch that counts, the weight of the limb left in."""
    angle_deg = reading.measurement.trace.angle_deg
    load = limb_load(reading.measurement.recording())
    if angle_deg is None or load is None:
        return ()
    t_s, drawn = reading.measurement.trace.t_s, []
    for stretch in reading.accepted():
        start_s, end_s = stretch.value("start_s"), stretch.value("end_s")
        if start_s is None or end_s is None:
            continue
        part = slice(*np.searchsorted(t_s, [start_s, end_s]))
        _, way_deg, torque_n_m = _drawn(reading, t_s[part], angle_deg[part], load.torque_n_m[part])
        drawn.append(
            Stretch(
                angle_deg=way_deg,
                torque_n_m=torque_n_m,
                peak_speed_deg_s=stretch.value("peak_speed_deg_s") or 0.0,
                catch_deg=stretch.value("catch_angle_deg"),
            )
        )
    return tuple(drawn)


def dose_timeline(reading: Reading) -> DoseTimeline | None:
    """Return the pressure of a whole treatment, and its holds; None where nothing was pressed."""
    tip, force_n, doses = (
        reading.measurement.context.tip,
        _force_n(reading),
        reading.items("dose"),
    )
    tares = [
        ((start_s + end_s) / 2, tare_n)
        for dose in doses
        if (start_s := dose.value("start_s")) is not None
        and (end_s := dose.value("end_s")) is not None
        and (tare_n := dose.value("tare_n")) is not None
    ]
    if tip is None or force_n is None or not tares:
        return None
    t_s = reading.measurement.trace.t_s
    middles_s, tares_n = np.array(tares).T
    above_n = force_n - np.interp(t_s, middles_s, tares_n)
    drawn_s, drawn_kpa = _drawn(reading, t_s, above_n * tip.kpa_per_n)
    told = DoseSideCar.of(reading.measurement.context)
    return DoseTimeline(
        t_s=drawn_s - t_s[0],
        pressure_kpa=drawn_kpa,
        holds=tuple(
            Held(
                start_s=(hold.value("start_s") or 0.0) - float(t_s[0]),
                seconds=hold.value("seconds") or 0.0,
                mean_kpa=hold.value("mean_kpa") or 0.0,
            )
            for hold in reading.items("hold")
        ),
        ppt_kpa=None if told.site_ppt_kpa is None else told.site_ppt_kpa.value,
        ratings=tuple((rating.t_s - float(t_s[0]), rating.nrs) for rating in told.ratings),
        good_pain=told.good_pain_band,
    )


def _force_n(reading: Reading) -> FloatArray | None:
    force_n = reading.measurement.trace.force_n
    calibration = reading.measurement.context.calibration
    return force_n if calibration is None or force_n is None else calibration.apply(force_n)


def _ramp(reading: Reading, press: Press) -> Ramp | None:
    tip, force_n = reading.measurement.context.tip, _force_n(reading)
    onset_s, release_s = press.value("onset_s"), press.value("release_s")
    release_s = press.value("peak_time_s") if release_s is None else release_s
    if tip is None or force_n is None or onset_s is None or release_s is None:
        return None
    t_s = reading.measurement.trace.t_s
    shown = (t_s >= onset_s - _BEFORE_S) & (t_s <= release_s + _AFTER_S)
    if not shown.any():
        return None
    above_n = force_n[shown] - (press.value("tare_n") or 0.0)
    drawn_s, drawn_kpa = _drawn(reading, t_s[shown], above_n * tip.kpa_per_n)
    return Ramp(
        title=_title(press),
        t_s=drawn_s - onset_s,
        pressure_kpa=drawn_kpa,
        accepted=press.accepted,
        threshold=_threshold(press, onset_s),
        latent=_latent(press, onset_s),
    )


def _title(press: Press) -> str:
    if not press.accepted:
        return f"Press {press.index}: not used"
    threshold_kpa = press.value("threshold_kpa")
    told = "" if threshold_kpa is None else f": {number(threshold_kpa, 'kPa')} kPa"
    return f"Press {press.index}{told}"


def _threshold(press: Press, onset_s: float) -> Mark | None:
    kpa, t_s = press.value("threshold_kpa"), press.value("threshold_time_s")
    if kpa is None or t_s is None:
        return None
    return Mark(t_s=t_s - onset_s, kpa=kpa, interval_kpa=press.interval("threshold_kpa"))


def _latent(press: Press, onset_s: float) -> Mark | None:
    """Place the corrected threshold on the ramp: earlier by the pressure that latency added."""
    kpa, latent = press.value("threshold_kpa"), press.value("latent_threshold_kpa")
    t_s, rate = press.value("threshold_time_s"), press.value("ramp_rate_kpa_s")
    if kpa is None or latent is None or t_s is None or not rate:
        return None
    return Mark(t_s=t_s - onset_s - (kpa - latent) / rate, kpa=latent)


def _press_hold(reading: Reading, press: Press, next_contact_s: float) -> PressHold | None:
    trace, force_n = reading.measurement.trace, _force_n(reading)
    contact_s, peak_n = press.value("contact_s"), press.value("peak_n")
    if force_n is None or contact_s is None or peak_n is None:
        return None
    first, last = map(int, np.searchsorted(trace.t_s, [contact_s, next_contact_s]))
    if last - first < 2:  # noqa: PLR2004 - no curve through one sample
        return None
    top = first + int(np.argmax(force_n[first:last]))
    above_n = force_n - force_n[top] + peak_n
    gone = np.flatnonzero(above_n[top:last] < _GONE * peak_n)
    part = slice(first, top + int(gone[0]) + 1 if gone.size else last)
    depth_mm = trace.displacement_mm
    columns = (trace.t_s, above_n) if depth_mm is None else (trace.t_s, above_n, depth_mm)
    drawn = _drawn(reading, *(values[part] for values in columns))
    held_s, start_s = press.value("hold_s"), float(trace.t_s[top]) - contact_s
    return PressHold(
        t_s=drawn[0] - contact_s,
        force_n=drawn[1],
        depth_mm=None if depth_mm is None else drawn[2] - _origin_mm(press, drawn[2]),
        accepted=press.accepted,
        hold_s=(start_s, start_s + held_s) if held_s else None,
    )


def _origin_mm(press: Press, depth_mm: FloatArray) -> float:
    contact_mm = press.value("contact_mm")
    return float(depth_mm[0]) if contact_mm is None else contact_mm


def _drawn(reading: Reading, t_s: FloatArray, *columns: FloatArray) -> tuple[FloatArray, ...]:
    """Return times and values as they are drawn: no finer than can be seen, NaN in every gap.

    Where there are more samples than a figure can show, these are means of neighbours.
    """
    together = -(-t_s.size // _MOST_POINTS)
    starts = np.arange(0, t_s.size, together)
    counts = np.diff([*starts, t_s.size])
    times, *values = (np.add.reduceat(column, starts) / counts for column in (t_s, *columns))
    gaps = [gap for gap in reading.measurement.quality.gaps if t_s[0] < gap[1] <= t_s[-1]]
    places = np.searchsorted(times, [end for _, end in gaps])
    blanks = [np.insert(column, places, np.nan) for column in values]
    return (np.insert(times, places, [start for start, _ in gaps]), *blanks)
