"""A copy of the sample practice is built once, and what is done to a copy touches no other."""

import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from tissuesense.core.clock import ManualClock
from tissuesense.services import sample_copy
from tissuesense.services.records import add_client
from tissuesense.services.sample_copy import copy_sample
from tissuesense.services.sample_practice import story
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store

CLOCK = ManualClock()


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[date]:
    """Put one client in the place of minutes of measuring; return when that was done."""
    built: list[date] = []

    def one_client(store: Store, *, rng: np.random.Generator, today: date, **_: object) -> None:
        built.append(today)
        add_client(store, clock=CLOCK, rng=rng)

    monkeypatch.setattr(sample_copy, "build_sample_practice", one_client)
    return built


def test_second_copy_is_quick_and_the_first_ones_changes_are_not_in_it(
    tmp_path: Path, built: list[date]
) -> None:
    for name in ("one", "two"):
        copy_sample(tmp_path / name, cache=tmp_path / "cache", clock=CLOCK)
        with open_store(tmp_path / name, clock=CLOCK) as store:
            assert len(store.clients.all()) == 1
            add_client(store, clock=CLOCK, rng=np.random.default_rng(5))
    assert len(built) == 1


@pytest.mark.parametrize("changed", ["stories/runner.toml", "build.py"])
def test_other_stories_and_another_way_of_telling_them_are_built_anew(
    tmp_path: Path, built: list[date], monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    package, cache = tmp_path / "package", tmp_path / "cache"
    shutil.copytree(Path(story.__file__).parent, package)
    monkeypatch.setattr(story, "files", lambda _name: package)
    copy_sample(tmp_path / "before", cache=cache, clock=CLOCK)
    with (package / changed).open("a", encoding="utf-8") as file:
        file.write("# another word\n")
    copy_sample(tmp_path / "after", cache=cache, clock=CLOCK)
    assert len(built) == 2
    assert len(list(cache.iterdir())) == 1
