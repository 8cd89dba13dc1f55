"""`tissuesense simulate`: recordings with known truth."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tissuesense.cli.output import diagnostics, print_json, say, show

if TYPE_CHECKING:
    from tissuesense.services.simulate import WrittenRecording
    from tissuesense.simulation.spec import SessionSpec

_FEW = 20  # no need for a progress bar below


def command(
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the traces and their truth.")
    ] = None,
    names: Annotated[
        bool, typer.Option("--list", help="Name the subjects, sites and faults there are.")
    ] = False,
    kind: Annotated[str, typer.Option(help="ppt, indentation or tolerance.")] = "ppt",
    subject: Annotated[str, typer.Option(help="Who is pressed; see --list.")] = "relaxed",
    site: Annotated[str, typer.Option(help="Where; see --list.")] = "trapezius_upper",
    side: Annotated[str, typer.Option(help="left or right.")] = "left",
    seed: Annotated[int, typer.Option(help="The same seed gives the same samples.")] = 1,
    count: Annotated[int, typer.Option(min=1, help="How many recordings, one seed each.")] = 1,
    presses: Annotated[int, typer.Option(min=1, help="Presses in each recording.")] = 3,
    rate_hz: Annotated[float, typer.Option(help="Samples per second.")] = 80.0,
    probe_area_cm2: Annotated[float, typer.Option(help="Area of the tip.")] = 1.0,
    target_rate_kpa_s: Annotated[float, typer.Option(help="Intended ramp.")] = 50.0,
    marker: Annotated[
        bool, typer.Option("--marker/--no-marker", help="The client holds a button.")
    ] = True,
    fault: Annotated[str | None, typer.Option(help="What goes wrong; see --list.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ] = False,
) -> None:
    """Write simulated recordings: NAME.csv, its side-car NAME.json, and NAME.truth.json.

    Example: tissuesense simulate --out traces --subject tender_left --count 5
    """
    from tissuesense.core.errors import UsageError
    from tissuesense.simulation.spec import SessionSpec

    if names:
        _list(as_json)
        return
    if out is None:
        raise UsageError(
            "Where shall the recordings go?", hint="Add --out FOLDER, or --list for the names."
        )
    settings = {
        "kind": kind,
        "subject": subject,
        "site": site,
        "side": side,
        "seed": str(seed),
        "rate_hz": str(rate_hz),
        "probe_area_cm2": str(probe_area_cm2),
        "target_rate_kpa_s": str(target_rate_kpa_s),
        "marker": str(int(marker)),
    } | ({"fault": fault} if fault else {})
    written = _written(out, SessionSpec.from_query(settings), count, presses)
    if as_json:
        print_json({"recordings": [recording.to_dict() for recording in written]})
        return
    for recording in written:
        print(recording.trace_path)
    say(f"Wrote {len(written)} recording(s) of {presses} presses, each with its truth, to {out}.")


def _written(out: Path, spec: "SessionSpec", count: int, presses: int) -> "list[WrittenRecording]":
    from rich.progress import track

    from tissuesense.services.simulate import simulate_recordings

    console = diagnostics()
    return list(
        track(
            simulate_recordings(out, spec, recordings=count, presses=presses),
            "Simulating",
            total=count,
            console=console,
            transient=True,
            disable=count < _FEW or not console.is_terminal,
        )
    )


def _list(as_json: bool) -> None:
    from rich.table import Table

    from tissuesense.services.simulate import catalogue

    names = catalogue()
    if as_json:
        print_json(names)
        return
    for title, rows in (
        ("Subjects", [(row["name"], row["words"]) for row in names["subjects"]]),
        (
            "Faults",
            [(row["name"], f"{row['sentence']} ({row['place']})") for row in names["faults"]],
        ),
        ("Places", [(site, " or ".join(names["sides"])) for site in names["sites"]]),
    ):
        table = Table(title=title, title_justify="left", show_header=False, box=None)
        for row in rows:
            table.add_row(*row)
        show(table)
