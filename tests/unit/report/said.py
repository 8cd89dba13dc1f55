"""Everything that a document says, as text, for tests that read it."""

import re
from collections.abc import Iterator

from tissuesense.report.document import (
    Block,
    Document,
    Facts,
    Figure,
    Listing,
    Paragraph,
    Table,
    Words,
    text_of,
)

NEVER_SAID = re.compile(
    r"\b(ab)?normal(ly)?\b|patholog|diagnos(is|ed|tic)|improv(ed|ement|ing)|\brisks?\b"
    r"|\bcaused by\b|deteriorat|healed|cured\b|!",
    re.IGNORECASE,
)


def said(block: Block) -> Iterator[Words]:
    match block:
        case Paragraph(words):
            yield words
        case Listing(items):
            yield from items
        case Facts(rows):
            yield from (words for _, words in rows)
        case Table():
            yield from (cell.words for row in block.rows for cell in row.cells)
            yield block.note
        case Figure():
            yield block.title
            yield block.caption


def text(*blocks: Block) -> str:
    return "\n".join(text_of(words) for block in blocks for words in said(block))


def headings(block: Block) -> str:
    """Return the words that stand around what is said: heads of columns, names of facts."""
    match block:
        case Table():
            return "\n".join([block.caption, *(column.title for column in block.columns)])
        case Facts(rows):
            return "\n".join(name for name, _ in rows)
        case Figure():
            return block.alt
        case _:
            return ""


def everything(document: Document) -> str:
    """Return every word of a document but for the disclaimer."""
    parts = [document.title, document.subtitle]
    for part in document.parts:
        parts.append(part.title)
        for block in part.blocks:
            parts += [headings(block), text(block)]
    return "\n".join(parts)
