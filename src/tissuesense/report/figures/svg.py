"""SVG by hand, for figures of which a report has many: strokes, signs and letters in points."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from tissuesense.report.theme import LIGHT

_FONT_PT = 7.5
_DIAMOND = 3.0


@dataclass(slots=True)
class Drawing:
    """A picture that is being drawn; units are points, y goes down.

    Parameters
    ----------
    width, height
        Of the whole.
    """

    width: float
    height: float
    _parts: list[str] = field(default_factory=list)

    def svg(self, alt: str) -> str:
        """Return the document; `alt` says what it shows to those who do not see it."""
        size = f'width="{self.width:g}pt" height="{self.height:g}pt"'
        box = f'viewBox="0 0 {self.width:g} {self.height:g}"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {box} {size}>'
        return f"{head}<desc>{plain(alt)}</desc>{''.join(self._parts)}</svg>\n"

    def box(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """Fill a rectangle with a colour of the theme."""
        self._parts.append(
            f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}"'
            f' fill="{LIGHT[colour]}"/>'
        )

    def line(
        self,
        points: Sequence[tuple[float, float]],
        colour: str,
        *,
        width: float = 0.6,
        dashes: str = "",
    ) -> None:
        """Draw a line through points."""
        path = "L".join(f"{x:.2f},{y:.2f}" for x, y in points)
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        self._parts.append(
            f'<path d="M{path}" fill="none" stroke="{LIGHT[colour]}" stroke-width="{width:g}"'
            f'{dashed} stroke-linejoin="round"/>'
        )

    def circle(self, x: float, y: float, *, hollow: bool, radius: float = 2.6) -> None:
        """Draw the sensor's sign, hollow where a value is within error."""
        inner = LIGHT["card" if hollow else "sensor"]
        self._parts.append(
            f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius:g}" fill="{inner}"'
            f' stroke="{LIGHT["sensor"]}" stroke-width="1.1"/>'
        )

    def diamond(self, x: float, y: float) -> None:
        """Draw the hand's sign."""
        half = _DIAMOND
        self._parts.append(
            f'<path d="M{x:.2f},{y - half:.2f}l{half},{half}l{-half},{half}l{-half},{-half}Z"'
            f' fill="{LIGHT["card"]}" stroke="{LIGHT["hand"]}" stroke-width="1.1"/>'
        )

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        colour: str = "muted",
        anchor: str = "start",
        bold: bool = False,
    ) -> None:
        """Write words; `y` is the line that letters stand on."""
        weight = ' font-weight="bold"' if bold else ""
        self._parts.append(
            f'<text x="{x:.2f}" y="{y:.2f}" font-family="DejaVu Sans" font-size="{_FONT_PT}"'
            f'{weight} text-anchor="{anchor}" fill="{LIGHT[colour]}">{plain(words)}</text>'
        )


def plain(words: str) -> str:
    """Return text that stays text in SVG and in the page that takes it in."""
    printable = "".join(c if c.isprintable() else " " for c in words)
    return escape(printable, {'"': "&quot;", "#": "&#35;"})


def text_width(words: str) -> float:
    """Return about how wide words are, in points."""
    return 0.56 * _FONT_PT * len(words)


def nice_step(span: float, most: int) -> float:
    """Return the least of 1, 2, 5 times a power of ten that parts `span` into `most` or fewer."""
    step = 1e-3
    while True:
        for factor in (1.0, 2.0, 5.0):
            if span <= most * step * factor * (1 + 1e-9):
                return step * factor
        step *= 10.0
