"""`tissuesense demo`: the main job on the simulated gauge, from the wire to the report."""

from pathlib import Path
from typing import Annotated

import typer


def command(
    out: Annotated[Path, typer.Option(help="Folder for report, record and traces.")] = Path(
        "demo-out"
    ),
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder for the sample practice; else OUT/store.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Measure an invented client with the simulated gauge and write everything a visit leaves.

    Example: tissuesense demo --out demo-out
    """
    from rich.progress import Progress

    from tissuesense.cli.document_text import sentences, tables
    from tissuesense.cli.output import diagnostics, print_json, say, show
    from tissuesense.core.clock import SystemClock
    from tissuesense.record.document import record_json
    from tissuesense.services.demo import demonstrate

    with Progress(console=diagnostics(), transient=True) as bar:
        task = bar.add_task("Measuring")

        def progress(what: str, done: int, of: int) -> None:
            bar.update(task, description=what, completed=done, total=of)

        demo = demonstrate(
            out, store_folder=data or out / "store", clock=SystemClock(), progress=progress
        )
    if as_json:
        files = [str(path) for path in demo.files]
        print_json(
            {"client": demo.record.client.id, "files": files, "record": record_json(demo.record)}
        )
        return
    for sentence in sentences(demo.document, "in_short"):
        show(sentence)
    for table in tables(demo.document, "hands_and_sensor", columns=5):
        show(table)
    say("All of it is invented: a simulated client, a simulated gauge, real arithmetic.")
    show("Written:\n" + "\n".join(f"  {path}" for path in demo.files))
