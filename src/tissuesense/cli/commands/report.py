"""`tissuesense report`: what hands and sensor found, to hand over."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from tissuesense.cli.output import print_json, say
from tissuesense.cli.store_option import DataOption, open_from_terminal

_REPORTS = (".html", ".htm", ".pdf")
_OTHER_FILES = (".csv", ".json", ".capture", ".db")


def command(
    client: Annotated[str, typer.Option(help="The client's pseudonym, such as TS-7QK47.")],
    out: Annotated[Path, typer.Option(help="File to write.")],
    kind: Annotated[
        Literal["visit", "course", "client"], typer.Option(help="What the report is about.")
    ] = "visit",
    form: Annotated[
        Literal["html", "pdf"] | None,
        typer.Option("--format", help="Default: pdf where the file's name ends so, else html."),
    ] = None,
    visit: Annotated[
        str | None, typer.Option(metavar="ID", help="Which visit; default: the latest.")
    ] = None,
    data: DataOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Write a report of a visit as one file, to read on a screen or to print.

    An existing file is replaced: the record has everything that stands in it.

    Example: tissuesense report --client TS-7QK47 --format pdf --out visit.pdf
    """
    from tissuesense.core.errors import UsageError
    from tissuesense.record.client import parse_client_id
    from tissuesense.record.visit import parse_visit_id
    from tissuesense.services.reporting import build_report, form_of, write_report

    if kind != "visit":
        raise UsageError(
            f"Reports of the kind '{kind}' cannot be written yet.",
            hint="Use --kind visit: one report for each visit.",
        )
    if out.suffix.lower() in _OTHER_FILES or (form is None and out.suffix.lower() not in _REPORTS):
        raise UsageError(
            f"The name of a report ends in .html or .pdf; '{out.name}' does not.",
            hint="A file of another kind is not replaced by a report.",
        )
    client_id = parse_client_id(client)
    visit_id = parse_visit_id(visit) if visit else None
    with open_from_terminal(data) as store:
        document = build_report(store, client_id, visit_id)
    form = form or form_of(out)
    write_report(document, form, out)
    if as_json:
        parts = [part.name for part in document.parts]
        print_json({"out": str(out), "format": form, "kind": kind, "sections": parts})
    else:
        say(f"Written: {out}")
