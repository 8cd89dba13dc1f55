"""`tissuesense analyze`: numbers from recorded traces."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tissuesense.cli.exit_codes import ExitCode
from tissuesense.cli.output import diagnostics, print_json, say, show

if TYPE_CHECKING:
    from tissuesense.services.analyse_files import FileOutcome

_FEW = 5  # no need for a progress bar below


def command(
    paths: Annotated[list[Path], typer.Argument(help="Trace files, or folders of them.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ] = False,
) -> None:
    """Analyse recorded traces: each .csv with the .json beside it, or a .capture by its name.

    A file that cannot be analysed is named with its reason; the others are analysed all the same,
    and the exit code is then 1.

    Example: tissuesense analyze traces/ --json
    """
    from tissuesense.services.analyse_files import FileFailure, analysis_document, find_traces

    outcomes = _analysed(find_traces(paths))
    if as_json:
        print_json(analysis_document(outcomes))
    else:
        _show_tables(outcomes)
    failures = [outcome for outcome in outcomes if isinstance(outcome, FileFailure)]
    for failure in failures:
        named = str(failure.path) in failure.message
        say(failure.message if named else f"{failure.path}: {failure.message}")
    if failures:
        say(f"{len(failures)} of {len(outcomes)} files could not be analysed.")
        raise typer.Exit(ExitCode.FAILED)


def _analysed(paths: list[Path]) -> "list[FileOutcome]":
    from rich.progress import track

    from tissuesense.services.analyse_files import analyse_files

    console = diagnostics()
    quiet = len(paths) < _FEW or not console.is_terminal
    outcomes = analyse_files(paths)
    return list(
        track(
            outcomes, "Analysing", total=len(paths), console=console, transient=True, disable=quiet
        )
    )


def _show_tables(outcomes: "list[FileOutcome]") -> None:
    from tissuesense.analysis.analyse import RecordingAnalysis
    from tissuesense.cli.tables import analysis_block

    for outcome in outcomes:
        if isinstance(outcome, RecordingAnalysis):
            show(analysis_block(outcome))
