"""A client's record as one frozen tree: what reports, exports and trends read."""

from collections.abc import Iterator
from dataclasses import dataclass

from tissuesense.core.site import BodySite
from tissuesense.record.client import Client
from tissuesense.record.measurement import Measurement, StoredFinding
from tissuesense.record.visit import ManualFinding, Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementRecord:
    """One measurement and every number ever computed from it.

    Attributes
    ----------
    computed
        Oldest first; a later analysis of the same raw data adds to it and replaces nothing.
    """

    measurement: Measurement
    computed: tuple[StoredFinding, ...] = ()

    @property
    def findings(self) -> tuple[StoredFinding, ...]:
        """The numbers of the latest analysis: those to show."""
        if not self.computed:
            return ()
        latest = self.computed[-1]
        return tuple(
            finding
            for finding in self.computed
            if (finding.method, finding.computed_at) == (latest.method, latest.computed_at)
        )

    def finding(self, quantity: str, item: str, index: int | None = None) -> StoredFinding | None:
        """Return one number of the latest analysis, such as ("ppt_kpa", "session")."""
        wanted = (quantity, item, index)
        return next((f for f in self.findings if (f.quantity, f.item, f.index) == wanted), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRecord:
    """One visit: what the hands found and what the sensor measured, side by side."""

    visit: Visit
    manual_findings: tuple[ManualFinding, ...] = ()
    measurements: tuple[MeasurementRecord, ...] = ()

    @property
    def sites(self) -> tuple[BodySite, ...]:
        """Every site that was felt or measured, each once, in the order of the visit.

        What was noted at the same time keeps the order in which it was written down.
        """
        found = [
            *((manual.found_at, manual.site) for manual in self.manual_findings),
            *((m.measurement.measured_at, m.measurement.site) for m in self.measurements),
        ]
        return tuple(dict.fromkeys(site for _, site in sorted(found, key=lambda pair: pair[0])))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRecord:
    """Everything that is known of one client, visits oldest first."""

    client: Client
    visits: tuple[VisitRecord, ...] = ()

    def measurements(self) -> Iterator[MeasurementRecord]:
        """Yield every measurement, oldest visit first."""
        for visit in self.visits:
            yield from visit.measurements


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSummary:
    """One line of the list of clients.

    Attributes
    ----------
    sites
        Names of the sites that were felt or measured, in alphabetical order.
    """

    client: Client
    visits: int
    sites: tuple[str, ...]
