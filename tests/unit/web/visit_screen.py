"""A therapist's screen over the real app and a real store: pages got and forms sent, one by one."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode

import httpx
import numpy as np
from tests.unit.services.captured import captured_session
from tests.unit.web.browsing import Browser, browsing

from tissuesense.core.clock import ManualClock
from tissuesense.record.client import ClientId
from tissuesense.record.history import VisitRecord
from tissuesense.record.measurement import MeasurementId
from tissuesense.record.visit import Block, VisitId
from tissuesense.services.care import enter
from tissuesense.services.records import (
    Acquisition,
    add_client,
    load_visit_record,
    open_visit,
    save_measurement,
)
from tissuesense.simulation.spec import SessionSpec
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store
from tissuesense.web.desk import Desk
from tissuesense.web.house import House
from tissuesense.web.sessions import SessionBook

_T = TypeVar("_T")
SITES = [{"name": "trapezius_upper", "side": side} for side in ("left", "right")]
PLACE = {"site": "trapezius_upper", "side": "left", "block": "pre"}


@dataclass(slots=True)
class Screen:
    """A therapist's browser on the page of a visit, and the clock of the practice."""

    client: ClientId
    visit: VisitId
    clock: ManualClock
    browser: Browser

    @property
    def base(self) -> str:
        return f"/visits/{self.visit}"

    @property
    def house(self) -> House:
        return self.browser.house

    def get(self, path: str, *, params: Mapping[str, str] | None = None) -> httpx.Response:
        return self.browser.get(f"{path}?{urlencode(params)}" if params else path)

    def post(self, path: str, fields: Mapping[str, str], *, json: bool = False) -> httpx.Response:
        return self.browser.script(path, fields) if json else self.browser.form(path, fields)

    def at(self, work: Callable[[Store], _T]) -> _T:
        return self.browser.at(work)

    def record(self) -> VisitRecord:
        return self.at(lambda store: load_visit_record(store, self.visit))

    def measure(
        self, block: Block = Block.PRE, *, seed: int = 0, presses: int = 3
    ) -> MeasurementId:
        """Keep a simulated measurement of the left upper trapezius."""
        spec = SessionSpec(seed=seed)
        analysed, taken = captured_session(spec, presses)
        acquisition = Acquisition(
            device_model=taken.device_model,
            measured_at=self.clock.now(),
            capture=taken.capture,
            block=block,
        )
        rng = self.house.desk.rng

        def keep(store: Store) -> MeasurementId:
            kept = save_measurement(
                store, self.visit, analysed, acquisition, clock=self.clock, rng=rng
            )
            return kept.measurement.id

        return self.at(keep)


def text_of(answer: httpx.Response) -> str:
    """Return what a page says, on one line."""
    body = answer.text.partition("<main")[2]
    plain = unescape(
        re.sub(r"<[^>]+>", " ", re.sub(r"<(script|svg).*?</\1>", "", body, flags=re.DOTALL))
    )
    return " ".join(plain.split())


@contextmanager
def screen_over(folder: Path, *, passphrase: str = "", sites: bool = True) -> Iterator[Screen]:
    """Give a screen over a new store with one client and an open visit."""
    clock, rng = ManualClock(), np.random.default_rng(11)
    with open_store(
        folder, clock=clock, create=True, plain=not passphrase, passphrase=passphrase or None
    ) as store:
        client = add_client(store, clock=clock, rng=rng)
        visit = open_visit(store, client.id, clock=clock, rng=rng)
        if sites:
            enter(store, "site_list", {"sites": SITES}, clock=clock, rng=rng, visit=visit.id)
    house = House(desk=Desk(folder, clock=clock, rng=rng), sessions=SessionBook(clock))
    with browsing(house) as browser:
        if passphrase:
            browser.run(house.desk.unlock(passphrase))
        yield Screen(client.id, visit.id, clock, browser)
