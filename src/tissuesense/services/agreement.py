"""Hand and sensor over the visits of a client and over the practice: store in, analysis out."""

from collections import Counter

import numpy as np
from sqlalchemy import Select, select

from tissuesense.analysis.hand_and_sensor.calibration import (
    CalibrationCurve,
    GradeValues,
    calibration_curve,
)
from tissuesense.analysis.hand_and_sensor.comparison import TENDERNESS, Comparison
from tissuesense.analysis.hand_and_sensor.over_time import (
    SiteCase,
    VisitAgreement,
    agreement_over_time,
)
from tissuesense.analysis.hand_and_sensor.site_agreement import Agree
from tissuesense.core.quantity import NotEstimable
from tissuesense.core.recording import RecordingKind
from tissuesense.record.history import ClientRecord, VisitRecord
from tissuesense.record.visit import Block, Intent
from tissuesense.report.hand_beside_sensor import tenderness_agreement
from tissuesense.report.readings import SiteView, VisitView
from tissuesense.report.words import plural, site_words
from tissuesense.store.index import practitioner_of
from tissuesense.store.opened import Store
from tissuesense.store.overviews import struck_out
from tissuesense.store.schema import MeasurementRow, PalpationRow, ValueRow, VisitRow

# Over several muscles only ratios can be put together: thresholds differ without any tenderness.
AGAINST_THE_OTHER_SIDE = Comparison(
    hand="tenderness",
    sensor="pain threshold against the other side",
    grades=TENDERNESS.grades,
    rising=False,
    unit="",
)
_PPT = "ppt_kpa"
# The latest ones: a therapist's hands change over the years.
_MOST_CASES = 400


def client_agreement(record: ClientRecord) -> tuple[VisitAgreement, ...]:
    """Return how hand and sensor agree on each visit of care and over all visits so far."""
    care = [visit for visit in record.visits if visit.visit.intent is Intent.MEDICAL]
    visits = [_cases(record, visit) for visit in care]
    return agreement_over_time(visits, comparison=AGAINST_THE_OTHER_SIDE)


def practice_curve(store: Store, site: str, *, practitioner: str = "") -> CalibrationCurve:
    """Return what is usually measured at one muscle where the hand gave each grade.

    Over all clients of the practice, the latest cases, those with the tip and the rate that most
    of them have.

    Parameters
    ----------
    practitioner
        Whose grades; empty: everybody's, which is one person's own curve in a practice of one.
    """
    with store.reading() as session:
        # Of several analyses of one recording, the last one has the word.
        found = {(row.id, row.felt): row for row in session.execute(_query(site))}
    whose = {practitioner_of(practitioner)} if practitioner else {row.by for row in found.values()}
    cases = [row for row in found.values() if row.value is not None and row.by in whose]
    usual = [manner for manner, _ in Counter(row.manner for row in cases).most_common(1)]
    cases = [row for row in cases if row.manner in usual]
    return calibration_curve(
        [row.tenderness for row in cases],
        np.array([row.value for row in cases], dtype=np.float64),
        groups=[row.client for row in cases],
    )


def agreement_words(store: Store, record: ClientRecord) -> tuple[str, ...] | None:
    """Return what hand and sensor have in common over a course, a sentence each.

    None where no site was ever both graded by hand and measured, on both sides.
    """
    visits = client_agreement(record)
    counted = sum((Counter(visit.verdicts) for visit in visits), Counter())
    total = counted.total()
    if not total:
        return None
    same, other, open_ = (counted[verdict] for verdict in Agree)
    told = (
        f"Over {plural(len(visits), 'visit')}, {plural(total, 'comparison')} of a side with the "
        f"other: hand and sensor find the same in {same}, different things in {other}, and in "
        f"{open_} it cannot be said."
    )
    last = visits[-1]
    enough = not isinstance(last.ranks.rho, NotEstimable)
    ranks = (last.ranks.sentence, last.kappa.sentence) if enough else (last.ranks.sentence,)
    return (told, *ranks, *_curve_words(store, record))


def _curve_words(store: Store, record: ClientRecord) -> tuple[str, ...]:
    """Return the therapist's own curve at the muscle that was measured most often here."""
    care = [visit for visit in record.visits if visit.visit.intent is Intent.MEDICAL]
    names = Counter(
        m.measurement.site.name
        for visit in care
        for m in visit.counting
        if m.measurement.kind is RecordingKind.PPT
        and any(
            felt.tenderness for felt in visit.manual_findings if felt.site == m.measurement.site
        )
    )
    if not names:
        return ()
    site = names.most_common(1)[0][0]
    practitioner = care[-1].visit.practitioner
    curve = practice_curve(store, site, practitioner=practitioner)
    told = "; ".join(_grade_words(row) for row in curve.grades if row.median is not None)
    who = practitioner or "the practice"
    curve_of = f"The own curve of {who} at the {site_words(site).lower()}, over all clients"
    return (f"{curve_of}: {told or 'not enough data'} ({plural(curve.n, 'case')}).",)


def _grade_words(row: GradeValues) -> str:
    low, high = row.quartiles or (0.0, 0.0)
    return f"graded {row.grade}, usually {low:.0f} to {high:.0f} kPa (median {row.median:.0f})"


def _cases(record: ClientRecord, visit: VisitRecord) -> list[SiteCase]:
    view = VisitView(client=record.client, visits=(), record=visit)
    return [
        case
        for pair in view.pairs(Block.PRE)
        if pair.both is not None
        for here, there in (pair.both, pair.both[::-1])
        if (case := _case(here, there)) is not None
    ]


def _case(here: SiteView, there: SiteView) -> SiteCase | None:
    found = tenderness_agreement(here, there)
    values = [
        None if side.ppt is None or (ppt := side.ppt.session(_PPT)) is None else ppt.value
        for side in (here, there)
    ]
    if found is None or here.hand is None or not all(values):
        return None
    first, second = (value or 1.0 for value in values)
    return SiteCase(
        group=here.site.name,  # both sides of a muscle say one thing twice
        grade=here.hand.tenderness,
        value=first / second,
        agreement=found,
    )


# Quoted: SQLAlchemy 2.0 knows of one parameter only.
def _query(site: str) -> "Select[str, str, str, str, str, int | None, float | None]":
    """Ask for grade and threshold of one muscle, felt and measured before treatment."""
    m, p, v = MeasurementRow, PalpationRow, ValueRow
    same = (p.visit_id == m.visit_id) & (p.site == m.site) & (p.side == m.side)
    return (
        select(
            m.id,
            p.id.label("felt"),
            m.client_id.label("client"),
            m.manner,
            VisitRow.practitioner.label("by"),
            p.tenderness,
            v.value,
        )
        .join(p, same & (p.block == m.block))
        .join(v, (v.measurement_id == m.id) & (v.quantity == _PPT))
        .join(VisitRow, VisitRow.id == m.visit_id)
        .where(m.site == site, m.kind == str(RecordingKind.PPT), m.block == str(Block.PRE))
        .where(p.tenderness.is_not(None), ~struck_out())
        .order_by(m.measured_at.desc(), m.id, v.computed_at)
        .limit(_MOST_CASES)
    )
