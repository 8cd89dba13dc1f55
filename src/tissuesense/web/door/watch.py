"""What happens without anybody asking: the record locks itself, sessions end, refusals are kept."""

import asyncio
import logging

from tissuesense.core.errors import TissueSenseError
from tissuesense.services.care import keep
from tissuesense.store.opened import Store
from tissuesense.web.desk import DeskState
from tissuesense.web.house import House
from tissuesense.web.sessions import ScreenSession

logger = logging.getLogger(__name__)

_EVERY_S = 1.0
_MINUTE_S = 60.0


async def keep_watch(house: House) -> None:
    """Look after a house until it is cancelled; then write down what is left."""
    try:
        while True:
            await look_after(house)
            await asyncio.sleep(_EVERY_S)
    finally:
        await _write_refusals(house, all_of_it=True)


async def look_after(house: House) -> None:
    """Look once."""
    await _write_refusals(house)
    if _is_left_alone(house):
        await house.desk.lock()
        logger.info("Nobody was at a screen: the record is locked.")


async def until_over(house: House, session: ScreenSession) -> None:
    """Wait until a session is over; while a round goes on, whoever watches it is there."""
    while house.sessions.holds(session):
        if house.table.busy:
            session.moment(house.desk.clock)
        await asyncio.sleep(_EVERY_S)


def _is_left_alone(house: House) -> bool:
    """Return whether the record stands open and nobody has asked for anything for too long."""
    minutes = house.settings.now.idle_lock_minutes
    if not minutes or house.desk.state is not DeskState.OPEN or not house.desk.is_encrypted:
        return False
    if house.table.busy:
        house.sessions.somebody_is_here()
        return False
    return house.sessions.quiet_s > minutes * _MINUTE_S


async def _write_refusals(house: House, *, all_of_it: bool = False) -> None:
    if house.desk.state is not DeskState.OPEN:
        return
    refused = house.refusals.due(all_of_it=all_of_it)
    if refused is None:
        return

    def write(store: Store) -> None:
        keep(store, "refused", refused, at=house.desk.clock.now(), rng=house.desk.rng)

    try:
        await house.desk.at(write)
    except TissueSenseError as error:
        logger.warning("Refusals could not be written down: %s.", type(error).__name__)
