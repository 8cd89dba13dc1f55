"""Where a store is: a folder of this computer, or a practice on a PostgreSQL server."""

import hashlib
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tissuesense.core.errors import UsageError

DATA_VARIABLE = "TISSUESENSE_DATA"

_NAMES = "practice="
_SCHEMES = ("postgresql://", "postgres://")
_PRACTICE = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_FORM = "It reads postgresql://USER@HOST/DATABASE?practice=NAME."


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerPlace:
    """A practice on a server.

    Attributes
    ----------
    address
        How libpq is to reach the server; it may hold a password, so it is never shown.
    practice
        Whose record it is: lower-case letters, digits, "-" and "_".
    """

    address: str = field(repr=False)
    practice: str

    def __post_init__(self) -> None:
        if not _PRACTICE.fullmatch(self.practice):
            raise UsageError(
                "The address of the server does not name a practice, or not as it can be named.",
                hint=f"{_FORM} A name has lower-case letters, digits, '-' and '_', at most 63.",
            )

    def __str__(self) -> str:
        return f"practice {self.practice} on the server"

    @property
    def folder(self) -> Path:
        """The folder of this computer for what does not go over the wire at once."""
        parts = urlsplit(self.address)
        server = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        name = hashlib.sha256(f"{server} {self.practice}".encode()).hexdigest()[:16]
        return _user_folder() / "servers" / name


StorePlace = Path | ServerPlace


def store_place(named: str | StorePlace | None = None) -> StorePlace:
    """Return the place that `named` says, else TISSUESENSE_DATA, else the user's data folder.

    Raises
    ------
    UsageError
        When the address of a server cannot be read, or names no practice.
    """
    named = named or os.environ.get(DATA_VARIABLE) or _user_folder()
    if not isinstance(named, str):
        return named
    return _server(named) if named.startswith(_SCHEMES) else Path(named)


def data_folder(named: str | StorePlace | None = None) -> Path:
    """Return the folder of this computer that belongs to a store, wherever the store is.

    Raises
    ------
    UsageError
        As `store_place` does.
    """
    place = store_place(named)
    return place.folder if isinstance(place, ServerPlace) else place


def _server(address: str) -> ServerPlace:
    try:
        parts = urlsplit(address)
    except ValueError:  # which would repeat the address, and the password in it
        raise UsageError("The address of the server cannot be read.", hint=_FORM) from None
    # The rest stays as it is spelled: libpq reads a "+" otherwise than a browser does.
    settings = parts.query.split("&")
    practices = [named for named in settings if named.startswith(_NAMES)]
    rest = "&".join(named for named in settings if named not in practices)
    return ServerPlace(
        address=parts._replace(query=rest).geturl(),
        practice=practices[0].removeprefix(_NAMES) if len(practices) == 1 else "",
    )


def _user_folder() -> Path:
    from platformdirs import user_data_path  # noqa: PLC0415 - only where nothing else was said

    return user_data_path("tissuesense", appauthor=False)
