"""Who signed, which signatures do not speak for what stands there now, and a line to sign."""

from collections import Counter
from collections.abc import Iterator

from tissuesense.report.amendments import signed_words
from tissuesense.report.course_view import CourseView
from tissuesense.report.document import Block, Facts, Listing, Words, say
from tissuesense.report.readings import Signed
from tissuesense.report.registry import Section
from tissuesense.report.words import plural, short_day

_LINE = f"date {'_' * 16}  signature {'_' * 28}"


def write(view: CourseView) -> tuple[Block, ...]:
    """Return the signatures, how much was amended, and where the report itself is signed."""
    items = (*_signatures(view), *_unsigned(view), *_amended(view))
    return (*((Listing(items),) if items else ()), Facts((("For the practice", say(_LINE)),)))


def _signatures(view: CourseView) -> Iterator[Words]:
    """Yield a sentence for each signer, and one for each signature that is not for all of it."""
    every = [
        (visit.visit.opened_at, signed)
        for visit in view.record.visits
        for signed in view.signed.get(visit.visit.id, ())
    ]
    whole = Counter((s.signature.signer, s.signature.meaning) for _, s in every if _is_for_all(s))
    for (signer, meaning), count in whole.items():
        yield say(
            f"Signed by {signer} ({meaning}): {plural(count, 'visit')}, each signature for all "
            "that stands in its visit."
        )
    for opened, signed in every:
        if not _is_for_all(signed):
            who, at = signed.signature.signer, signed.signature.signed_at
            yield say(
                f"Visit of {short_day(opened)}: signed by {who} ({signed.signature.meaning}) on "
                f"{short_day(at)}, {at:%H:%M}: {signed_words(signed)}."
            )


def _is_for_all(signed: Signed) -> bool:
    return signed.intact and not signed.later


def _unsigned(view: CourseView) -> Iterator[Words]:
    days = [
        short_day(v.visit.opened_at) for v in view.record.visits if not view.signed.get(v.visit.id)
    ]
    if days:
        yield say(f"Not signed: {', '.join(days)}.")


def _amended(view: CourseView) -> Iterator[Words]:
    if count := len(view.amended()):
        yield say(f"{plural(count, 'amendment')}, told in the appendix.")


SECTION = Section(title="Signatures", write=write)
