"""One press, hold and release on simulated tissue, and what can be said of it exactly."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tissuesense.core.arrays import FloatArray
from tissuesense.simulation.grid import STEP_S, first_true, padded, steps, travelled, wandering
from tissuesense.simulation.operator import (
    Flaw,
    Hand,
    lead_in,
    letting_go,
    pause_after,
    speed_profile,
    tremor,
)
from tissuesense.simulation.tissue import Tissue, pushing_n, secant_stiffness_n_mm, work_n_mm

_HOLD_S, _HOLD_CREEP_TAU_S = 6.0, 3.0
_DEPTH_MM, _DEPTH_SPREAD_MM = 8.0, 0.3
_IN_MM_S, _OUT_MM_S = 5.0, (8.0, 16.0)
_PARKED_MM = (1.5, 4.0)
_ARRIVING_S = 0.15  # a hand that is to stop at a depth slows down over about this time


@dataclass(frozen=True, slots=True, kw_only=True)
class IndentationTruth:
    """What is true of one press, hold and release, the tremor apart; seconds are of session time.

    Attributes
    ----------
    contact_s, contact_mm
        When and where, on the depth scale, the tip meets the skin.
    peak_s, peak_n, depth_mm
        The highest force on arriving, and the depth below contact there.
    release_s, end_s
        The hand begins to lift; the tissue lets go of the tip.
    secant_stiffness_n_mm
        Between 20 % and 80 % of the peak force of the loading curve.
    energy_loss_ratio
        1 - unloading work / loading work; the hold belongs to neither.
    relaxation_fraction
        1 - force at the end of the hold / peak force; None without a hold.
    """

    contact_s: float
    contact_mm: float
    peak_s: float
    peak_n: float
    depth_mm: float
    release_s: float
    end_s: float
    hold_s: float
    secant_stiffness_n_mm: float
    energy_loss_ratio: float
    relaxation_fraction: float | None
    flaw: Flaw | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IndentationPress:
    """Force and depth every `STEP_S`, and the steps of its events.

    Attributes
    ----------
    force_n, displacement_mm, disturbance_n
        What the gauge meets.
    meant_n, meant_mm
        Force and depth below contact without the tremor: the curves that the truth is read off,
        since where a tremor stands at one instant says nothing about the tissue.
    """

    force_n: FloatArray
    displacement_mm: FloatArray
    disturbance_n: FloatArray
    meant_n: FloatArray
    meant_mm: FloatArray
    contact: int
    peak: int
    release: int
    contact_mm: float
    flaw: Flaw | None

    @property
    def seconds(self) -> float:
        """How long it lasts, the pauses around it included."""
        return (self.force_n.size - 1) * STEP_S

    def at(self, t_s: FloatArray) -> Mapping[str, FloatArray]:
        """Return force, a knock's too, and depth at each instant from the beginning."""
        grid_s = np.arange(self.force_n.size) * STEP_S
        return {
            "displacement_mm": np.interp(t_s, grid_s, self.displacement_mm),
            "force_n": np.interp(t_s, grid_s, self.force_n + self.disturbance_n),
        }

    def truth(self, start_s: float) -> IndentationTruth:
        """Return the truth of this press, whose first step is at `start_s`."""
        loading = slice(self.contact, self.peak + 1)
        unloading = slice(self.release, None)
        held = self.flaw is not Flaw.EARLY_RELEASE
        force_n, depth_mm = self.meant_n, self.meant_mm
        gone = first_true(force_n[unloading] <= 0.0)
        loading_work = work_n_mm(depth_mm[loading], force_n[loading])
        unloading_work = -work_n_mm(depth_mm[unloading], force_n[unloading])
        return IndentationTruth(
            contact_s=start_s + self.contact * STEP_S,
            contact_mm=self.contact_mm,
            peak_s=start_s + self.peak * STEP_S,
            peak_n=float(force_n[self.peak]),
            depth_mm=float(depth_mm[self.peak]),
            release_s=start_s + self.release * STEP_S,
            end_s=start_s + (self.release + (gone or 0)) * STEP_S,
            hold_s=(self.release - self.peak) * STEP_S,
            secant_stiffness_n_mm=secant_stiffness_n_mm(depth_mm[loading], force_n[loading]),
            energy_loss_ratio=1.0 - unloading_work / loading_work,
            relaxation_fraction=1.0 - float(force_n[self.release] / force_n[self.peak])
            if held
            else None,
            flaw=self.flaw,
        )


def indentation_press(
    hand: Hand, tissue: Tissue, *, flaw: Flaw | None, rng: np.random.Generator
) -> IndentationPress:
    """Let a hand press to a depth, hold it there as well as it can, and lift."""
    lead, disturbance_n = lead_in(hand, rng)
    contact_mm = rng.uniform(*_PARKED_MM)
    bottom_mm = contact_mm + _DEPTH_MM + _DEPTH_SPREAD_MM * rng.standard_normal()
    size = steps(1.5 * bottom_mm / (_IN_MM_S * hand.speed) + 5.0)
    way_in = travelled(speed_profile(hand, _IN_MM_S, size, rng))
    arrived = first_true(way_in >= bottom_mm) or size - 1
    hold = steps(_ARRIVING_S if flaw is Flaw.EARLY_RELEASE else _ARRIVING_S + _HOLD_S)
    creep_mm = wandering(hand.hold_creep_mm, _HOLD_CREEP_TAU_S, hold, rng) * _fading_in(hold)
    down_mm = _eased(np.concatenate((way_in[:arrived], bottom_mm + creep_mm)))
    up_mm = letting_go(float(down_mm[-1]), 0.0, rng.uniform(*_OUT_MM_S))
    parked_before, parked_after = np.zeros(lead), np.zeros(pause_after(rng))
    meant_mm = np.concatenate((parked_before, down_mm, up_mm, parked_after)) - contact_mm
    meant_n = pushing_n(tissue.force_n(meant_mm, STEP_S))
    depth_mm = meant_mm * tremor(hand, meant_mm.size, rng)
    arriving = slice(lead, lead + arrived + steps(2 * _ARRIVING_S))
    return IndentationPress(
        force_n=pushing_n(tissue.force_n(depth_mm, STEP_S)),
        displacement_mm=depth_mm + contact_mm,
        disturbance_n=padded(disturbance_n, meant_mm.size),
        meant_n=meant_n,
        meant_mm=meant_mm,
        contact=(first_true(meant_mm > 0.0) or 1) - 1,
        peak=lead + int(np.argmax(meant_n[arriving])),
        release=lead + down_mm.size - 1,
        contact_mm=contact_mm,
        flaw=flaw,
    )


def _fading_in(size: int) -> FloatArray:
    """Return weights that let a creep begin at 0."""
    return np.minimum(np.arange(size, dtype=np.float64) * STEP_S, 1.0)


def _eased(path_mm: FloatArray) -> FloatArray:
    """Return a path whose corners are rounded over `_ARRIVING_S`."""
    width = steps(_ARRIVING_S)
    path = np.pad(path_mm, (width // 2, width - 1 - width // 2), mode="edge")
    rounded = np.convolve(path, np.full(width, 1.0 / width), mode="valid")
    return np.asarray(rounded, dtype=np.float64)
