"""`tissuesense clients passphrase`: change what opens the record, or get in with the code."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tissuesense.cli.output import print_json, say
from tissuesense.cli.store_option import ACTOR_VARIABLE, DataOption
from tissuesense.core.errors import UsageError

if TYPE_CHECKING:
    from tissuesense.services.passphrase import Locksmith

NEW_VARIABLE = "TISSUESENSE_NEW_PASSPHRASE"
CODE_VARIABLE = "TISSUESENSE_RECOVERY_CODE"


def command(
    context: typer.Context,
    change: Annotated[bool, typer.Option("--change", help="Give it another passphrase.")] = False,
    recover: Annotated[
        bool, typer.Option("--recover", help="Get in with the recovery code.")
    ] = False,
    new_code: Annotated[
        bool, typer.Option("--new-recovery-code", help="Print a new code; the old one is void.")
    ] = False,
    remember: Annotated[
        bool, typer.Option("--remember", help="Let this computer's keyring keep it.")
    ] = False,
    forget: Annotated[
        bool, typer.Option("--forget", help="Let this computer's keyring forget it.")
    ] = False,
    data: DataOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Change the passphrase, get in with the recovery code, or renew that.

    Asks at the terminal; a script sets TISSUESENSE_PASSPHRASE, TISSUESENSE_NEW_PASSPHRASE and
    TISSUESENSE_RECOVERY_CODE.

    Example: tissuesense clients passphrase --change
    """
    if sum((change, recover, new_code, remember, forget)) != 1:
        raise UsageError(
            "Say one thing to do.",
            hint="--change, --recover, --new-recovery-code, --remember or --forget.",
        )
    smith = _locksmith(data or context.obj)
    code = smith.renew_code(_passphrase()) if new_code else None
    if change:
        smith.change(_passphrase(), _new_passphrase())
    elif recover:
        smith.recover(_recovery_code(), _new_passphrase())
    elif remember:
        smith.remember(_passphrase())
    elif forget and not smith.forget():
        raise UsageError("The keyring did not let go of the passphrase.")
    if as_json:
        print_json({"done": True, "recovery_code": code})
    elif code is not None:
        say(f"New recovery code, shown this once: {code}")
    else:
        say("Done.")


def _locksmith(data: str | None) -> "Locksmith":
    import numpy as np

    from tissuesense.core.clock import SystemClock
    from tissuesense.services.passphrase import Locksmith
    from tissuesense.store.place import store_place

    place = store_place(data)
    if not isinstance(place, Path):
        raise UsageError("Only a store in a folder has its passphrase changed from here.")
    return Locksmith(
        folder=place,
        clock=SystemClock(),
        rng=np.random.default_rng(),
        actor=os.environ.get(ACTOR_VARIABLE, ""),
    )


def _passphrase() -> str:
    from tissuesense.store.keys import ask_at_terminal, find_passphrase

    return _or_refused(find_passphrase(ask_at_terminal, new=False), "passphrase")


def _new_passphrase() -> str:
    from tissuesense.store.keys import ask_at_terminal

    return _or_refused(os.environ.get(NEW_VARIABLE) or ask_at_terminal(new=True), "new passphrase")


def _recovery_code() -> str:
    import getpass
    import sys

    code = os.environ.get(CODE_VARIABLE)
    if not code and sys.stdin.isatty():
        code = getpass.getpass("Recovery code: ")
    return _or_refused(code, "recovery code")


def _or_refused(said: str | None, what: str) -> str:
    if not said:
        raise UsageError(f"The {what} was not given.", hint="Ask at a terminal, or set it.")
    return said
