"""The tables of report sections, one for each kind of report; entry points add rows to each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from tissuesense.core.registry import Registry
from tissuesense.report.course_view import CourseView
from tissuesense.report.document import Block, Part
from tissuesense.report.readings import VisitView

_HERE = "tissuesense.report.sections"
View_contra = TypeVar("View_contra", contravariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section(Generic[View_contra]):
    """One section.

    Attributes
    ----------
    write
        View in, blocks out; none where there is nothing to say, and the title is left out too.
    small
        True for what stands in small type at the end.
    clinical
        False for what is also told of a relaxation visit, of which nothing clinical is.
    appendix
        True for what follows on pages of its own; the pages before it stand alone.
    """

    title: str
    write: Callable[[View_contra], tuple[Block, ...]]
    small: bool = False
    clinical: bool = True
    appendix: bool = False


# Each in the order of the page: who and why, what hands and sensor found, how, what it cannot say.
SECTIONS: Registry[Section[VisitView]] = Registry(
    "report section",
    Section,
    {
        "client_and_visit": f"{_HERE}.client_and_visit:SECTION",
        "told_today": f"{_HERE}.told_today:SECTION",
        "in_short": f"{_HERE}.in_short:SECTION",
        "hands_and_sensor": f"{_HERE}.hands_and_sensor:SECTION",
        "body_map": f"{_HERE}.body_map:SECTION",
        "hand_beside_sensor": f"{_HERE}.hand_beside_sensor:SECTION",
        "joints": f"{_HERE}.joints:SECTION",
        "side_by_side": f"{_HERE}.side_by_side:SECTION",
        "stiffness": f"{_HERE}.stiffness:SECTION",
        "further_measures": f"{_HERE}.further_measures:SECTION",
        "imported": f"{_HERE}.imported:SECTION",
        "treatment_noted": f"{_HERE}.treatment_noted:SECTION",
        "treatment": f"{_HERE}.treatment:SECTION",
        "before_and_after": f"{_HERE}.before_and_after:SECTION",
        "note": f"{_HERE}.note:SECTION",
        "left_out": f"{_HERE}.left_out:SECTION",
        "signed": f"{_HERE}.signed:SECTION",
        "ramps": f"{_HERE}.ramps:SECTION",
        "press_and_hold": f"{_HERE}.press_and_hold:SECTION",
        "quality": f"{_HERE}.quality:SECTION",
        "method": f"{_HERE}.method:SECTION",
        "limits": f"{_HERE}.limits:SECTION",
    },
    group="tissuesense.sections",
)
COURSE_SECTIONS: Registry[Section[CourseView]] = Registry(
    "course report section",
    Section,
    {
        "who_and_why": f"{_HERE}.who_and_why:SECTION",
        "plan_and_visits": f"{_HERE}.plan_and_visits:SECTION",
        "complaints": f"{_HERE}.complaints:SECTION",
        "first_and_latest": f"{_HERE}.first_and_latest:SECTION",
        "joints_over_visits": f"{_HERE}.joints_over_visits:SECTION",
        "goals": f"{_HERE}.goals:SECTION",
        "sessions": f"{_HERE}.sessions:SECTION",
        "signatures": f"{_HERE}.signatures:SECTION",
        "course_method": f"{_HERE}.course_method:SECTION",
        "course_limits": f"{_HERE}.limits:SHORT",
        "what_changed": f"{_HERE}.what_changed:SECTION",
        "trends": f"{_HERE}.trends:SECTION",
        "hands_over_visits": f"{_HERE}.hands_over_visits:SECTION",
        "sensor_over_visits": f"{_HERE}.sensor_over_visits:SECTION",
        "imported_over_visits": f"{_HERE}.imported_over_visits:SECTION",
        "treatment_given": f"{_HERE}.treatment_given:SECTION",
        "agreement": f"{_HERE}.agreement:SECTION",
        "amendments": f"{_HERE}.amendments:SECTION",
    },
    group="tissuesense.course_sections",
)
CLIENT_SECTIONS: Registry[Section[CourseView]] = Registry(
    "client report section",
    Section,
    {
        "your_words": f"{_HERE}.your_words:SECTION",
        "your_body": f"{_HERE}.your_body:SECTION",
        "your_change": f"{_HERE}.your_change:SECTION",
        "your_next": f"{_HERE}.your_next:SECTION",
    },
    group="tissuesense.client_sections",
)


def parts_of(sections: Mapping[str, Section[View_contra]], view: View_contra) -> tuple[Part, ...]:
    """Return what every section of a table writes; those with nothing to say are left out."""
    asked = ((name, sections[name]) for name in sections)
    parts = [
        Part(
            name=name,
            title=section.title,
            blocks=blocks,
            small=section.small,
            appendix=section.appendix,
        )
        for name, section in asked
        if (blocks := section.write(view))
    ]
    # Another package's row stands last, whichever of the two it belongs to.
    return tuple(sorted(parts, key=lambda part: part.appendix))
