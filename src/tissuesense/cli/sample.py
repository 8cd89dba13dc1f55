"""`--demo`: for as long as one command runs, the store is a throw-away copy of invented clients."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def sample_practice() -> Iterator[None]:
    """Let the command find a copy of the sample practice where it looks for the store."""
    from platformdirs import user_cache_path
    from rich.progress import Progress

    from tissuesense.cli.output import diagnostics
    from tissuesense.cli.store_option import DEMO_VARIABLE
    from tissuesense.core.clock import SystemClock
    from tissuesense.services.sample_copy import copy_sample
    from tissuesense.store.place import DATA_VARIABLE

    before = os.environ.get(DATA_VARIABLE)
    with tempfile.TemporaryDirectory(prefix="tissuesense-demo-") as folder:
        store = Path(folder) / "store"
        with Progress(console=diagnostics(), transient=True) as bar:
            task = bar.add_task("The sample practice")

            def progress(what: str, done: int, of: int) -> None:
                bar.update(task, description=what, completed=done, total=of)

            cache = user_cache_path("tissuesense", appauthor=False)
            copy_sample(store, cache=cache, clock=SystemClock(), progress=progress)
        os.environ |= {DATA_VARIABLE: str(store), DEMO_VARIABLE: "1"}
        try:
            yield
        finally:
            del os.environ[DATA_VARIABLE], os.environ[DEMO_VARIABLE]
            if before is not None:
                os.environ[DATA_VARIABLE] = before
