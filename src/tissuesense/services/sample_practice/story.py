"""The invented clients as data: what each brings, and what is found and done at each visit."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from importlib.resources import files
from typing import Any

from pydantic import ConfigDict, TypeAdapter, with_config

from tissuesense.anatomy.catalogue import catalogue
from tissuesense.core.protocol import content_sha256
from tissuesense.core.recording import RecordingKind
from tissuesense.core.site import BodySite, Side

STORIES = ("headache", "numb_hand", "runner")
_NOT_ASKED = -9


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """One thing to measure: a kind, at a place."""

    kind: RecordingKind
    site: BodySite

    @classmethod
    def read(cls, text: str) -> "Press":
        """Read "ppt trapezius_upper left"."""
        kind, name, side = text.split()
        return cls(kind=RecordingKind(kind), site=BodySite(name, Side(side)))


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True, kw_only=True)
class StoryVisit:
    """One visit of a story.

    Attributes
    ----------
    day
        After the story's first Monday.
    measured, after
        Names of lists in the story's `measures`: before treatment, and after it.
    doses
        Statements of treatments; those with "sensor" are recorded by a gauge.
    struck_out
        What is measured once too often ("measure"), and "why" it does not count.
    taken_back
        In which measurement ("measure") which "press" is taken back, and "why".
    amended
        What the note should have said, with its "reason".
    """

    day: int
    reason: str = ""
    intent: str = "medical"
    position: str | None = None
    today: str = ""
    measured: str = ""
    after: str = ""
    doses: tuple[Mapping[str, Any], ...] = ()
    not_done: tuple[Mapping[str, Any], ...] = ()
    struck_out: Mapping[str, str] = field(default_factory=dict)
    taken_back: Mapping[str, Any] = field(default_factory=dict)
    subjective: str = ""
    assessment: str = ""
    plan: str = ""
    free: str = ""
    amended: Mapping[str, str] = field(default_factory=dict)


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One invented client.

    Attributes
    ----------
    subject, seed
        Who it is to the simulation.
    hour
        Of the visits, on the practice's clock.
    stated
        Statements about the client, each with its "kind" and, unless it is the first visit's, its
        "day".
    told, felt, moved
        Complaints, palpation and joints through the visits; see `at_visit`.
    """

    subject: str
    seed: int
    hour: int
    measures: Mapping[str, tuple[str, ...]]
    stated: tuple[Mapping[str, Any], ...]
    told: tuple[Mapping[str, Any], ...]
    felt: tuple[Mapping[str, Any], ...]
    moved: tuple[Mapping[str, Any], ...]
    visit: tuple[StoryVisit, ...]

    def presses(self, name: str) -> tuple[Press, ...]:
        """Return a list of `measures`; none for no name."""
        return tuple(Press.read(text) for text in self.measures[name]) if name else ()

    def site_list(self, number: int) -> dict[str, Any]:
        """Return the sites to examine at visit `number`, from 0 on; nothing where there are none.

        First those that are felt, then those that are only measured.
        """
        visit = self.visit[number]
        felt = [_site(stated) for stated in self.at_visit(self.felt, number)]
        presses = (*self.presses(visit.measured), *self.presses(visit.after))
        pressed = [press.site for press in presses]
        sites = tuple(dict.fromkeys([*felt, *pressed]))
        if not sites:
            return {}
        return {
            "sites": [asdict(site) for site in sites],
            "felt_only": [asdict(site) for site in sites if site not in pressed],
            "catalogue": catalogue().version,
        }

    def stated_on(self, day: int, monday: date) -> Sequence[dict[str, Any]]:
        """Return what is stated about the client on a day, its days as dates."""
        first = self.visit[0].day
        return [
            _dated({key: value for key, value in stated.items() if key != "day"}, monday)
            for stated in self.stated
            if stated.get("day", first) == day
        ]

    def at_visit(self, tracks: Sequence[Mapping[str, Any]], number: int) -> list[dict[str, Any]]:
        """Return what was asked or examined at visit `number`, from 0 on.

        A track has rows of numbers with one for each visit, what is the same each time, and what
        only the first or the last visit has ("first", "last").
        """
        found = (_at(track, number, of=len(self.visit)) for track in tracks)
        return [stated for stated in found if stated]


def read_story(name: str) -> Story:
    """Return one of `STORIES`."""
    path = files("tissuesense.services.sample_practice") / "stories" / f"{name}.toml"
    return TypeAdapter(Story).validate_python(tomllib.loads(path.read_text(encoding="utf-8")))


def stories_sha256() -> str:
    """Return what tells these stories, and how they are told, from any others."""
    package = files("tissuesense.services.sample_practice")
    told = {
        file.name: sha256(file.read_bytes()).hexdigest()
        for folder in (package, package / "stories")
        for file in folder.iterdir()
        if file.is_file()
    }
    return content_sha256("tissuesense.stories/1", told)


def _site(stated: Mapping[str, Any]) -> BodySite:
    return BodySite(stated["site"], Side(stated["side"]))


def _at(track: Mapping[str, Any], number: int, *, of: int) -> dict[str, Any]:
    """Return a track at one visit of so many; nothing where none of its rows has a value."""
    rows = {key: value for key, value in track.items() if _is_row(value)}
    found = {key: row[number] for key, row in rows.items() if row[number] != _NOT_ASKED}
    if not found:
        return {}
    same = {k: value for k, value in track.items() if k not in {*rows, "first", "last"}}
    beginning = track.get("first", {}) if number == 0 else {}
    end = track.get("last", {}) if number == of - 1 else {}
    return same | found | beginning | end


def _is_row(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, int) for one in value)


def _dated(value: Any, monday: date) -> Any:  # noqa: ANN401 - plain data of any shape
    """Return plain data with "day 3" as the date that it stands for."""
    match value:
        case dict():
            return {key: _dated(inner, monday) for key, inner in value.items()}
        case list():
            return [_dated(inner, monday) for inner in value]
        case str() if value.startswith("day ") and value[4:].lstrip("-").isdecimal():
            return (monday + timedelta(days=int(value[4:]))).isoformat()
        case _:
            return value
