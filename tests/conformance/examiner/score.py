"""Compare what was found with what is true, as somebody would who sees only the JSON document."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from tests.conformance.examiner.truth import IndentationTruth, Known, PressTruth

Report = Mapping[str, Any]
_MISSING = math.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class PressScore:
    """Errors of one press by name; infinite where there is a truth and no value.

    Attributes
    ----------
    errors
        Signed. Relative for thresholds, rates and stiffness, absolute for the two ratios.
    covered
        Whether the 95 % interval holds the truth, by name, of what has an interval.
    """

    name: str
    errors: Mapping[str, float]
    covered: Mapping[str, bool] = field(default_factory=dict)
    parameters: Mapping[str, object] = field(default_factory=dict)
    found: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingScore:
    """One recording: how many presses there were and were found, and each one's errors.

    Attributes
    ----------
    matched
        How many of the found presses are each a true one of their own.
    """

    name: str
    expected: int
    found: int
    matched: int
    presses: tuple[PressScore, ...]
    parameters: Mapping[str, object]
    where_found: tuple[tuple[float, float], ...] = ()
    failure: str = ""

    @property
    def exact(self) -> bool:
        """The number of presses is right, and each found one is a true one."""
        return not self.failure and self.found == self.expected == self.matched


def score(known: Known, report: Report) -> RecordingScore:
    """Score one recording's entry of the document."""
    found = list(report["presses" if "presses" in report else "trials"])
    spans = [_span(item) for item in found]
    matches = {
        place: truth for truth in known.presses if (place := _match(truth, spans)) is not None
    }
    return RecordingScore(
        name=known.recording.name,
        expected=len(known.presses),
        found=len(found),
        matched=len(matches),
        presses=tuple(_press_score(known, truth, found[i]) for i, truth in matches.items()),
        parameters=known.parameters,
        where_found=tuple(spans),
    )


def failed(known: Known, reason: Exception) -> RecordingScore:
    """Score a recording that could not be analysed at all."""
    return RecordingScore(
        name=known.recording.name,
        expected=len(known.presses),
        found=0,
        matched=0,
        presses=(),
        parameters=known.parameters,
        failure=f"{type(reason).__name__}: {reason}",
    )


def _span(item: Report) -> tuple[float, float]:
    """Return from when to when a press was seen; a press of the second kind has no end."""
    start = item["onset_s"] if "onset_s" in item else item["contact_s"]
    end = item.get("release_s") or item.get("peak_time_s")
    start = 0.0 if start is None else float(start)
    return start, start + 0.5 if end is None else float(end)


def _match(
    truth: PressTruth | IndentationTruth, spans: Sequence[tuple[float, float]]
) -> int | None:
    """Return which found press shares most time with the true one; None when none does."""
    shared = [min(e, truth.end_s) - max(s, truth.start_s) for s, e in spans]
    best = int(np.argmax(shared)) if shared else -1
    return best if best >= 0 and shared[best] > 0 else None


def _value(quantity: object) -> float | None:
    """Return the number of a quantity, with or without uncertainty."""
    if isinstance(quantity, Mapping):
        quantity = quantity["value"]
    return None if quantity is None else float(quantity)  # type: ignore[arg-type]  # plain JSON


def _relative(quantity: object, truth: float) -> float:
    value = _value(quantity)
    return _MISSING if value is None else value / truth - 1


def _absolute(quantity: object, truth: float) -> float:
    value = _value(quantity)
    return _MISSING if value is None else value - truth


def _press_score(known: Known, truth: PressTruth | IndentationTruth, item: Report) -> PressScore:
    covered: dict[str, bool] = {}
    if isinstance(truth, IndentationTruth):
        errors, covered = _indentation_errors(truth, item)
    elif truth.censored:
        hidden = item["threshold_kpa"] is None and not item["accepted"]
        errors = {"censored": 0.0 if hidden and {"censored", "clip"} & {*item["flags"]} else 1.0}
    else:
        errors = _ppt_errors(truth, item)
        covered = _covered({"latent": (item["latent_threshold_kpa"], truth.latent_kpa)})
    return PressScore(
        name=f"{known.recording.name} press at {truth.start_s:.2f} s",
        errors=errors,
        covered=covered,
        parameters=_facts(truth),
        found=item,
    )


def _covered(pairs: Mapping[str, tuple[object, float]]) -> dict[str, bool]:
    """Tell whether intervals hold the truth, of the quantities that have one."""
    return {
        name: bool(quantity["ci95"][0] <= truth <= quantity["ci95"][1])
        for name, (quantity, truth) in pairs.items()
        if isinstance(quantity, Mapping)
    }


def _ppt_errors(truth: PressTruth, item: Report) -> dict[str, float]:
    threshold, rate = item["threshold_kpa"], item["ramp_rate_kpa_s"]
    return {
        "threshold": _relative(threshold, truth.threshold_kpa),
        "threshold_at_row": _relative(threshold, truth.threshold_at_row_kpa),
        "rate": _relative(rate, truth.rate_kpa_s),
        "rate_mean": _relative(rate, truth.rate_mean_kpa_s),
    }


def _indentation_errors(
    truth: IndentationTruth, item: Report
) -> tuple[dict[str, float], dict[str, bool]]:
    relative = {
        "secant": (item["secant_stiffness_n_mm"], truth.secant_n_mm),
        **_tangent_pairs(truth, item),
    }
    absolute: dict[str, tuple[object, float]] = {
        "energy_loss": (item["energy_loss_ratio"], truth.energy_loss),
        "contact_mm": (_contact(item), truth.contact_mm),
    }
    if truth.power is not None:
        absolute["power"] = (item["power_exponent"], truth.power)
    if truth.fung_b_per_mm is not None:
        fung = item["fung"]
        relative["fung_b"] = (None if fung is None else fung["b_per_mm"], truth.fung_b_per_mm)
    relaxation = item["relaxation_fraction"]
    if truth.relaxation is not None and truth.relaxation_still is not None:
        # Where the program says that the hand drifted, it gives what a still hand would have found.
        drifted = "hand_drift" in item["flags"]
        absolute["relaxation"] = (
            relaxation,
            truth.relaxation_still if drifted else truth.relaxation,
        )
    absolute |= _response_pairs(truth, item)
    fitted = item["relaxation"]
    if truth.equilibrium is not None and fitted is not None:
        absolute["equilibrium"] = (fitted["equilibrium_fraction"], truth.equilibrium)
    errors = {name: _relative(*pair) for name, pair in relative.items()}
    errors |= {name: _absolute(*pair) for name, pair in absolute.items()}
    if truth.relaxation is None and relaxation is not None:
        errors["relaxation"] = _MISSING  # nothing was held, so there is nothing to say
    return errors, _covered(relative | absolute)


def _tangent_pairs(truth: IndentationTruth, item: Report) -> dict[str, tuple[object, float]]:
    found = {tangent["at_n"]: tangent for tangent in item["tangent_stiffness_n_mm"]}
    return {
        f"tangent_{at_n:g}n": (found.get(at_n), true) for at_n, true in truth.tangents_n_mm.items()
    }


def _response_pairs(truth: IndentationTruth, item: Report) -> dict[str, tuple[object, float]]:
    found = {one["after_s"]: one for one in item["force_only"]["hold_response"]}
    return {
        f"response_{after_s:g}s": (found.get(after_s), true)
        for after_s, true in truth.responses.items()
    }


def _contact(item: Report) -> Report | None:
    """Return the contact as a quantity with an interval."""
    value, u = item["contact_mm"], item["contact_u_mm"]
    if value is None:
        return None
    return {"value": value, "ci95": (value - 1.96 * u, value + 1.96 * u)}


def _facts(truth: PressTruth | IndentationTruth) -> dict[str, object]:
    plain = {
        name: round(value, 4)
        for name in truth.__slots__
        if isinstance(value := getattr(truth, name), float)
    }
    return plain | dict(truth.parameters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The acceptance figures over many recordings."""

    scores: tuple[RecordingScore, ...]

    @property
    def exact_share(self) -> float:
        """Share of recordings with exactly the presses that there were."""
        return float(np.mean([s.exact for s in self.scores]))

    @property
    def failures(self) -> list[str]:
        """Recordings for which there was no answer at all, and why."""
        return [f"{s.name}: {s.failure}" for s in self.scores if s.failure]

    def presses(self) -> list[PressScore]:
        """Return every matched press."""
        return [press for s in self.scores for press in s.presses]

    def names(self) -> list[str]:
        """Return the names of the errors, in order."""
        return list(dict.fromkeys(name for press in self.presses() for name in press.errors))

    def error(self, name: str, quantile: float) -> float:
        """Return a quantile of the size of an error; infinite where too many values are missing."""
        sizes = sorted(
            math.fabs(press.errors[name]) for press in self.presses() if name in press.errors
        )
        return sizes[min(len(sizes) - 1, math.ceil(quantile * len(sizes)))] if sizes else math.nan

    def missing(self, name: str) -> int:
        """Return how many presses have no value where there is a truth."""
        return sum(math.isinf(press.errors.get(name, 0.0)) for press in self.presses())

    def coverage(self, name: str) -> float:
        """Return the share of 95 % intervals of a quantity that hold the truth."""
        judged = [press.covered[name] for press in self.presses() if name in press.covered]
        return float(np.mean(judged)) if judged else math.nan
