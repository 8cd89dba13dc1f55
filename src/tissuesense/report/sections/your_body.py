"""Where the client was examined: the body from both sides, and a sentence for each place."""

from tissuesense.core.site import BodySite
from tissuesense.record.visit import Block as VisitBlock
from tissuesense.report.course_view import CourseView
from tissuesense.report.document import Block, Figure, Listing, Paragraph, Run, Voice, Words, say
from tissuesense.report.figures.body_map import body_map
from tissuesense.report.measures import PAIN_THRESHOLD
from tissuesense.report.plain_words import plain_site, plain_tenderness, sites_to_tell
from tissuesense.report.quantities import number
from tissuesense.report.readings import VisitView
from tissuesense.report.registry import Section
from tissuesense.report.series import Series
from tissuesense.report.site_marks import AGAINST_OTHER_SIDE, marks_of

_CAPTION = (
    "Diamond: felt by hand, the larger the more tender. Dot: measured on both sides; the darker, "
    "the less pressure it took before it hurt than on your other side."
)


def write(view: CourseView) -> tuple[Block, ...]:
    """Return the map of the first visit in which anything was found, and what was found where."""
    sites = sites_to_tell(view)
    if not sites:
        return (Paragraph(say("No place was examined or measured yet.")),)
    items = tuple(_told(site, view) for site in sites)
    return (*_map(view), Listing(items))


def _map(view: CourseView) -> tuple[Figure, ...]:
    """Return the map of the latest visit: where things stand."""
    record = next((v for v in reversed(view.care) if v.sites), None)
    if record is None:
        return ()
    visit = VisitView(client=view.record.client, visits=(), record=record)
    marks = marks_of(visit, VisitBlock.PRE)
    if not marks:
        return ()
    drawn = body_map(marks, scale=AGAINST_OTHER_SIDE, title="Your last visit", with_legend=False)
    return (
        Figure(
            svg=drawn.svg,
            alt=drawn.alt,
            title=say("What was found at your last visit"),
            caption=say(_CAPTION),
            half=True,
        ),
    )


def _told(site: BodySite, view: CourseView) -> Words:
    place = plain_site(site)
    return say(
        Run(f"{place[0].upper()}{place[1:]}. ", Voice.STRONG),
        " ".join(filter(None, (_felt(site, view), _measured(site, view)))),
    )


def _felt(site: BodySite, view: CourseView) -> str:
    found = next((f.found for f in view.felt() if f.site == site), ())
    grades = [manual.tenderness for _, manual in found if manual.tenderness is not None]
    if not grades:
        return ""
    first, last = (plain_tenderness(grade) for grade in (grades[0], grades[-1]))
    if len(grades) == 1:
        return f"Under the hand it was {first}."
    if first == last:
        return f"Under the hand it was {first}, at first and at the last visit."
    return f"Under the hand it was {first} at first and {last} at the last visit."


def _measured(site: BodySite, view: CourseView) -> str:
    series = next((s for s in view.series if _is_threshold_at(s, site)), None)
    if series is None or not series.valued:
        return ""
    first, latest = (
        f"{'more than ' if end.at_least else ''}{number(end.value_or_0, 'kPa')}"
        for end in series.ends
    )
    if len(series.valued) == 1:
        return f"Measured: {first} kPa of pressure before it hurt."
    return f"Measured: {first} kPa of pressure before it hurt at first, {latest} kPa at the last."


def _is_threshold_at(series: Series, site: BodySite) -> bool:
    return series.site == site and series.measure is PAIN_THRESHOLD


SECTION = Section(title="What was felt and measured", write=write)
