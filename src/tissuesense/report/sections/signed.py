"""Who signed the visit, what each signature speaks for, and every amendment."""

from tissuesense.core.dates import day
from tissuesense.report.amendments import amendment_words, signed_words
from tissuesense.report.document import Block, Cell, Column, Listing, Paragraph, Row, Table, say
from tissuesense.report.readings import Signed, VisitView
from tissuesense.report.registry import Section

_COLUMNS = (
    Column(title="Signed by", share=2.0),
    Column(title="Meaning", share=0.8),
    Column(title="When", share=2.0),
    Column(title="What it speaks for", share=3.0),
)


def write(view: VisitView) -> tuple[Block, ...]:
    """Return the signatures, and what was amended with both texts and the reason."""
    rows = tuple(_row(signed) for signed in view.signed)
    zone = view.record.visit.opened_at.tzinfo
    items = tuple(
        amendment_words(old, new, when=new.recorded_at.astimezone(zone))
        for old, new in view.amended()
    )
    signatures: Block = Paragraph(say("This visit is not signed."))
    if rows:
        signatures = Table(columns=_COLUMNS, rows=rows)
    return (signatures, *((Listing(items),) if items else ()))


def _row(signed: Signed) -> Row:
    signature = signed.signature
    at = signature.signed_at
    texts = (str(signature.meaning), f"{day(at)}, {at:%H:%M %Z}", signed_words(signed))
    return Row((Cell(say(signature.signer), heads=True), *(Cell(say(text)) for text in texts)))


SECTION = Section(title="Signatures and amendments", write=write, clinical=False)
