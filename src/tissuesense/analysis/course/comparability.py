"""May two thresholds be compared: yes, with a warning, or not at all, and why in a sentence.

A threshold belongs to its protocol. Pressures under tips of different size or shape are different
quantities, and no factor turns one into the other: force over circumference agrees better between
tips than force over area does, and neither well. The stop mode says what was read, the pressure at
a signal or the one at the release. A faster ramp reads higher, by the difference of rates times the
latency, since the force goes on rising while the client reacts.
"""

import enum
import math
from collections.abc import Iterator
from dataclasses import dataclass

from tissuesense.analysis.pain.latency import (
    BLE_BUTTON_OF_CLIENT,
    BUTTON_OF_CLIENT,
    with_usual_latency,
)
from tissuesense.core.protocol import Protocol
from tissuesense.core.recording import LATENCY_BY_RELEASE, ReactionLatency, RecordingContext

# A tip's area is known to a few percent: 0.05 mm of 11.284 mm are 0.9 %. A tip of 1 cm across
# instead of 1 cm2 differs by 21 %.
_SAME_TIP = 0.03
_SAME_RATE = 0.01
_MATTERS = 0.25  # of the minimal detectable change
_BUTTONS_OF_CLIENT = frozenset({BUTTON_OF_CLIENT, BLE_BUTTON_OF_CLIENT})


class Comparable(enum.StrEnum):
    """The verdict."""

    YES = "yes"
    WARN = "warn"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What two protocols have, and do not have, in common.

    Attributes
    ----------
    reasons
        What differs or is not known, a clause each; those that refuse come first.
    rate_artefact_kpa
        By how much the second reads higher for its rate alone; None where a rate is not known.
    artefact_matters
        Whether that is more than a quarter of the minimal detectable change; None where either is
        not known.
    """

    verdict: Comparable
    reasons: tuple[str, ...] = ()
    rate_artefact_kpa: float | None = None
    artefact_matters: bool | None = None

    @property
    def sentence(self) -> str:
        """The verdict in plain words."""
        why = "; ".join(self.reasons)
        match self.verdict:
            case Comparable.YES:
                return "The two were taken in the same way and can be compared."
            case Comparable.WARN:
                return f"Compare with care: {why}."
            case Comparable.REFUSE:
                return f"Not comparable: {why}. Values are not converted."


def comparable(
    a: Protocol,
    b: Protocol,
    *,
    achieved_kpa_s: tuple[float | None, float | None] = (None, None),
    latency: ReactionLatency | None = None,
    mdc_kpa: float | None = None,
) -> Comparison:
    """Return whether values taken under `a` and under `b` may be compared.

    Parameters
    ----------
    achieved_kpa_s
        How fast the force rose in fact; it counts before the target. Hands differ a little every
        time, so that it is a reason only where `mdc_kpa` shows that it matters.
    latency
        The client's, where it was measured; else that of the stop mode.
    mdc_kpa
        Minimal detectable change between the two, to tell whether a difference of rates matters.

    Examples
    --------
    >>> slow = Protocol(tip_area_cm2=1.0, target_rate_kpa_s=30.0, stop_mode="verbal_peak")
    >>> fast = Protocol(tip_area_cm2=1.0, target_rate_kpa_s=70.0, stop_mode="verbal_peak")
    >>> found = comparable(slow, fast, mdc_kpa=57.0)
    >>> str(found.verdict), round(found.rate_artefact_kpa), found.artefact_matters
    ('warn', 22, True)
    """
    seconds = (latency or _usual_latency(a, b)).mean_s
    rates = [x or p.target_rate_kpa_s for x, p in zip(achieved_kpa_s, (a, b), strict=True)]
    first, second = rates
    artefact = None if first is None or second is None else (second - first) * seconds
    matters = None
    if artefact is not None and mdc_kpa is not None:
        matters = math.fabs(artefact) > _MATTERS * mdc_kpa
    found = [*_tips(a, b), *_stops(a, b), *_rates(a, b, artefact, matters), *_summaries(a, b)]
    verdicts = [verdict for verdict, _ in found]
    worst = max(verdicts, key=tuple(Comparable).index, default=Comparable.YES)
    return Comparison(
        verdict=worst,
        reasons=tuple(why for _, why in sorted(found, key=lambda one: one[0] != Comparable.REFUSE)),
        rate_artefact_kpa=artefact,
        artefact_matters=matters,
    )


_Reasons = Iterator[tuple[Comparable, str]]


def _tips(a: Protocol, b: Protocol) -> _Reasons:
    if a.tip_area_cm2 is None or b.tip_area_cm2 is None:
        yield Comparable.REFUSE, "the area of a tip is not known"
    elif not math.isclose(a.tip_area_cm2, b.tip_area_cm2, rel_tol=_SAME_TIP):
        yield (
            Comparable.REFUSE,
            f"the tips differ ({a.tip_area_cm2:g} and {b.tip_area_cm2:g} cm2)",
        )
    if a.tip_shape and b.tip_shape and a.tip_shape != b.tip_shape:
        yield Comparable.REFUSE, f"the tips differ ({a.tip_shape} and {b.tip_shape})"


def _stops(a: Protocol, b: Protocol) -> _Reasons:
    if a.stop_mode is None or b.stop_mode is None:
        yield Comparable.WARN, "how the press was stopped is not known"
    elif a.stop_mode != b.stop_mode:
        # Both read the pressure at the client's own signal; the link adds some hundredths of 1 s.
        alike = {a.stop_mode, b.stop_mode} <= _BUTTONS_OF_CLIENT
        yield (
            Comparable.WARN if alike else Comparable.REFUSE,
            f"the presses were stopped in different ways ({a.stop_mode} and {b.stop_mode})",
        )


def _rates(a: Protocol, b: Protocol, artefact: float | None, matters: bool | None) -> _Reasons:  # noqa: FBT001 - not a switch
    if artefact is None:
        yield Comparable.WARN, "a ramp's rate is not known"
        return
    one, other = a.target_rate_kpa_s, b.target_rate_kpa_s
    same = one is None or other is None or math.isclose(one, other, rel_tol=_SAME_RATE)
    if same and not matters:
        return
    size = f"the ramps differ in rate, which alone makes the second read {artefact:+.1f} kPa"
    judged = {
        None: "",
        True: ", more than a quarter of the minimal detectable change",
        False: ", less than a quarter of the minimal detectable change",
    }
    yield Comparable.WARN, size + judged[matters]


def _summaries(a: Protocol, b: Protocol) -> _Reasons:
    if a.aggregation and b.aggregation and a.aggregation != b.aggregation:
        yield (
            Comparable.WARN,
            f"presses were summed up differently ({a.aggregation} and {b.aggregation})",
        )
    if a.trials and b.trials and a.trials != b.trials:
        yield Comparable.WARN, f"one is of {a.trials} presses, the other of {b.trials}"


def _usual_latency(a: Protocol, b: Protocol) -> ReactionLatency:
    """Return the latency of the stop modes, the longer one where they differ."""
    modes = [mode for mode in (a.stop_mode, b.stop_mode) if mode]
    known = [with_usual_latency(RecordingContext(stop_mode=mode)).latency for mode in modes]
    return max(
        (latency for latency in known if latency),
        key=lambda latency: latency.mean_s,
        default=LATENCY_BY_RELEASE,
    )
