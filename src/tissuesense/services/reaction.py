"""The reaction-time self test as it is run, kept and used."""

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tissuesense.analysis.pain.reaction_time import ReactionTime
from tissuesense.core.clock import Clock
from tissuesense.core.errors import FileWriteError, UsageError
from tissuesense.core.recording import LatencyOrigin, ReactionLatency, RecordingContext
from tissuesense.files.replace import replace_file
from tissuesense.guidance.reaction import ReactionPhase, ReactionTest
from tissuesense.services.analyse_files import software
from tissuesense.simulation.session import simulated_client
from tissuesense.simulation.spec import SessionSpec
from tissuesense.transport.base import Pace, RealPace, VirtualPace
from tissuesense.transport.button import button_for, session_of
from tissuesense.transport.url import parse_device_url

SCHEMA = "tissuesense.reaction/1"
INCLUDED = (
    "The time includes the way from the key or button through this computer and its screen, some "
    "tens of milliseconds. With the same key or button the signal comes as late when it says stop."
)
_LOOK_EVERY_S = 0.01

Show = Callable[[ReactionTest], None]


async def run_reaction_test(
    test: ReactionTest, *, pace: Pace, presses: Callable[[], Iterable[float]], show: Show
) -> None:
    """Lead a person through the test.

    Parameters
    ----------
    presses
        Gives the presses since it was last asked, in seconds of `pace`.
    show
        Called whenever something changed; a signal counts from the moment that it returns.
    """
    test.begin(pace.now_s())
    show(test)
    while test.phase is not ReactionPhase.DONE:
        before = test.answered
        for at_s in presses():
            test.press(at_s)
        test.pass_time(pace.now_s())
        if test.phase is ReactionPhase.SHOW:
            show(test)
            test.shown(pace.now_s())
        elif test.answered != before:
            show(test)
        await pace.sleep(_LOOK_EVERY_S)


class SimulatedPerson:
    """Presses as late after each signal as the simulated client would."""

    def __init__(self, spec: SessionSpec, pace: Pace) -> None:
        self._client = simulated_client(spec)
        self._rng = np.random.default_rng([spec.seed, *b"reaction"])
        self._pace = pace
        self._due_s: float | None = None

    def watch(self, test: ReactionTest) -> None:
        """See what the test shows."""
        if test.phase is ReactionPhase.SHOW:
            late_s = self._client.reaction(with_button=True, rng=self._rng).button_s
            self._due_s = self._pace.now_s() + (late_s or 0.0)

    def presses(self) -> list[float]:
        """Return the press, once it is made."""
        if self._due_s is None or self._pace.now_s() < self._due_s:
            return []
        pressed_s, self._due_s = self._due_s, None
        return [pressed_s]


async def run_with_button(test: ReactionTest, url: str, *, clock: Clock, show: Show) -> str:
    """Lead a person with a button, or a simulated one; return what was pressed, and its model.

    Raises
    ------
    ConfigurationError, UsageError
        When the URL is of no button.
    TransportError
        When the button is not there.
    """
    button = button_for(url, clock=clock)
    asked = parse_device_url(url)
    if asked.scheme == "sim":
        pace: Pace = VirtualPace(clock, speed=asked.speed)
        person = SimulatedPerson(session_of(asked), pace)

        def watched(seen: ReactionTest) -> None:
            show(seen)
            person.watch(seen)

        await run_reaction_test(test, pace=pace, presses=person.presses, show=watched)
    else:
        pace = RealPace(clock)
        await button.open(pace)
        try:
            await run_reaction_test(test, pace=pace, presses=button.presses, show=show)
        finally:
            await button.close()
    return f"button {button.model}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTest:
    """A self test as it was kept.

    Attributes
    ----------
    pressed
        What was pressed: "key", or "button" and its model.
    """

    latency: ReactionLatency
    pressed: str


def reaction_document(found: ReactionTime, pressed: str) -> dict[str, Any]:
    """Return the document of `devices reaction --json`."""
    return {
        "schema": SCHEMA,
        "software": software(),
        **found.to_dict(),
        "pressed": pressed,
        "includes": INCLUDED,
    }


def check_place(path: Path, *, force: bool) -> None:
    """Refuse what could not be written, before somebody has pressed for two minutes.

    Raises
    ------
    UsageError
        When the file exists, unless it may be replaced: it is of somebody.
    FileWriteError
        When there is no such folder, or nobody may write into it.
    """
    if path.is_file() and not force:
        raise UsageError(
            f"{path} exists already.",
            hint="Choose another name, or add --force to replace that self test.",
        )
    if path.is_dir() or not os.access(path.resolve().parent, os.W_OK | os.X_OK):
        raise FileWriteError(
            f"{path} cannot be written.",
            path=path,
            hint="Choose a folder that exists and may be written to.",
        )


def write_reaction(path: Path, document: dict[str, Any]) -> None:
    """Keep a document for `read_reaction`.

    Raises
    ------
    FileWriteError
        When the folder or the disk refuses.
    """
    replace_file(path, [json.dumps(document, indent=2, allow_nan=False), "\n"])


def read_reaction(path: Path) -> SelfTest:
    """Read what `write_reaction` wrote.

    Raises
    ------
    UsageError
        When the file is not one of a self test.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["schema"] != SCHEMA:
            raise _refused(path, f"it is of the kind '{data['schema']}'")
        figures = {"mean": data["mean_s"]["value"], "sd": data["sd_s"]}
        stated = {"latency_s": figures | {"from": str(LatencyOrigin.SELF_TEST)}}
        latency = RecordingContext.from_dict(stated).latency
        pressed = str(data["pressed"])
    except OSError as err:
        raise _refused(path, err.strerror or err) from err
    except (KeyError, TypeError, ValueError) as err:
        if isinstance(err, UsageError):
            raise
        raise _refused(path, repr(err)) from err
    assert latency is not None  # noqa: S101 - it was just stated
    return SelfTest(latency=latency, pressed=pressed)


def _refused(path: Path, why: object) -> UsageError:
    return UsageError(
        f"{path} is no reaction-time self test: {why}.",
        hint="Make one with: tissuesense devices reaction --out reaction.json",
    )
