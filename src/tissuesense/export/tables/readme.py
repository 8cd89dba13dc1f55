"""The page that lies beside every export: what is in it, what is not, how to read it."""

import textwrap
from collections.abc import Iterable

from tissuesense.core.version import __version__
from tissuesense.export.registry import Request
from tissuesense.export.tables.pour import Tally
from tissuesense.export.tables.schema import EVERY_TABLE

WITHOUT_NAMES = (
    "Without the identity, people's own words (notes, remarks, reasons) are left empty, because a "
    "name may stand in them, and the practice's people and doctors are P1, P2 and so on; the "
    "codebook marks these columns as private and as person."
)
LOSSES = (
    "Statements that have been amended since are left out; participants.superseded counts them.",
    "Who looked at a record or handed it out, and the ledger's own order and hashes, are left out.",
    "Raw captures, the bytes that a gauge sent, are left out; their SHA-256 is there.",
    WITHOUT_NAMES,
)
SHIELDED = (
    "Text that a spreadsheet would run as a formula (it begins with = + - @ or a tab) has an "
    "apostrophe before it, and so has text that begins with an apostrophe: take one away from "
    "each cell of text that begins with one. Numbers are never changed."
)
NUMBERS = (
    "Numbers have a decimal point and all their digits. Times are ISO 8601 with their offset from "
    "UTC. An empty cell means: not stated, not asked, or not to be had."
)
_WIDTH = 100


def readme(
    title: str, request: Request, tally: Tally, *, paragraphs: Iterable[str], losses: Iterable[str]
) -> str:
    """Return the page as plain text."""
    whole = tally.rows["identity"] > 0
    identity = (
        "It says who the clients are, in a table of its own, and it holds people's own words."
        if whole
        else "Nobody is named. Dates, ids and serial numbers are as they were: whoever knows the "
        "practice may still know a client by them."
    )
    written = f"Written by tissuesense {__version__} at {request.exported_at.isoformat()}."
    titles = {table.name: table.title for table in EVERY_TABLE}
    tables = [
        f"{name}: {_count(rows, 'row')}. {titles[name]}." for name, rows in tally.rows.items()
    ]
    counts = (
        f"Left out here: {_count(tally.superseded, 'amended statement')}, "
        f"{_count(tally.about_the_record, 'statement')} about the record itself, "
        f"{_count(tally.withheld, 'cell')} of people's own words."
    )
    parts = [
        f"{title}\n{'=' * len(title)}",
        *map(_wrapped, (f"{written} {identity}", *paragraphs)),
        "What is in it\n-------------",
        "\n".join(map(_item, tables)),
        "What is not\n-----------",
        "\n".join(map(_item, losses)),
        _wrapped(counts),
        _wrapped(
            "Values depend on the device, its calibration, the tip, the person pressing and the "
            "person tested; differences inside the stated measurement error mean nothing."
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _wrapped(paragraph: str) -> str:
    return textwrap.fill(paragraph, _WIDTH, break_on_hyphens=False)


def _item(sentence: str) -> str:
    return textwrap.fill(
        sentence, _WIDTH, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False
    )
