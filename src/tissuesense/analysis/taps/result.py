"""What a recording of taps says: taps, session, plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tissuesense.analysis.agreement.repeats import SHARED_SOURCES, TAP_GATE, Repeats, repeats
from tissuesense.analysis.result import Finding
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, Outcome, quantity_json

# Taps come in sets of three or five.
_FEWEST_TAPS = 3
# What all taps of a session have in common is not averaged out.
_SHARED = (*SHARED_SOURCES, "mass")
# The names by which these are compared with another site.
_COMPONENT_NAMES = {
    "frequency_hz": "tap_frequency_hz",
    "stiffness_n_m": "tap_stiffness_n_m",
    "log_decrement": "log_decrement",
}
# What must repeat; the decrement scatters more by itself.
_GATED = ("frequency_hz", "stiffness_n_m")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """One tap.

    Attributes
    ----------
    onset_s, release_s
        When the push began and ended; None where the recording does not show it.
    stiffness_n_m
        Mass times the first peak of the acceleration outwards, over the deepest deformation.
    oscillator_stiffness_n_m
        Of the spring with which this mass would swing so: ``m (decay**2 + angular**2)``.
    recovery_time_s, recovery_ratio
        From the deepest deformation to the shape before; the same over the time to get there.
    recovery_from_peak_s, recovery_from_peak_ratio
        Likewise, counted from the peak of the acceleration outwards.
    spectral_peak_hz
        Highest point of the spectrum of the decay: for comparison with instruments that report it.
        It is not the frequency of the swing, and differs from it by up to a few per cent.
    swings
        How many the model needed, 1 or 2.
    """

    index: int
    onset_s: float | None
    release_s: float | None
    frequency_hz: Estimate
    log_decrement: Estimate
    damping_ratio: Estimate
    stiffness_n_m: Outcome
    oscillator_stiffness_n_m: Outcome
    recovery_time_s: Outcome
    recovery_ratio: Outcome
    recovery_from_peak_s: Outcome
    recovery_from_peak_ratio: Outcome
    deformation_mm: Outcome
    peak_m_s2: Outcome
    spectral_peak_hz: float
    swings: int
    accepted: bool
    flags: tuple[QualityFlag, ...]

    def quantities(self) -> dict[str, Outcome]:
        """Return what has an uncertainty, or why there is none."""
        return {
            "frequency_hz": self.frequency_hz,
            "log_decrement": self.log_decrement,
            "damping_ratio": self.damping_ratio,
            "stiffness_n_m": self.stiffness_n_m,
            "oscillator_stiffness_n_m": self.oscillator_stiffness_n_m,
            "recovery_time_s": self.recovery_time_s,
            "recovery_ratio": self.recovery_ratio,
            "recovery_from_peak_s": self.recovery_from_peak_s,
            "recovery_from_peak_ratio": self.recovery_from_peak_ratio,
            "deformation_mm": self.deformation_mm,
            "peak_m_s2": self.peak_m_s2,
        }

    def to_dict(self) -> dict[str, Any]:
        """Return one entry of the contract's `taps`."""
        return {
            "index": self.index,
            "onset_s": self.onset_s,
            "release_s": self.release_s,
            **{name: quantity_json(value) for name, value in self.quantities().items()},
            "spectral_peak_hz": self.spectral_peak_hz,
            "swings": self.swings,
            "accepted": self.accepted,
            "flags": [str(flag) for flag in self.flags],
        }

    def findings(self) -> list[Finding]:
        """Return its numbers, one row each."""
        plain = {"onset_s": self.onset_s, "release_s": self.release_s}
        values: dict[str, Outcome | float] = {k: v for k, v in plain.items() if v is not None}
        values |= self.quantities()
        values["spectral_peak_hz"] = self.spectral_peak_hz
        return [
            Finding(
                item="tap",
                index=self.index,
                quantity=name,
                value=value,
                accepted=self.accepted,
                flags=self.flags,
            )
            for name, value in values.items()
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class TapAnalysis:
    """A recording's taps and the medians of the accepted ones.

    Attributes
    ----------
    session
        Frequency, decrement and stiffness over the accepted taps, by the name they have in a tap.
    """

    taps: tuple[Tap, ...]
    n_accepted: int
    session: Mapping[str, Repeats]
    flags: tuple[QualityFlag, ...]

    def components(self) -> dict[str, FloatArray]:
        """Return the accepted taps as the hypertonia index takes them, shape (n,) each.

        Frequency and stiffness are one and the same degree of freedom of the tissue.
        """
        return {
            _COMPONENT_NAMES[name]: np.array([estimate.value for estimate in found])
            for name in self.session
            if (found := _of_accepted(self.taps, name))
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the contract's `taps`, and a session of their medians."""
        return {
            "taps": [tap.to_dict() for tap in self.taps],
            "session": {
                "n_accepted": self.n_accepted,
                **{name: quantity_json(found.centre) for name, found in self.session.items()},
                "cv": {name: found.cv for name, found in self.session.items()},
            },
        }

    def findings(self) -> list[Finding]:
        """Return every number, one row each."""
        rows = [row for tap in self.taps for row in tap.findings()]
        values: dict[str, Outcome | float] = {n: found.centre for n, found in self.session.items()}
        values |= {f"cv_{n}": found.cv for n, found in self.session.items() if found.cv is not None}
        return rows + [
            Finding(item="session", index=None, quantity=name, value=value, flags=self.flags)
            for name, value in values.items()
        ]


def summarise(taps: tuple[Tap, ...], flags: tuple[QualityFlag, ...]) -> TapAnalysis:
    """Return the medians over the accepted taps, and whether these repeat one another."""
    session = {
        name: repeats(
            _of_accepted(taps, name),
            gate=TAP_GATE if name in _GATED else None,
            shared=_SHARED,
        )
        for name in _COMPONENT_NAMES
    }
    n_accepted = sum(tap.accepted for tap in taps)
    raised = {
        QualityFlag.TOO_FEW: n_accepted < _FEWEST_TAPS,
        QualityFlag.TRIAL_SPREAD: any(
            QualityFlag.TRIAL_SPREAD in found.flags for found in session.values()
        ),
    }
    return TapAnalysis(
        taps=taps,
        n_accepted=n_accepted,
        session=session,
        flags=(*flags, *(flag for flag, is_raised in raised.items() if is_raised)),
    )


def _of_accepted(taps: tuple[Tap, ...], name: str) -> list[Estimate]:
    outcomes = [tap.quantities()[name] for tap in taps if tap.accepted]
    return [outcome for outcome in outcomes if isinstance(outcome, Estimate)]
