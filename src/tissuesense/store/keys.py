"""Where the passphrase comes from, in order: the caller, the environment, the person."""

import getpass
import os
import sys
from collections.abc import Callable

PASSPHRASE_VARIABLE = "TISSUESENSE_PASSPHRASE"  # noqa: S105 - the name of it

# Asks the person; told whether the passphrase is a new one; None where nobody can be asked.
AskPassphrase = Callable[[bool], str | None]


def find_passphrase(given: str | AskPassphrase | None, *, new: bool) -> str | None:
    """Return the passphrase, or None where there is none to be had; an empty one counts as none."""
    if isinstance(given, str):
        return given or None
    from_environment = os.environ.get(PASSPHRASE_VARIABLE)
    if from_environment:
        return from_environment
    return (given(new) or None) if given is not None else None


def ask_at_terminal(new: bool) -> str | None:  # noqa: FBT001 - the one argument of AskPassphrase
    """Ask on the terminal, twice for a new passphrase; None where nobody answers there."""
    if not sys.stdin.isatty():
        return None
    try:
        while True:
            passphrase = getpass.getpass(
                "New passphrase for the record: " if new else "Passphrase of the record: "
            )
            # A slip in a new passphrase would lock everything away for good.
            if not new or getpass.getpass("The same again: ") == passphrase:
                return passphrase
            sys.stderr.write("The two differ.\n")
    except EOFError:
        return None
