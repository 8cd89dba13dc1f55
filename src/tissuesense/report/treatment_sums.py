"""Treatments as they were noted and as the sensor measured them, and their sums."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tissuesense.core.recording import RecordingKind
from tissuesense.core.site import BodySite
from tissuesense.record.history import VisitRecord
from tissuesense.record.treatment import TECHNIQUE_WORDS, TreatmentDose
from tissuesense.report.readings import Reading
from tissuesense.report.words import duration_words

UNNAMED = "technique not noted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One treatment of one site.

    Attributes
    ----------
    noted
        As the therapist wrote it down; None: there is only the sensor's recording.
    recorded
        By the sensor; None: by estimate alone.
    """

    visit: VisitRecord
    site: BodySite
    noted: TreatmentDose | None = None
    recorded: Reading | None = None

    @property
    def technique(self) -> str:
        """How, in words."""
        return UNNAMED if self.noted is None else TECHNIQUE_WORDS[self.noted.technique]

    def measured(self, quantity: str) -> float | None:
        """Return a number of the recording, where there is one."""
        found = None if self.recorded is None else self.recorded.session(quantity)
        return None if found is None else found.value

    @property
    def seconds(self) -> float | None:
        """How long: time on the skin where the sensor was there, else as noted."""
        contact_s = self.measured("contact_s")
        if contact_s is not None:
            return contact_s
        return None if self.noted is None else self.noted.seconds


def treatments(visits: Iterable[VisitRecord]) -> tuple[Given, ...]:
    """Return every treatment, in the order of the visits; each recording is counted once."""
    return tuple(given for visit in visits for given in _of_visit(visit))


def total_time(given: Sequence[Given]) -> str:
    """Return the time of all of them in words, and how many were not timed."""
    timed = [g.seconds for g in given if g.seconds is not None]
    if not timed:
        return "not timed"
    untimed = f", {len(given) - len(timed)} not timed" if len(timed) < len(given) else ""
    return f"{duration_words(sum(timed))}{untimed}"


def _of_visit(visit: VisitRecord) -> list[Given]:
    recorded = {
        m.measurement.id: Reading(m)
        for m in visit.counting
        if m.measurement.kind is RecordingKind.DOSE
    }
    noted: tuple[TreatmentDose, ...] = visit.statements("dose")
    found = [
        Given(
            visit=visit,
            site=dose.site,
            noted=dose,
            recorded=None if dose.measurement is None else recorded.pop(dose.measurement, None),
        )
        for dose in noted
    ]
    alone = (Given(visit=visit, site=r.measurement.site, recorded=r) for r in recorded.values())
    return [*found, *alone]
