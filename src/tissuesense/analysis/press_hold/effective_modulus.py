"""Effective modulus of the tissue under a flat tip, where its thickness over bone is known.

Without the thickness the same stiffness may stand for moduli that differ by a factor of two, so
none is given. It is that of one even, elastic layer bonded to flat bone, which no muscle is: for
comparing a site with itself, with skin, fat and fascia in it.
"""

import math

from tissuesense.analysis.press_hold.layered_punch import WIDEST_OVER_THICKNESS, layer_factor
from tissuesense.core.contact import ContactTip
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome

_MM2_PER_CM2 = 100.0
_KPA_PER_N_MM2 = 1000.0
# Soft tissue hardly changes its volume; how hardly nobody knows at a site.
INCOMPRESSIBLE = 0.5
_LEAST_POISSON = 0.45
_STEP = 1e-3


def effective_modulus_kpa(
    stiffness_n_mm: Estimate, tip: ContactTip, thickness_mm: Estimate
) -> Outcome:
    """Return E of ``k = 2 a E kappa(a / h) / (1 - nu^2)`` for tissue that keeps its volume.

    Parameters
    ----------
    stiffness_n_mm
        k, of the loading curve at a stated force or depth: E belongs to that force.
    tip
        Flat and round, of radius a.
    thickness_mm
        h, from the skin to the bone.

    Returns
    -------
    Outcome
        Its budget names stiffness, thickness, tip, and volume: a Poisson's ratio nu anywhere from
        0.45 to 0.5 instead of the 0.5 that is used.

    Raises
    ------
    UsageError
        When the thickness is not positive.
    """
    if not thickness_mm.value > 0:
        raise UsageError(f"A tissue thickness must be positive, not {thickness_mm.value:g} mm.")
    radius_mm = math.sqrt(tip.area_cm2 * _MM2_PER_CM2 / math.pi)
    ratio = radius_mm / thickness_mm.value
    if ratio > WIDEST_OVER_THICKNESS * (1 - 2 * _STEP):
        return NotEstimable(
            reason=QualityFlag.POOR_FIT,
            detail="The tissue is too thin for this tip: the bone is felt and little else.",
        )
    modulus_kpa = stiffness_n_mm.value * _modulus_per_stiffness(radius_mm, ratio, INCOMPRESSIBLE)
    # E goes with kappa(a / h): relative changes of h and of a change it by known shares.
    steeper = math.log(
        layer_factor(ratio * (1 + _STEP), INCOMPRESSIBLE)
        / layer_factor(ratio * (1 - _STEP), INCOMPRESSIBLE)
    ) / (2 * _STEP)
    softer = stiffness_n_mm.value * _modulus_per_stiffness(radius_mm, ratio, _LEAST_POISSON)
    budget = {
        "stiffness": modulus_kpa * stiffness_n_mm.u / stiffness_n_mm.value,
        "thickness": modulus_kpa * steeper * thickness_mm.u / thickness_mm.value,
        "tip": modulus_kpa * (1 + steeper) * tip.relative_uncertainty / 2,
        "volume": (softer - modulus_kpa) / math.sqrt(3),
    }
    return Estimate.from_budget(
        modulus_kpa,
        budget,
        unit="kPa",
        dof={"stiffness": stiffness_n_mm.dof, "thickness": thickness_mm.dof},
    )


def _modulus_per_stiffness(radius_mm: float, ratio: float, poisson_ratio: float) -> float:
    """Return kPa for one N/mm."""
    kappa = layer_factor(ratio, poisson_ratio)
    return _KPA_PER_N_MM2 * (1 - poisson_ratio**2) / (2 * radius_mm * kappa)
