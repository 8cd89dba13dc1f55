"""Plots as the app shows and hands them out: in the page, as SVG, as PNG, and as their numbers.

Whatever is drawn has a table of the same numbers: it stands under the plot, and is the CSV.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from fastapi.responses import Response
from markupsafe import Markup

from tissuesense.report.inline_svg import inline_svg, without_styles
from tissuesense.services.printing import picture
from tissuesense.web.printing import printed

PlotForm = Literal["svg", "png", "csv"]
Value = str | float | int | None
_TYPES = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "csv": "text/csv; charset=utf-8",
}
# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """One plot.

    Attributes
    ----------
    name
        What files and ids call it: lower-case letters, digits and hyphens.
    title
        The finding as a sentence.
    svg
        In the light theme's colours; empty where it was not drawn.
    alt
        What it shows, in words.
    columns, rows
        The same numbers as a table; a number is one, and None is an empty cell.
    decimals
        How many decimals a page shows of each column's numbers.
    address
        Where it is handed out: an ending such as .svg is put before the question mark.
    """

    name: str
    title: str
    svg: str
    alt: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    decimals: tuple[int, ...] = ()
    address: str = ""
    caption: str = ""

    @property
    def inline(self) -> Markup:
        """The plot to stand in a page."""
        return inline_svg(self.svg, alt=self.alt, name=self.name)

    def link(self, form: PlotForm) -> str:
        """Return where it is handed out in a form."""
        path, mark, query = self.address.partition("?")
        return f"{path}.{form}{mark}{query}"

    def places(self, column: int) -> int:
        """Return how many decimals a column shows."""
        return self.decimals[column] if column < len(self.decimals) else 0


async def handed_out(plot: Plot, form: PlotForm, *, file: str) -> Response:
    """Return a plot as a file to keep; `file` is its name without ending.

    Raises
    ------
    MissingExtraError
        When a PNG is asked for and the part that makes it is not installed.
    """
    if form == "csv":
        content = as_csv(plot.columns, plot.rows)
    elif form == "svg":
        content = without_styles(plot.svg).encode()
    else:
        content = await printed(picture, plot.svg)
    return download(content, _TYPES[form], f"{file}.{form}")


def download(content: bytes, media_type: str, file: str) -> Response:
    """Return a file that the browser keeps and does not show."""
    return Response(
        content,
        media_type=media_type,
        headers={"content-disposition": f'attachment; filename="{file}"'},
    )


def as_csv(columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> bytes:
    """Return a table as CSV: UTF-8, a point for the decimals, every digit of every number."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([[_cell(value) for value in row] for row in rows])
    return written.getvalue().encode()


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return repr(value)
