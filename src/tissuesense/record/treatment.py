"""What was done to a muscle: technique, time, and the dose, by the sensor or by estimate."""

import enum
from dataclasses import dataclass
from datetime import datetime

from tissuesense.core.errors import UsageError
from tissuesense.core.site import BodySite
from tissuesense.record.checks import check_moment, check_nrs, check_text
from tissuesense.record.measurement import MeasurementId


class Technique(enum.StrEnum):
    """How a muscle was treated."""

    NMT_ISCHEMIC = "nmt_ischemic"
    NMT_ALTERNATING = "nmt_alternating"
    MFR = "mfr"
    OTHER = "other"


TECHNIQUE_WORDS = {
    Technique.NMT_ISCHEMIC: "neuromuscular, sustained pressure",
    Technique.NMT_ALTERNATING: "neuromuscular, alternating pressure",
    Technique.MFR: "myofascial release",
    Technique.OTHER: "other technique",
}


class Intensity(enum.StrEnum):
    """A therapist's own estimate where no sensor was used."""

    LIGHT = "light"
    MODERATE = "moderate"
    DEEP = "deep"


_GOOD_PAIN = range(5, 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatmentDose:
    """One treatment of one site.

    Attributes
    ----------
    seconds
        How long; None: not timed.
    measurement
        The recording that the sensor made of it; its numbers are that measurement's findings.
    nrs_during
        What the client said while it was done, 0 to 10.
    """

    site: BodySite
    technique: Technique
    started_at: datetime | None = None
    seconds: float | None = None
    intensity: Intensity | None = None
    measurement: MeasurementId | None = None
    nrs_during: int | None = None
    note: str = ""

    def __post_init__(self) -> None:
        check_nrs("nrs_during", self.nrs_during)
        check_moment("started_at", self.started_at)
        check_text("note", self.note)
        if self.seconds is not None and not 0 < self.seconds <= _LONGEST_S:
            raise UsageError(f"seconds is above 0 and at most {_LONGEST_S}, not {self.seconds}.")

    @property
    def good_pain(self) -> bool | None:
        """Whether the client called it 5 to 7, the range that many call "good pain"."""
        return None if self.nrs_during is None else self.nrs_during in _GOOD_PAIN


_LONGEST_S = 4 * 3600.0
