"""Take in a MyotonPRO's table: numbers without samples, each kept under the maker's own name."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tissuesense.core.errors import UsageError
from tissuesense.files.delimited_text import decoded
from tissuesense.files.myoton_csv import PARAMETERS, MyotonTap, read_myoton
from tissuesense.files.stated_moments import checked_date_format
from tissuesense.record.client import ClientId
from tissuesense.record.historic import HistoricFlag, HistoricMeasurement, HistoricQuantity
from tissuesense.services.care import keep
from tissuesense.services.importing.intake import Desk, Intake, content_of
from tissuesense.services.importing.tables import Sites, TableOrder, VisitsByDay, local, read_map

_FORM = "myoton"
_REMARK = "These numbers have no samples; they stand under the maker's names, beside none of ours."


def import_myoton(desk: Desk, client: ClientId, order: TableOrder) -> Intake:
    """Take in every measurement of one person, or nothing.

    Raises
    ------
    RecordNotFound
        When there is no such client.
    RecordConflict
        When the file has been taken in before.
    RecordError, UsageError
        When the file is no such table, or does not say whom, where or when.
    """
    content = content_of(order.path)
    sha256 = hashlib.sha256(content).hexdigest()
    taps = tuple(
        read_myoton(
            decoded(content), dates=checked_date_format(order.dates), decimals=order.decimals
        )
    )
    found = _measurements(_of_one(taps, order.subject), read_map(order.mapping), sha256)
    with desk.all_or_nothing():
        desk.store.clients.get(client)
        desk.check_new(client, sha256)
        visits = VisitsByDay(desk, client)
        for measured in found:
            keep(
                desk.store,
                "historic",
                measured,
                at=desk.clock.now(),
                rng=desk.rng,
                visit=visits.on(measured.measured_at),
            )
        desk.write_down(client, _FORM, sha256, len(found))
    return Intake(
        form=_FORM,
        file_sha256=sha256,
        clients=(client,),
        visits=visits.opened,
        items=len(found),
        remarks=(_REMARK,),
        dry_run=desk.dry_run,
    )


def _of_one(taps: tuple[MyotonTap, ...], subject: int | None) -> tuple[MyotonTap, ...]:
    people = tuple(dict.fromkeys(tap.subject for tap in taps))
    if not taps:
        raise UsageError("The table has no measurement.")
    if subject is None and len(people) > 1:
        raise UsageError(
            f"The table has measurements of {len(people)} persons.",
            hint="Say which one with --subject 1, 2 ... in the order of the table.",
        )
    number = subject or 1
    if not 1 <= number <= len(people):
        raise UsageError(f"The table has {len(people)} persons; there is no number {number}.")
    return tuple(tap for tap in taps if tap.subject == people[number - 1])


def _measurements(
    taps: Iterable[MyotonTap], said: dict[str, Any], sha256: str
) -> tuple[HistoricMeasurement, ...]:
    sites = Sites(said.get("sites", {}))
    groups: dict[tuple[object, ...], list[MyotonTap]] = {}
    for tap in taps:
        key = (tap.at, tap.muscle, tap.side, tap.circumstances, tap.device)
        groups.setdefault(key, []).append(tap)
    found = (_measurement(group, sites, sha256) for group in groups.values())
    return tuple(measured for measured in found if measured is not None)


def _measurement(taps: list[MyotonTap], sites: Sites, sha256: str) -> HistoricMeasurement | None:
    first = taps[0]
    values = {p: tuple(t.values[p.quantity] for t in taps if p.quantity in t.values)
              for p in PARAMETERS}  # fmt: skip
    quantities = tuple(
        HistoricQuantity(name=p.quantity, values=given, unit=p.unit, method=p.method)
        for p, given in values.items()
        if given
    )
    if not quantities:
        return None
    at: datetime = local(first.at.at)
    unknown = () if first.at.has_time else (HistoricFlag.TIME_UNKNOWN,)
    return HistoricMeasurement(
        site=sites.site(first.muscle, first.side, first.line),
        measured_at=at,
        instrument=f"MyotonPRO {first.device}".strip(),
        quantities=quantities,
        source_sha256=sha256,
        site_as_named=first.muscle,
        circumstances=first.circumstances,
        flags=(HistoricFlag.RAW_ABSENT, *unknown),
    )
