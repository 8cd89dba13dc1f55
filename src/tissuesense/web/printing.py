"""Documents and pictures, made in a process of their own: the gauge is read meanwhile."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

from tissuesense.core.errors import TissueSenseError

_P = ParamSpec("_P")
_Made = TypeVar("_Made")
_POLITE = 10  # of niceness: whoever reads the gauge comes first


async def printed(make: Callable[_P, _Made], *args: _P.args, **kwargs: _P.kwargs) -> _Made:
    """Return what `make` makes of what was loaded before.

    Parameters
    ----------
    make
        A function of a module, such as those of `tissuesense.services.printing`; it and its
        arguments go to the other process by pickle.

    Raises
    ------
    TissueSenseError
        Whatever `make` raises.
    """
    try:
        return await _made(make, *args, **kwargs)
    except BrokenProcessPool:
        # It was killed from outside, such as for want of memory: once more, in a new one.
        _worker.cache_clear()
        return await _made(make, *args, **kwargs)


async def _made(make: Callable[_P, _Made], *args: _P.args, **kwargs: _P.kwargs) -> _Made:
    made = await asyncio.wrap_future(_worker().submit(_answer, partial(make, *args, **kwargs)))
    if isinstance(made, _Refusal):
        raise made.error()
    return made


@dataclass(frozen=True, slots=True)
class _Refusal:
    """An error of ours on its way between processes: those with arguments of their own break."""

    kind: type[TissueSenseError]
    message: str
    hint: str

    def error(self) -> TissueSenseError:
        error = self.kind.__new__(self.kind, self.message)
        TissueSenseError.__init__(error, self.message, hint=self.hint)
        return error


def _answer(make: Callable[[], _Made]) -> _Made | _Refusal:
    try:
        return make()
    except TissueSenseError as err:
        return _Refusal(type(err), err.message, err.hint)


@cache
def _worker() -> ProcessPoolExecutor:
    # Spawned, for this process has threads; one, for a second would take the reader's processor.
    return ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"), initializer=_begin)


def _begin() -> None:
    if hasattr(os, "nice"):
        os.nice(_POLITE)
