"""A client's chart while it is written: what every resource of a client or a visit refers to."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from tissuesense.export.fhir.elements import Json, identifier, instant, reference
from tissuesense.export.fhir.shared import Mention, Once, Shared
from tissuesense.record.entry import Entry
from tissuesense.record.history import ClientRecord, VisitRecord
from tissuesense.record.people import Identity
from tissuesense.record.visit import Intent


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A statement as it stands now.

    Attributes
    ----------
    chain
        The ids of this entry and of those that it took the place of, the first one last.
    """

    entry: Entry[Any]
    chain: tuple[str, ...]

    @property
    def root(self) -> str:
        """The first entry's id.

        The resource is known by it, so that an amended one takes the place of the one before at
        whoever receives it.
        """
        return self.chain[-1]

    @property
    def statement(self) -> Any:  # noqa: ANN401 - one type for each kind
        """What is stated."""
        return self.entry.statement

    @property
    def amended(self) -> bool:
        """Whether it took the place of another."""
        return len(self.chain) > 1

    @property
    def status(self) -> str:
        """The status of its observations."""
        return "amended" if self.amended else "final"

    @property
    def envelope(self) -> Json:
        """The elements that say which entry this is, and when it was written down."""
        return {"meta": self.meta, "identifier": [self.identifier]}

    @property
    def meta(self) -> Json:
        """Version and time of writing."""
        return {"versionId": str(len(self.chain)), "lastUpdated": instant(self.entry.recorded_at)}

    @property
    def identifier(self) -> Json:
        """The id of the first entry, which an amendment does not change."""
        return identifier("entry", self.root)


def as_it_stands(entries: Iterable[Entry[Any]], *kinds: str) -> Iterator[Stated]:
    """Yield the entries that none has replaced, oldest first; of the kinds named, if any are."""
    by_id = {entry.id: entry for entry in entries}
    replaced = {entry.supersedes for entry in by_id.values()}
    for entry in by_id.values():
        if entry.id not in replaced and (not kinds or entry.kind in kinds):
            yield Stated(entry=entry, chain=tuple(_chain(entry, by_id)))


def _chain(entry: Entry[Any], by_id: Mapping[Any, Entry[Any]]) -> Iterator[str]:
    yield entry.id
    while entry.supersedes in by_id:
        entry = by_id[entry.supersedes]
        yield entry.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One client.

    Attributes
    ----------
    identity
        Who it is; None in a de-identified export.
    shared
        What clients have in common: people, gauges, codes.
    own
        What this client's resources have in common: places on the body.
    """

    record: ClientRecord
    identity: Identity | None
    shared: Shared
    own: Once = field(default_factory=Once)

    @property
    def key(self) -> str:
        """What no other client has, of this practice or another."""
        client = self.record.client
        return f"{client.id} {instant(client.created_at)}"

    @property
    def patient(self) -> Json:
        """Reference to the client."""
        return reference("Patient", self.key)

    def person(self, name: str, stated: Stated, role: str) -> Json:
        """Return a reference to somebody who writes or refers; without a name, the practice.

        Parameters
        ----------
        role
            As what this person stands in the entry.
        """
        mention = Mention(where=f"{stated.root} {role}", named=self.identity is not None)
        return self.shared.person(name, mention)

    def actor(self, stated: Stated) -> Json:
        """Return a reference to whoever wrote an entry down."""
        return self.person(stated.entry.actor, stated, "actor")

    def practice(self) -> Json:
        """Return a reference to the practice."""
        return self.shared.practice(Mention(where=self.key, named=self.identity is not None))

    def stated(self, *kinds: str) -> Iterator[Stated]:
        """Yield what is stated about the client and belongs to no one visit."""
        return as_it_stands(self.record.entries, *kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitChart:
    """One visit of a client."""

    chart: Chart
    record: VisitRecord

    @property
    def patient(self) -> Json:
        """Reference to the client."""
        return self.chart.patient

    @property
    def encounter(self) -> Json:
        """Reference to the visit."""
        return reference("Encounter", self.record.visit.id)

    @property
    def zone(self) -> tzinfo | None:
        """What the practice's clock showed on the day."""
        return self.record.visit.opened_at.tzinfo

    @property
    def clinical(self) -> bool:
        """Whether anything clinical is said of the visit: of one for relaxation, nothing is."""
        return self.record.visit.intent is Intent.MEDICAL

    def stated(self, *kinds: str) -> Iterator[Stated]:
        """Yield what is stated in the visit."""
        return as_it_stands(self.record.entries, *kinds)

    def therapist(self) -> Json:
        """Return a reference to whoever led the visit; without a name, the practice."""
        visit = self.record.visit
        mention = Mention(where=visit.id, named=self.chart.identity is not None)
        return self.chart.shared.person(visit.practitioner, mention)
