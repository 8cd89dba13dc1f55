"""What all pages share: the desk, the sessions, and where this server is."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from tissuesense.services.app_settings import KeptSettings
from tissuesense.services.bench import Bench
from tissuesense.services.practising.kept_scores import FILE, KeptScores
from tissuesense.services.practising.practice_round import Practising
from tissuesense.services.table.audience import Audience
from tissuesense.services.table.table import Table
from tissuesense.store.place import data_folder
from tissuesense.web.desk import Desk
from tissuesense.web.jobs import Jobs
from tissuesense.web.lan import Lan
from tissuesense.web.patience import Patience
from tissuesense.web.refusals import Refusals
from tissuesense.web.sample_desk import SampleDesk
from tissuesense.web.sessions import ScreenSession, SessionBook

_SECURE = frozenset({"https", "wss"})


@dataclass(slots=True, kw_only=True)
class House:
    """One running app.

    Attributes
    ----------
    recovery_code
        Of a record that was just made, until it was written down.
    gauge_url, button_url
        What measures, and what the client holds; empty: nothing was chosen yet.
    table
        Where measuring goes on.
    sample
        The sample practice, one click away.
    settings
        What this computer remembers from day to day.
    bench
        Where the gauge is while no round goes on.
    monitored
        Screens that watch what the gauge sends.
    practising
        Where ramps are practised, without any client.
    jobs
        What takes longer than a page waits.
    lan
        The second door, for other devices in the same network.
    refusals
        What was refused since the program started.
    unlocking
        Slows down who guesses the passphrase.
    cookie
        Name of the session's cookie on this computer.
    """

    desk: Desk
    sessions: SessionBook
    recovery_code: str | None = None
    gauge_url: str = ""
    button_url: str = ""
    settings: KeptSettings = field(default_factory=KeptSettings)
    cookie: str = field(init=False, default="tissuesense")
    lan: Lan = field(init=False)
    refusals: Refusals = field(init=False)
    unlocking: Patience = field(init=False, default_factory=Patience)
    table: Table = field(init=False)
    bench: Bench = field(init=False)
    monitored: Audience = field(init=False, default_factory=Audience)
    practising: Practising = field(init=False)
    jobs: Jobs = field(init=False, default_factory=Jobs)
    sample: SampleDesk = field(init=False)

    def __post_init__(self) -> None:
        rng, practice = self.desk.rng.spawn(2)
        self.sample = SampleDesk(self.desk)
        self.table = Table(at=self.desk.at, clock=self.desk.clock, rng=rng)
        self.bench = Bench(lambda: self.table.busy)
        self.practising = Practising(
            bench=self.bench,
            clock=self.desk.clock,
            rng=practice,
            scores=KeptScores(self._scores_file),
        )
        self.gauge_url = self.gauge_url or self.settings.now.gauge_url
        self.button_url = self.button_url or self.settings.now.button_url
        self.desk.held = lambda: self.table.busy
        self.lan = Lan(self.sessions, clock=self.desk.clock)
        self.refusals = Refusals(self.desk.clock)

    def _scores_file(self) -> Path | None:
        """Return where scores of practising are kept: beside the record, never in a sample."""
        return None if self.desk.demo else data_folder(self.desk.place) / FILE

    def cookie_at(self, connection: HTTPConnection) -> str:
        """Return the name of the session's cookie at the door that a request came through."""
        return f"__Host-{self.cookie}" if is_secure(connection) else self.cookie

    def session_at(self, connection: HTTPConnection) -> ScreenSession | None:
        """Return the session of a request; one of another door is none."""
        session = self.sessions.find(connection.cookies.get(self.cookie_at(connection)))
        return session if session is None or session.remote == is_secure(connection) else None


def is_secure(connection: HTTPConnection) -> bool:
    """Return whether a request came from another device, as only those speak TLS."""
    return connection.scope["scheme"] in _SECURE


def house_of(connection: HTTPConnection) -> House:
    """Return the house that a request came to."""
    house: House = connection.app.state.house
    return house


InHouse = Annotated[House, Depends(house_of)]
