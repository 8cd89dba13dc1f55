"""Where to begin: from complaints, posture and habits to a checklist of muscles, with reasons.

A muscle's score is the sum of its weights over the different patterns that were told. So the order
of telling does not matter, one thing told twice counts once, and telling more never lowers a
score. Everything is "commonly checked for"; nothing here says what is wrong.
"""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from tissuesense.anatomy.catalogue import Catalogue, catalogue
from tissuesense.anatomy.checklist import Checklist, ChecklistItem, ControlSite, ranked
from tissuesense.anatomy.heard import HeardComplaint, Noted
from tissuesense.anatomy.muscle import Muscle
from tissuesense.anatomy.pattern import Edge, Ground, Pattern, plain_words
from tissuesense.core.site import ComplaintKind, Side

_Told = Mapping[str, frozenset[Side]]


def where_to_begin(
    complaints: Iterable[HeardComplaint] = (),
    *,
    postures: Iterable[Noted] = (),
    habits: Iterable[Noted] = (),
    known: Catalogue | None = None,
) -> Checklist:
    """Return the muscles that are commonly checked for what was told and seen.

    Parameters
    ----------
    known
        The catalogue; the shipped one where absent.
    """
    known = known or catalogue()
    told: defaultdict[str, frozenset[Side]] = defaultdict(frozenset)
    notes: set[str] = set()
    for complaint in complaints:
        patterns, note = _for_complaint(complaint, known)
        notes |= note
        for pattern in patterns:
            told[pattern.id] |= complaint.sides
    for ground, all_noted in ((Ground.POSTURE, postures), (Ground.HABIT, habits)):
        for noted in all_noted:
            if noted.id in known.patterns and known.patterns[noted.id].ground is ground:
                told[noted.id] |= noted.sides
            else:
                notes.add(_not_known(noted, ground, known))
    if not told:
        notes.add("Nothing was told or seen that the catalogue knows muscles for.")
    return Checklist(
        items=ranked(_items(told, known)),
        control=_control(told, known),
        catalogue_version=known.version,
        notes=tuple(sorted(notes)),
    )


def _for_complaint(complaint: HeardComplaint, known: Catalogue) -> tuple[list[Pattern], set[str]]:
    of_kind = [row for row in known.patterns.values() if row.kind is complaint.kind]
    named = _phrases_in(complaint.region, {word for row in of_kind for word in row.words})
    located = [row for row in of_kind if named.intersection(row.words)]
    general = [row for row in of_kind if not row.words]
    if located or not complaint.region.strip():
        return located or general, set()
    return general, {_general_list(complaint.kind, general)}


def _phrases_in(text: str, phrases: Iterable[str]) -> set[str]:
    """Find phrases as whole words, the longest first: "back of the head" holds no "back"."""
    longest_first = sorted(phrases, key=len, reverse=True)
    if not longest_first:
        return set()
    pattern = r"\b(?:" + "|".join(re.escape(phrase) for phrase in longest_first) + r")\b"
    return set(re.findall(pattern, plain_words(text)))


def _general_list(kind: ComplaintKind, general: list[Pattern]) -> str:
    name = general[0].name if general else kind.replace("_", " ")
    return (
        f"The place of a complaint is not one that the catalogue knows for {name}; what is "
        "commonly checked wherever it is was taken."
    )


def _not_known(noted: Noted, ground: Ground, known: Catalogue) -> str:
    ids = [row.id for row in known.patterns_of(ground)]
    near = difflib.get_close_matches(noted.id, ids, n=2, cutoff=0.5)
    hint = f" (near it: {', '.join(near)})" if near else ""
    return f"One {ground} is not in the catalogue and adds nothing{hint}."


def _items(told: _Told, known: Catalogue) -> Iterable[ChecklistItem]:
    edges: defaultdict[str, list[tuple[Pattern, Edge]]] = defaultdict(list)
    for pattern in known.patterns.values():
        if pattern.id in told:
            for edge in pattern.muscles:
                edges[edge.muscle].append((pattern, edge))
    for id_, grounds in edges.items():
        sides = frozenset[Side]().union(*(told[pattern.id] for pattern, _ in grounds))
        heaviest_first = sorted(grounds, key=lambda ground: -ground[1].weight)
        yield ChecklistItem(
            muscle=known.muscles[id_],
            sides=_sides_of(known.muscles[id_], sides),
            score=sum(edge.weight for _, edge in grounds),
            reasons=tuple(_reason(p, edge, told[p.id]) for p, edge in heaviest_first),
        )


def _sides_of(muscle: Muscle, sides: frozenset[Side]) -> tuple[Side, ...]:
    return tuple(side for side in muscle.sides if side in sides) or muscle.sides


def _reason(pattern: Pattern, edge: Edge, sides: frozenset[Side]) -> str:
    side = f", {next(iter(sides))}" if len(sides) == 1 else ""
    return f"Commonly checked for {pattern.name}{side}: {edge.reason}."


def _control(told: _Told, known: Catalogue) -> ControlSite:
    regions = {region for id_ in told for region in known.patterns[id_].regions}
    remote = (row for row in known.controls if not regions.intersection(row.not_for))
    chosen = next(remote, None)
    muscle = known.muscles[(chosen or known.controls[0]).muscle]
    reason = "Control site, far from what was told: tells local from widespread sensitivity."
    if chosen is None:
        reason = "Control site; none of the catalogue's is far from everything that was told."
    sides = frozenset[Side]().union(*told.values())
    opposite = frozenset(side.other for side in sides) if len(sides) == 1 else sides
    return ControlSite(muscle=muscle, sides=_sides_of(muscle, opposite), reason=reason)
