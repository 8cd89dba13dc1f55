"""Parts of the neutral document in the terminal: the report's own words, no second wording."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tissuesense.report.document import Document, Listing, Number, Table, Voice, Words

if TYPE_CHECKING:  # rich is imported when something is shown, so that --help stays fast
    from rich.console import RenderableType
    from rich.table import Table as RichTable
    from rich.text import Text

_STYLES = {
    Voice.STRONG: "bold",
    Voice.MUTED: "dim",
    Voice.HAND: "yellow",
    Voice.SENSOR: "cyan",
}


def sentences(document: Document, part: str) -> Iterator["RenderableType"]:
    """Yield the sentences of a part, one paragraph each."""
    for block in _blocks(document, part):
        if isinstance(block, Listing):
            yield from (_text(item) for item in block.items)


def tables(document: Document, part: str, *, columns: int) -> Iterator["RenderableType"]:
    """Yield the first columns of the tables of a part: a terminal is narrow."""
    for block in _blocks(document, part):
        if isinstance(block, Table):
            yield _table(block, columns)


def _blocks(document: Document, part: str) -> Iterator[object]:
    return (block for each in document.parts if each.name == part for block in each.blocks)


def _table(table: Table, count: int) -> "RichTable":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table as RichTable

    columns = table.columns[:count]
    shown = RichTable(box=SIMPLE_HEAD, title=table.caption or None, title_justify="left")
    for column in columns:
        title = " ".join(column.title.split())
        shown.add_column(
            f"{title}\n{column.unit}" if column.unit else title,
            justify="right" if column.numeric else "left",
            header_style=_STYLES.get(column.voice, "bold"),
            no_wrap=column.numeric,
        )
    for row, placed in table.placed():
        if row.opens and shown.row_count:
            shown.add_section()
        texts = {column: _text(cell.words) for column, cell in placed}
        shown.add_row(*(texts.get(column, "") for column in columns))
    return shown


def _text(words: Words) -> "Text":
    from rich.text import Text

    pieces = (
        (str(word), "") if isinstance(word, Number) else (word.text, _STYLES.get(word.voice, ""))
        for word in words
    )
    return Text.assemble(*pieces)
