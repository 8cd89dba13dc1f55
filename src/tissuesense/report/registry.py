"""The table of report sections; another package adds one through `tissuesense.sections`."""

from collections.abc import Callable
from dataclasses import dataclass

from tissuesense.core.registry import Registry
from tissuesense.report.document import Block
from tissuesense.report.readings import VisitView

_HERE = "tissuesense.report.sections"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One section.

    Attributes
    ----------
    write
        Visit in, blocks out; none where there is nothing to say, and the title is left out too.
    small
        True for what stands in small type at the end.
    """

    title: str
    write: Callable[[VisitView], tuple[Block, ...]]
    small: bool = False


# In the order of the page: who and why, what hands and sensor found, how, and what it cannot say.
SECTIONS: Registry[Section] = Registry(
    "report section",
    Section,
    {
        "client_and_visit": f"{_HERE}.client_and_visit:SECTION",
        "in_short": f"{_HERE}.in_short:SECTION",
        "hands_and_sensor": f"{_HERE}.hands_and_sensor:SECTION",
        "side_by_side": f"{_HERE}.side_by_side:SECTION",
        "stiffness": f"{_HERE}.stiffness:SECTION",
        "further_measures": f"{_HERE}.further_measures:SECTION",
        "treatment": f"{_HERE}.treatment:SECTION",
        "before_and_after": f"{_HERE}.before_and_after:SECTION",
        "ramps": f"{_HERE}.ramps:SECTION",
        "press_and_hold": f"{_HERE}.press_and_hold:SECTION",
        "quality": f"{_HERE}.quality:SECTION",
        "method": f"{_HERE}.method:SECTION",
        "limits": f"{_HERE}.limits:SECTION",
    },
    group="tissuesense.sections",
)
