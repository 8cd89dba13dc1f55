"""One application of hands-on treatment through a sensor, and what can be said of it exactly.

Two ways of working: neuromuscular, which changes between a lighter and a firmer pressure and holds
each for some seconds; and myofascial, one low pressure that is held for long while the hand glides
slowly along the skin. Pressures are shares of the place's own pain threshold. How much, how long
and how fast are this program's assumptions of ordinary practice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from tissuesense.core.arrays import FloatArray
from tissuesense.core.errors import ConfigurationError
from tissuesense.core.units import KPA_PER_N_CM2
from tissuesense.simulation.grid import STEP_S, padded, steps, travelled, wandering
from tissuesense.simulation.operator import Hand, lead_in, pause_after, tremor
from tissuesense.simulation.subjects import SiteTruth

_LIGHT_SHARE, _FIRM_SHARE = (0.36, 0.44), (0.70, 0.78)
_CHANGES, _HOLD_S, _CHANGE_S = (4, 8), (6.0, 12.0), (0.5, 1.0)
_LOW_SHARE, _SETTLING_S = (0.25, 0.38), (8.0, 14.0)
_GLIDE_MM, _GLIDE_MM_S, _SUSTAINED_S = (40.0, 80.0), (1.0, 3.0), 90.0
_ARRIVING_S, _LEAVING_S, _SINKING_S = (0.8, 1.5), (0.3, 0.8), (2.0, 4.0)
# Tissue gives way under a held pressure, and a hand makes up for most of it.
_GIVING_WAY, _GIVING_WAY_TAU_S = (0.02, 0.05), 3.0
_SWAY, _SWAY_TAU_S = 0.012, 1.5
_SPEED_SWAY, _SPEED_SWAY_TAU_S = 0.10, 1.0
_DEEPER_EACH_TIME, _DEEPEST = 0.02, 1.06


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPressure:
    """One stay at a level: from arriving to setting off."""

    start_s: float
    seconds: float
    mean_kpa: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatmentTruth:
    """What is true of one application, the tremor apart; seconds are of session time.

    Attributes
    ----------
    start_s, end_s
        The tip meets the skin and leaves it.
    levels_kpa
        Mean pressures at the levels that were worked at, ascending.
    alternations
        Changes from one level to another.
    travel_mm
        Path along the skin; None where the hand stays in place.
    """

    start_s: float
    end_s: float
    levels_kpa: tuple[float, ...]
    holds: tuple[HeldPressure, ...]
    impulse_kpa_s: float
    alternations: int
    travel_mm: float | None
    technique: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TreatmentStroke:
    """Pressure every `STEP_S` from the lead-in to the pause after, and the steps of its events.

    Attributes
    ----------
    meant_kpa, pressure_kpa
        Without and with the tremor, shape (n,).
    disturbance_n
        A knock before, shape (n,).
    way_mm
        Along the skin, shape (n,); None where the hand stays in place.
    held
        Level, first and last step of every stay.
    """

    technique: str
    probe_area_cm2: float
    meant_kpa: FloatArray
    pressure_kpa: FloatArray
    disturbance_n: FloatArray
    way_mm: FloatArray | None
    contact: int
    release: int
    held: tuple[tuple[int, int, int], ...]

    @property
    def seconds(self) -> float:
        """How long it lasts, the pauses around it included."""
        return (self.meant_kpa.size - 1) * STEP_S

    def at(self, t_s: FloatArray) -> Mapping[str, FloatArray]:
        """Return force, and way where the hand glides, at each instant, shape (n,)."""
        grid_s = np.arange(self.meant_kpa.size) * STEP_S
        force_n = self.pressure_kpa * (self.probe_area_cm2 / KPA_PER_N_CM2) + self.disturbance_n
        columns = {"force_n": np.interp(t_s, grid_s, force_n)}
        if self.way_mm is not None:
            columns["displacement_mm"] = np.interp(t_s, grid_s, self.way_mm)
        return columns

    def truth(self, start_s: float) -> TreatmentTruth:
        """Return the truth of this application, whose first step is at `start_s`."""
        touching = slice(self.contact, self.release + 1)
        levels = sorted({level for level, _, _ in self.held})
        return TreatmentTruth(
            start_s=start_s + self.contact * STEP_S,
            end_s=start_s + self.release * STEP_S,
            levels_kpa=tuple(self._level_kpa(level) for level in levels),
            holds=tuple(
                HeldPressure(
                    start_s=start_s + first * STEP_S,
                    seconds=(last - first) * STEP_S,
                    mean_kpa=float(self.meant_kpa[first : last + 1].mean()),
                )
                for _, first, last in self.held
            ),
            impulse_kpa_s=float(np.trapezoid(self.meant_kpa[touching], dx=STEP_S)),
            alternations=len(self.held) - 1,
            travel_mm=None
            if self.way_mm is None
            else float(np.abs(np.diff(self.way_mm[touching])).sum()),
            technique=self.technique,
        )

    def _level_kpa(self, level: int) -> float:
        stays = [self.meant_kpa[a : b + 1] for which, a, b in self.held if which == level]
        return float(np.concatenate(stays).mean())


def treatment_stroke(
    place: SiteTruth,
    index: int,
    rng: np.random.Generator,
    *,
    technique: str = "neuromuscular",
    probe_area_cm2: float = 1.0,
) -> TreatmentStroke:
    """Let a hand treat a place once; each application of a series goes a little deeper.

    Parameters
    ----------
    index
        Which application of the session, from 0.
    technique
        A name of `TECHNIQUES`.

    Raises
    ------
    ConfigurationError
        When the technique is not simulated.
    """
    if technique not in TECHNIQUES:
        raise ConfigurationError(
            f"There is no simulated technique '{technique}'.",
            hint=f"Known: {', '.join(TECHNIQUES)}.",
            known=TECHNIQUES,
        )
    hand = Hand()
    deeper = min(1.0 + _DEEPER_EACH_TIME * index, _DEEPEST)
    work = TECHNIQUES[technique](place.threshold_kpa * deeper, rng)
    lead, disturbance_n = lead_in(hand, rng)
    size = lead + work.pressure_kpa.size + pause_after(rng)
    meant_kpa = padded(np.concatenate((np.zeros(lead), work.pressure_kpa)), size)
    return TreatmentStroke(
        technique=technique,
        probe_area_cm2=probe_area_cm2,
        meant_kpa=meant_kpa,
        pressure_kpa=meant_kpa * tremor(hand, size, rng),
        disturbance_n=padded(disturbance_n, size),
        way_mm=None if work.way_mm is None else _and_back(work.way_mm, lead, size),
        contact=lead,
        release=lead + work.pressure_kpa.size - 1,
        held=tuple((level, lead + first, lead + last) for level, first, last in work.held),
    )


@dataclass(frozen=True, slots=True)
class _Work:
    """Pressure and way from contact to release; level, first and last step of every stay."""

    pressure_kpa: FloatArray
    way_mm: FloatArray | None
    held: tuple[tuple[int, int, int], ...]


def _neuromuscular(threshold_kpa: float, rng: np.random.Generator) -> _Work:
    """Change between a lighter and a firmer pressure, each held for some seconds."""
    levels_kpa = [threshold_kpa * rng.uniform(*share) for share in (_LIGHT_SHARE, _FIRM_SHARE)]
    stays = [
        (k % 2, levels_kpa[k % 2], rng.uniform(*_HOLD_S))
        for k in range(int(rng.integers(*_CHANGES, endpoint=True)) + 1)
    ]
    pressure_kpa, held = _staying(stays, _ARRIVING_S, rng)
    return _Work(pressure_kpa, None, held)


def _myofascial(threshold_kpa: float, rng: np.random.Generator) -> _Work:
    """Sink in, wait, glide along the skin, and stay until the time is up."""
    stay = (0, threshold_kpa * rng.uniform(*_LOW_SHARE), _SUSTAINED_S)
    pressure_kpa, held = _staying([stay], _SINKING_S, rng)
    begins = held[0][1] + steps(rng.uniform(*_SETTLING_S))
    lasts = steps(_SUSTAINED_S) - steps(_SETTLING_S[1]) - 1
    speed = rng.uniform(*_GLIDE_MM_S) * (
        1.0 + wandering(_SPEED_SWAY, _SPEED_SWAY_TAU_S, lasts, rng)
    )
    way_mm = np.minimum(travelled(np.maximum(speed, 0.0)), rng.uniform(*_GLIDE_MM))
    after = pressure_kpa.size - begins - lasts
    return _Work(pressure_kpa, np.pad(way_mm, (begins, after), mode="edge"), held)


TECHNIQUES: Mapping[str, Callable[[float, np.random.Generator], _Work]] = MappingProxyType(
    {"neuromuscular": _neuromuscular, "myofascial": _myofascial}
)


def _staying(
    stays: list[tuple[int, float, float]], arriving_s: tuple[float, float], rng: np.random.Generator
) -> tuple[FloatArray, tuple[tuple[int, int, int], ...]]:
    """Return the pressure from contact to release through (level, kPa, seconds) of every stay."""
    path, held, now_kpa, size = [np.zeros(1)], [], 0.0, 1
    for number, (level, kpa, seconds) in enumerate(stays):
        change = _eased(now_kpa, kpa, steps(rng.uniform(*(_CHANGE_S if number else arriving_s))))
        stay = kpa * _giving_way(steps(seconds), rng)
        held.append((level, size + change.size, size + change.size + stay.size - 1))
        path += [change, stay]
        now_kpa, size = float(stay[-1]), size + change.size + stay.size
    path.append(_eased(now_kpa, 0.0, steps(rng.uniform(*_LEAVING_S))))
    whole = np.concatenate(path)
    sway = 1.0 + wandering(_SWAY, _SWAY_TAU_S, whole.size, rng)
    return whole * sway, tuple(held)


def _giving_way(size: int, rng: np.random.Generator) -> FloatArray:
    """Return how a held pressure falls from 1, as the tissue gives way."""
    t_s = np.arange(size) * STEP_S
    share = rng.uniform(*_GIVING_WAY)
    return np.asarray(1.0 + share * np.expm1(-t_s / _GIVING_WAY_TAU_S), dtype=np.float64)


def _eased(start: float, end: float, size: int) -> FloatArray:
    """Return the way from one value to another, setting off and arriving gently."""
    share = (1.0 - np.cos(np.linspace(0.0, np.pi, size))) / 2.0
    return np.asarray(start + (end - start) * share, dtype=np.float64)


def _and_back(way_mm: FloatArray, lead: int, size: int) -> FloatArray:
    """Return a way with the stay before it, and the hand's return through the air after it."""
    rest = size - lead - way_mm.size
    back = _eased(float(way_mm[-1]), 0.0, rest)
    return np.concatenate((np.zeros(lead), way_mm, back))
