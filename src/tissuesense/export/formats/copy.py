"""The client's own copy: one zip with pages to read, tables, traces and both records for programs.

A client may ask for what is held of him or her, in a form to read and in one to take elsewhere.
"""

import tempfile
import textwrap
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tissuesense.core.version import __version__
from tissuesense.export.registry import FORMATS, Format, Request

if TYPE_CHECKING:
    from tissuesense.record.client import ClientId

_FORMATS = {"csv": "tables", "fhir": "record/fhir.json", "json": "record/record.json"}
_README = """\
Your record
===========

{about}

Begin with these: they open with a double click.

  reports/your-page.pdf      one page for you, in plain words
  reports/course.pdf         the whole course of care, as who refers and who pays get it
  reports/visit-DATE-ID.pdf  each visit, with every press

Each of them is there as .html too, for a screen, a phone or a program that reads aloud.

For a spreadsheet or another program:

  tables/                    everything in tables (CSV); tables/README.txt says what each one holds
  tables/traces/             what the gauge felt, moment by moment, and beside each file its .json,
                             which says where, when and with what it was measured
  record/fhir.json           the record as other clinics' programs read it (FHIR R4)
  record/record.json         the record with all of its history, as TissueSense takes it in again

What to know of the numbers:

- A difference within measurement error is no difference that anyone may build on; the pages say
  where that is so.
- What was struck out is still there, and is said to be struck out.
- Numbers that came from another instrument without their samples cannot be checked again; they are
  said to be imported.
- Who looked at your record is not in this copy. Ask the practice.

Nothing in this copy is locked. Whoever has the file can read it: keep it where you keep letters
from a doctor. Ask your therapist or your doctor what it means for you.

Written by tissuesense {version}.
"""
_ABOUT = (
    "This is a copy of what {practice} holds of you in TissueSense, a program that measures and "
    "writes down. It was made on {day}. {who}"
)
_NAMED = "It says who you are."
_UNNAMED = (
    "You are called {client} in it, and your name and address are left out; in the pages and in "
    "record.json stand the therapist's own words, as they were written."
)


def _write(request: Request) -> None:
    """Write one folder per client into the zip, its files in the order of their names."""
    with (
        tempfile.TemporaryDirectory(prefix=".copy-", dir=request.out.absolute().parent) as scratch,
        zipfile.ZipFile(request.out, "x", zipfile.ZIP_DEFLATED) as archive,
    ):
        for record in request.records:
            client = record.client.id
            folder = Path(scratch) / client
            folder.mkdir(mode=0o700)
            _fill(folder, client, replace(request, records=[record]))
            for path in _in_order(folder):
                _add(archive, f"{client}/{path.relative_to(folder).as_posix()}", path, request)


def _fill(folder: Path, client: "ClientId", request: Request) -> None:
    for name in ("reports", "record"):
        (folder / name).mkdir()
    for name, content in request.pages(client):
        (folder / "reports" / name).write_bytes(content)
    for form, place in _FORMATS.items():
        FORMATS[form].write(replace(request, out=folder / place))
    who = _UNNAMED.format(client=client) if request.identity(client) is None else _NAMED
    about = _ABOUT.format(
        practice=request.practice.name or "the practice",
        day=request.exported_at.date().isoformat(),
        who=who,
    )
    page = _README.format(about=textwrap.fill(about, 100), version=__version__)
    (folder / "README.txt").write_text(page, encoding="utf-8")


def _in_order(folder: Path) -> Iterator[Path]:
    """Yield the page that explains the others first, then the files by name."""
    readme = folder / "README.txt"
    yield readme
    files = (path for path in folder.rglob("*") if path.is_file() and path != readme)
    yield from sorted(files, key=lambda path: path.as_posix())


def _add(archive: zipfile.ZipFile, name: str, path: Path, request: Request) -> None:
    """Add a file under the time of the export; a zip knows no time before 1980 and no zone."""
    stamp = request.exported_at
    when = (max(stamp.year, 1980), stamp.month, stamp.day, stamp.hour, stamp.minute, stamp.second)
    member = zipfile.ZipInfo(name, date_time=when)
    member.compress_type = zipfile.ZIP_DEFLATED
    member.external_attr = 0o600 << 16
    with path.open("rb") as source, archive.open(member, "w") as target:
        while piece := source.read(1 << 20):
            target.write(piece)


FORMAT = Format(
    title="The client's own copy: pages, tables, traces and records in one zip",
    folder=False,
    own_copy=True,
    extra="fhir,pdf",
    losses=(
        "Who looked at, handed out or took in the record stays in the store.",
        "The chain of hashes stays in the store.",
        "Without the identity, tables and FHIR have no own words, but pages and record.json do.",
    ),
    write=_write,
)
