"""`tissuesense clients passphrase`: change what opens the record, or get in with the code."""

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from tissuesense.cli.output import print_json, say
from tissuesense.cli.store_option import ACTOR_VARIABLE, DataOption
from tissuesense.core.errors import RecordError, UsageError

if TYPE_CHECKING:
    from tissuesense.services.passphrase import Locksmith

PASSPHRASE_VARIABLE = "TISSUESENSE_PASSPHRASE"  # noqa: S105 - the name of it
NEW_VARIABLE = "TISSUESENSE_NEW_PASSPHRASE"
CODE_VARIABLE = "TISSUESENSE_RECOVERY_CODE"

_Done = tuple[str, str | None]  # what to say, and the code to be written down


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
    asked = (change, recover, new_code, remember, forget)
    if sum(asked) != 1:
        raise UsageError(
            "Say one thing to do.",
            hint="--change, --recover, --new-recovery-code, --remember or --forget.",
        )
    do = (_change, _recover, _renew, _remember, _forget)[asked.index(True)]
    done, code = do(_locksmith(data or context.obj))
    if as_json:
        print_json({"done": done, "recovery_code": code})
        return
    say(done)
    if code is not None:
        print(code)


def _change(smith: "Locksmith") -> _Done:
    old, new = _passphrase(), _new_passphrase()
    smith.change(old, new)
    return f"The passphrase is changed; the recovery code stays.{_still_set(new)}", None


def _recover(smith: "Locksmith") -> _Done:
    code, new = _recovery_code(), _new_passphrase()
    smith.recover(code, new)
    return f"The record has a new passphrase; the recovery code stays.{_still_set(new)}", None


def _renew(smith: "Locksmith") -> _Done:
    code = smith.renew_code(_passphrase())
    return "The new recovery code, shown this once; the one before opens no more:", code


def _remember(smith: "Locksmith") -> _Done:
    smith.remember(_passphrase())
    return "This computer remembers the passphrase.", None


def _forget(smith: "Locksmith") -> _Done:
    if not smith.forget():
        raise RecordError(
            "The keyring did not let go of the passphrase.",
            hint="Take the entry 'tissuesense' out with the keyring's own program.",
        )
    return "This computer does not remember the passphrase.", None


def _still_set(new: str) -> str:
    said = os.environ.get(PASSPHRASE_VARIABLE, new)
    return "" if said == new else f" {PASSPHRASE_VARIABLE} still says another one."


def _locksmith(data: str | None) -> "Locksmith":
    import numpy as np

    from tissuesense.core.clock import SystemClock
    from tissuesense.services.passphrase import Locksmith
    from tissuesense.store.place import store_place

    return Locksmith(
        place=store_place(data),
        clock=SystemClock(),
        rng=np.random.default_rng(),
        actor=os.environ.get(ACTOR_VARIABLE, ""),
    )


def _passphrase() -> str:
    from tissuesense.store.keys import ask_at_terminal, find_passphrase

    said = find_passphrase(ask_at_terminal, new=False)
    return _or_refused(said, "passphrase", PASSPHRASE_VARIABLE)


def _new_passphrase() -> str:
    from tissuesense.store.keys import ask_at_terminal

    said = os.environ.get(NEW_VARIABLE) or ask_at_terminal(new=True)
    return _or_refused(said, "new passphrase", NEW_VARIABLE)


def _recovery_code() -> str:
    code = os.environ.get(CODE_VARIABLE)
    if not code and sys.stdin.isatty():
        # In the open: 35 characters that nobody sees are hard to type, and nobody learns them.
        sys.stderr.write("Recovery code: ")
        sys.stderr.flush()
        code = sys.stdin.readline().strip()
    return _or_refused(code, "recovery code", CODE_VARIABLE)


def _or_refused(said: str | None, what: str, variable: str) -> str:
    if not said:
        raise UsageError(
            f"The {what} was not given.", hint=f"Type it at a terminal, or set {variable}."
        )
    return said
