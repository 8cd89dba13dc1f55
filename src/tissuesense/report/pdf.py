"""A document as PDF/A-2a and PDF/UA-1 through Typst, which brings its own fonts and engine."""

import json
from datetime import UTC
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tissuesense.core.dates import day
from tissuesense.core.errors import MissingExtraError
from tissuesense.report.document import Document
from tissuesense.report.paper import TYPST_SIZE, Paper
from tissuesense.report.theme import LIGHT

_POINTS = 10.0
_LARGE_POINTS = (14.0, 13.0, 12.0, 11.0, 10.0, 9.0)


def render_pdf(document: Document, *, paper: Paper = "a4") -> bytes:
    """Return the PDF; the same document gives the same bytes.

    A document in large type is set as large as one page takes.

    Raises
    ------
    MissingExtraError
        When Typst is not installed.
    """
    try:
        import typst  # noqa: PLC0415 - an optional part
    except ModuleNotFoundError as err:
        raise MissingExtraError("The PDF report", extra="pdf") from err
    # Archivable, and tagged for a screen reader; both need a document date and a text for each
    # picture.
    told = document.to_dict() | {
        "day": day(document.dated),
        "dated": document.dated.astimezone(UTC).isoformat(),  # Typst writes every date as UTC
        "theme": LIGHT,
        "paper": TYPST_SIZE[paper],
    }
    with as_file(files("tissuesense.report").joinpath("report.typ")) as template:

        def options(points: float) -> dict[str, Any]:
            return {
                "input": template,
                "sys_inputs": {"document": json.dumps(told | {"points": points})},
                # The machine's fonts would make the same record look different elsewhere.
                "ignore_system_fonts": True,
                "font_paths": [_plot_fonts()],
            }

        def pages(points: float) -> int:
            return int(
                json.loads(typst.query(selector="<pages>", field="value", **options(points)))[0]
            )

        points = _POINTS
        if document.large:
            fitting = (size for size in _LARGE_POINTS if pages(size) == 1)
            points = next(fitting, _LARGE_POINTS[-1])
        printed: bytes = typst.compile(pdf_standards=["a-2a", "ua-1"], **options(points))
        return printed


def _plot_fonts() -> Path:
    """Return the folder of the fonts that the figures were laid out with."""
    found = find_spec("matplotlib")  # not imported: that takes longer than a whole page
    if found is None or found.origin is None:
        raise MissingExtraError("The PDF report", extra="pdf")
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"
