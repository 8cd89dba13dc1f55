"""The neutral document: what a report says, with no word about how it looks.

Renderers read these values only; sections write them only. Every value is plain data, so that a
document can be compared, stored and handed to another program as JSON.
"""

import enum
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal


class Voice(enum.StrEnum):
    """Who speaks: the hand and the sensor are told apart on every page."""

    PLAIN = "plain"
    STRONG = "strong"
    MUTED = "muted"
    HAND = "hand"
    SENSOR = "sensor"
    CODE = "code"
    STRUCK = "struck"


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text; a line feed in it breaks the line."""

    text: str
    voice: Voice = Voice.PLAIN
    kind: Literal["run"] = field(default="run", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A value with its uncertainty and unit: one word, never broken over two lines.

    Attributes
    ----------
    spread
        Such as "± 14"; empty where the number has no uncertainty.
    """

    value: str
    spread: str = ""
    unit: str = ""
    kind: Literal["number"] = field(default="number", init=False)

    def __str__(self) -> str:
        return " ".join(part for part in (self.value, self.spread, self.unit) if part)


Words = tuple[Run | Number, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    words: Words
    kind: Literal["paragraph"] = field(default="paragraph", init=False)


@dataclass(frozen=True, slots=True)
class Listing:
    """Sentences of equal rank."""

    items: tuple[Words, ...]
    kind: Literal["listing"] = field(default="listing", init=False)


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and what they are, two columns."""

    rows: tuple[tuple[str, Words], ...]
    kind: Literal["facts"] = field(default="facts", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The head of a table's column.

    Attributes
    ----------
    share
        Its part of the width, relative to the other columns.
    """

    title: str
    unit: str = ""
    voice: Voice = Voice.PLAIN
    numeric: bool = False
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Attributes
    ----------
    rows
        How many rows it spans.
    heads
        True where it names its row (or the rows that it spans).
    """

    words: Words
    rows: int = 1
    heads: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Cells from left to right, without those that a cell above still covers.

    Attributes
    ----------
    opens
        True where a new group begins: a hairline goes above.
    """

    cells: tuple[Cell, ...]
    opens: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Columns and rows.

    Attributes
    ----------
    caption
        What is in it, where the title of the section does not say so.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    caption: str = ""
    note: Words = ()
    kind: Literal["table"] = field(default="table", init=False)

    def placed(self) -> Iterator[tuple[Row, tuple[tuple[Column, Cell], ...]]]:
        """Yield each row with its cells beside the columns that they stand in."""
        covered = [0] * len(self.columns)
        for row in self.rows:
            free = [i for i, rows_left in enumerate(covered) if rows_left == 0]
            covered = [max(rows_left - 1, 0) for rows_left in covered]
            for place, cell in zip(free, row.cells, strict=True):
                covered[place] = cell.rows - 1
            yield row, tuple((self.columns[i], c) for i, c in zip(free, row.cells, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture that can stand alone.

    Attributes
    ----------
    svg
        A whole SVG document in the light theme's colours.
    alt
        What the picture shows, with its numbers, for those who do not see it.
    title
        The finding as a sentence.
    caption
        How to read it.
    half
        True where it is drawn for half the column: two such stand beside each other.
    width
        Its part of the column, where it stands alone.
    """

    svg: str
    alt: str
    title: Words
    caption: Words = ()
    half: bool = False
    width: float = 1.0
    kind: Literal["figure"] = field(default="figure", init=False)


Block = Paragraph | Listing | Facts | Table | Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One section as written.

    Attributes
    ----------
    small
        True for the method and the limits.
    appendix
        True for what stands after the disclaimer, on pages of its own; such parts come last.
    """

    name: str
    title: str
    blocks: tuple[Block, ...]
    small: bool = False
    appendix: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole report.

    Attributes
    ----------
    dated
        The date of what is reported, never of the printing: the same record gives the same bytes.
    fingerprint
        Hash over the data behind the report, printed small at the foot of each page.
    appendix
        What is said at the head of the appendix, where there is one.
    head
        Hash of the record's last entry, which speaks for all entries before it; empty where the
        report does not print it.
    large
        True for large type: who reads it is no professional.
    """

    title: str
    subtitle: str
    client: str
    dated: datetime
    parts: tuple[Part, ...]
    fingerprint: str
    disclaimer: str
    appendix: str = ""
    head: str = ""
    large: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self) | {"dated": self.dated.isoformat()}

    def figures(self) -> Iterator[Figure]:
        """Yield every figure, in the order of the page."""
        for part in self.parts:
            yield from (block for block in part.blocks if isinstance(block, Figure))


def say(*pieces: str | Run | Number) -> Words:
    """Return words from text and ready pieces; text is in the plain voice."""
    return tuple(Run(p) if isinstance(p, str) else p for p in pieces)


def text_of(words: Words) -> str:
    """Return words without their voices, for captions that are read aloud and for tests."""
    return "".join(run.text if isinstance(run, Run) else str(run) for run in words)
