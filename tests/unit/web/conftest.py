"""A house over a real store, and browsers in it."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from tests.unit.web.browsing import Browser, browsing

from tissuesense.core.clock import ManualClock
from tissuesense.services.sample_copy import copy_sample
from tissuesense.store.opening import open_store
from tissuesense.web.desk import Desk
from tissuesense.web.house import House
from tissuesense.web.sessions import ScreenRole, SessionBook


def house_over(store: Path, clock: ManualClock, rng: np.random.Generator) -> House:
    return House(desk=Desk(store, clock=clock, rng=rng), sessions=SessionBook(clock))


@pytest.fixture
def house(tmp_path: Path, clock: ManualClock, rng: np.random.Generator) -> House:
    """Give a house over an empty plain record; it opens with its first browser."""
    open_store(tmp_path / "store", clock=clock, create=True, plain=True).close()
    return house_over(tmp_path / "store", clock, rng)


@pytest.fixture
def browser(house: House) -> Iterator[Browser]:
    """Give a therapist's browser over an empty record."""
    with browsing(house) as opened:
        yield opened


@pytest.fixture
def browser_of(browser: Browser) -> Callable[[ScreenRole | None], Browser]:
    """Give what makes a browser of another role at the same app; None: one that nobody let in."""
    return browser.beside


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the sample practice of 5 January 2026, built once, to be copied and never opened."""
    here = tmp_path_factory.getbasetemp()
    shared = here.parent if "PYTEST_XDIST_WORKER" in os.environ else here
    built = shared / "web-sample"
    with (shared / "web-sample.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # whichever worker comes first builds it
        if not built.exists():
            copy_sample(built, cache=shared / "web-sample-cache", clock=sample_clock())
    return built


def sample_clock() -> ManualClock:
    return ManualClock(start=datetime(2026, 1, 5, 9, 0, tzinfo=UTC))


@pytest.fixture
def sample_house(sample: Path, tmp_path: Path, rng: np.random.Generator) -> House:
    """Give a house over a copy of the sample practice, on its last day."""
    shutil.copytree(sample, tmp_path / "sample")
    return house_over(tmp_path / "sample", sample_clock(), rng)


@pytest.fixture
def sample_browser(sample_house: House) -> Iterator[Browser]:
    """Give a therapist's browser over the sample practice."""
    with browsing(sample_house) as opened:
        yield opened
