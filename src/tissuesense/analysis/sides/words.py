"""What the hypertonia index is called in words, and what it is compared with."""

from typing import Literal

from tissuesense.core.quantity import Estimate

State = Literal["higher", "lower", "no detectable change", "not enough data", "components disagree"]
ReferenceKind = Literal["other side", "own baseline", "antagonist"]

# Sides of people without complaints differ by 10 to 14 % on average (26 people, seven muscles).
USUAL_SIDES_PERCENT = 15.0
_THAN = {
    "other side": "on the other side",
    "own baseline": "at its own baseline",
    "antagonist": "in the opposing muscle",
}
_FROM = {
    "other side": "from the other side",
    "own baseline": "from its own baseline",
    "antagonist": "from the opposing muscle",
}
COMPONENT_WORDS = {
    "tangent_stiffness_n_mm": "tangent stiffness",
    "secant_stiffness_n_mm": "secant stiffness",
    "tap_stiffness_n_m": "tap stiffness",
    "tap_frequency_hz": "tap frequency",
    "fung_b_per_mm": "stiffening with depth",
    "power_exponent": "exponent of the loading curve",
    "relaxation_fraction": "relaxation",
    "log_decrement": "decrement of the tap",
}


def index_sentence(
    state: State, percent: Estimate | None, kind: ReferenceKind, repeats: tuple[int, int]
) -> str:
    """Return the index as a sentence: what was measured, against what, how sure."""
    if percent is None:
        return _withheld(state, kind)
    low, high = percent.coverage_interval()
    sure = f"95 % interval {low:+z.0f} to {high:+z.0f} %; {repeats[0]} and {repeats[1]} repeats"
    if state == "no detectable change":
        said = (
            f"Under this protocol the stiffness of this site cannot be told {_FROM[kind]}: "
            f"{percent.value:+z.0f} % ({sure})."
        )
    else:
        said = (
            f"Under this protocol the stiffness of this site is {abs(percent.value):.0f} % {state} "
            f"than {_THAN[kind]} ({sure})."
        )
    return said + _caution(state, percent.value, kind)


def _withheld(state: State, kind: ReferenceKind) -> str:
    if state == "components disagree":
        return (
            "No index is given: stiffness and the way it rises with depth point in opposite "
            f"directions {_FROM[kind]}."
        )
    return "No index is given: both sides need repeats that agree; measure again."


def _caution(state: State, percent: float, kind: ReferenceKind) -> str:
    if kind == "antagonist":
        return " It is another muscle; muscles differ without any change."
    differs = state in {"higher", "lower"}
    if kind == "other side" and differs and abs(percent) < USUAL_SIDES_PERCENT:
        return " Sides of people without complaints differ as much."
    return ""
