"""A throw-away copy of the sample practice: built once, copied for each who asks."""

import shutil
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np

from tissuesense.core.clock import Clock
from tissuesense.core.version import __version__
from tissuesense.files.replace import make_folder
from tissuesense.services.sample_practice.build import build_sample_practice
from tissuesense.services.sample_practice.story import stories_sha256
from tissuesense.store.opening import open_store

_SEED = 7
_DIGITS = 12


def copy_sample(
    folder: Path,
    *,
    cache: Path,
    clock: Clock,
    progress: Callable[[str, int, int], None] = lambda _what, _done, _all: None,
) -> None:
    """Put a sample practice into `folder`, which must not exist yet.

    Parameters
    ----------
    cache
        Where the one to copy from is kept; it is built where there is none of this version, week
        and stories, and older ones are removed.
    progress
        Called while it is built, with what is done, how far, and of how much.

    Raises
    ------
    FileWriteError
        When a folder cannot be written to.
    """
    today = clock.local_now().date()
    kept = cache / _name(today)
    if not (kept / "store.json").exists():
        _build(kept, today, clock, progress)
    shutil.copytree(kept, folder)


def _build(
    kept: Path, today: date, clock: Clock, progress: Callable[[str, int, int], None]
) -> None:
    make_folder(kept.parent)
    for older in kept.parent.glob("sample-*"):
        shutil.rmtree(older, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=".sample-", dir=kept.parent) as part:
        unfinished = Path(part) / kept.name
        with open_store(unfinished, clock=clock, create=True, plain=True) as store:
            build_sample_practice(
                store, rng=np.random.default_rng(_SEED), today=today, progress=progress
            )
        try:
            unfinished.rename(kept)
        except OSError:
            if not (kept / "store.json").exists():  # else another program was there first
                raise


def _name(today: date) -> str:
    year, week, _ = today.isocalendar()
    return f"sample-{__version__}-{year}-{week:02d}-{stories_sha256()[:_DIGITS]}"
