"""Decide where a press to the pain threshold was stopped, and whether that tells the threshold."""

from dataclasses import dataclass, replace

import numpy as np

from tissuesense.analysis.pain.ramp import PressedCurve, Release
from tissuesense.analysis.pain.ramp_quality import LONGEST_LOSS_S, Remark, robust_slope
from tissuesense.analysis.pain.readout import (
    Stop,
    choose_marker,
    find_dip,
    refusal,
    stop_at_marker,
    stop_at_release,
)
from tissuesense.analysis.pain.recording import PainRecording
from tissuesense.analysis.signals.saturation import saturated_from_s
from tissuesense.analysis.signals.segment import Press
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import NotEstimable

_NOISES_OF_A_DIP = 8.0
_LOST_STEPS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedPress:
    """Where a press was stopped.

    Attributes
    ----------
    refused
        Why the stop tells no threshold; None where it does.
    at_least_kpa
        The limit that was met before the stop; None where none was.
    """

    stop: Stop
    refused: NotEstimable | None
    at_least_kpa: float | None
    remarks: tuple[Remark, ...]


def find_stop(
    recording: PainRecording,
    press: Press,
    curve: PressedCurve,
    release: Release | None,
    peak_s: float,
) -> StoppedPress:
    """Return the stop by the client's signal, else by the release, and what to say."""
    marker, flags = choose_marker(
        recording.marker_s, onset_s=press.start_s, peak_s=peak_s, release=release
    )
    if marker is not None:
        at, u = float(recording.marker_s[marker]), float(recording.marker_u_s[marker])
        stop, refused = stop_at_marker(curve, at, u, release), None
    else:
        stop, refused = _by_release(curve, release, press)
    remarks = [Remark(flag=flag, rejects=False) for flag in (*flags, *stop.flags)]
    limit_s, limit_flags = _limit(recording, press, curve)
    at_least = None
    if limit_s is not None and (marker is None or stop.t_s > limit_s):
        stop = _at_limit(recording, curve, stop, limit_s)
        at_least, remarks = stop.p_kpa, remarks[: len(flags)]
        remarks += [Remark(flag=flag, rejects=True) for flag in limit_flags]
        refused = NotEstimable(
            reason=QualityFlag.CENSORED,
            detail="The press reached the limit before the client signalled: "
            "the threshold is higher than the limit, how much is unknown.",
        )
    refused = refused or _interrupted(recording, press, stop)
    if refused is not None:
        remarks.append(Remark(flag=refused.reason, rejects=True))
    return StoppedPress(stop=stop, refused=refused, at_least_kpa=at_least, remarks=tuple(remarks))


def _by_release(
    curve: PressedCurve, release: Release | None, press: Press
) -> tuple[Stop, NotEstimable | None]:
    if release is None:
        top = int(np.argmax(curve.smooth_kpa))
        stop = Stop(
            source="release",
            t_s=float(curve.t_s[top]),
            p_kpa=float(curve.p_kpa[top]),
            u_kpa=curve.noise_kpa,
        )
        return stop, refusal(None, None, None)
    stop = stop_at_release(curve, release)
    dip = find_dip(curve, press.start_s, release.t_s)
    if dip is not None and dip[0] - dip[1] < _NOISES_OF_A_DIP * curve.noise_kpa:
        dip = None
    start_s = curve.crossing_s(0.2 * stop.p_kpa, stop.t_s)
    rate = robust_slope(curve, float(curve.t_s[0]) if start_s is None else start_s, stop.t_s)
    return stop, refusal(release, rate, dip)


def _interrupted(recording: PainRecording, press: Press, stop: Stop) -> NotEstimable | None:
    """Say so where the readings were lost for so long that the stop may have been in between."""
    t = recording.t_s[recording.during(press)]
    longest = max(LONGEST_LOSS_S, _LOST_STEPS * recording.usual_step_s)
    lost = (t[1:] - t[:-1] > longest) & (t[:-1] <= stop.t_s)
    if not lost.any():
        return None
    return NotEstimable(
        reason=QualityFlag.DROP,
        detail="The readings were lost during the press; it is kept as interrupted. Press again.",
    )


def _at_limit(recording: PainRecording, curve: PressedCurve, stop: Stop, limit_s: float) -> Stop:
    """Return the limit in the place of a stop that came after it: up to there the ramp counts."""
    level = float(np.interp(limit_s, curve.t_s, curve.p_kpa))
    return replace(
        stop, t_s=limit_s, p_kpa=min(level, recording.context.cutoff_kpa), u_kpa=curve.noise_kpa
    )


def _limit(
    recording: PainRecording, press: Press, curve: PressedCurve
) -> tuple[float | None, tuple[QualityFlag, ...]]:
    """Return when the press met the gauge's end or the safety cut-off, if it did."""
    context, part = recording.context, recording.during(press)
    clipped = saturated_from_s(
        recording.t_s[part],
        recording.signal.given[part],
        full_scale_n=context.full_scale_n,
        grain_n=max(recording.signal.noise, recording.signal.resolution),
    )
    over = (curve.smooth_kpa >= context.cutoff_kpa).nonzero()[0]
    cut = float(curve.t_s[over[0]]) if over.size else None
    times = [t for t in (clipped, cut) if t is not None]
    flags = (QualityFlag.CLIP,) if clipped is not None else ()
    return (min(times), flags) if times else (None, ())
