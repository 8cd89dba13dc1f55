"""The findings as sentences: what a reader takes away who reads nothing else."""

from tissuesense.core.quality import QualityFlag
from tissuesense.report.change_words import judge_in_visit
from tissuesense.report.comparison import (
    PAIN_THRESHOLD,
    STIFFNESS,
    change_in_visit,
    compare_stiffness,
    compare_thresholds,
    measured_twice,
    stiffness_sentence,
    threshold_sentence,
)
from tissuesense.report.document import Block, Listing, Paragraph, Run, Voice, Words, say
from tissuesense.report.measures import FURTHER
from tissuesense.report.quantities import measured, number, printed
from tissuesense.report.readings import Reading, SitePair, SiteView, VisitView
from tissuesense.report.registry import Section
from tissuesense.report.words import (
    hand_words,
    kind_words,
    site_and_side,
    site_words,
    when_words,
)


def write(view: VisitView) -> tuple[Block, ...]:
    """Return one sentence or two for each site."""
    items = [
        item
        for block in view.blocks
        for pair in view.pairs(block)
        if (item := _item(pair, when_words(view.blocks, block))) is not None
    ]
    items += _changes(view)
    if not items:
        return (Paragraph(say("Nothing was examined or measured in this visit.")),)
    return (Listing(tuple(items)),)


def _item(pair: SitePair, when: str) -> Words | None:
    site = Run(f"{site_words(pair.name)}{when}.", Voice.STRONG)
    found = _both(*pair.both) if pair.both else _alone(pair.sides[0])
    told = (*_hand(pair), *found, *_spread(pair), *_further(pair))
    return say(site, *told) if told else None


def _further(pair: SitePair) -> Words:
    """Name what else was measured; its numbers stand in tables of their own."""
    kinds = dict.fromkeys(m.kind for m in FURTHER if any(s.reading(m.kind) for s in pair.sides))
    words = [kind_words(kind) for kind in kinds]
    return say(f" Also measured: {', '.join(words)}.") if words else ()


def _changes(view: VisitView) -> list[Words]:
    """Return a sentence for each change within the visit that is more than error."""
    found = (
        (before.site, change_in_visit(*twice))
        for before, after in view.before_and_after()
        for twice in measured_twice(before, after)
    )
    return [
        say(Run(f"{site_and_side(site)}.", Voice.STRONG), f" {printed(effect.sentence)}")
        for site, effect in found
        if judge_in_visit(effect).is_claimed
    ]


def _spread(pair: SitePair) -> Words:
    """Say where the presses of one side differ so much that their mean is weak."""
    said: Words = ()
    for side in pair.sides:
        found = side.ppt and side.ppt.session(PAIN_THRESHOLD)
        if side.ppt is None or not found or QualityFlag.TRIAL_SPREAD not in found.flags:
            continue
        values = side.ppt.values("threshold_kpa")
        span = f"{number(min(values), 'kPa')} to {number(max(values), 'kPa')} kPa"
        told = f" The presses on the {side.site.side} differ widely ({span}): press again"
        said = say(*said, f"{told} before you rely on them.")
    return said


def _hand(pair: SitePair) -> Words:
    felt = [side for side in pair.sides if side.hand is not None]
    if not felt:
        return ()
    told = "; ".join(f"{side.site.side}: {hand_words(side.hand)}" for side in felt)
    return say(" By hand, ", told, ".")


def _both(left: SiteView, right: SiteView) -> Words:
    threshold, stiffness = compare_thresholds(left, right), compare_stiffness(left, right)
    said: Words = ()
    if threshold is not None:
        said = say(" ", *threshold_sentence(threshold, left, right))
    else:
        said = (*_values(left), *_values(right))
    if stiffness is not None:
        said = say(*said, " ", *stiffness_sentence(stiffness))
    return said


def _alone(side: SiteView) -> Words:
    values = _values(side)
    if not values or side.site.side == side.site.side.other:
        return values
    return say(*values, f" The {side.site.side.other} side was not measured.")


def _values(side: SiteView) -> Words:
    said: Words = ()
    for reading, quantity, name, unit in (
        (side.ppt, PAIN_THRESHOLD, "pain threshold", "kPa"),
        (side.indentation, STIFFNESS, "stiffness", "N/mm"),
    ):
        if reading is not None:
            said = (
                *said,
                *_value(reading, quantity, f" {side.site.side.capitalize()} {name}", unit),
            )
    return said


def _value(reading: Reading, quantity: str, name: str, unit: str) -> Words:
    found = reading.session(quantity)
    if found is None or found.value is None:
        return say(f"{name}: no value, see quality.")
    return say(f"{name} ", measured(found.value, found.standard_uncertainty, unit), ".")


SECTION = Section(title="In short", write=write)
