"""The WebSocket of the measuring screen: how the round stands, the samples, and what hands say.

Text frames are JSON: ``{"kind": "view", ...}`` as `TableView.to_dict` has it. Binary frames are
samples: when the newest reached this computer (float64, seconds of its own clock), then for each
sample a number (uint32), its time in the trace (float64, s) and the force above the zero (float32,
N); all little endian. A gap in the numbers is a gap in the picture.
"""

import asyncio
import json
import struct
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from tissuesense.core.errors import Refusal
from tissuesense.services.table.audience import Audience, Outbox
from tissuesense.services.table.table import COMMANDS
from tissuesense.services.table.view import Samples, TableView
from tissuesense.web.door.admission import DUTIES, Duty
from tissuesense.web.door.watch import until_over
from tissuesense.web.house import house_of
from tissuesense.web.sessions import ScreenSession

router = APIRouter()

_LEAST_APART_S = 1 / 60
_MOST_TEXT = 500
_GOING_AWAY, _NOT_ALLOWED = 1001, 1008
_SAMPLE = np.dtype([("number", "<u4"), ("t_s", "<f8"), ("force_n", "<f4")])


Hear = Callable[[dict[str, Any]], None]


@router.websocket("/live")
async def live(socket: WebSocket) -> None:
    """Show the round to one screen, and take what it says."""
    house = house_of(socket)

    def hear(said: dict[str, Any]) -> None:
        if said.get("do") in COMMANDS:
            house.table.command(said["do"])

    await attend(socket, house.table.audience, hear, watching=Duty.WATCH, shown_values=Duty.CARE)


async def attend(
    socket: WebSocket,
    audience: Audience,
    hear: Hear,
    *,
    watching: Duty,
    shown_values: Duty = Duty.MEASURE,
) -> None:
    """Let one screen watch an audience's pictures until it goes, and hear what it says.

    Parameters
    ----------
    watching
        Whose duty it is to watch; only who may measure is heard.
    shown_values
        Whose duty it is to see what is measured; others see how it goes.
    """
    house = house_of(socket)
    session = house.session_at(socket)
    if session is None or watching not in DUTIES[session.role]:
        house.refusals.note(Refusal.SESSION if session is None else Refusal.ROLE)
        await socket.close(_NOT_ALLOWED)
        return
    await socket.accept()
    with audience.seat() as outbox:
        blind = shown_values not in DUTIES[session.role]
        sending = asyncio.create_task(_send(socket, outbox, blind=blind))
        hearing = asyncio.create_task(_hear(socket, hear, session))
        over = asyncio.create_task(_close_when_over(socket, session))
        done, left = await asyncio.wait(
            {sending, hearing, over}, return_when=asyncio.FIRST_COMPLETED
        )
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        for task in done:
            error = task.exception()
            if error is not None and not isinstance(error, WebSocketDisconnect | RuntimeError):
                raise error


async def _send(socket: WebSocket, outbox: Outbox, *, blind: bool) -> None:
    number = 0
    while True:
        view, samples = await outbox.take()
        if blind:
            samples = [one.hidden() for one in samples]
            view = replace(view, blinded=True) if isinstance(view, TableView) else None
        if samples:
            await socket.send_bytes(packed(samples, number))
            number += sum(one.t_s.size for one in samples) + outbox.dropped
            outbox.dropped = 0
        if view is not None:
            await socket.send_text(json.dumps({"kind": "view", **view.to_dict()}))
        await asyncio.sleep(_LEAST_APART_S)


def packed(samples: Sequence[Samples], first_number: int) -> bytes:
    """Return samples as one binary frame."""
    rows = np.zeros(sum(one.t_s.size for one in samples), dtype=_SAMPLE)
    rows["number"] = np.arange(first_number, first_number + rows.size)
    rows["t_s"] = np.concatenate([one.t_s for one in samples])
    rows["force_n"] = np.concatenate([one.force_n for one in samples])
    return struct.pack("<d", samples[-1].arrived_s) + rows.tobytes()


async def _close_when_over(socket: WebSocket, session: ScreenSession) -> None:
    await until_over(house_of(socket), session)
    await socket.close(_NOT_ALLOWED)


async def _hear(socket: WebSocket, hear: Hear, session: ScreenSession) -> None:
    house = house_of(socket)
    while True:
        said = _read(await socket.receive_text())
        if not house.sessions.holds(session):
            await socket.close(_NOT_ALLOWED)
            return
        if "ping" in said:  # comes by itself: it is nobody's touch
            now_s = house.desk.clock.monotonic_s()
            await socket.send_text(json.dumps({"kind": "pong", "ping": said["ping"], "t_s": now_s}))
        elif Duty.MEASURE not in DUTIES[session.role]:
            house.refusals.note(Refusal.ROLE)
            await socket.close(_NOT_ALLOWED)
            return
        else:
            session.moment(house.desk.clock)
            hear(said)


def _read(text: str) -> dict[str, Any]:
    """Return what a screen said; whatever is no short JSON object says nothing."""
    if len(text) > _MOST_TEXT:
        return {}
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    ping = said.get("ping") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(said.get("do", ""), str):
        return {}
    return said if ping is None or isinstance(ping, int | float) else {}
