"""The button in the client's hand where it is not the gauge's own: a second device, by its URL.

Only its presses count. It has a link of its own, and losing that never stops the recording.
"""

import asyncio
import logging
from collections import deque
from contextlib import suppress
from dataclasses import replace
from typing import Protocol

from tissuesense.core.clock import Clock
from tissuesense.core.errors import (
    ConfigurationError,
    LocalProtocolError,
    TransportError,
    UsageError,
)
from tissuesense.devices.codec import Command, MarkerPressed, WireSample
from tissuesense.devices.profile import DeviceProfile
from tissuesense.devices.registry import DEVICES
from tissuesense.simulation.session import simulated_session
from tissuesense.simulation.spec import SessionSpec
from tissuesense.transport.base import Pace
from tissuesense.transport.opening import Opening, opening_for
from tissuesense.transport.url import DeviceUrl, parse_device_url

logger = logging.getLogger(__name__)

_OPEN_S = 10.0
_LISTEN_S = 1.0
_RETRY_S = 0.5


class StopButton(Protocol):
    """What the client presses."""

    @property
    def model(self) -> str:
        """The device model, or that it is simulated."""
        ...

    @property
    def losses(self) -> int:
        """How many times its link was lost."""
        ...

    async def open(self, pace: Pace) -> None:
        """Begin to listen; `presses` will be on the axis of `pace`.

        Raises
        ------
        TransportError
            When it is not there.
        """
        ...

    def presses(self) -> list[float]:
        """Return when it was pressed since the last call, in seconds of the pace, oldest first."""
        ...

    async def close(self) -> None:
        """Listen no more; harmless when it does not."""
        ...


def button_for(text: str, *, clock: Clock) -> StopButton:
    """Return the button at a device URL, not opened yet.

    A simulated client presses at the moments of a session with the same settings, so that a
    simulated gauge without its own marker (``marker=0``) gets one from outside.

    Raises
    ------
    ConfigurationError
        When the URL names something unknown, or a model that has no marker.
    UsageError
        When it is a recording.
    """
    url = parse_device_url(text)
    if url.scheme == "replay":
        raise UsageError(
            "A recording cannot be pressed.", hint="Give the URL of a device as the button."
        )
    if url.scheme == "sim":
        return SimulatedButton(session_of(url))
    opening = opening_for(url, clock=clock)
    if not has_marker(opening.profile):
        models = [name for name, profile in DEVICES.items() if has_marker(profile)]
        raise ConfigurationError(
            f"The model '{opening.profile.model}' has no word for a pressed button.",
            hint=f"Models that have one: {', '.join(models)}.",
            known=models,
        )
    return ListenedButton(opening)


def button_model(text: str) -> str:
    """Return what the button at a device URL is called in a recording."""
    url = parse_device_url(text)
    return SimulatedButton.model if url.scheme == "sim" else url.model or ""


def has_marker(profile: DeviceProfile) -> bool:
    """Tell whether a model's wire can say that the client signalled, by letting it say so."""
    settings = profile.example_parameters
    device, codec = profile.encoder(settings), profile.codec(settings)
    with suppress(LocalProtocolError):  # some say nothing before they are told to start
        device.reply(codec.encode(Command.START))
    told = codec.receive(device.samples([WireSample(t_s=0.0, force_n=1.0, marker=True)]), 0.0)
    return any(isinstance(event, MarkerPressed) for event in told)


def session_of(url: DeviceUrl) -> SessionSpec:
    """Return the session whose client holds the button of a ``sim:`` URL.

    Raises
    ------
    ConfigurationError
        When that client holds none.
    """
    spec = SessionSpec.from_query({"model": url.profile.model, **url.options})
    if not spec.has_button:
        raise ConfigurationError("The simulated client of this URL holds no button.")
    return spec


class ListenedButton:
    """A button on a link of its own, listened to while the gauge is recorded."""

    def __init__(self, opening: Opening) -> None:
        self.model = opening.profile.model
        self.losses = 0
        self._profile = opening.profile
        # A press is a whole line of its own; the first one after a silence must not be left out.
        self._parameters = replace(opening.parameters, joined_midway=False)
        self._link = opening.transport
        self._codec = self._profile.codec(self._parameters)
        self._pressed_s: deque[float] = deque()  # on the axis of the button's own link
        self._pace: Pace = self._link.pace
        self._listening: asyncio.Task[None] | None = None

    async def open(self, pace: Pace) -> None:
        """Open the link, and listen until closed."""
        self._pace = pace
        await self._link.open(_OPEN_S)
        self._listening = asyncio.create_task(self._listen())

    def presses(self) -> list[float]:
        """Return the presses, each placed by its age when it is asked for."""
        own_s, now_s = self._link.pace.now_s(), self._pace.now_s()
        placed = [now_s - (own_s - pressed_s) for pressed_s in self._pressed_s]
        self._pressed_s.clear()
        return placed

    async def close(self) -> None:
        """Stop listening, and hang up."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait({self._listening})
            if not self._listening.cancelled():
                self._listening.result()  # what went wrong in our own code is not hidden
            self._listening = None
        await self._link.close()

    async def _listen(self) -> None:
        while True:
            try:
                await self._greet()
                await self._hear()
            except TransportError as err:
                self.losses += 1
                logger.warning("The stop button is gone; the recording goes on without it. %s", err)
            else:
                return
            await self._link.close()
            await self._reopen()

    async def _greet(self) -> None:
        """Let it send: some devices say nothing before they are told to start."""
        try:
            await self._link.write(self._codec.encode(Command.START))
        except LocalProtocolError as err:
            logger.debug("%s", err)

    async def _hear(self) -> None:
        """Keep what is pressed, until the stream ends, which only that of a script does."""
        while (chunk := await self._link.receive(_LISTEN_S)) is not None:
            events = self._codec.receive(chunk.data, chunk.t_host_s, chunk.channel)
            self._pressed_s += [e.t_host_s for e in events if isinstance(e, MarkerPressed)]

    async def _reopen(self) -> None:
        while True:
            await self._link.pace.sleep(_RETRY_S)
            try:
                await self._link.open(_OPEN_S)
            except TransportError as err:
                logger.debug("%s", err)
                continue
            self._codec = self._profile.codec(self._parameters)
            logger.warning("The stop button is back.")
            return


class SimulatedButton:
    """The button of a simulated client, pressed at the moments of the session."""

    model = "simulated"
    losses = 0

    def __init__(self, spec: SessionSpec) -> None:
        self._session = simulated_session(spec)
        self._made_s = 0.0  # up to where the session has been made
        self._due_s: deque[float] = deque()
        self._zero_s = 0.0
        self._pace: Pace | None = None

    async def open(self, pace: Pace) -> None:
        """Let the session begin now."""
        self._pace, self._zero_s = pace, pace.now_s()

    def presses(self) -> list[float]:
        """Return the moments of the session that have passed."""
        if self._pace is None:
            return []
        now_s = self._pace.now_s() - self._zero_s
        while self._made_s <= now_s:
            piece = next(self._session)
            self._made_s = float(piece.t_s[-1])
            self._due_s += piece.marks_s
        passed = [due_s for due_s in self._due_s if due_s <= now_s]
        for _ in passed:
            self._due_s.popleft()
        return [self._zero_s + due_s for due_s in passed]

    async def close(self) -> None:
        """Nothing to close."""
