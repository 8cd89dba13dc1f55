"""What is practised: on whom, at what rate, by which hand."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tissuesense.core.errors import UsageError
from tissuesense.core.recording import RecordingKind
from tissuesense.core.site import Side
from tissuesense.services.measure_plan import MeasurePlan, plan_measurement
from tissuesense.simulation.spec import SessionSpec

RATES_KPA_S = (10.0, 20.0, 30.0, 40.0, 50.0, 100.0)
_CUTOFF_KPA = 800.0
_AREA_CM2 = 1.0
_SITE, _SIDE = "trapezius_upper", Side.LEFT
_MOST_SEED = 2**31
_MOST_PRESSES = 10


class PracticeWay(enum.StrEnum):
    """Who presses, and on what."""

    HAND = "hand"
    """The trainee, with pointer or keys, on a simulated client."""
    DEMONSTRATION = "demonstration"
    """The simulated hand; the trainee watches."""
    GAUGE = "gauge"
    """The trainee, with the real gauge, on a cushion."""


# Client of a practice -> a subject of the simulation; a surprise is any of them.
CLIENTS: Mapping[str, str] = {
    "ordinary": "relaxed",
    "tender": "tender_left",
    "late": "high_threshold",
}
SURPRISE = "surprise"


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeOrder:
    """One round of practice.

    Attributes
    ----------
    client
        A name of `CLIENTS`, or a surprise.
    gauge_url
        Of the real gauge, where that is used.
    """

    way: PracticeWay = PracticeWay.HAND
    client: str = "ordinary"
    target_kpa_s: float = 30.0
    presses: int = 3
    gauge_url: str = ""

    def __post_init__(self) -> None:
        if self.client not in {*CLIENTS, SURPRISE}:
            raise UsageError("There is no such client to practise on.")
        if self.target_kpa_s not in RATES_KPA_S:
            raise UsageError("This rate is not practised.")
        if not 1 <= self.presses <= _MOST_PRESSES:
            raise UsageError(f"A round has 1 to {_MOST_PRESSES} presses.")
        if self.way is PracticeWay.GAUGE and not self.gauge_url:
            raise UsageError("No gauge was chosen.", hint="Choose one on the Devices page.")

    def plan(self) -> MeasurePlan:
        """Return what is measured: a threshold, as at the table, at one place."""
        stated = {
            "kind": RecordingKind.PPT,
            "site": _SITE,
            "side": str(_SIDE),
            "probe_area_cm2": _AREA_CM2,
            "target_rate_kpa_s": self.target_kpa_s,
            "cutoff_kpa": _CUTOFF_KPA,
        }
        return plan_measurement(stated, trials=self.presses)

    def session(self, rng: np.random.Generator) -> SessionSpec:
        """Return the simulated client of this round; no two rounds are alike."""
        names = list(CLIENTS)
        name = names[int(rng.integers(len(names)))] if self.client == SURPRISE else self.client
        return SessionSpec(
            subject=CLIENTS[name],
            seed=int(rng.integers(1, _MOST_SEED)),
            site=_SITE,
            side=_SIDE,
            target_rate_kpa_s=self.target_kpa_s,
            probe_area_cm2=_AREA_CM2,
        )
