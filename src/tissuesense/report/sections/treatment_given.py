"""What was done over the course: doses for each site and technique, by sensor or by estimate."""

from tissuesense.report.course_view import CourseView
from tissuesense.report.document import Block, Cell, Column, Row, Table, Voice, say
from tissuesense.report.quantities import NOTHING, number
from tissuesense.report.registry import Section
from tissuesense.report.treatment_sums import Given, total_time, treatments
from tissuesense.report.words import site_and_side

_COLUMNS = (
    Column(title="Site", share=1.7),
    Column(title="Technique", share=3.0),
    Column(title="Times", numeric=True, share=0.6),
    Column(title="Total time", numeric=True, share=0.9),
    Column(title="Mean\npressure", unit="kPa", voice=Voice.SENSOR, numeric=True, share=1.1),
    Column(title="By estimate", voice=Voice.HAND, share=1.6),
    Column(title="Client said", unit="0 to 10", numeric=True, share=0.8),
)
_NOTE = (
    "Total time: on the skin where the sensor recorded it, else as the therapist noted it; a "
    "treatment that was not timed adds nothing. Mean pressure: of the recorded ones, each by its "
    "time. By estimate: of those without a recording."
)


def write(view: CourseView) -> tuple[Block, ...]:
    """Return a row for each site and technique."""
    groups: dict[tuple[str, str], list[Given]] = {}
    for given in treatments(view.care):
        key = (site_and_side(given.site), given.technique)
        groups.setdefault(key, []).append(given)
    rows = tuple(_row(*key, given) for key, given in sorted(groups.items()))
    return (Table(columns=_COLUMNS, rows=rows, note=say(_NOTE)),) if rows else ()


def _row(site: str, technique: str, given: list[Given]) -> Row:
    said = [g.noted.nrs_during for g in given if g.noted and g.noted.nrs_during is not None]
    texts = (
        technique,
        str(len(given)),
        total_time(given),
        _mean_pressure(given),
        _by_estimate(given),
        " to ".join(dict.fromkeys((str(min(said)), str(max(said))))) if said else NOTHING,
    )
    return Row((Cell(say(site), heads=True), *(Cell(say(text)) for text in texts)))


def _mean_pressure(given: list[Given]) -> str:
    pairs = [(g.measured("mean_kpa"), g.measured("contact_s")) for g in given]
    known = [(kpa, seconds) for kpa, seconds in pairs if kpa is not None and seconds]
    if not known:
        return NOTHING
    total = sum(seconds for _, seconds in known)
    return number(sum(kpa * seconds for kpa, seconds in known) / total, "kPa")


def _by_estimate(given: list[Given]) -> str:
    estimated = [g.noted for g in given if g.noted is not None and g.recorded is None]
    if not estimated:
        return NOTHING
    grades = [str(dose.intensity or "not estimated") for dose in estimated]
    counted = {grade: grades.count(grade) for grade in grades}
    return ", ".join(f"{grade} ({count})" for grade, count in counted.items())


SECTION = Section(title="What was done", write=write, appendix=True)
