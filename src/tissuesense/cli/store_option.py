"""The options that every verb with a store has, and the one way to open it from a terminal."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from tissuesense.cli.output import say
from tissuesense.core.errors import UsageError

if TYPE_CHECKING:  # the database is imported when a store is opened, so that --help stays fast
    from tissuesense.store.opened import Store

DataOption = Annotated[
    str | None,  # a Path would make one slash of the two in an address
    typer.Option(
        "--data",
        metavar="DIR",
        help="Folder of the store, or postgresql://USER@HOST/DATABASE?practice=NAME; else "
        "TISSUESENSE_DATA, else the user's data folder.",
    ),
]
PlainOption = Annotated[
    bool, typer.Option("--plain", help="If a store has to be made, make it without encryption.")
]


def open_from_terminal(data: str | None, *, create: bool = False, plain: bool = False) -> "Store":
    """Open the store, asking for its passphrase where the environment has none.

    Raises
    ------
    RecordError, UsageError
        As `tissuesense.store.opening.open_store` does.
    """
    from tissuesense.core.clock import SystemClock
    from tissuesense.store.keys import AtTerminal
    from tissuesense.store.opening import open_store
    from tissuesense.store.place import store_place

    if data is not None and DEMO_VARIABLE in os.environ:
        raise UsageError("--demo works on a copy of its own: leave --data out.")
    person = AtTerminal()
    store = open_store(
        store_place(data), clock=SystemClock(), create=create, plain=plain, passphrase=person
    )
    store.actor = os.environ.get(ACTOR_VARIABLE, "")
    if store.recovery_code is not None:
        say(_RECOVERY.format(code=store.recovery_code))
    person.offer_to_remember(store.name)
    return store


ACTOR_VARIABLE = "TISSUESENSE_ACTOR"
DEMO_VARIABLE = "TISSUESENSE_DEMO"
_RECOVERY = (
    "Recovery code, shown this once: {code}\n"
    "Print it and keep it apart from this computer. Without it, a forgotten passphrase costs the "
    "whole record."
)
