"""The client's page: what was found, in words that need no training."""

from tissuesense.anatomy.catalogue import catalogue
from tissuesense.core.site import BodySite, ComplaintKind, Side
from tissuesense.record.intake import Complaint
from tissuesense.report.change_words import judge
from tissuesense.report.course_view import CourseView, Told
from tissuesense.report.measures import PAIN_THRESHOLD, STIFFNESS
from tissuesense.report.series import Series

MOST_SITES = 4
_COMPLAINTS = {
    ComplaintKind.HEADACHE: "headache",
    ComplaintKind.NUMBNESS: "numbness or tingling",
    ComplaintKind.REDUCED_ROM: "moving less far than before",
    ComplaintKind.HYPERTONIA: "tight muscles or knots",
    ComplaintKind.PAIN: "pain",
}
_TENDER = ("not tender", "a little tender", "tender", "very tender")
_PLAIN_MEASURES = (PAIN_THRESHOLD, STIFFNESS)


def plain_site(site: BodySite) -> str:
    """Return a site as "left upper trapezius (shoulder)"."""
    muscle = catalogue().muscles.get(site.name)
    name = site.name.replace("_", " ") if muscle is None else muscle.name.lower()
    where = "" if muscle is None else f" ({muscle.region})"
    side = "" if site.side is Side.MIDLINE else f"{site.side} "
    return f"{side}{name}{where}"


def plain_complaint(told: Complaint) -> str:
    """Return a complaint as "headache (left side of the head)"."""
    where = told.region or ("" if told.side is None else f"{told.side} side")
    return f"{_COMPLAINTS[told.kind]} ({where})" if where else _COMPLAINTS[told.kind]


def plain_numbers(told: Told) -> str:
    """Return what the client said of a complaint, first and last; empty where nobody asked."""
    asked = [complaint.nrs_now for _, complaint in told.said if complaint.nrs_now is not None]
    if not asked:
        return ""
    if len(asked) == 1:
        return f"You gave it {asked[0]} out of 10."
    return f"You gave it {asked[0]} out of 10 at first and {asked[-1]} the last time."


def plain_tenderness(grade: int) -> str:
    """Return a grade of tenderness."""
    return _TENDER[grade]


def plain_change(series: Series) -> str:
    """Return a change that is more than error as one sentence; empty where it is none."""
    found = judge(series)
    if not found.is_claimed or series.measure not in _PLAIN_MEASURES:
        return ""
    first, latest = (end.value_or_0 for end in series.ends)
    rose = latest > first
    if series.measure is PAIN_THRESHOLD:
        more = "more" if rose else "less"
        told = f"it now takes {more} pressure than at first before it hurts"
    else:
        told = f"the muscle now gives way {'less' if rose else 'more'} when it is pressed"
    chance = "This is more than chance would give."
    return f"At your {plain_site(series.site)}, {told}. {chance}"


def sites_to_tell(view: CourseView) -> tuple[BodySite, ...]:
    """Return the sites to speak of: those that changed first, then the most tender ones."""
    changed = [s.site for s in view.of_interest if plain_change(s)]
    felt = sorted(
        (f for f in view.felt() if f.site.name not in view.controls),
        key=lambda f: -(f.found[0][1].tenderness or 0),
    )
    measured = [s.site for s in view.of_interest if s.measure is PAIN_THRESHOLD and s.valued]
    sites = dict.fromkeys((*changed, *(f.site for f in felt), *measured))
    return tuple(sites)[:MOST_SITES]
