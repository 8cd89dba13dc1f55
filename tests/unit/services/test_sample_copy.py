"""A copy of the sample practice is built once, and what is done to a copy touches no other."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from tissuesense.core.clock import ManualClock
from tissuesense.services import sample_copy
from tissuesense.services.records import add_client
from tissuesense.services.sample_copy import copy_sample
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store


def test_second_copy_is_quick_and_the_first_ones_changes_are_not_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, built = ManualClock(), list[date]()

    def one_client(store: Store, *, rng: np.random.Generator, today: date, **_: object) -> None:
        built.append(today)  # in the place of minutes of measuring
        add_client(store, clock=clock, rng=rng)

    monkeypatch.setattr(sample_copy, "build_sample_practice", one_client)
    for name in ("one", "two"):
        copy_sample(tmp_path / name, cache=tmp_path / "cache", clock=clock)
        with open_store(tmp_path / name, clock=clock) as store:
            assert len(store.clients.all()) == 1
            add_client(store, clock=clock, rng=np.random.default_rng(5))
    assert len(built) == 1
