"""Take in a MyotonPRO's table: numbers without samples, each kept under the maker's own name."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from tissuesense.core.errors import RecordError, UsageError
from tissuesense.files.delimited_text import decoded
from tissuesense.files.gauge_map import site_names
from tissuesense.files.myoton_csv import PARAMETERS, MyotonTap, read_myoton
from tissuesense.record.client import ClientId
from tissuesense.record.historic import HistoricFlag, HistoricMeasurement, HistoricQuantity
from tissuesense.services.importing.historic import keep_historic
from tissuesense.services.importing.intake import Desk, Intake, content_of
from tissuesense.services.importing.tables import Sites, TableOrder, local, sets_of

_FORM = "myoton"
_REMARK = "These numbers have no samples; they stand under the maker's names, beside none of ours."


def import_myoton(desk: Desk, client: ClientId, order: TableOrder) -> Intake:
    """Take in every measurement of one person, or nothing.

    Raises
    ------
    RecordNotFound
        When there is no such client or visit.
    RecordConflict
        When the file has been taken in before, or it is open to which visit it belongs.
    RecordError
        When the file is no such table, or does not say where or when.
    UsageError
        When the table has several persons and nobody said which.
    """
    content = content_of(order.path)
    sha256 = hashlib.sha256(content).hexdigest()
    taps = read_myoton(decoded(content), dates=order.dates, decimals=order.decimals)
    sites = Sites(site_names(order.stated_map()))
    found = [
        _measurement(group, sites, sha256, now=desk.clock.now())
        for group in _measurements(_of_one(tuple(taps), order.subject))
    ]
    different = tuple(dict.fromkeys(found))
    repeated = len(found) - len(different)
    remarks = (_REMARK, *([_repeated(repeated)] if repeated else []))
    return keep_historic(desk, client, order, different, form=_FORM, remarks=remarks)


def _repeated(count: int) -> str:
    return f"Left out: {count} that stand in the file twice, equal in every number."


def _of_one(taps: tuple[MyotonTap, ...], subject: int | None) -> list[MyotonTap]:
    people = tuple(dict.fromkeys(tap.subject for tap in taps))
    if subject is None and len(people) > 1:
        raise UsageError(
            f"The table has measurements of {len(people)} persons.",
            hint="Say which one with --subject 1, 2 ... in the order of the table.",
        )
    number = 1 if subject is None else subject
    if people and not 1 <= number <= len(people):
        raise UsageError(f"The table has {len(people)} persons; there is no number {number}.")
    found = [tap for tap in taps if tap.values and tap.subject == people[number - 1]]
    if not found:
        raise RecordError("The table has no measurement.")
    return found


def _measurements(taps: Sequence[MyotonTap]) -> list[list[MyotonTap]]:
    """Put the taps of one measurement together: numbered, in any order, or else of one moment."""
    return sets_of(
        taps,
        key=lambda tap: (
            tap.at.at.date(), tap.muscle, tap.side, tap.circumstances, tap.device,
            tap.at.at if tap.iteration is None else None,
        ),
        number=lambda tap: tap.iteration,
    )  # fmt: skip


def _measurement(
    taps: Sequence[MyotonTap], sites: Sites, sha256: str, *, now: datetime
) -> HistoricMeasurement:
    first = taps[0]
    in_order = sorted(taps, key=lambda tap: tap.iteration or 0)
    quantities = (
        HistoricQuantity(
            name=p.quantity,
            values=tuple(tap.values[p.quantity] for tap in in_order if p.quantity in tap.values),
            unit=p.unit,
            method=p.method,
        )
        for p in PARAMETERS
        if any(p.quantity in tap.values for tap in taps)
    )
    unknown = () if first.at.has_time else (HistoricFlag.TIME_UNKNOWN,)
    return HistoricMeasurement(
        site=sites.site(first.muscle, first.side, first.line),
        measured_at=min(local(tap.at, tap.line, now=now) for tap in taps),
        instrument=f"MyotonPRO {first.device}".strip(),
        quantities=tuple(quantities),
        source_sha256=sha256,
        site_as_named=first.muscle,
        circumstances=first.circumstances,
        flags=(HistoricFlag.RAW_ABSENT, *unknown),
    )
