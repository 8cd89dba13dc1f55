"""A page of the list of clients, found by the beginning of a pseudonym."""

from dataclasses import dataclass

from tissuesense.record.overview import ClientLine
from tissuesense.web.desk import Desk

_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientList:
    """Some clients.

    Attributes
    ----------
    following
        After whom the next page begins; empty: there is none.
    """

    lines: tuple[ClientLine, ...]
    following: str


async def client_list(desk: Desk, *, begins: str, after: str) -> ClientList:
    """Return a page of the clients whose pseudonyms begin as somebody typed."""
    plain = "".join(c for c in begins.upper() if c.isalnum()).removeprefix("TS")
    prefix = f"TS-{plain}" if plain else ""
    lines = await desk.at(lambda store: store.clients.page(_PAGE + 1, after=after, prefix=prefix))
    return ClientList(
        lines=lines[:_PAGE],
        following=lines[_PAGE - 1].client.id if len(lines) > _PAGE else "",
    )
