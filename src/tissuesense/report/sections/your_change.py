"""What changed, and whether that is more than chance."""

from tissuesense.report.course_view import CourseView
from tissuesense.report.document import Block, Listing, Paragraph, say
from tissuesense.report.plain_words import plain_change
from tissuesense.report.registry import Section

_FEWEST = 2
_MOST = 3


def write(view: CourseView) -> tuple[Block, ...]:
    """Return the changes that are more than error, and that the rest is none."""
    again = [series for series in view.of_interest if len(series.valued) >= _FEWEST]
    if not again:
        text = "Nothing was measured twice yet, so no change can be told."
        return (Paragraph(say(text)),) if view.care else ()
    changed = [told for series in again if (told := plain_change(series))]
    rest = "Elsewhere, what" if changed else "What"
    closing = (
        f"{rest} was measured has not changed by more than chance would give. Even when nothing "
        "changes, the number is a little different each time."
    )
    said = tuple(say(told) for told in changed[:_MOST])
    if not said:
        return (Paragraph(say(closing)),)
    alone = len(changed) == len(again)
    return (Listing(said), *(() if alone else (Paragraph(say(closing)),)))


SECTION = Section(title="What changed", write=write)
