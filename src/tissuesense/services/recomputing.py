"""Numbers computed again from the same raw data, beside those of before: which moved."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from tissuesense.core.clock import Clock
from tissuesense.record.history import MeasurementRecord
from tissuesense.record.measurement import MeasurementId, MethodVersion, StoredFinding
from tissuesense.record.visit import VisitId
from tissuesense.services.records import analyse_again
from tissuesense.store.opened import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """One analysis of a measurement."""

    method: MethodVersion
    at: datetime
    findings: tuple[StoredFinding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One number in every analysis, oldest first; None where an analysis has none."""

    item: str
    index: int | None
    quantity: str
    values: tuple[float | None, ...]

    @property
    def moved(self) -> bool:
        """Whether the latest analysis gives another number than the one before."""
        return len(self.values) > 1 and self.values[-1] != self.values[-2]


def analyses(record: MeasurementRecord) -> tuple[Computed, ...]:
    """Return every analysis of a measurement, oldest first."""
    grouped: dict[tuple[MethodVersion, datetime], list[StoredFinding]] = {}
    for finding in record.computed:
        grouped.setdefault((finding.method, finding.computed_at), []).append(finding)
    return tuple(
        Computed(method=method, at=at, findings=tuple(found))
        for (method, at), found in grouped.items()
    )


def compared(record: MeasurementRecord) -> tuple[Compared, ...]:
    """Return every number beside what each analysis gave for it."""
    every = analyses(record)
    values = [{_place(f): f.value for f in one.findings} for one in every]
    return tuple(
        Compared(
            item=item,
            index=index,
            quantity=quantity,
            values=tuple(one.get((item, index, quantity)) for one in values),
        )
        for item, index, quantity in dict.fromkeys(_places(every))
    )


def recompute_visit(store: Store, visit: VisitId, *, clock: Clock, rng: np.random.Generator) -> int:
    """Analyse every measurement of a visit again; return how many there are.

    Raises
    ------
    RecordNotFound
        When there is no such visit.
    """
    with store.transaction():
        store.visits.get(visit)
        taken = store.ledger.of_visit(visit, "measurement")
        for entry in taken:
            analyse_again(store, MeasurementId(entry.statement.id), clock=clock, rng=rng)
    return len(taken)


def _places(every: tuple[Computed, ...]) -> Iterator[tuple[str, int | None, str]]:
    for one in every:
        yield from map(_place, one.findings)


def _place(finding: StoredFinding) -> tuple[str, int | None, str]:
    return finding.item, finding.index, finding.quantity
