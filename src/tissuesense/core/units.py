"""Constants and conversions, exact by definition.

Sources: BIPM, SI Brochure, 9th ed. (2019): standard acceleration 9.80665 m/s2. NIST SP 811 (2008),
appendix B.8: pound-force 4.448 221 615 260 5 N.
"""

from typing import overload

from tissuesense.core.arrays import FloatArray
from tissuesense.core.errors import ConfigurationError

STANDARD_GRAVITY_M_S2 = 9.80665
NEWTON_PER_KGF = STANDARD_GRAVITY_M_S2
NEWTON_PER_LBF = 4.4482216152605
KPA_PER_N_CM2 = 10.0  # 1 N / 1 cm2 = 10 kPa

# Gauges print units in every spelling; compare lower-case, with or without the f of force.
_NEWTON_PER_UNIT = {
    "n": 1.0,
    "mn": 1e-3,  # millinewton: no gauge that a hand presses counts meganewtons
    "kn": 1e3,
    "kgf": NEWTON_PER_KGF,
    "kg": NEWTON_PER_KGF,
    "gf": NEWTON_PER_KGF / 1e3,
    "g": NEWTON_PER_KGF / 1e3,
    "tf": NEWTON_PER_KGF * 1e3,
    "lbf": NEWTON_PER_LBF,
    "lb": NEWTON_PER_LBF,
    "lbs": NEWTON_PER_LBF,
    "klbf": NEWTON_PER_LBF * 1e3,
    "ozf": NEWTON_PER_LBF / 16,
    "oz": NEWTON_PER_LBF / 16,
}


def newton_per_unit(unit: str) -> float:
    """Return how many newtons one `unit` is; spelling is free of case.

    Raises
    ------
    ConfigurationError
        When the unit is not one of force.
    """
    try:
        return _NEWTON_PER_UNIT[unit.strip().lower()]
    except KeyError:
        raise ConfigurationError(
            f"'{unit}' is not a unit of force.",
            hint="Such as N, kgf or lbf.",
            known=sorted(_NEWTON_PER_UNIT),
        ) from None


@overload
def pressure_kpa(force_n: float, area_cm2: float) -> float: ...
@overload
def pressure_kpa(force_n: FloatArray, area_cm2: float) -> FloatArray: ...
def pressure_kpa(force_n: float | FloatArray, area_cm2: float) -> float | FloatArray:
    """Return the mean pressure under a tip: with 1 cm2, 1 N is 10 kPa."""
    return force_n * (KPA_PER_N_CM2 / area_cm2)
