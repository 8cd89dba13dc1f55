"""Numbers of another instrument or an earlier time, which came without their samples."""

from collections.abc import Iterator

from tissuesense.core.flag_words import flag_words
from tissuesense.export.fhir.chart import Stated, VisitChart
from tissuesense.export.fhir.codes import concept
from tissuesense.export.fhir.elements import (
    STRUCK_OUT,
    Json,
    identifier,
    labelled,
    notes,
    present,
    quantity,
    reference,
    resource,
    words,
)
from tissuesense.export.fhir.observation import block_component, seen_in_visit
from tissuesense.export.fhir.site import body_site
from tissuesense.export.fhir.units import known_unit
from tissuesense.record.historic import HistoricFlag, HistoricMeasurement, HistoricQuantity


def historic(visit: VisitChart, stated: Stated) -> Iterator[Json]:
    """Yield the median of each quantity with the single values, and the file that they came from.

    A number of another instrument never has the code of one that this program computes.
    """
    said: HistoricMeasurement = stated.statement
    at = said.measured_at.astimezone(visit.zone)
    void = next((h.void for h in visit.record.historic if h.id == stated.entry.id), None)
    status = stated.status if void is None else STRUCK_OUT
    instrument = _instrument(visit, said)
    when = {"effectiveDateTime": at.date().isoformat()} if _day_alone(said) else {}
    for found in said.quantities:
        code = visit.chart.shared.measured_concept("historic", found.name)
        yield seen_in_visit(
            visit,
            stated,
            f"historic {found.name}",
            at=at,
            **when,
            status=status,
            code=code,
            valueQuantity=_amount(found.value, found.unit),
            bodySite=body_site(visit.chart, said.site),
            method=present(text=words(found.method)),
            device=instrument,
            derivedFrom=[reference("DocumentReference", stated.root)],
            component=[block_component(said.block), *_values(found)],
            note=notes(
                labelled("Struck out", "" if void is None else void.why),
                labelled("Site, as the file names it", said.site_as_named),
                labelled("Circumstances", said.circumstances),
                *(f"{flag}: {flag_words(flag)}" for flag in said.flags),
            ),
        )
    yield resource(
        "DocumentReference",
        stated.root,
        masterIdentifier=identifier("sha256", said.source_sha256),
        status="current" if void is None else STRUCK_OUT,
        type=concept("source-file"),
        subject=visit.patient,
        content=[
            {
                "attachment": {
                    "title": "File that was taken in",
                    "url": f"urn:tissuesense:sha256:{said.source_sha256}",
                }
            }
        ],
        context={"encounter": [visit.encounter]},
    )


def _values(found: HistoricQuantity) -> list[Json]:
    """Return the single values, in the order of the file."""
    return [
        {"code": concept("historic-value"), "valueQuantity": _amount(value, found.unit)}
        for value in found.values
    ]


def _amount(value: float, unit: str) -> Json:
    known = known_unit(unit)
    return quantity(value, known) if known else {"value": value, "unit": words(unit)}


def _day_alone(said: HistoricMeasurement) -> bool:
    return HistoricFlag.TIME_UNKNOWN in said.flags


def _instrument(visit: VisitChart, said: HistoricMeasurement) -> Json:
    """Return a reference to the instrument, with the tip it had."""
    area = said.probe_area_cm2
    tip = [] if area is None else [(concept("tip-area"), quantity(area, "cm2"))]
    return visit.chart.shared.once(
        "Device",
        f"historic {said.instrument} {area}",
        lambda _: {
            "deviceName": [
                {"name": words(said.instrument) or "unnamed", "type": "user-friendly-name"}
            ],
            "property": [{"type": what, "valueQuantity": [amount]} for what, amount in tip],
        },
    )
