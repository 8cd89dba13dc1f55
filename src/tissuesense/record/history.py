"""A client's record as one frozen tree: what reports, exports and trends read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tissuesense.core.site import BodySite
from tissuesense.record.client import Client
from tissuesense.record.entry import Entry, EntryId
from tissuesense.record.historic import HistoricMeasurement
from tissuesense.record.measurement import Measurement, StoredFinding
from tissuesense.record.notes import MeasurementVoid
from tissuesense.record.visit import ManualFinding, Visit


def current(entries: Iterable[Entry[Any]], *kinds: str) -> tuple[Entry[Any], ...]:
    """Return the entries of these kinds whose place no other has taken, oldest first."""
    wanted = [entry for entry in entries if entry.kind in kinds]
    replaced = {entry.supersedes for entry in wanted}
    return tuple(entry for entry in wanted if entry.id not in replaced)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementRecord:
    """One measurement and every number ever computed from it.

    Attributes
    ----------
    computed
        Oldest first; a later analysis of the same raw data adds to it and replaces nothing.
    void
        Why it does not count; None: it counts.
    """

    measurement: Measurement
    computed: tuple[StoredFinding, ...] = ()
    void: MeasurementVoid | None = None

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
class HistoricRecord:
    """Numbers that were taken in without their samples.

    Attributes
    ----------
    id
        The entry's: the name by which they are struck out.
    void
        Why they do not count; None: they count.
    """

    id: EntryId
    measured: HistoricMeasurement
    void: MeasurementVoid | None = None


class _Stated:
    """Ask for what was stated, by kind."""

    __slots__ = ()
    entries: tuple[Entry[Any], ...]

    def current(self, *kinds: str) -> tuple[Entry[Any], ...]:
        """Return the entries of these kinds whose place no other has taken, oldest first."""
        return current(self.entries, *kinds)

    def statements(self, *kinds: str) -> tuple[Any, ...]:
        """Return what these entries state, oldest first."""
        return tuple(entry.statement for entry in self.current(*kinds))

    def latest(self, kind: str) -> Any:  # noqa: ANN401 - one type for each kind
        """Return what was stated last of this kind; None where nothing was."""
        return next(reversed(self.statements(kind)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRecord(_Stated):
    """One visit: what the hands found and what the sensor measured, side by side.

    Attributes
    ----------
    entries
        All that was written down in the visit, oldest first, amended ones and amendments too.
    """

    visit: Visit
    entries: tuple[Entry[Any], ...] = ()
    measurements: tuple[MeasurementRecord, ...] = ()

    @property
    def manual_findings(self) -> tuple[ManualFinding, ...]:
        """What the hands found, in the order in which it was written down."""
        return self.statements("palpation")

    @property
    def counting(self) -> tuple[MeasurementRecord, ...]:
        """The measurements that were not struck out."""
        return tuple(measured for measured in self.measurements if measured.void is None)

    @property
    def historic(self) -> tuple[HistoricRecord, ...]:
        """What was taken in without samples, in the order of taking it in."""
        struck: dict[str, MeasurementVoid] = {v.measurement: v for v in self.statements("void")}
        return tuple(
            HistoricRecord(id=entry.id, measured=entry.statement, void=struck.get(entry.id))
            for entry in self.current("historic")
        )

    @property
    def sites(self) -> tuple[BodySite, ...]:
        """Every site that was felt or measured here, each once, in the order of the visit.

        What was noted at the same time keeps the order in which it was written down.
        """
        found = [
            *((manual.found_at, manual.site) for manual in self.manual_findings),
            *((m.measurement.measured_at, m.measurement.site) for m in self.counting),
        ]
        return tuple(dict.fromkeys(site for _, site in sorted(found, key=lambda pair: pair[0])))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRecord(_Stated):
    """Everything that is known of one client, visits oldest first.

    Attributes
    ----------
    entries
        What was stated about the client and belongs to no one visit, oldest first; never the
        identity.
    """

    client: Client
    entries: tuple[Entry[Any], ...] = ()
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
        Names of the sites that were felt or measured, here or elsewhere, in alphabetical order;
        what was struck out counts for none.
    """

    client: Client
    visits: int
    sites: tuple[str, ...]
