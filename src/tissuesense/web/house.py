"""What all pages share: the desk, the sessions, and where this server is."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from tissuesense.services.table.table import Table
from tissuesense.web.desk import Desk
from tissuesense.web.sample_desk import SampleDesk
from tissuesense.web.sessions import SessionBook


@dataclass(slots=True, kw_only=True)
class House:
    """One running app.

    Attributes
    ----------
    secure
        Whether it speaks TLS.
    recovery_code
        Of a record that was just made, until it was written down.
    gauge_url, button_url
        What measures, and what the client holds; empty: nothing was chosen yet.
    table
        Where measuring goes on.
    sample
        The sample practice, one click away.
    cookie
        Name of the session's cookie.
    """

    desk: Desk
    sessions: SessionBook
    secure: bool = False
    recovery_code: str | None = None
    gauge_url: str = ""
    button_url: str = ""
    cookie: str = field(init=False)
    table: Table = field(init=False)
    sample: SampleDesk = field(init=False)

    def __post_init__(self) -> None:
        (rng,) = self.desk.rng.spawn(1)
        self.sample = SampleDesk(self.desk)
        self.table = Table(at=self.desk.at, clock=self.desk.clock, rng=rng)
        self.cookie = "__Host-tissuesense" if self.secure else "tissuesense"


def house_of(connection: HTTPConnection) -> House:
    """Return the house that a request came to."""
    house: House = connection.app.state.house
    return house


InHouse = Annotated[House, Depends(house_of)]
