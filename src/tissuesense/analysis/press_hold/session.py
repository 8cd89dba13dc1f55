"""The session of a press-and-hold recording: medians over its accepted presses."""

from collections.abc import Iterable

from tissuesense.analysis.agreement.repeats import PRESS_GATE, Repeats, repeats
from tissuesense.analysis.press_hold.modulus import modulus_of
from tissuesense.analysis.press_hold.result import (
    IndentationAnalysis,
    IndentationPress,
    Tangent,
    stiffnesses,
)
from tissuesense.analysis.press_hold.side_car import Layer
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome

_FEWEST = 2
_TOO_FEW = NotEstimable(
    reason=QualityFlag.TOO_FEW, detail="No accepted press gave this number; press again."
)
_EQUILIBRIUM = "relaxation_equilibrium_fraction"


def summarise(
    presses: tuple[IndentationPress, ...],
    flags: tuple[QualityFlag, ...],
    layer: Layer | None = None,
) -> IndentationAnalysis:
    """Return the session of `presses`; `flags` are those of the whole recording."""
    accepted = [press for press in presses if press.accepted]
    stiffness = _repeats(press.secant_stiffness_n_mm for press in accepted)
    spread = QualityFlag.TRIAL_SPREAD in stiffness.flags
    more = [QualityFlag.TRIAL_SPREAD] if spread else []
    if len(accepted) < _FEWEST:
        more.append(QualityFlag.TOO_FEW)
    secant, tangents = _centre(stiffness), _tangents(accepted)
    equilibria = (press.relaxation_numbers.get(_EQUILIBRIUM) for press in accepted)
    return IndentationAnalysis(
        presses=presses,
        n_accepted=len(accepted),
        secant_stiffness_n_mm=secant,
        tangents=tangents,
        fung_a_n=_median(press.fung_a_n for press in accepted),
        fung_b_per_mm=_median(press.fung_b_per_mm for press in accepted),
        power_exponent=_median(press.power_exponent for press in accepted),
        relaxation_fraction=_median(press.relaxation_fraction for press in accepted),
        relaxation_equilibrium_fraction=_median(equilibria),
        energy_loss_ratio=_median(press.energy_loss_ratio for press in accepted),
        modulus=modulus_of(layer, stiffnesses(tangents, secant)),
        cv=stiffness.cv,
        robust_sd_n_mm=stiffness.robust_sd,
        low_n=stiffness.low_n,
        flags=(*flags, *more),
    )


def _tangents(accepted: list[IndentationPress]) -> tuple[Tangent, ...]:
    """Return the median at every force that a press reached."""
    by_force: dict[float, list[Outcome]] = {}
    for press in accepted:
        for tangent in press.tangents:
            by_force.setdefault(tangent.at_n, []).append(tangent.stiffness_n_mm)
    return tuple(
        Tangent(at_n=at_n, stiffness_n_mm=_median(found))
        for at_n, found in sorted(by_force.items())
    )


def _repeats(outcomes: Iterable[Outcome | None]) -> Repeats:
    known = [outcome for outcome in outcomes if isinstance(outcome, Estimate)]
    return repeats(known, gate=PRESS_GATE)


def _median(outcomes: Iterable[Outcome | None]) -> Outcome:
    return _centre(_repeats(outcomes))


def _centre(found: Repeats) -> Outcome:
    """Return the median; one press alone keeps its own uncertainty."""
    return found.centre if found.n else _TOO_FEW
