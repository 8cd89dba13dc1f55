"""In which block of a visit a measurement belongs, where nobody said so."""

from datetime import datetime

from tissuesense.core.recording import RecordingKind
from tissuesense.record.history import current
from tissuesense.record.visit import Block, VisitId
from tissuesense.store.opened import Store


def block_of(store: Store, visit: VisitId, kind: RecordingKind, *, at: datetime) -> Block:
    """Return treatment for a dose, after it for what follows one in the visit, else before it."""
    if kind is RecordingKind.DOSE:
        return Block.TREATMENT
    entries = store.ledger.of_visit(visit, "dose", "measurement")
    treated = [entry.recorded_at for entry in current(entries, "dose")]
    treated += [
        entry.statement.measured_at
        for entry in entries
        if entry.kind == "measurement" and entry.statement.kind is RecordingKind.DOSE
    ]
    return Block.POST if any(before < at for before in treated) else Block.PRE
