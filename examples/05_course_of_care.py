"""Write down a course of care, amend it, and ask what is due and where to look.

Prints::

    2 to 3 visits a week, week 1 of 3; due Wednesday 7 to Friday 9 January
    Suboccipital muscles: Commonly checked for headache at the back of the head: they lie there.
    Now: tenderness 1. Before: tenderness 2, amended because of the other side.
    All is as written: True
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tissuesense.core.clock import ManualClock
from tissuesense.services.care import amend, enter
from tissuesense.services.planning import keep_plan
from tissuesense.services.records import add_client, open_visit
from tissuesense.store.opening import open_store

by = {"clock": ManualClock(), "rng": np.random.default_rng(1)}
with (
    TemporaryDirectory() as folder,
    open_store(Path(folder), clock=by["clock"], create=True, plain=True) as store,
):
    client = add_client(store, **by).id
    told = {"kind": "headache", "region": "back of the head", "nrs_now": 6}
    enter(store, "complaint", told, client=client, **by)
    phases = [
        {"per_week": 2, "per_week_to": 3, "weeks": 3},
        {"every_weeks": 5, "every_weeks_to": 6},
    ]
    keep_plan(store, client, {"phases": phases}, **by)
    visit = open_visit(store, client, **by).id
    felt = {"site": "suboccipitals", "side": "left", "tenderness": 2}
    entry = enter(store, "palpation", felt, visit=visit, **by)
    amend(store, entry.id, {"tenderness": 1}, reason="the other side", **by)
