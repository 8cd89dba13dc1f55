"""A table of the neutral document, in the terminal: the report's own words, no second wording."""

from typing import TYPE_CHECKING

from tissuesense.report.document import Cell, Document, Number, Table, Voice, Words

if TYPE_CHECKING:  # rich is imported when something is shown, so that --help stays fast
    from rich.table import Table as RichTable
    from rich.text import Text

_STYLES = {
    Voice.STRONG: "bold",
    Voice.MUTED: "dim",
    Voice.HAND: "yellow",
    Voice.SENSOR: "cyan",
}


def tables_of(document: Document, part: str) -> list["RichTable"]:
    """Return the tables of one part of a document, ready to be shown."""
    blocks = (block for each in document.parts if each.name == part for block in each.blocks)
    return [_table(block) for block in blocks if isinstance(block, Table)]


def _table(table: Table) -> "RichTable":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table as RichTable

    shown = RichTable(box=SIMPLE_HEAD, title=table.caption or None, title_justify="left")
    for column in table.columns:
        title = " ".join(column.title.split())
        shown.add_column(
            f"{title}\n{column.unit}" if column.unit else title,
            justify="right" if column.numeric else "left",
            header_style=_STYLES.get(column.voice, "bold"),
            no_wrap=column.numeric,
        )
    titles = {column: i for i, column in enumerate(table.columns)}
    for row, placed in table.placed():
        if row.opens and shown.row_count:
            shown.add_section()
        texts: list[Text | str] = [""] * len(table.columns)
        for column, cell in placed:
            texts[titles[column]] = _text(cell)
        shown.add_row(*texts)
    return shown


def _text(cell: Cell) -> "Text":
    from rich.text import Text

    return Text.assemble(*_pieces(cell.words))


def _pieces(words: Words) -> list[tuple[str, str]]:
    return [
        (str(word), "") if isinstance(word, Number) else (word.text, _STYLES.get(word.voice, ""))
        for word in words
    ]
