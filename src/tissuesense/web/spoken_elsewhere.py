"""What other floors say in English and a page shows: for who translates, and for the test of it.

A sentence that other floors put together from parts, with a number in it, stays English.
"""

import enum
from collections.abc import Iterable, Iterator

from tissuesense.anatomy.catalogue import catalogue
from tissuesense.core.flag_words import flag_words
from tissuesense.core.quality import QualityFlag
from tissuesense.core.site import ComplaintKind
from tissuesense.guidance.words import SPOKEN
from tissuesense.record.care import Modality
from tissuesense.record.intake import DEGREE_WORDS, SCREEN_ITEMS
from tissuesense.record.notes import MissingReason
from tissuesense.record.treatment import TECHNIQUE_WORDS, Intensity
from tissuesense.record.visit import TENDERNESS_WORDS, TONE_WORDS, Temperature
from tissuesense.report.change_words import Size
from tissuesense.report.measures import MEASURES
from tissuesense.report.site_marks import AFTER_AGAINST_BEFORE, AGAINST_OTHER_SIDE
from tissuesense.services.chosen_gauge import SETTING_WORDS
from tissuesense.services.practising.score import POINTS_WORDS
from tissuesense.web.job_words import JOB_WORDS


def spoken_elsewhere() -> frozenset[str]:
    """Return every such message."""
    return frozenset(message for message in _messages() if message)


def _messages() -> Iterator[str]:
    yield from SPOKEN
    yield from (flag_words(flag) for flag in QualityFlag)
    yield from SCREEN_ITEMS.values()
    yield from (*DEGREE_WORDS, *TENDERNESS_WORDS, *TONE_WORDS.values())
    yield from TECHNIQUE_WORDS.values()
    yield from (*JOB_WORDS, *SETTING_WORDS.values(), *(words for _, words in POINTS_WORDS))
    yield from _verdicts()
    yield from _words(ComplaintKind, Modality, MissingReason, Intensity, Temperature)
    for muscle in catalogue().muscles.values():
        yield muscle.name
        yield muscle.reach_reason
        yield from (site.landmark for site in muscle.site)


def _verdicts() -> Iterator[str]:
    """Yield what is said of a change and of what is measured."""
    sizes = [size.value for size in Size]
    yield from sizes
    for way in ("higher", "lower", "probably higher", "probably lower"):
        yield f"{way}: {Size.BEYOND.value}"
    for measure in MEASURES:
        yield from (measure.title, measure.title.lower())
    for scale in (AGAINST_OTHER_SIDE, AFTER_AGAINST_BEFORE):
        yield from (scale.title, scale.low, scale.high)
    yield from ("in front", "behind", "left", "right", "midline", "yes", "no")


def _words(*kinds: Iterable[enum.StrEnum]) -> Iterator[str]:
    for kind in kinds:
        yield from (str(member).replace("_", " ") for member in kind)
