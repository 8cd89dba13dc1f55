"""Write something down in the visit that was named, and print it as it was kept."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tissuesense.cli.output import print_json, say
from tissuesense.cli.stated import say_what_is_not_known, taken
from tissuesense.cli.store_option import open_from_terminal
from tissuesense.core.errors import UsageError

if TYPE_CHECKING:  # imported when something is written, so that --help stays fast
    from tissuesense.record.entry import Entry
    from tissuesense.record.notes import Meaning
    from tissuesense.record.visit import VisitId
    from tissuesense.store.opened import Store

Write = Callable[["Store", "VisitId", dict[str, Any], dict[str, Any]], "Entry[Any]"]


def enter_into_visit(kind: str, stated: dict[str, Any], data: str | None) -> None:
    """Enter a statement of a kind into the visit that `stated` names."""
    from tissuesense.services.care import enter

    say_what_is_not_known(stated)
    write_into_visit(
        stated,
        data,
        lambda store, visit_id, rest, by: enter(store, kind, rest, visit=visit_id, **by),
    )


def write_into_visit(stated: dict[str, Any], data: str | None, write: Write) -> None:
    """Write something down in the visit that `stated` names; into a closed one, that is said."""
    import numpy as np

    from tissuesense.core.clock import SystemClock
    from tissuesense.record.visit import parse_visit_id
    from tissuesense.services.care import is_closed

    visit_id = parse_visit_id(taken(stated, "visit"))
    by = {"clock": SystemClock(), "rng": np.random.default_rng()}
    with open_from_terminal(data) as store:
        was_closed = is_closed(store, visit_id)
        entry = write(store, visit_id, stated, by)
    if was_closed and entry.kind != "signature":
        say("The visit was closed before; this is kept as a late entry.")
    print_json(printed(entry))


def printed(entry: "Entry[Any]") -> dict[str, Any]:
    """Return what is printed of an entry; it can be changed and fed into an amendment."""
    from tissuesense.record.statements import body_of

    about = {"entry": entry.id, "kind": entry.kind}
    if entry.visit is not None:
        about["visit"] = entry.visit
    if entry.supersedes is not None:
        about["supersedes"] = entry.supersedes
    return about | body_of(entry.kind, entry.statement)


def meaning_of(text: str) -> "Meaning":
    """Return what a signature means.

    Raises
    ------
    UsageError
        When it is no such word.
    """
    from tissuesense.record.notes import Meaning

    try:
        return Meaning(text)
    except ValueError:
        raise UsageError(f"A signature means {', '.join(Meaning)}; not '{text}'.") from None


def nothing_left(stated: dict[str, Any]) -> None:
    """Refuse what nobody asked for.

    Raises
    ------
    UsageError
        When there is anything.
    """
    if stated:
        raise UsageError(f"There is no '{min(stated)}' here.")
