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
        bool, typer.Option("--list", help="Name the kinds, subjects, sites and faults there are.")
    ] = False,
    kind: Annotated[str, typer.Option(help="What is done; see --list.")] = "ppt",
    technique: Annotated[
        str | None, typer.Option(help="Of a treatment: neuromuscular or myofascial.")
    ] = None,
    subject: Annotated[str, typer.Option(help="Who is pressed; see --list.")] = "relaxed",
    site: Annotated[str, typer.Option(help="Where; see --list.")] = "trapezius_upper",
    side: Annotated[str, typer.Option(help="left or right.")] = "left",
    seed: Annotated[int, typer.Option(help="The same seed gives the same samples.")] = 1,
    count: Annotated[int, typer.Option(min=1, help="How many recordings, one seed each.")] = 1,
    presses: Annotated[
        int | None,
        typer.Option(min=1, help="Presses, taps, ... in each; else what is usual, such as 3."),
    ] = None,
    rate_hz: Annotated[
        float | None, typer.Option(help="Samples per second; else what is usual, such as 80.")
    ] = None,
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
    from tissuesense.simulation.kinds import KINDS
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
        "probe_area_cm2": str(probe_area_cm2),
        "target_rate_kpa_s": str(target_rate_kpa_s),
        "marker": str(int(marker)),
    }
    optional = {"fault": fault, "rate_hz": rate_hz, "technique": technique}
    settings |= {key: str(value) for key, value in optional.items() if value is not None}
    spec = SessionSpec.from_query(settings)
    usual = KINDS[spec.kind]
    each = presses or usual.usual_count
    written = _written(out, spec, count, each)
    if as_json:
        print_json({"recordings": [recording.to_dict() for recording in written]})
        return
    for recording in written:
        print(recording.trace_path)
    made = f"{len(written)} recording(s) of {each} {usual.items}"
    say(f"Wrote {made}, each with its truth, to {out}.")


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
        (
            "Kinds",
            [
                (row["kind"], f"{row['items']}, by {row['model']} at {row['rate_hz']:g} a second")
                for row in names["recordings"]
            ],
        ),
        ("Techniques", [(name, "of a dose") for name in names["techniques"]]),
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
