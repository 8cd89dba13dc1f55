"""Tables of numbers: what each trial and each recording gave, and every number ever computed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from tissuesense.export.tables.column import (
    Column,
    Table,
    client_column,
    measurement_column,
    number,
    text,
    time,
    visit_column,
    whole,
    within,
    yes_no,
)
from tissuesense.export.tables.measured import Measured, measured_of
from tissuesense.export.tables.quantities import (
    OF_A_SESSION,
    OF_A_TRIAL,
    QUANTITIES,
    unit_of,
)
from tissuesense.record.history import ClientRecord
from tissuesense.record.measurement import StoredFinding


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The numbers of one trial, press or tap, or of the whole recording, by their names."""

    measured: Measured
    item: str
    index: int | None
    findings: dict[str, StoredFinding]

    @property
    def accepted(self) -> bool:
        """Whether every number of it was."""
        return all(finding.accepted for finding in self.findings.values())

    @property
    def flags(self) -> tuple[str, ...]:
        """What must be known of any number of it."""
        return tuple(dict.fromkeys(flag for f in self.findings.values() for flag in f.flags))


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One number of one analysis."""

    measured: Measured
    finding: StoredFinding
    latest: bool


def _groups(record: ClientRecord) -> Iterator[Group]:
    for measured in measured_of(record):
        found = sorted(measured.record.findings, key=_place)
        for (item, index), findings in groupby(found, key=lambda f: (f.item, f.index)):
            named = {finding.quantity: finding for finding in findings}
            yield Group(measured=measured, item=item, index=index, findings=named)


def _place(finding: StoredFinding) -> tuple[str, int]:
    return finding.item, finding.index or 0


def _trials(record: ClientRecord) -> Iterator[Group]:
    return (group for group in _groups(record) if group.index is not None)


def _results(record: ClientRecord) -> Iterator[Group]:
    return (group for group in _groups(record) if group.index is None)


def _numbers(record: ClientRecord) -> Iterator[Number]:
    for measured in measured_of(record):
        latest = {finding.id for finding in measured.record.findings}
        for finding in measured.record.computed:
            yield Number(measured=measured, finding=finding, latest=finding.id in latest)


def _quantity(name: str) -> Column:
    known = QUANTITIES[name]
    return number(name, known.unit, known.description, at=_value_of(name), short=known.short)


def _value_of(name: str) -> Callable[[Group], float | None]:
    def value(group: Group) -> float | None:
        finding = group.findings.get(name)
        return None if finding is None else finding.value

    return value


def _bound(end: int) -> Callable[[Number], float | None]:
    return lambda number: number.finding.ci95 and number.finding.ci95[end]


def _group_columns(quantities: tuple[str, ...]) -> tuple[Column, ...]:
    return (
        yes_no("accepted", "It counts for the result.", required=True),
        text("flags", "What must be known of it, joined by semicolons."),
        *(_quantity(name) for name in quantities),
    )


_OF_MEASURED = (
    measurement_column("measured.record.measurement.id"),
    client_column("measured.client"),
    visit_column("measured.record.measurement.visit"),
    yes_no(
        "void",
        "Its measurement was struck out and does not count.",
        at="measured.void",
        required=True,
    ),
)
RESULTS = Table(
    name="results",
    short="res",
    title="What each recording gave as a whole, by its latest analysis",
    rows=_results,
    key="",
    columns=(
        *_OF_MEASURED,
        text("item", "Of what: session."),
        *_group_columns(OF_A_SESSION),
    ),
)
TRIALS = Table(
    name="trials",
    short="tri",
    title="What each trial, press or tap gave, by the latest analysis",
    rows=_trials,
    key="trial",
    columns=(
        text(
            "trial",
            "Its measurement, what it is, and its number.",
            at=lambda g: f"{g.measured.record.measurement.id}/{g.item}/{g.index}",
            required=True,
        ),
        *_OF_MEASURED,
        text("item", "What it is: trial, press, tap, stretch, movement, dose or hold."),
        whole("index", "Its number, from 1.", required=True),
        *_group_columns(OF_A_TRIAL),
    ),
)
VALUES = Table(
    name="values",
    short="val",
    title="Every number that was ever computed, one row each",
    rows=_numbers,
    key="finding",
    columns=(
        text("finding", "Its id.", at="finding.id", required=True),
        *_OF_MEASURED,
        *within(
            (
                text("item", "Of what: trial, press, tap ... or session."),
                whole("index", "Which one, from 1; empty: the whole recording."),
                text("quantity", "What it is."),
            ),
            "finding",
        ),
        text("unit", "Its unit.", at=lambda n: unit_of(n.finding.quantity), required=True),
        *within(
            (
                number("value", "", "The number, in `unit`; empty: `flags` say why."),
                number("u", "", "Its standard uncertainty.", at="standard_uncertainty"),
                number("ci95_low", "", "Lower end of its 95 % interval.", at=_bound(0)),
                number("ci95_high", "", "Upper end of its 95 % interval.", at=_bound(1)),
                yes_no("accepted", "It counts.", required=True),
                text("flags", "What must be known of it, joined by semicolons."),
                text("estimator", "Which estimator.", at="method.estimator"),
                text("estimator_version", "Its version.", at="method.estimator_version"),
                text("software_version", "Of this program.", at="method.software_version"),
                time("computed_at", "When.", required=True),
            ),
            "finding",
        ),
        yes_no("latest", "It is of the latest analysis.", required=True),
    ),
)
