"""The rules that a catalogue keeps, each broken one named with its file and its muscle."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from tissuesense.anatomy.muscle import UNSOURCED, Muscle, OneWay, Reach, Region, Source
from tissuesense.anatomy.pattern import Control, Edge, Ground, Pattern, plain_words
from tissuesense.core.errors import ConfigurationError
from tissuesense.core.site import ComplaintKind, Side

FEWEST_MUSCLES = 4
# Own conventions on a flat tip of 1 cm2: 1000 kPa is the cut-off of a press, 600 kPa that of head
# and neck; a ceiling of less than 50 kPa could not be held by hand.
LEAST_CEILING_N = 5.0
MOST_CEILING_N = 100.0
MOST_CEILING_HEAD_N = 60.0
_ID = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_UBERON = re.compile(r"UBERON:\d{7}")
_FMA = re.compile(r"FMA:\d{4,6}")
_WEIGHTS = range(1, 4)


class Checkable(Protocol):
    """What is checked: a whole catalogue."""

    @property
    def sources(self) -> Mapping[str, Source]: ...  # noqa: D102 - as in Catalogue
    @property
    def muscles(self) -> Mapping[str, Muscle]: ...  # noqa: D102
    @property
    def patterns(self) -> Mapping[str, Pattern]: ...  # noqa: D102
    @property
    def controls(self) -> tuple[Control, ...]: ...  # noqa: D102
    @property
    def one_way(self) -> tuple[OneWay, ...]: ...  # noqa: D102


def check(whole: Checkable, file_of: Mapping[str, str], last_file: str) -> None:
    """Return quietly when every rule is kept.

    Parameters
    ----------
    file_of
        The file that each muscle and each pattern comes from.
    last_file
        The file that made it whole: what is wrong with the whole is said of it.

    Raises
    ------
    ConfigurationError
        For the first rule that is broken.
    """
    for muscle in whole.muscles.values():
        for problem in _of_muscle(muscle, whole):
            raise ConfigurationError(f"{file_of[muscle.id]}: muscle {muscle.id}: {problem}.")
    for pattern in whole.patterns.values():
        for problem in _of_pattern(pattern, whole):
            raise ConfigurationError(
                f"{file_of[pattern.id]}: {pattern.ground} {pattern.id}: {problem}."
            )
    for problem in _of_whole(whole):
        raise ConfigurationError(f"{last_file}: {problem}.")


def _of_muscle(muscle: Muscle, whole: Checkable) -> Iterator[str]:
    for rule in _MUSCLE_RULES:
        yield from rule(muscle, whole)


def _ids(muscle: Muscle, whole: Checkable) -> Iterator[str]:
    for id_ in (muscle.id, *muscle.aliases, *(site.id for site in muscle.site)):
        if not _ID.fullmatch(id_):
            yield f"an id is lower-case words joined by _, such as trapezius_upper, not '{id_}'"
    places = [site.id for site in muscle.site]
    if len(places) != len(set(places)):
        yield "two of its sites have one id"
    for alias in muscle.aliases:
        if alias in whole.muscles:
            yield f"its alias '{alias}' is a muscle of its own"
        if any(alias in other.aliases for other in whole.muscles.values() if other is not muscle):
            yield f"its alias '{alias}' leads to another muscle too"


def _words(muscle: Muscle, _: Checkable) -> Iterator[str]:
    for what in ("name", "nerve", "actions"):
        if not getattr(muscle, what):
            yield f"it has no {what}"
    if not muscle.sides or (Side.MIDLINE in muscle.sides and len(muscle.sides) > 1):
        yield "its sides are left and right, one of them, or midline alone"


def _partners(muscle: Muscle, whole: Checkable) -> Iterator[str]:
    for role in ("synergists", "antagonists"):
        for partner in getattr(muscle, role):
            if partner == muscle.id:
                yield f"it is among its own {role}"
            elif partner not in whole.muscles:
                yield (
                    f"its {role} name '{partner}', which the catalogue does not hold "
                    f"(in words it may stand in other_{role})"
                )
    if both := set(muscle.synergists) & set(muscle.antagonists):
        yield f"'{min(both)}' is its synergist and its antagonist"


def _goes_both_ways(muscle: Muscle, whole: Checkable) -> Iterator[str]:
    excepted = {(row.muscle, row.antagonist) for row in whole.one_way}
    for other in muscle.antagonists:
        back = muscle.id in whole.muscles[other].antagonists
        if not back and (muscle.id, other) not in excepted:
            yield (
                f"its antagonist '{other}' does not name it in turn, and one_way does not list "
                "the pair"
            )


def _pressing(muscle: Muscle, _: Checkable) -> Iterator[str]:
    if muscle.reach is not Reach.DIRECT and not muscle.reach_reason:
        yield f"its reach is {muscle.reach} and reach_reason does not say why"
    if not muscle.pressable and (muscle.site or muscle.ceiling_n is not None):
        yield "it is not pressed, and yet it has a pressing site or a ceiling"
    if muscle.pressable and not (muscle.site and muscle.ceiling_n is not None):
        yield "it may be pressed, and has no site or no ceiling"


def _ceiling(muscle: Muscle, _: Checkable) -> Iterator[str]:
    if muscle.ceiling_n is None:
        return
    head = muscle.region in {Region.HEAD, Region.NECK}
    most = MOST_CEILING_HEAD_N if head else MOST_CEILING_N
    if not LEAST_CEILING_N <= muscle.ceiling_n <= most:
        yield f"its ceiling is {muscle.ceiling_n:g} N; {LEAST_CEILING_N:g} to {most:g} N will do"


def _codes(muscle: Muscle, _: Checkable) -> Iterator[str]:
    for system, form, codes in (("uberon", _UBERON, muscle.uberon), ("fma", _FMA, muscle.fma)):
        for code in codes:
            if not form.fullmatch(code):
                yield f"'{code}' is no {system} code"


def _sources(muscle: Muscle, whole: Checkable) -> Iterator[str]:
    for group in ("actions", "nerve", "partners", "referral", "codes", "landmark", "ceiling"):
        source = getattr(muscle.source, group)
        if source != UNSOURCED and source not in whole.sources:
            yield f"the source of its {group}, '{source}', is not among the sources"
    if muscle.source.codes == UNSOURCED and (muscle.uberon or muscle.fma):
        yield "its codes have no source"


_MUSCLE_RULES: tuple[Callable[[Muscle, Checkable], Iterator[str]], ...] = (
    _ids,
    _words,
    _partners,
    _goes_both_ways,
    _pressing,
    _ceiling,
    _codes,
    _sources,
)


def _of_pattern(pattern: Pattern, whole: Checkable) -> Iterator[str]:
    if not _ID.fullmatch(pattern.id) or pattern.id in whole.muscles:
        yield "an id is lower-case words joined by _, and no muscle's"
    if (pattern.kind is None) is (pattern.ground is Ground.COMPLAINT):
        yield "a complaint has a kind, and nothing else has one"
    if pattern.words and pattern.kind is None:
        yield "only a complaint has words of a place"
    yield from (
        f"its word '{word}' could never be met: '{plain_words(word)}' could"
        for word in pattern.words
        if word != plain_words(word)
    )
    named = [edge.muscle for edge in pattern.muscles]
    if len(named) != len(set(named)):
        yield "it names a muscle twice"
    for edge in pattern.muscles:
        yield from _of_edge(edge, pattern.kind, whole)


def _of_edge(edge: Edge, kind: ComplaintKind | None, whole: Checkable) -> Iterator[str]:
    if edge.muscle not in whole.muscles:
        yield f"it names '{edge.muscle}', which the catalogue does not hold"
    elif kind and kind not in whole.muscles[edge.muscle].complaints:
        yield f"it names '{edge.muscle}', whose complaints do not have {kind}"
    if edge.weight not in _WEIGHTS:
        yield f"the weight of '{edge.muscle}' is 1, 2 or 3, not {edge.weight}"
    if edge.source != UNSOURCED and edge.source not in whole.sources:
        yield f"the source of '{edge.muscle}', '{edge.source}', is not among the sources"


def _of_whole(whole: Checkable) -> Iterator[str]:
    for row in whole.one_way:
        if {row.muscle, row.antagonist} - whole.muscles.keys():
            yield f"one_way names {row.muscle} and {row.antagonist}, and not both are muscles"
    if not whole.controls:
        yield "there is no control site"
    for control in whole.controls:
        if control.muscle not in whole.muscles or not whole.muscles[control.muscle].pressable:
            yield f"the control '{control.muscle}' is no muscle that can be pressed"
    for kind in ComplaintKind:
        yield from _of_kind(kind, whole)


def _of_kind(kind: ComplaintKind, whole: Checkable) -> Iterator[str]:
    having = sum(kind in muscle.complaints for muscle in whole.muscles.values())
    if having < FEWEST_MUSCLES:
        yield f"{kind} has {having} muscles; each complaint has {FEWEST_MUSCLES} or more"
    general = sum(row.kind is kind and not row.words for row in whole.patterns.values())
    if general != 1:
        yield f"{kind} has {general} patterns without words; each complaint has one"
