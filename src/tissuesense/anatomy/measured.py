"""The checklist once more, after hand and sensor: what they found moves a muscle up, in words.

Nothing moves down, and where hand and sensor differ the list says so: neither is overruled.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from tissuesense.anatomy.catalogue import Catalogue, catalogue
from tissuesense.anatomy.checklist import Checklist, ChecklistItem, ranked
from tissuesense.anatomy.muscle import Muscle
from tissuesense.core.errors import UsageError
from tissuesense.core.site import BodySite, Side

# Three presses on each side tell a factor of 1.4 from none; the sides' own statistics know better
# for one client, and who has them states theirs.
USUAL_DETECTABLE_FACTOR = 1.4
# Muscles differ among themselves, so a threshold counts as low against the control site only at
# half of it; an own convention.
LOW_SHARE_OF_CONTROL = 0.5
LOWER_THAN_OTHER_SIDE = 2
LOWER_THAN_CONTROL = 1
_CLEARLY_TENDER = 2
_TENDERNESS = ("none", "says it is tender", "winces", "withdraws")
_TONE = {-2: "slack", -1: "soft", 0: "", 1: "firm", 2: "hard"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteReading:
    """What was found at one site; None where it was not looked at.

    Attributes
    ----------
    tenderness
        0 none, 1 says so, 2 winces, 3 withdraws.
    tone
        -2 slack to +2 hard.
    threshold_kpa
        Pressure pain threshold.
    at_least
        The press ended without pain: the threshold is this or more.
    """

    site: BodySite
    tenderness: int | None = None
    tone: int | None = None
    threshold_kpa: float | None = None
    at_least: bool = False

    def __post_init__(self) -> None:
        if self.tenderness is not None and self.tenderness not in range(len(_TENDERNESS)):
            raise UsageError(f"Palpation tenderness is 0, 1, 2 or 3, not {self.tenderness}.")
        if self.tone is not None and self.tone not in _TONE:
            raise UsageError(f"Palpated tone is -2, -1, 0, 1 or 2, not {self.tone}.")
        if self.threshold_kpa is not None and not 0 < self.threshold_kpa < float("inf"):
            raise UsageError(f"A threshold is a positive pressure, not {self.threshold_kpa} kPa.")


@dataclass(frozen=True, slots=True)
class _Finding:
    """What one look adds."""

    points: int
    sentence: str


def rank_after_measuring(
    checklist: Checklist,
    readings: Iterable[SiteReading],
    *,
    detectable_factor: float = USUAL_DETECTABLE_FACTOR,
    known: Catalogue | None = None,
) -> Checklist:
    """Return the checklist ordered by what was told and what was found.

    A muscle that nobody told of comes in when it was found tender, firm or low.

    Parameters
    ----------
    readings
        One for each site; the list's own order does not matter.
    detectable_factor
        Two sides differ by more than measurement error from this ratio on.
    known
        The catalogue; the shipped one where absent.

    Raises
    ------
    UsageError
        When a site has two readings, or the factor is not above 1.
    """
    if not detectable_factor > 1:
        raise UsageError(f"A detectable factor is above 1, not {detectable_factor}.")
    known = known or catalogue()
    by_site: dict[BodySite, SiteReading] = {}
    for reading in readings:
        if reading.site in by_site:
            raise UsageError(f"There are two readings of the {reading.site.words}.")
        by_site[reading.site] = reading
    found = {
        id_: _of_muscle(id_, by_site, checklist, detectable_factor)
        for id_ in sorted({site.name for site in by_site})
    }
    listed = {item.muscle.id: item for item in checklist.items}
    come_in = {
        id_: _come_in(known.muscles[id_], by_site)
        for id_, of_side in found.items()
        if id_ in known.muscles
        and id_ not in listed
        and id_ != checklist.control.muscle.id
        and _most(of_side)
    }
    return replace(
        checklist,
        items=ranked(_with(item, found) for item in (listed | come_in).values()),
        notes=(*checklist.notes, *_notes(checklist, by_site, known)),
    )


_OfSide = Mapping[Side, tuple[_Finding, ...]]


def _with(item: ChecklistItem, found: Mapping[str, _OfSide]) -> ChecklistItem:
    of_side = found.get(item.muscle.id, {})
    sentences = tuple(finding.sentence for findings in of_side.values() for finding in findings)
    return replace(item, found=sentences, found_score=_most(of_side))


def _most(of_side: _OfSide) -> int:
    """Return what the more striking side adds; two sides are not twice as promising."""
    return max((sum(one.points for one in findings) for findings in of_side.values()), default=0)


def _come_in(muscle: Muscle, by_site: Mapping[BodySite, SiteReading]) -> ChecklistItem:
    sides = tuple(side for side in muscle.sides if BodySite(muscle.id, side) in by_site)
    reason = "Nothing that was told leads here; hand or sensor found it."
    return ChecklistItem(muscle=muscle, sides=sides, score=0, reasons=(reason,))


def _of_muscle(
    id_: str, by_site: Mapping[BodySite, SiteReading], checklist: Checklist, factor: float
) -> _OfSide:
    control = _control_reading(checklist, by_site)
    return {
        side: tuple(_findings(by_site[site], by_site.get(site.opposite), control, factor))
        for side in Side
        if (site := BodySite(id_, side)) in by_site
    }


def _control_reading(
    checklist: Checklist, by_site: Mapping[BodySite, SiteReading]
) -> SiteReading | None:
    """Return the more sensitive of the control readings: the careful one to compare with."""
    measured = [
        reading
        for site, reading in by_site.items()
        if site.name == checklist.control.muscle.id and reading.threshold_kpa is not None
    ]
    return min(measured, key=lambda reading: reading.threshold_kpa or 0.0, default=None)


def _findings(
    here: SiteReading, there: SiteReading | None, control: SiteReading | None, factor: float
) -> Iterator[_Finding]:
    name = f"{here.site.side}".capitalize()
    if here.tenderness is not None:
        grade = f"{here.tenderness} of 3 ({_TENDERNESS[here.tenderness]})"
        yield _Finding(here.tenderness, f"{name}: tenderness to the hand {grade}.")
    lower = None if there is None else _lower(here, there, factor)
    if there is not None and lower is not None:
        yield _Finding(LOWER_THAN_OTHER_SIDE * lower, f"{name}: {_against(here, there, factor)}.")
    if control is not None and control.site.name != here.site.name:
        yield from _against_control(name, here, control)
    if here.tone:
        yield _Finding(max(here.tone, 0), f"{name}: the hand felt it {_TONE[here.tone]}.")
    yield from _differing(name, here, lower=lower)


def _lower(here: SiteReading, there: SiteReading, factor: float) -> bool | None:
    """Return whether this side is lower by more than error; None where that cannot be said."""
    if here.threshold_kpa is None or there.threshold_kpa is None:
        return None
    if here.at_least and there.at_least:
        return None
    return not here.at_least and here.threshold_kpa * factor < there.threshold_kpa


def _against(here: SiteReading, there: SiteReading, factor: float) -> str:
    pair = f"pressure threshold {_kpa(here)}, other side {_kpa(there)}"
    if _lower(here, there, factor):
        return f"{pair}: lower, and larger than measurement error"
    if _lower(there, here, factor):
        return f"{pair}: higher, and larger than measurement error"
    if here.at_least or there.at_least:
        return f"{pair}: not known to differ by more than measurement error"
    return f"{pair}: within measurement error"


def _kpa(reading: SiteReading) -> str:
    return f"{'at least ' if reading.at_least else ''}{reading.threshold_kpa:.0f} kPa"


def _against_control(name: str, here: SiteReading, control: SiteReading) -> Iterator[_Finding]:
    if here.threshold_kpa is None or control.threshold_kpa is None or here.at_least:
        return
    if here.threshold_kpa < LOW_SHARE_OF_CONTROL * control.threshold_kpa:
        yield _Finding(
            LOWER_THAN_CONTROL,
            f"{name}: pressure threshold {_kpa(here)}, less than half of the client's own control "
            f"site ({_kpa(control)}); muscles differ, so this counts less than the other side.",
        )


def _differing(name: str, here: SiteReading, *, lower: bool | None) -> Iterator[_Finding]:
    if here.tenderness is None or lower is None:
        return
    if here.tenderness >= _CLEARLY_TENDER and not lower:
        yield _Finding(
            0,
            f"{name}: hand and sensor differ, it is tender to the hand and its threshold is not "
            "lower than on the other side; both stand.",
        )
    if here.tenderness == 0 and lower:
        yield _Finding(
            0,
            f"{name}: hand and sensor differ, it is not tender to the hand and its threshold is "
            "lower than on the other side; both stand.",
        )


def _notes(
    checklist: Checklist, by_site: Mapping[BodySite, SiteReading], known: Catalogue
) -> Iterator[str]:
    control = checklist.control.muscle
    tender = [r for s, r in by_site.items() if s.name == control.id and r.tenderness]
    if tender:
        most = max(reading.tenderness or 0 for reading in tender)
        yield f"The control site, {control.name}, was tender too ({most} of 3)."
    strangers = {site.name for site in by_site} - known.muscles.keys()
    if strangers:
        yield f"{len(strangers)} of the sites are no muscles of the catalogue and were left out."
