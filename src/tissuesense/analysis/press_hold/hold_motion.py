"""What a hand that moved in the hold did to the force, told by the law of the tissue.

Force goes with a power of the depth, ``dF / F = p dd / d``: a hand that drifts by a twentieth of
the depth takes 5 to 10 % of the force with it, as much as tissue relaxes by. Where the motion was
recorded, the law says what the force would have been at the depth where the hold began.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.press_hold.stiffening import ElasticFit, Path


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldStill:
    """What holding still would have added to the force at the end of a hold.

    Attributes
    ----------
    u_n
        Standard uncertainty by the laws; that of the depth comes on top.
    steepness_n_mm
        Force at the end of the hold for each millimetre there: what an error of depth becomes.
    """

    added_n: float
    u_n: float
    steepness_n_mm: float


def held_still(path: Path, hold_s: float, laws: Iterable[ElasticFit]) -> HeldStill | None:
    """Return the force that motion after `hold_s` took away; None without a law.

    Parameters
    ----------
    path
        From contact to the end of the hold.
    laws
        The best first; how far the others differ from it is taken for its uncertainty.
    """
    held = np.interp(hold_s, path.t_s, path.way_mm)
    still = Path(t_s=path.t_s, way_mm=np.where(path.t_s > hold_s, held, path.way_mm))
    tried = tuple(laws)
    if not tried:
        return None
    forces = [(float(law.force_n(path)[-1]), float(law.force_n(still)[-1])) for law in tried]
    added = [without - moved for moved, without in forces]
    best = tried[0]
    between_laws = max(math.fabs(other - added[0]) for other in added)
    moved_mm = float(held - path.way_mm[-1])
    return HeldStill(
        added_n=added[0],
        u_n=math.hypot(between_laws, added[0] * best.parameter_u / best.parameter),
        steepness_n_mm=added[0] / moved_mm if moved_mm else 0.0,
    )
