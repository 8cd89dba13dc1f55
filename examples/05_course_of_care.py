"""Write down a course of care, amend it, and ask what is due.

Prints::

    2 to 3 visits a week, week 1 of 3; due Wednesday 7 to Friday 9 January
    Tenderness 2.
    Tenderness 1. Amended: graded too high.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tissuesense.core.clock import ManualClock
from tissuesense.record.schedule_words import due_words, phase_words
from tissuesense.services.care import amend, enter
from tissuesense.services.planning import keep_plan
from tissuesense.services.records import add_client, load_client_record, open_visit
from tissuesense.services.standing import standing
from tissuesense.store.opening import open_store

clock, rng, kept = ManualClock(), np.random.default_rng(1), TemporaryDirectory()
with kept as folder, open_store(Path(folder), clock=clock, create=True, plain=True) as store:
    client = add_client(store, clock=clock, rng=rng).id
    plan = {"phases": [{"per_week": 2, "per_week_to": 3, "weeks": 3}, {"every_weeks": 5}]}
    keep_plan(store, client, plan, clock=clock, rng=rng)
    visit = open_visit(store, client, clock=clock, rng=rng).id
    felt = {"site": "suboccipitals", "side": "left", "tenderness": 2}
    first = enter(store, "palpation", felt, visit=visit, clock=clock, rng=rng)
    amend(store, first.id, {"tenderness": 1}, reason="graded too high", clock=clock, rng=rng)
    record = load_client_record(store, client)

held = standing(record, today=clock.now().date())
if held:
    print(f"{phase_words(held)}; {due_words(held)}")
for entry in (e for e in record.visits[0].entries if e.kind == "palpation"):
    amended = f" Amended: {entry.reason}." if entry.reason else ""
    print(f"Tenderness {entry.statement.tenderness}.{amended}")
