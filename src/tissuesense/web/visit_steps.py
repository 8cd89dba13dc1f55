"""The steps of a visit, in their order; any may be skipped, and each says whether it was done."""

from dataclasses import dataclass

from tissuesense.record.history import VisitRecord
from tissuesense.record.visit import Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a visit.

    Attributes
    ----------
    word
        What it is called, in English; a page translates it.
    """

    key: str
    word: str
    url: str
    done: bool


def steps_of(record: VisitRecord, *, intake_done: bool) -> tuple[Step, ...]:
    """Return the steps of a visit with what was done of each."""
    visit, client = f"/visits/{record.visit.id}", f"/clients/{record.visit.client}"
    blocks = {measured.measurement.block for measured in record.counting}
    kinds = {entry.kind for entry in record.entries}
    return tuple(
        Step(key=key, word=word, url=url, done=done)
        for key, word, url, done in (
            ("intake", "Intake", f"{client}/intake?visit={record.visit.id}", intake_done),
            ("begin", "Where to begin", f"{visit}/begin", "site_list" in kinds),
            ("feel", "Feel", f"{visit}/feel", "palpation" in kinds),
            ("measure", "Measure", f"{visit}/measure", Block.PRE in blocks),
            ("treat", "Treat", f"{visit}/treat", "dose" in kinds),
            ("again", "Measure again", f"{visit}/measure?block=post", Block.POST in blocks),
            ("summary", "Summary and sign", f"{visit}/summary", "signature" in kinds),
        )
    )


def next_step(steps: tuple[Step, ...]) -> Step:
    """Return the first step after the last one done; the last one where all are."""
    last = max((i for i, step in enumerate(steps) if step.done), default=-1)
    return steps[min(last + 1, len(steps) - 1)]
