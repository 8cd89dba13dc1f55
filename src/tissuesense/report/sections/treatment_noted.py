"""What was done, as the therapist noted it: by estimate, or with a recording of the sensor."""

from tissuesense.record.visit import Intent
from tissuesense.report.document import Block, Cell, Column, Row, Table, Voice, say
from tissuesense.report.quantities import NOTHING, number
from tissuesense.report.readings import VisitView
from tissuesense.report.registry import Section
from tissuesense.report.treatment_sums import Given, treatments
from tissuesense.report.words import duration_words, site_and_side

_COLUMNS = (
    Column(title="Site", share=1.8),
    Column(title="Technique", share=2.4),
    Column(title="Time", numeric=True, share=0.8),
    Column(title="By estimate", voice=Voice.HAND, share=1.1),
    Column(title="Mean\npressure", unit="kPa", voice=Voice.SENSOR, numeric=True, share=0.9),
    Column(title="Client said", unit="0 to 10", numeric=True, share=0.8),
    Column(title="Note", share=1.8),
)
_WITHOUT = tuple(column for column in _COLUMNS if column.voice is not Voice.SENSOR)


def write(view: VisitView) -> tuple[Block, ...]:
    """Return a row for each treatment that was noted; of a relaxation visit nothing measured."""
    clinical = view.record.visit.intent is Intent.MEDICAL
    noted = [given for given in treatments([view.record]) if given.noted is not None]
    columns = _COLUMNS if clinical else _WITHOUT
    rows = tuple(_row(given, clinical=clinical) for given in noted)
    return (Table(columns=columns, rows=rows),) if rows else ()


def _row(given: Given, *, clinical: bool) -> Row:
    noted = given.noted
    kpa, nrs = given.measured("mean_kpa"), noted and noted.nrs_during
    pressure = (NOTHING if kpa is None else number(kpa, "kPa"),) if clinical else ()
    texts = (
        given.technique,
        NOTHING if given.seconds is None else duration_words(given.seconds),
        str((noted and noted.intensity) or NOTHING),
        *pressure,
        NOTHING if nrs is None else str(nrs),
        (noted and noted.note) or NOTHING,
    )
    return Row((Cell(say(site_and_side(given.site)), heads=True), *(Cell(say(t)) for t in texts)))


SECTION = Section(title="What was done", write=write, clinical=False)
