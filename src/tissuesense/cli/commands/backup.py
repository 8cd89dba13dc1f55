"""`tissuesense backup`: a copy of the whole record that can be kept elsewhere, and back again."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tissuesense.cli.exit_codes import ExitCode
from tissuesense.cli.output import print_json, say
from tissuesense.cli.store_option import DataOption, open_from_terminal

if TYPE_CHECKING:  # imported when the command runs, so that --help stays fast
    from tissuesense.services.backing_up import Backup
    from tissuesense.services.restoring import Opener, Restored

CODE_VARIABLE = "TISSUESENSE_RECOVERY_CODE"


def command(
    out: Annotated[
        Path | None, typer.Option(help="File to write; the clients' keys go beside it.")
    ] = None,
    out_dir: Annotated[
        Path | None,
        typer.Option(
            help="Folder to write into under a name by date; of the earlier ones, the last of 7 "
            "days, 4 weeks and 12 months stay.",
        ),
    ] = None,
    check: Annotated[
        Path | None, typer.Option(help="Restore this backup for a trial, and only say how it went.")
    ] = None,
    restore: Annotated[
        Path | None, typer.Option(help="Make a store of this backup in the new folder --data.")
    ] = None,
    data: DataOption = None,
    keys: Annotated[
        Path | None, typer.Option(help="The file with the clients' keys, if it is elsewhere.")
    ] = None,
    recovery_code: Annotated[
        bool,
        typer.Option(
            "--recovery-code",
            help="Open the backup with the recovery code instead of the passphrase; it is asked "
            f"for, or taken from {CODE_VARIABLE}.",
        ),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing backup.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Back the record up while it is in use, try a backup out, or make a store of it again.

    A backup is two files: FILE, which may be kept anywhere, and FILE.keys with the clients' keys.

    Example: tissuesense backup --out /media/stick/record.backup
    """
    from tissuesense.core.errors import UsageError

    if [out, out_dir, check, restore].count(None) != 3:  # noqa: PLR2004 - all but one of four
        raise UsageError("Say one of --out, --out-dir, --check and --restore.")
    if check is not None:
        _check(check, keys, by_code=recovery_code, as_json=as_json)
    elif restore is not None:
        _restore(restore, data, keys, by_code=recovery_code, as_json=as_json)
    else:
        _back_up(out, out_dir, data, force=force, as_json=as_json)


def _back_up(
    out: Path | None, out_dir: Path | None, data: str | None, *, force: bool, as_json: bool
) -> None:
    from tissuesense.core.clock import SystemClock
    from tissuesense.services.backing_up import back_up, back_up_into

    clock = SystemClock()
    with open_from_terminal(data) as store:
        made = (
            back_up(store, out, clock=clock, force=force)
            if out is not None
            else back_up_into(store, out_dir or Path(), clock=clock)
        )
    if as_json:
        print_json(made.to_dict())
    else:
        _tell(made)


def _tell(made: "Backup") -> None:
    facts = made.manifest.facts
    say(f"Written: {made.path}")
    say(f"The clients' keys: {made.keys}")
    print(f"{facts.head}  entries: {facts.entries}, measurements: {facts.measurements}")
    if not made.encrypted:
        say("The store has no passphrase, and so neither has its backup: whoever has it reads it.")
    for path in made.removed:
        say(f"Its time is over, removed: {path}")
    for unreached in made.unreached:
        say(f"Keys of erased clients may still be in {unreached.path}: {unreached.why}")


def _check(backup: Path, keys: Path | None, *, by_code: bool, as_json: bool) -> None:
    import numpy as np

    from tissuesense.core.clock import SystemClock
    from tissuesense.core.errors import RecordNotFound, RecordTampered
    from tissuesense.services.restoring import check

    opener = _opener(by_code=by_code, new_passphrase=False)
    try:
        found = check(
            backup, opener=opener, clock=SystemClock(), rng=np.random.default_rng(), keys=keys
        )
    except (RecordNotFound, RecordTampered) as err:
        if as_json:
            print_json({"ok": False, "why": err.message})
        raise
    if as_json:
        print_json(found.to_dict())
    else:
        _say_found(found)
        say(
            "Whole: it was restored for a trial, and all of it verified."
            if found.ok
            else "Not whole."
        )
    if not found.ok:
        raise typer.Exit(ExitCode.FAILED)


def _restore(
    backup: Path, data: str | None, keys: Path | None, *, by_code: bool, as_json: bool
) -> None:
    import numpy as np

    from tissuesense.core.clock import SystemClock
    from tissuesense.services.restoring import restore
    from tissuesense.store.place import store_place

    to = store_place(data)
    opener = _opener(by_code=by_code, new_passphrase=True)
    made = restore(
        backup, to, opener=opener, clock=SystemClock(), rng=np.random.default_rng(), keys=keys
    )
    if as_json:
        print_json({"data": str(to), **made.to_dict()})
    else:
        _say_found(made)
        say(f"The store is in {to}.")


def _say_found(found: "Restored") -> None:
    facts = found.manifest.facts
    print(f"{facts.head}  entries: {facts.entries}, measurements: {facts.measurements}")
    say(f"Backup of {found.manifest.made_at:%Y-%m-%d %H:%M} UTC.")
    if found.erased:
        say(f"Erased since then, and so here too: {found.erased} clients.")
    if found.keyless:
        say(
            f"{found.keyless} clients have no key in {found.keys}, so nothing of them can be read. "
            "A file of keys of the same day or later may have them."
        )


def _opener(*, by_code: bool, new_passphrase: bool) -> "Opener":
    """Return how the safe of a backup is opened from a terminal."""
    from tissuesense.services.restoring import by_passphrase, by_recovery_code
    from tissuesense.store.keys import ask_at_terminal

    code = os.environ.get(CODE_VARIABLE)
    if not (by_code or code):
        return by_passphrase(ask_at_terminal)
    return by_recovery_code(code or _ask_for_code(), _new_passphrase if new_passphrase else None)


def _ask_for_code() -> str:
    import sys

    from tissuesense.core.errors import UsageError

    if not sys.stdin.isatty():
        raise UsageError(
            "There is nobody to ask for the recovery code.", hint=f"Set {CODE_VARIABLE}."
        )
    import getpass

    return getpass.getpass("Recovery code: ")


def _new_passphrase() -> str:
    from tissuesense.core.errors import UsageError
    from tissuesense.store.keys import PASSPHRASE_VARIABLE, ask_at_terminal, find_passphrase

    passphrase = find_passphrase(ask_at_terminal, new=True)
    if passphrase is None:
        raise UsageError(
            "The restored store needs a new passphrase; none was given.",
            hint=f"Set {PASSPHRASE_VARIABLE} to the new one.",
        )
    return passphrase
