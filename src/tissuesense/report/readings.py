"""One visit as the sections look at it: by site and side, hand beside sensor."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tissuesense.core.recording import RecordingKind
from tissuesense.core.site import BodySite, Side
from tissuesense.record.client import Client
from tissuesense.record.document import canonical_json, sha256
from tissuesense.record.entry import Entry
from tissuesense.record.history import MeasurementRecord, VisitRecord
from tissuesense.record.intake import Complaint
from tissuesense.record.measurement import Measurement, StoredFinding
from tissuesense.record.notes import Signature
from tissuesense.record.schedule import Schedule
from tissuesense.record.statements import body_of, statement_json
from tissuesense.record.visit import Block, ManualFinding, Visit

_ITEM = {
    RecordingKind.PPT: "trial",
    RecordingKind.TOLERANCE: "trial",
    RecordingKind.INDENTATION: "press",
    RecordingKind.TAP: "tap",
    RecordingKind.STRETCH: "stretch",
    RecordingKind.ROM: "movement",
    RecordingKind.DOSE: "dose",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A signature, and whether what stands today is what it was given for.

    Attributes
    ----------
    later
        How many entries of the visit were written after it, which it does not speak for.
    intact
        Whether what it speaks for is still as it was.
    """

    signature: Signature
    later: int
    intact: bool


@dataclass(frozen=True, slots=True)
class Press:
    """One trial, press, tap or movement of a recording, with its numbers by name."""

    index: int
    accepted: bool
    flags: tuple[str, ...]
    findings: dict[str, StoredFinding]

    def value(self, quantity: str) -> float | None:
        """Return a number, or None where it is absent or could not be estimated."""
        finding = self.findings.get(quantity)
        return None if finding is None else finding.value

    def interval(self, quantity: str) -> tuple[float, float] | None:
        """Return the 95 % interval of a number that has one."""
        finding = self.findings.get(quantity)
        return None if finding is None else finding.ci95


@dataclass(frozen=True, slots=True)
class Reading:
    """One recording and its latest numbers."""

    record: MeasurementRecord

    @property
    def measurement(self) -> Measurement:
        """What was recorded."""
        return self.record.measurement

    def session(self, quantity: str) -> StoredFinding | None:
        """Return a number of the whole recording that could be estimated."""
        finding = self.record.finding(quantity, "session")
        return None if finding is None or finding.value is None else finding

    def presses(self) -> tuple[Press, ...]:
        """Return the trials, presses, taps or movements, in order."""
        return self.items(_ITEM.get(self.measurement.kind, ""))

    def items(self, item: str) -> tuple[Press, ...]:
        """Return what the recording has several of, by its name, in order."""
        grouped: dict[int, dict[str, StoredFinding]] = {}
        for finding in self.record.findings:
            if finding.index is not None and finding.item == item:
                grouped.setdefault(finding.index, {})[finding.quantity] = finding
        return tuple(
            Press(
                index,
                all(f.accepted for f in found.values()),
                tuple(dict.fromkeys(flag for f in found.values() for flag in f.flags)),
                found,
            )
            for index, found in sorted(grouped.items())
        )

    def accepted(self) -> tuple[Press, ...]:
        """Return the presses that count."""
        return tuple(press for press in self.presses() if press.accepted)

    def values(self, quantity: str) -> list[float]:
        """Return one number of every accepted press that has it."""
        found = (press.value(quantity) for press in self.accepted())
        return [value for value in found if value is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteView:
    """One site and side in one block of the visit; None: not felt, not measured."""

    site: BodySite
    hand: ManualFinding | None = None
    ppt: Reading | None = None
    indentation: Reading | None = None
    tap: Reading | None = None
    stretch: Reading | None = None
    movement: Reading | None = None

    def reading(self, kind: RecordingKind) -> Reading | None:
        """Return the recording of a kind that is to be shown."""
        return {
            RecordingKind.PPT: self.ppt,
            RecordingKind.INDENTATION: self.indentation,
            RecordingKind.TAP: self.tap,
            RecordingKind.STRETCH: self.stretch,
            RecordingKind.ROM: self.movement,
        }.get(kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePair:
    """A site with both its sides, or the midline alone."""

    name: str
    sides: tuple[SiteView, ...]

    @property
    def both(self) -> tuple[SiteView, SiteView] | None:
        """Left and right, where both were felt or measured."""
        return (self.sides[0], self.sides[1]) if len(self.sides) == len(("left", "right")) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitView:
    """What a section is given.

    Attributes
    ----------
    visits
        All of the client's, oldest first; only `record` has what was found in one.
    signed
        The signatures of the visit, in the order of signing.
    complaints
        As they were told on the day of the visit.
    standing
        How the plan stood at the end of that day; None where there was no plan.
    """

    client: Client
    visits: tuple[Visit, ...]
    record: VisitRecord
    signed: tuple[Signed, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    standing: Schedule | None = None

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks of the visit in which something was found, in their order."""
        used = {manual.block for manual in self.record.manual_findings}
        used |= {m.measurement.block for m in self.record.counting}
        return tuple(block for block in Block if block in used)

    def readings(self, kind: RecordingKind | None = None) -> tuple[Reading, ...]:
        """Return the recordings, of one kind or of all, in the order of the visit."""
        ordered = sorted(self.record.counting, key=lambda m: m.measurement.measured_at)
        wanted = (Reading(m) for m in ordered if kind in {None, m.measurement.kind})
        return tuple(wanted)

    def pairs(self, block: Block) -> tuple[SitePair, ...]:
        """Return every site of a block, left before right, sites in the order of the visit."""
        views = {view.site: view for view in self._views(block)}
        names = dict.fromkeys(site.name for site in self.record.sites if site in views)
        return tuple(
            SitePair(
                name=name,
                sides=tuple(views[s] for side in Side if (s := BodySite(name, side)) in views),
            )
            for name in names
        )

    def before_and_after(self) -> Iterator[tuple[SiteView, SiteView]]:
        """Yield each site that was examined both before and after treatment."""
        later = {view.site: view for view in self._views(Block.POST)}
        for view in self._views(Block.PRE):
            if view.site in later:
                yield view, later[view.site]

    def _views(self, block: Block) -> Iterator[SiteView]:
        hands = {m.site: m for m in self.record.manual_findings if m.block is block}
        here = [r for r in self.readings() if r.measurement.block is block]
        felt_or_measured = (*hands, *(reading.measurement.site for reading in here))
        for site in dict.fromkeys(felt_or_measured):
            there = [reading for reading in here if reading.measurement.site == site]
            yield SiteView(
                site=site,
                hand=hands.get(site),
                ppt=_last(there, RecordingKind.PPT, "ppt_kpa"),
                indentation=_last(there, RecordingKind.INDENTATION, "secant_stiffness_n_mm"),
                tap=_last(there, RecordingKind.TAP, "frequency_hz"),
                stretch=_last(there, RecordingKind.STRETCH, "stiffness_n_m_rad"),
                movement=_last(there, RecordingKind.ROM, "range_deg"),
            )

    def amended(self) -> tuple[tuple[Entry[Any], Entry[Any]], ...]:
        """Return every pair of what was written and what took its place for a stated reason."""
        return amended(self.record.entries)

    @property
    def fingerprint(self) -> str:
        """Hash over all that stands behind the report: every statement, trace and number."""
        found = {
            "stated": [[e.id, e.kind, body_of(e.kind, e.statement)] for e in self.record.entries],
            "told": [statement_json("complaint", complaint) for complaint in self.complaints],
            "measured": [
                {
                    "trace": taken.measurement.trace_sha256,
                    "numbers": [finding.numbers() for finding in taken.findings],
                }
                for taken in self.record.measurements
            ],
        }
        return sha256(canonical_json(found).encode())


def amended(entries: Sequence[Entry[Any]]) -> tuple[tuple[Entry[Any], Entry[Any]], ...]:
    """Return each entry that was amended, beside the one that took its place for a reason."""
    by_id = {entry.id: entry for entry in entries}
    return tuple(
        (by_id[entry.supersedes], entry)
        for entry in entries
        if entry.supersedes is not None and entry.reason and entry.supersedes in by_id
    )


def _last(readings: list[Reading], kind: RecordingKind, quantity: str) -> Reading | None:
    """Return the last recording that gave its number; without any, the last."""
    of_kind = [reading for reading in readings if reading.measurement.kind is kind]
    answered = [reading for reading in of_kind if reading.session(quantity) is not None]
    return next(reversed(answered or of_kind), None)
