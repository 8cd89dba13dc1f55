"""What lists and curves show: lines that are made without opening a single record."""

from dataclasses import dataclass
from datetime import date, datetime

from tissuesense.record.client import Client, ClientId
from tissuesense.record.entry import EntryId
from tissuesense.record.measurement import MeasurementId
from tissuesense.record.schedule import Due
from tissuesense.record.visit import Block, VisitId


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientLine:
    """One line of the list of clients.

    Attributes
    ----------
    visits, sites
        How many; of the sites, those that were felt or measured, here or elsewhere, by what was
        not struck out.
    last_visit
        Its day, of whatever intent; None: never there.
    due
        When the latest care plan asks for the next visit; None where it asks for none.
    """

    client: Client
    visits: int
    sites: int
    last_visit: date | None
    due: Due | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLine:
    """A client whose next visit is due.

    Attributes
    ----------
    last_visit
        Day of the last one that belongs to care, since whenever; None: there was none.
    """

    client: ClientId
    last_visit: date | None
    due: Due


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """A value of a whole recording at one site, by its latest analysis.

    Attributes
    ----------
    value, standard_uncertainty, ci95
        In the quantity's own unit; None where it could not be estimated.
    accepted
        Whether the recording kept to its protocol.
    """

    measurement: MeasurementId
    visit: VisitId
    block: Block
    measured_at: datetime
    value: float | None
    standard_uncertainty: float | None
    ci95: tuple[float, float] | None
    accepted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GradePoint:
    """What the hands found at one site in one visit, in grades; None where not examined."""

    entry: EntryId
    visit: VisitId
    block: Block
    day: date
    tenderness: int | None
    tone: int | None
