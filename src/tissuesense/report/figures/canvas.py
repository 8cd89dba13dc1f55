"""Paper to draw on: one style, the same bytes for the same picture, text that stays text."""

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tissuesense.report.theme import LIGHT

if TYPE_CHECKING:  # who only says what a figure is to show need not wait for the plotting library
    from matplotlib.figure import Figure

COLUMN_WIDTH_MM = 170.0  # A4 less two margins of 20 mm
_MM_PER_INCH = 25.4
_PANEL_GAP = 0.05  # of a panel's width: no axis label runs into its neighbour

_STYLE: dict[Any, Any] = {  # keys are the plotting library's own
    "font.family": "DejaVu Sans",  # comes with the plotting library, so it is there everywhere
    "font.size": 7.5,
    "axes.titlesize": 7.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 7.5,
    "axes.labelcolor": LIGHT["muted"],
    "axes.edgecolor": LIGHT["control"],
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.facecolor": "none",
    "grid.color": LIGHT["line"],
    "grid.linewidth": 0.5,
    "xtick.color": LIGHT["control"],
    "ytick.color": LIGHT["control"],
    "xtick.labelcolor": LIGHT["muted"],
    "ytick.labelcolor": LIGHT["muted"],
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "xtick.major.width": 0.6,
    "ytick.major.size": 0,
    "text.color": LIGHT["ink"],
    "figure.facecolor": "none",
    "figure.edgecolor": "none",
    "path.simplify_threshold": 0.2,
    "svg.fonttype": "none",  # letters, not outlines: they can be read aloud, searched and restyled
    "svg.hashsalt": "tissuesense",  # otherwise every run names its clip paths anew
}


def picture(height_mm: float, draw: "Callable[[Figure], None]") -> str:
    """Return what `draw` draws on a figure of the column's width, as an SVG document."""
    import matplotlib as mpl  # noqa: PLC0415 - as above
    from matplotlib.figure import Figure  # noqa: PLC0415
    from matplotlib.layout_engine import ConstrainedLayoutEngine  # noqa: PLC0415

    size = (COLUMN_WIDTH_MM / _MM_PER_INCH, height_mm / _MM_PER_INCH)
    written = io.StringIO()
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=size, layout=ConstrainedLayoutEngine(wspace=_PANEL_GAP))
        draw(figure)
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    return written.getvalue()


def line(*, accepted: bool, width: float = 1.5) -> dict[str, Any]:
    """Return how a trace is drawn: what counts dark and whole, what does not thin and dashed."""
    if accepted:
        return {"color": LIGHT["ink"], "linewidth": width}
    return {"color": LIGHT["muted"], "linewidth": 0.8, "linestyle": (0, (4, 2))}
