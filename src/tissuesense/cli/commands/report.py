"""`tissuesense report`: what hands and sensor found, to hand over."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tissuesense.cli.output import print_json, say
from tissuesense.cli.store_option import DataOption, open_from_terminal

if TYPE_CHECKING:  # the record is imported when a report is asked for, so that --help stays fast
    from tissuesense.record.client import ClientId
    from tissuesense.record.visit import VisitId
    from tissuesense.report.document import Document
    from tissuesense.store.opened import Store

_REPORTS = (".html", ".htm", ".pdf")
_OTHER_FILES = (".csv", ".json", ".capture", ".db")


def command(
    client: Annotated[str, typer.Option(help="The client's pseudonym, such as TS-7QK47.")],
    out: Annotated[Path, typer.Option(help="File to write.")],
    kind: Annotated[
        Literal["visit", "course", "client"],
        typer.Option(
            help="One visit; the whole course, for who refers and pays; the client's page."
        ),
    ] = "visit",
    form: Annotated[
        Literal["html", "pdf"] | None,
        typer.Option("--format", help="Default: pdf where the file's name ends so, else html."),
    ] = None,
    visit: Annotated[
        str | None, typer.Option(metavar="ID", help="Which visit; default: the latest.")
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day that a course is told as of; default: today."),
    ] = None,
    paper: Annotated[Literal["a4", "letter"], typer.Option(help="Size of the page.")] = "a4",
    with_identity: Annotated[
        bool,
        typer.Option("--with-identity", help="Name the client (course only); noted in the record."),
    ] = False,
    data: DataOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Write a report as one file, to read on a screen or to print.

    An existing file is replaced: the record has everything that stands in it.

    Example: tissuesense report --client TS-7QK47 --kind course --format pdf --out course.pdf
    """
    from tissuesense.core.clock import SystemClock
    from tissuesense.core.errors import UsageError
    from tissuesense.record.client import parse_client_id
    from tissuesense.record.visit import parse_visit_id
    from tissuesense.services.reporting import form_of, write_report

    if out.suffix.lower() in _OTHER_FILES or (form is None and out.suffix.lower() not in _REPORTS):
        raise UsageError(
            f"The name of a report ends in .html or .pdf; '{out.name}' does not.",
            hint="A file of another kind is not replaced by a report.",
        )
    _check_options(kind, visit=visit, on=on, with_identity=with_identity)
    client_id = parse_client_id(client)
    visit_id = parse_visit_id(visit) if visit else None
    day = on or SystemClock().local_now()
    with open_from_terminal(data) as store:
        document = _built(store, kind, client_id, visit_id, day, with_identity=with_identity)
    form = form or form_of(out)
    write_report(document, form, out, paper=paper)
    if as_json:
        parts = [part.name for part in document.parts]
        print_json({"out": str(out), "format": form, "kind": kind, "sections": parts})
    else:
        say(f"Written: {out}")


def _check_options(
    kind: str, *, visit: str | None, on: datetime | None, with_identity: bool
) -> None:
    from tissuesense.core.errors import UsageError

    if visit is not None and kind != "visit":
        raise UsageError("--visit belongs to --kind visit.")
    if on is not None and kind == "visit":
        raise UsageError("A visit is told as of its own day.", hint="Leave --on out.")
    if with_identity and kind != "course":
        raise UsageError(
            "Only the report of a course can name the client.", hint="Give --kind course."
        )


def _built(
    store: "Store",
    kind: str,
    client: "ClientId",
    visit: "VisitId | None",
    day: datetime,
    *,
    with_identity: bool,
) -> "Document":
    import numpy as np

    from tissuesense.core.clock import SystemClock
    from tissuesense.services.identity import read_identity
    from tissuesense.services.reporting import build_client_page, build_course_report, build_report

    if kind == "visit":
        return build_report(store, client, visit)
    if kind == "client":
        return build_client_page(store, client, on=day.date())
    identity = None
    if with_identity:
        identity = read_identity(
            store,
            client,
            why="report of the course",
            clock=SystemClock(),
            rng=np.random.default_rng(),
        )
    return build_course_report(store, client, on=day.date(), identity=identity)
