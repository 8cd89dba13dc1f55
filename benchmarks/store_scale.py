"""A practice of 10,000 clients and 200,000 trials: what each screen of the app asks the store.

Example: ``python -m benchmarks.store_scale`` prints every screen by itself, of an encrypted store
in a folder; ``python -m benchmarks.store_scale postgresql://USER@HOST/DATABASE?practice=NAME`` of a
new practice on a server. As part of ``python -m benchmarks`` it is the slowest of them.
"""

import gc
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

import numpy as np
from benchmarks.filled_practice import DAYS, FIRST_DAY, PRACTITIONERS, Practice, fill
from benchmarks.timing import Pair
from rich.console import Console
from rich.table import Table

from tissuesense.core.clock import SystemClock
from tissuesense.core.site import BodySite, Side
from tissuesense.record.client import ClientId
from tissuesense.record.schedule_words import when_due
from tissuesense.record.visit import VisitId
from tissuesense.services.agreement import practice_curve
from tissuesense.services.day import day_of, glance
from tissuesense.services.records import load_client_record, load_visit_record
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store

_CLIENTS = 10_000
_ROUNDS = 100
_GOAL_S = 0.05
_PAGE = 50
_QUANTITY = "ppt_kpa"
_SITE = BodySite("trapezius_upper", Side.LEFT)
_PASSPHRASE = "of a store that lives for a minute"  # noqa: S105 - it guards nobody
_BY_HAND = """
SELECT p.client_id, v.last, v.last + p.shortest_days AS due FROM plan p JOIN (
  SELECT client_id, max(day) AS last FROM visit WHERE intent = 'medical' GROUP BY client_id
) v ON v.client_id = p.client_id AND p.from_day <= v.last AND v.last < p.until_day
WHERE due <= ? ORDER BY due DESC LIMIT 50
"""

Question = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """How long a question takes: the middle, and what 95 of 100 stay below, in seconds."""

    name: str
    median_s: float
    p95_s: float
    screen: bool

    @property
    def missed(self) -> bool:
        """Whether a screen has to be waited for."""
        return self.screen and self.p95_s > _GOAL_S


def measure() -> Pair:
    """Time both."""
    with _filled() as (store, practice):
        timed = screens(store, practice)
        slowest = max((one for one in timed if one.screen), key=lambda one: one.p95_s)
        peer_s = _timed("by hand", lambda: _by_hand(store), screen=False).p95_s
    return Pair(
        work=f"slowest of {sum(one.screen for one in timed)} screens, {practice.trials:,} trials",
        ours_s=slowest.p95_s,
        peer="sqlite3: who is due, SQL by hand",
        peer_s=peer_s,
        remark=f"ours is '{slowest.name}'; 95th of 100 each, on the wall",
        goal_s=_GOAL_S,
    )


def screens(store: Store, practice: Practice) -> tuple[Timed, ...]:
    """Time every question; those of a screen, then those that one waits for."""
    gc.freeze()  # as the app does once it has started: what was imported is not looked at again
    rng = np.random.default_rng(2)

    def client() -> ClientId:
        return practice.clients[int(rng.integers(len(practice.clients)))]

    def long() -> ClientId:
        return practice.long[int(rng.integers(len(practice.long)))]

    def day() -> date:
        return (FIRST_DAY + timedelta(days=int(rng.integers(DAYS)))).date()

    asked: Mapping[str, Question] = {
        "a page of clients": lambda: store.clients.page(_PAGE, after=client()),
        "clients by prefix": lambda: store.clients.page(_PAGE, prefix=client()[:4]),
        "a day's visits": lambda: store.visits.on(day()),
        "who is due": lambda: store.visits.due(day(), limit=_PAGE),
        "a day: visits and who is due, in words": lambda: _in_words(store, day()),
        "a client at a glance": lambda: glance(store, client(), _QUANTITY, today=day()),
        "a course of 26 visits at a glance": lambda: _glance(store, long(), day()),
        "one site over all visits": lambda: _trend(store, client()),
        "a client's visits": lambda: store.visits.of_client(client()),
        "one visit": lambda: load_visit_record(store, _visit_of(store, client())),
        "hand and sensor at a muscle, everybody's": lambda: practice_curve(store, _SITE.name),
        "hand and sensor at a muscle, one therapist's": lambda: practice_curve(
            store, _SITE.name, practitioner=PRACTITIONERS[0]
        ),
    }
    waited: Mapping[str, Question] = {
        "a client's whole record": lambda: load_client_record(store, client()),
        "the whole record of a course of 26 visits": lambda: load_client_record(store, long()),
        "all clients, as the command line lists them": store.clients.summaries,
        "1,000 entries read and opened": lambda: _opened(store),
    }
    return (
        *(_timed(name, ask, screen=True) for name, ask in asked.items()),
        *(_timed(name, ask, screen=False) for name, ask in waited.items()),
    )


def _timed(name: str, ask: Question, *, screen: bool) -> Timed:
    took = []
    for _ in range(_ROUNDS if screen else _ROUNDS // 10):
        start_s = time.perf_counter()
        ask()
        took.append(time.perf_counter() - start_s)
    median_s, p95_s = np.quantile(took, [0.5, 0.95])
    return Timed(name=name, median_s=float(median_s), p95_s=float(p95_s), screen=screen)


def _trend(store: Store, client: ClientId) -> object:
    with store.reading():
        return store.trends.site(client, _SITE, _QUANTITY), store.trends.grades(client, _SITE)


def _glance(store: Store, client: ClientId, today: date) -> object:
    """Ask for a client and for the curves of the muscles beside the last values."""
    with store.reading():
        seen = glance(store, client, _QUANTITY, today=today)
        return seen, [store.trends.site(client, site, _QUANTITY) for site, _ in seen.values]


def _in_words(store: Store, day: date) -> object:
    page = day_of(store, day, limit=_PAGE)
    return [seen.told for seen in page.visits], [when_due(line.due, day) for line in page.due]


def _visit_of(store: Store, client: ClientId) -> VisitId:
    return store.visits.of_client(client)[0].id


def _opened(store: Store) -> object:
    return [store.ledger.opened(row) for row in islice(store.ledger.rows(), 1000)]


def _by_hand(store: Store) -> object:
    day = (FIRST_DAY + timedelta(days=DAYS // 2)).toordinal()
    with store.reading() as session:
        return session.connection().exec_driver_sql(_BY_HAND, (day,)).fetchall()


@contextmanager
def _filled(address: str | None = None) -> Iterator[tuple[Store, Practice]]:
    with tempfile.TemporaryDirectory() as folder:
        place = address or Path(folder) / "store"
        with open_store(place, clock=SystemClock(), create=True, passphrase=_PASSPHRASE) as store:
            yield store, fill(store, clients=_CLIENTS)


def main(address: str | None) -> None:
    """Print how long every question takes; leave with 1 where a screen has to be waited for."""
    start_s = time.perf_counter()
    with _filled(address) as (store, practice):
        filled_s = time.perf_counter() - start_s
        timed = screens(store, practice)
    table = Table("Question", "Median", "95th of 100", "Goal")
    table.title = f"{len(practice.clients):,} clients, {practice.visits:,} visits, "
    table.title += f"{practice.trials:,} trials; filled in {filled_s:.0f} s"
    for one in timed:
        goal = f"< {1e3 * _GOAL_S:.0f} ms" if one.screen else ""
        table.add_row(one.name, f"{1e3 * one.median_s:.1f} ms", f"{1e3 * one.p95_s:.1f} ms", goal)
    Console().print(table)
    sys.exit(any(one.missed for one in timed))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
