"""What numbers may be called: comparisons, sites, hands and dates in a therapist's words.

Nothing here says more than "higher", "lower" or "within measurement error".
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tissuesense.core.site import BodySite, Side
from tissuesense.record.visit import TENDERNESS_WORDS, TONE_WORDS, Block, ManualFinding

# Usual scatter of ln(threshold): between presses of one session, and between sessions of one
# person. Defaults until a practice has repeats of its own; with three presses on each side they
# give a factor of 1.40 (+40 % or -29 %). The same order as the minimal detectable change of some
# 57 kPa at the upper trapezius that follows from Walton et al., J Orthop Sports Phys Ther 41
# (2011) 644.
_LN_SD_PRESS = 0.12
_LN_SD_SESSION = 0.10
_TWO_SIDED_95 = 1.96


class Uncertain(Protocol):
    """A stored or computed number with its standard uncertainty."""

    @property
    def value(self) -> float | None:
        """The number; None where there is none."""
        ...

    @property
    def standard_uncertainty(self) -> float | None:
        """Coverage factor 1; None where it was not stated."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two thresholds against each other.

    Attributes
    ----------
    percent
        How much the first is above the second.
    usual_percent
        Differences in between are what measuring twice gives anyway.
    """

    percent: float
    usual_percent: tuple[float, float]

    @property
    def beyond_error(self) -> bool:
        """True when the difference is larger than usual measurement error."""
        low, high = self.usual_percent
        return not low <= self.percent <= high


def compare_thresholds(
    first: Uncertain, second: Uncertain, *, presses: tuple[int, int]
) -> Comparison | None:
    """Compare two pressure pain thresholds on the log scale; None where one is not a number.

    The error that counts is the larger of what is usual between sessions and what the two values
    state of themselves: 1.96 times the standard deviation of the difference.
    """
    if not (first.value and second.value and min(first.value, second.value, *presses) > 0):
        return None
    stated = math.hypot(
        (first.standard_uncertainty or 0.0) / first.value,
        (second.standard_uncertainty or 0.0) / second.value,
    )
    return Comparison(
        percent=100 * (first.value / second.value - 1),
        usual_percent=_percent_either_way(max(stated, _usual_ln_sd(presses))),
    )


def usual_threshold_error(presses: tuple[int, int]) -> tuple[float, float]:
    """Return the lowest and highest difference in percent that measuring twice gives anyway."""
    return _percent_either_way(_usual_ln_sd(presses))


def _usual_ln_sd(presses: tuple[int, int]) -> float:
    return math.hypot(*(math.hypot(_LN_SD_SESSION, _LN_SD_PRESS / math.sqrt(n)) for n in presses))


def _percent_either_way(ln_sd: float) -> tuple[float, float]:
    error = _TWO_SIDED_95 * ln_sd
    return (100 * math.expm1(-error), 100 * math.expm1(error))


def direction(percent: float) -> str:
    """Return "higher" or "lower"."""
    return "higher" if percent > 0 else "lower"


def site_words(name: str) -> str:
    """Return a site as a heading says it: "Trapezius upper"."""
    return name.replace("_", " ").capitalize()


def site_and_side(site: BodySite) -> str:
    """Return a site as a caption says it: "Trapezius upper, left"."""
    name = site_words(site.name)
    return name if site.side is Side.MIDLINE else f"{name}, {site.side}"


def percent_words(percent: float) -> str:
    """Return a difference with its sign: "+12 %"; nothing has no sign."""
    text = f"{percent:+.0f} %"
    return "0 %" if float(text[:-2]) == 0 else text.replace("-", "\N{MINUS SIGN}")


def hand_words(found: ManualFinding | None) -> str:
    """Return palpation in words; the note is printed apart."""
    if found is None:
        return "not examined"
    said = [
        *([] if found.tenderness is None else [TENDERNESS_WORDS[found.tenderness]]),
        *([] if found.tone is None else [TONE_WORDS[found.tone]]),
    ]
    return ", ".join(said) or "see note"


def block_words(block: Block) -> str:
    """Return when in the visit something was found."""
    return {
        Block.PRE: "before treatment",
        Block.TREATMENT: "during treatment",
        Block.POST: "after treatment",
    }[block]


def when_words(blocks: Sequence[Block], block: Block) -> str:
    """Return ", before treatment" in a visit that has several blocks; nothing in one that has not."""
    return f", {block_words(block)}" if len(blocks) > 1 else ""


def day(moment: datetime) -> str:
    """Return "5 January 2026"."""
    return f"{moment.day} {moment:%B %Y}"
