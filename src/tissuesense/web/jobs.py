"""What takes longer than a page waits: it goes on behind the pages, which ask how far it is."""

import asyncio
import enum
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tissuesense.core.errors import RecordConflict, TissueSenseError

logger = logging.getLogger(__name__)


class JobState(enum.StrEnum):
    """Where a job stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    ENDED = "ended"


@dataclass(slots=True, kw_only=True, eq=False)
class Job:
    """One of them.

    Attributes
    ----------
    words
        What it is doing, in words.
    done, total
        How far it is; total 0 where that is not known.
    result
        What came of it, once it is done.
    error
        Why it failed.
    """

    name: str
    words: str = ""
    done: float = 0.0
    total: float = 0.0
    state: JobState = JobState.RUNNING
    result: Any = None
    error: TissueSenseError | None = None
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return self.state is JobState.RUNNING

    def tell(self, words: str, done: float = 0.0, total: float = 0.0) -> None:
        """Say how far it is; harmless from another thread."""
        self.words, self.done, self.total = words, done, total


class Jobs:
    """The jobs of one house, the last of each name."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}

    def find(self, name: str) -> Job | None:
        """Return the last job of this name."""
        return self._jobs.get(name)

    def start(self, name: str, work: Callable[[Job], Awaitable[Any]], *, words: str = "") -> Job:
        """Begin a job.

        Raises
        ------
        RecordConflict
            When one of this name is going on.
        """
        before = self.find(name)
        if before is not None and before.running:
            raise RecordConflict("This is going on already.", hint="Wait for its end, or end it.")
        job = Job(name=name, words=words)
        self._jobs[name] = job
        job.task = asyncio.create_task(_run(job, work))
        return job

    def end(self, name: str) -> None:
        """End a job before its time; harmless when there is none."""
        job = self.find(name)
        if job is not None and job.task is not None:
            job.task.cancel()

    def forget(self, name: str) -> None:
        """Show its result no more."""
        job = self.find(name)
        if job is not None and not job.running:
            del self._jobs[name]

    async def close(self) -> None:
        """End all of them."""
        tasks = [job.task for job in self._jobs.values() if job.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _run(job: Job, work: Callable[[Job], Awaitable[Any]]) -> None:
    try:
        job.result = await work(job)
        job.state = JobState.DONE
    except asyncio.CancelledError:
        job.state = JobState.ENDED
        raise
    except TissueSenseError as error:
        job.error, job.state = error, JobState.FAILED
    finally:
        if job.running:
            job.state = JobState.FAILED
            logger.error("A job broke off: %s.", job.name)
