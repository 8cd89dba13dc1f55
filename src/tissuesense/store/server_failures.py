"""What a database server refuses, in our words; never the address, a value or a password."""

from collections.abc import Callable, Mapping

from sqlalchemy.exc import DatabaseError

from tissuesense.core.errors import RecordConflict, RecordError, RecordTampered

_ASK = "Ask whoever looks after the server."


def said_by_server(err: DatabaseError) -> RecordError:
    """Return the error of the record that stands for one of a server."""
    code: str | None = getattr(err.orig, "sqlstate", None)
    if code is None:  # from libpq, which has words only
        words = str(err.orig)
        return next((make for word, make in _HEARD if word in words), _unreachable)()
    # The first two characters are the class of the error.
    return _SAID.get(code, _SAID.get(code[:2], _refused))()


def _busy() -> RecordError:
    return RecordConflict(
        "Another program is using the store.", hint="Wait until it is done and try again."
    )


def _full() -> RecordError:
    return RecordError(
        "The store cannot be written: the server's disk is full, or its memory. What was written "
        "before is whole.",
        hint=_ASK,
    )


def _not_allowed() -> RecordError:
    return RecordError(
        "The server does not let this user do that. Nothing was changed.",
        hint=f"The user has to own the schemas of the store. {_ASK}",
    )


def _read_only() -> RecordError:
    return RecordError("The server may only be read from. Nothing was changed.", hint=_ASK)


def _damaged() -> RecordError:
    return RecordTampered(
        "What the server keeps of the store is damaged.",
        hint="'tissuesense verify' says what is broken; restore the server from a backup.",
    )


def _password() -> RecordError:
    return RecordError(
        "The server refuses the user or the password.",
        hint="PGPASSWORD or the user's .pgpass file may hold the password. It is not the "
        "passphrase of the record.",
    )


def _no_database() -> RecordError:
    return RecordError("The server has no such database or user.", hint=_ASK)


def _no_encryption() -> RecordError:
    return RecordError(
        "The server does not encrypt what goes over the wire.",
        hint=f"{_ASK} A wire that nobody else reaches needs sslmode=disable in the address.",
    )


def _unreachable() -> RecordError:
    return RecordError(
        "The server does not answer. What was not finished was not written.",
        hint="Look at the network and the address, then try again.",
    )


def _refused() -> RecordError:
    return RecordError("The server refused to read or write.", hint=_ASK)


_SAID: Mapping[str, Callable[[], RecordError]] = {
    "08": _unreachable,
    "28": _password,
    "3D": _no_database,
    "25006": _read_only,
    "40": _busy,  # a deadlock, or two at once
    "42501": _not_allowed,
    "53": _full,
    "55P03": _busy,  # a lock that was waited for in vain
    "57": _unreachable,  # shut down, or told to stop
    "58": _damaged,
    "XX001": _damaged,
    "XX002": _damaged,
}
# Of the first that is found; a server that speaks another language falls to the last.
_HEARD: tuple[tuple[str, Callable[[], RecordError]], ...] = (
    ("password", _password),
    ("SSL", _no_encryption),
    ("does not exist", _no_database),
    ("FATAL", _no_database),
)
