"""What the numbers do not mean."""

from tissuesense.report.document import Block, Listing, Paragraph, say
from tissuesense.report.registry import Section

_LIMITS = """
A pressure pain threshold says at what pressure this person called this place painful on this day.
It does not say how much pain the person has, nor where it comes from.

Healthy people differ fivefold. One value alone says little; the person's own other side and own
earlier visits say most.

Stiffness is the resistance of skin, fat, muscle and what lies below to a press. It does not tell
muscle tone from swelling, posture or tension in the moment.

A difference within measurement error is no difference that anyone may build on.

Values hold for this gauge, its calibration, its tip, the person pressing and the person pressed.
Values taken otherwise cannot be set beside them.
"""


def write(_view: object) -> tuple[Block, ...]:
    """Return the limits; they hold for every visit and every course."""
    limits = _LIMITS.strip().split("\n\n")
    return (Listing(tuple(say(limit.replace("\n", " ")) for limit in limits)),)


def write_short(_view: object) -> tuple[Block, ...]:
    """Return the same as one paragraph, for a report that has two pages."""
    return (Paragraph(say(" ".join(_LIMITS.split()))),)


SECTION = Section(title="What these numbers do not mean", write=write, small=True)
SHORT = Section(title="What these numbers do not mean", write=write_short, small=True)
