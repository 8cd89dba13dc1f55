"""The legend of the body map: the scale with words at its ends, and only the signs in use."""

import textwrap
from collections.abc import Collection, Iterator, Sequence
from xml.sax.saxutils import escape

from tissuesense.report.figures.body_marks import Mark, Scale, circle, diamond
from tissuesense.report.theme import LIGHT

WIDTH = 76.0
_CHARACTERS = 32  # that fit into a line
_TEXT = 3.9  # height of letters: 7.5 pt in a column of the printed page
_LINE = 5.2
_ROW = 7.5
_SWATCH = (13.0, 5.5)


def legend(scale: Scale, marks: Collection[Mark], notes: Sequence[str], *, deep: bool) -> str:
    """Return the legend as SVG, from its upper left corner downwards.

    Parameters
    ----------
    notes
        Sentences below it.
    deep
        Whether the map shows patches of deeper muscles.
    """
    parts: list[str] = []
    y = _TEXT
    if any(mark.level is not None for mark in marks):
        lines = textwrap.wrap(scale.title, _CHARACTERS)
        parts += (label(0, y + i * _LINE, line, bold=True) for i, line in enumerate(lines))
        y += len(lines) * _LINE - 2
        parts += _steps(scale, y)
        y += _SWATCH[1] + _LINE
        parts += _ends(scale, y)
        y += _LINE + _ROW
    for sign, words in _rows(marks, deep=deep):
        parts.append(f'<g transform="translate(4 {y - 1.3:g})">{sign}</g>' + label(11, y, words))
        y += _ROW
    for line in (line for note in notes for line in textwrap.wrap(note, _CHARACTERS)):
        parts.append(label(0, y, line))
        y += _LINE
    return "".join(parts)


def label(x: float, y: float, words: str, *, bold: bool = False, anchor: str = "start") -> str:
    """Return one line of text."""
    colour, weight = (LIGHT["ink"], "bold") if bold else (LIGHT["muted"], "normal")
    return (
        f'<text x="{x:g}" y="{y:g}" font-family="DejaVu Sans" font-size="{_TEXT}"'
        f' font-weight="{weight}" text-anchor="{anchor}" fill="{colour}">{plain(words)}</text>'
    )


def plain(words: str) -> str:
    """Return text that stays text in SVG and in the page that takes it in."""
    printable = "".join(c if c.isprintable() else " " for c in words)
    return escape(printable, {'"': "&quot;", "#": "&#35;"})


def hatch() -> str:
    """Return the pattern of what was not measured."""
    return (
        '<pattern id="hatch" width="1.6" height="1.6" patternUnits="userSpaceOnUse"'
        f' patternTransform="rotate(45)"><rect width="1.6" height="1.6" fill="{LIGHT["card"]}"/>'
        f'<path d="M0.8,0V1.6" stroke="{LIGHT["control"]}" stroke-width="0.4"/></pattern>'
    )


def _steps(scale: Scale, y: float) -> Iterator[str]:
    width, height = _SWATCH
    for i, (colour, sign) in enumerate(zip(scale.colours, scale.signs, strict=True)):
        x = i * width
        yield _box(x, y, width, height, LIGHT[colour])
        if sign:
            yield circle(x + width / 2, y + height / 2, sign=sign)


def _ends(scale: Scale, y: float) -> Iterator[str]:
    right = len(scale.colours) * _SWATCH[0]
    together = len(scale.low) + len(scale.high) < _CHARACTERS - 4
    yield label(0, y, scale.low)
    yield label(right, y if together else y + _LINE, scale.high, anchor="end")


def _rows(marks: Collection[Mark], *, deep: bool) -> Iterator[tuple[str, str]]:
    if any(mark.hand is not None for mark in marks):
        yield diamond(0, 0, 1), "hand; larger: higher grade"
    if any(mark.level is not None and not mark.within_error for mark in marks):
        yield circle(0, 0), "sensor"
    if any(mark.level is not None and mark.within_error for mark in marks):
        yield circle(0, 0, hollow=True), "within measurement error"
    if any(mark.missing for mark in marks):
        yield _box(-4, -2.2, 8, 4.4, "url(#hatch)"), "not measured"
    if deep:
        dashed = _box(-4, -2.2, 8, 4.4, LIGHT["card"], "1 0.6")
        yield dashed, "lies under another muscle"


def _box(x: float, y: float, width: float, height: float, fill: str, dashes: str = "none") -> str:
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}"'
        f' stroke="{LIGHT["control"]}" stroke-width="0.3" stroke-dasharray="{dashes}"/>'
    )
