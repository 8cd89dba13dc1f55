"""Where the passphrase comes from: the caller, the environment, the keyring, the person."""

import getpass
import logging
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

from tissuesense.core.errors import StoreLocked
from tissuesense.store.key_safe import MasterKey, is_locked, open_safe, store_name
from tissuesense.store.os_keyring import can_remember, remember, remembered

logger = logging.getLogger(__name__)

PASSPHRASE_VARIABLE = "TISSUESENSE_PASSPHRASE"  # noqa: S105 - the name of it
SHORTEST_TYPED = 8

# Asks the person; told whether the passphrase is a new one; None where nobody can be asked.
AskPassphrase = Callable[[bool], str | None]


def find_passphrase(given: str | AskPassphrase | None, *, new: bool) -> str | None:
    """Return the passphrase, or None where there is none to be had; an empty one counts as none.

    No keyring is looked at: a new store has nothing in it, and one that exists has `unlock`.
    """
    said = _said(given)
    if said is None and callable(given):
        said = given(new)
    return said or None


def unlock(safe: Mapping[str, Any], given: str | AskPassphrase | None) -> MasterKey:
    """Open a safe with what the caller or the environment says, else the keyring, else the person.

    What this computer remembers may be out of date; then the person is asked as if it were not
    there. A wrong passphrase that somebody said is final.

    Raises
    ------
    StoreLocked
        When the passphrase is missing or wrong.
    SchemaTooNew, RecordError
        As `tissuesense.store.key_safe.open_safe` does.
    """
    said = _said(given)
    if said is not None or not is_locked(safe):
        return open_safe(safe, said)
    kept = remembered(store_name(safe))
    if kept is not None:
        try:
            return open_safe(safe, kept)
        except StoreLocked:
            logger.warning("The passphrase that this computer remembers does not open the store.")
    return open_safe(safe, given(False) if callable(given) else None)  # noqa: FBT003 - as below


class AtTerminal:
    """The person at the terminal: asked for a passphrase, and once it was right, to remember it."""

    def __init__(self) -> None:
        self._typed: str | None = None
        self._new = False

    def __call__(self, new: bool) -> str | None:  # noqa: FBT001 - the one argument of AskPassphrase
        """Ask for a passphrase; None where nobody answers."""
        self._typed, self._new = ask_at_terminal(new), new
        return self._typed

    def offer_to_remember(self, store: str) -> None:
        """Offer to keep what was typed; silent where nothing was, or there is no keyring."""
        if self._typed is None:
            return
        if not can_remember():
            if self._new:
                sys.stderr.write(
                    "This computer has no keyring: the passphrase is asked for each time.\n"
                )
            return
        # Not on stdout, which may be JSON that another program reads.
        sys.stderr.write("Remember on this computer? [y/N] ")
        sys.stderr.flush()
        if sys.stdin.readline().strip().lower() in {"y", "yes"} and not remember(
            store, self._typed
        ):
            sys.stderr.write(
                "The keyring did not take it: the passphrase is asked for next time.\n"
            )


def ask_at_terminal(new: bool) -> str | None:  # noqa: FBT001 - the one argument of AskPassphrase
    """Ask on the terminal, twice for a new passphrase; None where nobody answers there."""
    if not sys.stdin.isatty():
        return None
    try:
        return _new_one() if new else getpass.getpass("Passphrase of the record: ")
    except EOFError:
        return None


def _new_one() -> str:
    while True:
        passphrase = getpass.getpass("New passphrase for the record: ")
        if not passphrase:  # the way out
            return passphrase
        if len(passphrase) < SHORTEST_TYPED:
            sys.stderr.write(
                f"It needs {SHORTEST_TYPED} characters or more; a short sentence is easy to keep.\n"
            )
        # A slip in a new passphrase would cost the recovery code on the first day.
        elif getpass.getpass("The same again: ") == passphrase:
            return passphrase
        else:
            sys.stderr.write("The two differ.\n")


def _said(given: str | AskPassphrase | None) -> str | None:
    """Return what the caller or the environment says; None where neither says anything."""
    if isinstance(given, str):
        return given
    return os.environ.get(PASSPHRASE_VARIABLE) or None
