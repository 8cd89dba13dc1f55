"""Keep historic measurements: each in the visit of its day, all of them or none."""

from collections.abc import Sequence

from tissuesense.record.client import ClientId
from tissuesense.record.historic import HistoricMeasurement
from tissuesense.services.care import keep
from tissuesense.services.importing.intake import Desk, Intake
from tissuesense.services.importing.tables import TableOrder, Visits


def keep_historic(
    desk: Desk,
    client: ClientId,
    order: TableOrder,
    found: Sequence[HistoricMeasurement],
    *,
    form: str,
    remarks: tuple[str, ...] = (),
) -> Intake:
    """Keep what a table had.

    Raises
    ------
    RecordNotFound
        When there is no such client or visit.
    RecordConflict
        When the file has been taken in before, or it is open to which visit it belongs.
    """
    sha256 = found[0].source_sha256
    with desk.all_or_nothing():
        desk.store.clients.get(client)
        desk.check_new(client, sha256)
        visits = Visits(desk, client, order.visit)
        for measured in found:
            keep(
                desk.store,
                "historic",
                measured,
                at=desk.clock.now(),
                rng=desk.rng,
                visit=visits.on(measured.measured_at),
            )
            desk.step()
        desk.write_down(client, form, sha256, len(found))
    return Intake(
        form=form,
        file_sha256=sha256,
        clients=(client,),
        visits=visits.opened,
        items=len(found),
        remarks=remarks,
        dry_run=desk.dry_run,
    )
