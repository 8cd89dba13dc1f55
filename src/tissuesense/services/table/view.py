"""What a screen at the table may show: one frozen picture of the round, and the samples between."""

import enum
from dataclasses import dataclass
from typing import Any

import numpy as np

from tissuesense.core.arrays import FloatArray
from tissuesense.core.site import BodySite
from tissuesense.record.measurement import MeasurementId
from tissuesense.services.measure import MeasureProgress


class TableState(enum.StrEnum):
    """Where the round stands."""

    PREPARING = "preparing"
    MEASURING = "measuring"
    BETWEEN = "between"
    PAUSED = "paused"
    OVER = "over"


class SiteState(enum.StrEnum):
    """How a site of the round fared."""

    AHEAD = "ahead"
    NOW = "now"
    DONE = "done"
    INCOMPLETE = "incomplete"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteProgress:
    """One site of the round.

    Attributes
    ----------
    why
        Why it was left out or is incomplete, a sentence.
    """

    site: BodySite
    state: SiteState = SiteState.AHEAD
    measurement: MeasurementId | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableView:
    """The round as it stands.

    Attributes
    ----------
    now
        Number of the present site in `sites`, from 0 on.
    progress
        How the present site goes; None while no gauge is open.
    sentence
        The last thing to be said, and how many there were.
    next_in_s
        How long until the next site begins by itself; None while it does not.
    told
        What the record says before the site is pressed.
    """

    state: TableState
    sites: tuple[SiteProgress, ...]
    now: int
    wanted: int
    progress: MeasureProgress | None = None
    sentence: str = ""
    said: int = 0
    next_in_s: float | None = None
    told: tuple[str, ...] = ()
    gauge: str = ""
    battery_percent: float | None = None
    contact_t_s: float | None = None
    limit_n: float = 0.0
    target_n_s: float | None = None
    blinded: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data for a screen; of a blinded round without anything of force."""
        return {
            "state": str(self.state),
            "sites": [
                {
                    "name": one.site.name,
                    "side": str(one.site.side),
                    "state": str(one.state),
                    "why": one.why,
                }
                for one in self.sites
            ],
            "now": self.now,
            "wanted": self.wanted,
            "sentence": self.sentence,
            "said": self.said,
            "next_in_s": _tenths(self.next_in_s),
            "told": [said for said in self.told if not (self.blinded and "kPa" in said)],
            "gauge": self.gauge,
            "battery_percent": self.battery_percent,
            "contact_t_s": self.contact_t_s,
            "limit_n": None if self.blinded else self.limit_n,
            "target_n_s": None if self.blinded else self.target_n_s,
            "blinded": self.blinded,
            "progress": None if self.progress is None else self._progress(self.progress),
        }

    def _progress(self, progress: MeasureProgress) -> dict[str, Any]:
        view = progress.view
        return {
            "phase": str(view.phase),
            "cue": str(view.cue),
            "rate_error": None if view.rate_error is None else round(view.rate_error, 3),
            "near_limit": view.near_limit,
            "alarm": view.alarm,
            "stopped_by": None if view.stopped_by is None else str(view.stopped_by),
            "paced": progress.paced,
            "judged": list(progress.judged),
            "item": progress.item,
            "rest_s": round(progress.rest_s, 1),
            "ends_in_s": _tenths(progress.ends_in_s),
            "linked": progress.linked,
            "told": [] if self.blinded else list(view.told),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """Samples for the eyes, above the zero; the trace has its own.

    Attributes
    ----------
    force_n
        NaN in a blinded round.
    """

    t_s: FloatArray
    force_n: FloatArray
    arrived_s: float

    def hidden(self) -> "Samples":
        """Return the times alone."""
        return Samples(
            t_s=self.t_s, force_n=np.full_like(self.t_s, np.nan), arrived_s=self.arrived_s
        )


def _tenths(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
