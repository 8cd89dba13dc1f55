#!/usr/bin/env python3
"""Make the pictures of the documentation: a page and a ramp of the demonstration's report.

Run ``python tools/pictures.py``; it writes docs/images/. The clock is an invented one, so that the
same program gives the same pictures on every day.
"""

import tempfile
from pathlib import Path

import pypdfium2
import typst

from tissuesense.core.clock import ManualClock
from tissuesense.report.document import Document, Figure
from tissuesense.services.demo import demonstrate

IMAGES = Path(__file__).parents[1] / "docs" / "images"
PIXELS_PER_POINT = 1.5
_RAMP = b"""
#set page(width: 180mm, height: auto, margin: 5mm, fill: white)
#image(bytes(sys.inputs.svg), width: 100%)
"""


def main() -> None:
    """Write both pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        document = demonstrate(out, store_folder=out / "store", clock=ManualClock()).document
        page = pypdfium2.PdfDocument(out / "report.pdf")[0]
        page.render(scale=PIXELS_PER_POINT).to_pil().save(IMAGES / "report.png", optimize=True)
    svg = _first_figure(document, "ramps").svg
    png = typst.compile(
        _RAMP, format="png", ppi=1.5 * 72 * PIXELS_PER_POINT, sys_inputs={"svg": svg}
    )
    (IMAGES / "ramp.png").write_bytes(png)


def _first_figure(document: Document, part: str) -> Figure:
    blocks = next(p.blocks for p in document.parts if p.name == part)
    return next(block for block in blocks if isinstance(block, Figure))


if __name__ == "__main__":
    main()
