"""What a probed gauge is good for, in a sentence, and what is in the way. No I/O."""

from collections.abc import Iterator
from dataclasses import dataclass

from tissuesense.analysis.signals.at_rest import LONGEST_WAIT_S
from tissuesense.core.flag_words import left_out_words
from tissuesense.core.quality import QualityFlag, QualitySummary
from tissuesense.core.quantity import Estimate
from tissuesense.core.trace import ClockSource
from tissuesense.devices.codec import FaultKind
from tissuesense.guidance.presets import presets
from tissuesense.services.probe import PUSH_WITHIN_S, Probed

# The pressure may rise by this much from one reading to the next: `sample_rate` in flags.md.
_MOST_KPA_PER_READING = 5.0
_SLOW_HZ = 10.0
_NOISY_N = 0.5  # 5 kPa on a tip of 1 cm2
_DRIFTING_N_PER_MIN = 3.0
_LOADED_N = 5.0
_NOMINAL_SHARE = 0.8
_SURE_UNCERTAINTIES = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What to do with a gauge.

    Attributes
    ----------
    usable
        Readings of it mean something.
    sentence
        The one that a person reads if no other.
    remarks
        Everything else worth knowing, gravest first.
    flags
        Why something is null, and what is wrong, in stable words.
    fastest_kpa_s
        Ramp at which the pressure rises by 5 kPa from one reading to the next.
    """

    usable: bool
    sentence: str
    remarks: tuple[str, ...]
    flags: tuple[str, ...]
    fastest_kpa_s: float | None


def judge(probed: Probed) -> Verdict:
    """Return the verdict on what a probe found."""
    obstacles, remarks = tuple(_obstacles(probed)), tuple(_remarks(probed))
    rate_hz = probed.rest.rate_hz
    fastest = None if rate_hz is None else _MOST_KPA_PER_READING * rate_hz
    if obstacles:
        sentence, remarks = f"Not usable yet. {obstacles[0]}", (*obstacles[1:], *remarks)
    elif rate_hz is None or rate_hz < _SLOW_HZ:
        sentence = _too_slow(rate_hz or 0.0)
    else:
        sentence = f"Good for pain thresholds at up to {_ramp(fastest or 0.0):.0f} kPa/s."
    return Verdict(
        usable=not obstacles,
        sentence=sentence,
        remarks=remarks,
        flags=tuple(_flags(probed)),
        fastest_kpa_s=fastest,
    )


def missed_kpa(rate_hz: float, ramp_kpa_s: float = 50.0) -> float:
    """Return by how much a ramp can rise unseen between two readings."""
    return ramp_kpa_s / rate_hz


def long_gaps(quality: QualitySummary) -> tuple[tuple[float, float], ...]:
    """Return the gaps in which a ramp could rise by more than it may."""
    return tuple(gap for gap in quality.gaps if gap[1] - gap[0] >= LONGEST_WAIT_S)


def _ramp(fastest_kpa_s: float) -> float:
    """Return the fastest ramp that anybody asks for and this gauge can follow."""
    asked = sorted(preset.target_rate_kpa_s for preset in presets().values())
    return max((rate for rate in asked if rate <= fastest_kpa_s), default=asked[0])


def _too_slow(rate_hz: float) -> str:
    if not rate_hz:
        return "Not usable for pain thresholds: too few readings to tell its rate."
    return (
        f"Too slow for pain thresholds: it sends {rate_hz:.2g} readings a second, so a ramp of "
        f"50 kPa/s would be missed by up to {missed_kpa(rate_hz):.0f} kPa. Good for slow presses."
    )


def _obstacles(probed: Probed) -> Iterator[str]:
    """Yield what makes the readings mean nothing, gravest first."""
    rest, invert = probed.rest, probed.parameters.invert
    if probed.error is not None:
        yield " ".join((str(probed.error), probed.error.hint)).strip()
    if rest.zero_n is None:
        yield (
            f"Only {rest.samples} readings came in {rest.duration_s:.0f} s: too few to tell. "
            f"Listen for longer, with --seconds {max(20.0, 2 * rest.duration_s):.0f}."
        )
    if probed.quality.rejected_frames > rest.samples:
        yield (
            f"Most of what came was no reading: {probed.quality.rejected_frames} pieces against "
            f"{rest.samples} readings. Check that model= and baud= are those of the gauge."
        )
    if FaultKind.SENSOR in probed.said.faults:
        yield "The gauge reports trouble with its sensor. Switch it off and on, then probe again."
    if FaultKind.OVERLOAD in probed.said.faults:
        yield "The gauge reports an overload. Take the load off, then probe again."
    if probed.push == -1:
        mend = "Take invert=1 out of" if invert else "Add invert=1 to"
        yield f"Pressing reads as pulling. {mend} the device URL."
    if _not_pushed(probed) and rest.constant:
        yield "The reading never changed, not even while it was to be pushed. Is it on hold?"


def _remarks(probed: Probed) -> Iterator[str]:
    """Yield what is worth knowing, gravest first."""
    yield from probed.health.sentences
    yield from _remarks_on_the_stream(probed)
    yield from _remarks_on_the_force(probed)
    if _not_pushed(probed) and not probed.rest.constant:
        yield (
            f"No push of 3 N was seen within {PUSH_WITHIN_S:.0f} s, so nobody knows yet whether "
            "pressing reads as pressing. Probe again and press harder."
        )


def _not_pushed(probed: Probed) -> bool:
    """Whether a push was asked for, and none came as long as there was a gauge to push."""
    return probed.asked and probed.push is None and probed.error is None


def _remarks_on_the_stream(probed: Probed) -> Iterator[str]:
    rest, quality, nominal_hz = probed.rest, probed.quality, probed.profile.nominal_rate_hz
    gaps = long_gaps(quality)
    if gaps:
        start_s, end_s = max(gaps, key=lambda gap: gap[1] - gap[0])
        more = f", the longest of {len(gaps)} gaps" if len(gaps) > 1 else ""
        yield f"Nothing came from {start_s:.1f} s to {end_s:.1f} s{more}. Check cable and distance."
    if probed.said.missed:
        yield f"The gauge numbered {probed.said.missed} readings that never arrived."
    if nominal_hz and rest.rate_hz and rest.rate_hz < _NOMINAL_SHARE * nominal_hz:
        yield f"It sends {rest.rate_hz:.3g} readings a second where {nominal_hz:.3g} are usual."
    if 0 < quality.rejected_frames <= rest.samples:
        yield left_out_words(quality.rejected_frames)


def _remarks_on_the_force(probed: Probed) -> Iterator[str]:
    rest, drift = probed.rest, probed.rest.drift_n_per_min
    if rest.touched:
        yield (
            f"Something moved the reading: noise, zero and drift are those of the "
            f"{100 * rest.rest_share:.0f} % of readings that were at rest. Leave the gauge alone "
            "and probe again."
        )
    if rest.constant:
        yield "The reading did not change once: its noise is below what the gauge shows."
    if rest.noise_n is not None and rest.noise_n > _NOISY_N:
        yield f"Its noise of {rest.noise_n:.2g} N is more than a pain threshold should carry."
    if rest.zero_n is not None and abs(rest.zero_n) > _LOADED_N:
        yield f"It shows {rest.zero_n:.1f} N at rest. Take off whatever lies on it, or zero it."
    if isinstance(drift, Estimate) and abs(drift.value) > max(
        _DRIFTING_N_PER_MIN, _SURE_UNCERTAINTIES * drift.u
    ):
        yield f"Its zero moves by {drift.value:.1f} N a minute. Let it warm up, then probe again."


def _flags(probed: Probed) -> Iterator[str]:
    rest = probed.rest
    present = {
        "too_few": rest.zero_n is None,
        "constant": rest.constant,
        "no_step": rest.zero_n is not None and rest.step_n is None,
        "touched": rest.touched,
        "no_probe_area": probed.tip is None,
        "unit_assumed": probed.parameters.unit is not None,
        "no_device_clock": probed.clock is not ClockSource.DEVICE,
        "push_not_asked": not probed.asked,
        "no_push": probed.asked and probed.push is None,
        str(QualityFlag.WRONG_SIGN): probed.push == -1,
    }
    yield from map(str, probed.quality.flags)
    yield from (flag for flag, is_so in present.items() if is_so)
