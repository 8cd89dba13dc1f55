"""What two measurements of a quantity other than pain must share before anybody compares them.

A stiffness belongs to its tip, and to the force at which it is quoted, because tissue stiffens as
it is pressed; a tap belongs to the mass that swings with the tissue; a range of motion is active or
passive. What a different hand speed does is small beside that, and is a warning.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tissuesense.analysis.course.comparability import Comparable, Comparison

Conditions = Mapping[str, float | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """One condition: by how much numbers may differ, as a fraction, and what more than that is."""

    key: str
    words: str
    unit: str = ""
    within: float = 0.0
    verdict: Comparable = Comparable.REFUSE


_TIP = _Rule(key="tip_area_cm2", words="the tips", unit="cm2", within=0.03)
_FORCE = _Rule(key="at_n", words="the forces at which stiffness is quoted", unit="N", within=0.02)
_PEAK = _Rule(
    key="peak_n", words="the forces pressed to", unit="N", within=0.25, verdict=Comparable.WARN
)
_SPEED = _Rule(
    key="speed_mm_s", words="the speeds", unit="mm/s", within=0.5, verdict=Comparable.WARN
)
_MASS = _Rule(key="tap_mass_kg", words="the tapping masses", unit="kg", within=0.03)
_PRELOAD = _Rule(
    key="preload_n", words="the preloads", unit="N", within=0.25, verdict=Comparable.WARN
)
_MOVEMENT = _Rule(key="movement", words="the movements")
_TURNING = _Rule(
    key="speed_deg_s", words="the speeds", unit="degrees/s", within=0.5, verdict=Comparable.WARN
)

_TAP = (_MASS, _PRELOAD)
_STRETCH = (_MOVEMENT, _TURNING)
_RULES: Mapping[str, tuple[_Rule, ...]] = {
    "tangent_stiffness_n_mm": (_TIP, _FORCE, _SPEED),
    "secant_stiffness_n_mm": (_TIP, _PEAK, _SPEED),
    "fung_b_per_mm": (_TIP, _PEAK, _SPEED),
    "power_exponent": (_TIP, _PEAK, _SPEED),
    "energy_loss_ratio": (_TIP, _PEAK, _SPEED),
    "relaxation_fraction": (_TIP, _PEAK, _SPEED),
    "tap_frequency_hz": _TAP,
    "tap_stiffness_n_m": _TAP,
    "log_decrement": _TAP,
    "range_deg": (_MOVEMENT,),
    "stiffness_n_m_rad": _STRETCH,
    "damping_n_m_s_rad": _STRETCH,
}


def comparable_conditions(quantity: str, a: Conditions, b: Conditions) -> Comparison:
    """Return whether values of `quantity` taken under `a` and under `b` may be compared.

    Parameters
    ----------
    a, b
        Key -> number or text: `tip_area_cm2`, `at_n`, `peak_n`, `speed_mm_s`, `tap_mass_kg`,
        `preload_n`, `movement` ("active" or "passive", and of which joint), `speed_deg_s`; those
        that the quantity does not depend on are not looked at.

    Returns
    -------
    Comparison
        What would refuse and is not known is a warning; what would warn and is not known is none.

    Examples
    --------
    >>> one, other = {"tip_area_cm2": 1.0, "at_n": 5.0}, {"tip_area_cm2": 1.0, "at_n": 10.0}
    >>> comparable_conditions("tangent_stiffness_n_mm", one, other).reasons
    ('the forces at which stiffness is quoted differ (5 and 10 N)',)
    """
    found = [pair for rule in _RULES.get(quantity, ()) for pair in _judged(rule, a, b)]
    found.sort(key=lambda pair: pair[0] != Comparable.REFUSE)
    order = tuple(Comparable)
    worst = max((verdict for verdict, _ in found), key=order.index, default=Comparable.YES)
    return Comparison(verdict=worst, reasons=tuple(why for _, why in found))


def _judged(rule: _Rule, a: Conditions, b: Conditions) -> Iterator[tuple[Comparable, str]]:
    one, other = a.get(rule.key), b.get(rule.key)
    if one is None or other is None:
        if rule.verdict is Comparable.REFUSE:
            yield Comparable.WARN, f"{rule.words} are not both known"
        return
    if isinstance(one, str) or isinstance(other, str):
        alike, both = one == other, f"{one} and {other}"
    else:
        alike = math.isclose(one, other, rel_tol=rule.within)
        both = f"{one:g} and {other:g} {rule.unit}".rstrip()
    if not alike:
        yield rule.verdict, f"{rule.words} differ ({both})"
