"""What a probe found, for a person and as JSON."""

from typing import TYPE_CHECKING, Any

from tissuesense.core.errors import TransportError
from tissuesense.core.quantity import Estimate, quantity_json
from tissuesense.core.trace import ClockSource
from tissuesense.services.probe import PUSH_WITHIN_S, Probed
from tissuesense.services.probe_verdict import Verdict, long_gaps

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCHEMA = "tissuesense.probe/1"
_SIGNS = {1: "positive", -1: "negative"}


def failure_json(url: str, error: TransportError) -> dict[str, Any]:
    """Return the document of a probe that learnt nothing."""
    return {
        "schema": _SCHEMA,
        "url": url,
        "usable": False,
        "verdict": str(error),
        "flags": [error.code],
        "error": _error_json(error),
    }


def probe_json(url: str, probed: Probed, verdict: Verdict) -> dict[str, Any]:
    """Return the document of a probe; what could not be measured is null, `flags` says why."""
    return {
        "schema": _SCHEMA,
        "url": url,
        **_gauge_json(probed),
        **_timing_json(probed),
        **_force_json(probed),
        "push": {"asked": probed.asked, "sign": _SIGNS.get(probed.push or 0)},
        "fastest_ramp_kpa_s": verdict.fastest_kpa_s,
        "usable": verdict.usable,
        "verdict": verdict.sentence,
        "remarks": list(verdict.remarks),
        "flags": list(verdict.flags),
        "error": None if probed.error is None else _error_json(probed.error),
    }


def show_probe(probed: Probed, verdict: Verdict, *, asked_not_to: bool) -> None:
    """Write what was found on stdout, the verdict last."""
    from rich.table import Table
    from rich.text import Text

    from tissuesense.cli.output import show

    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for what, found in (
        *_about_the_gauge(probed),
        *_about_time(probed),
        *_about_the_force(probed),
        ("Push", _push_words(probed, asked_not_to=asked_not_to)),
    ):
        table.add_row(what, found)
    show(table)
    show("")
    for remark in verdict.remarks:
        show(f"- {remark}")
    show(Text(verdict.sentence, style="bold"))


def _error_json(error: TransportError) -> dict[str, str]:
    return {"code": error.code, "message": error.message, "hint": error.hint}


def _gauge_json(probed: Probed) -> dict[str, Any]:
    profile, health = probed.profile, probed.health
    return {
        "model": profile.model,
        "title": profile.title,
        "confidence": str(profile.confidence),
        "tried_on_hardware": profile.tried_on_hardware,
        "instrument": probed.instrument,
        "texts": list(probed.said.texts),
        "facts": dict(probed.said.facts),
        "battery_v": health.battery_v,
        "battery_percent": health.battery_percent,
        "low_battery": health.low_battery,
        "temperature_c": probed.said.celsius,
        "assumed_unit": probed.parameters.unit,
        "inverted": probed.parameters.invert,
        "probe_area_cm2": None if probed.tip is None else probed.tip.area_cm2,
    }


def _timing_json(probed: Probed) -> dict[str, Any]:
    rest, quality = probed.rest, probed.quality
    by_device = probed.clock is ClockSource.DEVICE
    return {
        "samples": rest.samples,
        "duration_s": rest.duration_s,
        "rate_hz": rest.rate_hz,
        "nominal_rate_hz": probed.profile.nominal_rate_hz,
        "jitter_s": rest.jitter_s,
        "clock": str(probed.clock),
        "delay_spread_s": probed.arrivals.delay_spread_s if by_device else None,
        "readings_together": probed.arrivals.usual_burst,
        "most_readings_together": probed.arrivals.largest_burst,
        "longest_step_s": rest.longest_step_s,
        "gaps": [list(gap) for gap in quality.gaps],
        "missed_samples": probed.said.missed,
        "rejected_frames": quality.rejected_frames,
        "duplicates": quality.duplicates,
    }


def _force_json(probed: Probed) -> dict[str, Any]:
    rest = probed.rest
    return {
        "zero_n": rest.zero_n,
        "noise_n": rest.noise_n,
        "noise_kpa": _kpa(probed, rest.noise_n),
        "step_n": rest.step_n,
        "step_kpa": _kpa(probed, rest.step_n),
        "drift_n_per_min": quantity_json(rest.drift_n_per_min),
        "rest_share": rest.rest_share,
    }


def _kpa(probed: Probed, force_n: float | None) -> float | None:
    return None if force_n is None or probed.tip is None else force_n * probed.tip.kpa_per_n


def _about_the_gauge(probed: Probed) -> "Iterator[tuple[str, str]]":
    profile, said, health = probed.profile, probed.said, probed.health
    yield "Gauge", f"{profile.title} [{profile.model}]"
    tried = "tried on hardware" if profile.tried_on_hardware else "never tried on hardware"
    yield "Wire", f"known from {SOURCES[profile.confidence]}, {tried}"
    # A gauge without a name of its own is recorded under that of its model.
    names = dict.fromkeys((probed.instrument, *said.texts))
    named = [name for name in names if name != profile.model]
    yield "Name", ", ".join(named) or "it does not say"
    for name, value in said.facts.items():
        yield name.replace("_", " ").capitalize(), str(value)
    battery = [f"{health.battery_v:.2f} V"] if health.battery_v is not None else []
    battery += [f"{health.battery_percent:.0f} %"] if health.battery_percent is not None else []
    yield "Battery", ", ".join(battery) or "it does not say"
    if said.celsius is not None:
        yield "Temperature", f"{said.celsius:.1f} °C"


# What a model's wire is known from, by its confidence.
SOURCES = {
    "vendor": "the maker's documents",
    "reverse-engineered": "other people's captures and code",
    "convention": "a common format",
}


def _about_time(probed: Probed) -> "Iterator[tuple[str, str]]":
    rest, quality, nominal = probed.rest, probed.quality, probed.profile.nominal_rate_hz
    yield "Readings", f"{rest.samples} in {rest.duration_s:.1f} s"
    if rest.rate_hz is not None:
        usual = f", {nominal:g} are usual" if nominal else ""
        spread = "" if rest.jitter_s is None else f", spaced ± {1e3 * rest.jitter_s:.1f} ms"
        yield "Rate", f"{rest.rate_hz:.4g} a second{usual}{spread}"
    if rest.longest_step_s is not None:
        yield "Longest wait", f"{1e3 * rest.longest_step_s:.0f} ms between two readings"
    counts = {
        "gaps of 0.1 s or more": len(long_gaps(quality)),
        "readings that never came": probed.said.missed,
        "pieces that were no readings": quality.rejected_frames,
        "readings that came twice": quality.duplicates,
    }
    lost = [f"{what}: {count}" for what, count in counts.items() if count]
    yield "Lost", "; ".join(lost) or "nothing"
    yield "Arrival", _arrival_words(probed)


def _arrival_words(probed: Probed) -> str:
    arrivals = probed.arrivals
    usual, most = arrivals.usual_burst or 0.0, arrivals.largest_burst or 0
    together = f"{usual:.3g} at a time, {most} at most" if most > 1 else "one at a time"
    if probed.clock is not ClockSource.DEVICE:
        return f"{together}; times are those of this computer"
    return (
        f"{together}, up to {1e3 * (arrivals.delay_spread_s or 0):.0f} ms late; "
        "times are those of the gauge's own clock"
    )


def _about_the_force(probed: Probed) -> "Iterator[tuple[str, str]]":
    rest, unit = probed.rest, probed.parameters.unit
    if rest.zero_n is None:
        return
    taken = "" if unit is None else f"; its numbers are taken as {unit}, as the URL says"
    yield "Zero", f"{rest.zero_n:.2f} N with nothing on it{taken}"
    yield "Noise", _with_kpa(probed, rest.noise_n) or "none to be seen"
    yield "Smallest step", _with_kpa(probed, rest.step_n) or "none to be seen"
    drift = rest.drift_n_per_min
    if isinstance(drift, Estimate):
        yield "Drift", f"{drift.value:.2f} ± {drift.u:.2f} N a minute"
    else:
        yield "Drift", drift.detail


def _with_kpa(probed: Probed, force_n: float | None) -> str:
    if force_n is None:
        return ""
    if probed.tip is None:
        return f"{force_n:.2g} N (--probe-area-cm2 gives it in kPa)"
    return f"{force_n:.2g} N, {_kpa(probed, force_n):.2g} kPa on {probed.tip.area_cm2:g} cm²"


def _push_words(probed: Probed, *, asked_not_to: bool) -> str:
    if probed.push is not None:
        return "pressing reads as " + ("pressing" if probed.push > 0 else "pulling")
    if asked_not_to:
        return "not checked, as asked"
    if probed.error is not None:
        return "not checked: the gauge was gone before"
    if probed.asked:
        return f"none seen within {PUSH_WITHIN_S:.0f} s"
    if probed.rest.zero_n is None:
        return "not checked: too few readings before"
    return "not checked: this is no terminal, and nobody could be asked"
