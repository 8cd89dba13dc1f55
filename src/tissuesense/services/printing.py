"""Work that takes a processor for itself: documents and pictures, from what was loaded before.

Nothing here touches the store, so that any of it can be done in another process.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tissuesense.core.errors import MissingExtraError
from tissuesense.report.course_report import client_document, course_document
from tissuesense.report.course_view import CourseView
from tissuesense.report.figures.dose_timeline import DoseTimeline, dose_figure
from tissuesense.report.paper import Paper
from tissuesense.report.readings import VisitView
from tissuesense.report.visit_report import visit_document
from tissuesense.services.reporting import ReportFormat, render

_PICTURE = b"""#set page(width: auto, height: auto, margin: 6pt)
#image(bytes(sys.inputs.svg), width: eval(sys.inputs.width))
"""
_SHARP_PPI = 192.0


def print_visit(view: VisitView, form: ReportFormat, paper: Paper) -> bytes:
    """Return the report of a visit as a file.

    Raises
    ------
    MissingExtraError
        When a PDF is asked for and its part is not installed.
    """
    return render(visit_document(view), form, paper=paper)


def print_course(view: CourseView, form: ReportFormat, paper: Paper) -> bytes:
    """Return the report over a course of care as a file; otherwise as `print_visit`."""
    return render(course_document(view), form, paper=paper)


def print_client_page(view: CourseView, form: ReportFormat, paper: Paper) -> bytes:
    """Return the page for the client as a file; otherwise as `print_visit`."""
    return render(client_document(view), form, paper=paper)


def draw_dose(dose: DoseTimeline) -> str:
    """Return a treatment over time as SVG."""
    return dose_figure(dose)


def picture(svg: str, *, width_pt: float = 480.0) -> bytes:
    """Return an SVG in the light theme's colours as PNG on white.

    Raises
    ------
    MissingExtraError
        When the part that makes PDFs is not installed: it makes pictures too.
    """
    try:
        import typst  # noqa: PLC0415 - an optional part
    except ModuleNotFoundError as err:
        raise MissingExtraError("A plot as PNG", extra="pdf") from err
    options: dict[str, Any] = {
        "ppi": _SHARP_PPI,
        "sys_inputs": {"svg": svg, "width": f"{width_pt:g}pt"},
        "ignore_system_fonts": True,
        "font_paths": _plot_fonts(),
    }
    drawn: bytes = typst.compile(_PICTURE, format="png", **options)
    return drawn


def _plot_fonts() -> list[str]:
    found = find_spec("matplotlib")
    if found is None or found.origin is None:
        return []
    return [str(Path(found.origin).parent / "mpl-data" / "fonts" / "ttf")]
