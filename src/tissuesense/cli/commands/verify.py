"""`tissuesense verify`: is the record what was written, entry by entry."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from tissuesense.cli.exit_codes import ExitCode
from tissuesense.cli.output import print_json, say, show_line
from tissuesense.cli.store_option import DataOption, open_from_terminal

if TYPE_CHECKING:
    from tissuesense.store.opened import Store
    from tissuesense.store.verification import Verification


def command(
    data: DataOption = None,
    expect: Annotated[
        str | None,
        typer.Option(metavar="HEAD", help="A head that was printed: the chain must hold it."),
    ] = None,
    rebuild_index: Annotated[
        bool,
        typer.Option(
            "--rebuild-index", help="If only the index is broken, make it anew from the entries."
        ),
    ] = False,
    recover: Annotated[
        bool, typer.Option("--recover", help="First take in recordings that were interrupted.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Verify the chain of entries, all raw data, the index over them, the keys and the files.

    Prints the head, the hash that speaks for every entry. The exit code is 1 when anything is
    broken; the first broken entry is named. That the end was cut off, or that all of it was
    written anew, can only be seen with a head that was printed before: --expect.

    Example: tissuesense verify --recover
    """
    from tissuesense.services.verify import mend_index, verify_record

    with open_from_terminal(data) as store:
        if recover:
            _recover(store)
        with _bar() as progress:
            found = verify_record(store, expected=expect, progress=progress)
        if rebuild_index and not found.ok:
            say(f"The index is made anew. Entries in it: {mend_index(store, found)}.")
            with _bar() as progress:
                found = verify_record(store, expected=expect, progress=progress)
    if as_json:
        print_json(found.to_dict())
    else:
        _tell(found)
    if not found.ok:
        raise typer.Exit(ExitCode.FAILED)


def _tell(found: "Verification") -> None:
    for warning in found.warnings:
        say(warning)
    broken = found.broken
    if broken is None:
        say(f"All is as written. Entries: {found.entries}, recordings: {found.measurements}. Head:")
        show_line(found.head)
        return
    where = "The store is broken" if broken.seq is None else f"Entry {broken.seq} is broken"
    name = f" ({broken.id})" if broken.id else ""
    say(f"{where}{name}: {broken.what}")
    if found.places > 1:
        say(f"It is the first of {found.places} broken places.")
    say(
        "Only the index is broken; 'tissuesense verify --rebuild-index' makes it anew."
        if found.only_index
        else "Restore the store from a backup: 'tissuesense backup --restore FILE --data NEW'."
    )


def _recover(store: "Store") -> None:
    import numpy as np

    from tissuesense.core.clock import SystemClock
    from tissuesense.services.running_capture import recover

    for recovered in recover(store, clock=SystemClock(), rng=np.random.default_rng()):
        say(recovered.sentence)


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    from rich.progress import Progress

    from tissuesense.cli.output import diagnostics

    console = diagnostics()
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Verifying")
        yield lambda done, of: bar.update(task, completed=done, total=of)
