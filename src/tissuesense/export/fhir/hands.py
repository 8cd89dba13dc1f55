"""What the hands found, at a site and at a joint: each finding by itself, under one examination."""

from collections.abc import Iterator, Mapping
from typing import Any

from tissuesense.export.fhir.chart import Stated, VisitChart
from tissuesense.export.fhir.codes import answered, concept
from tissuesense.export.fhir.elements import Json, labelled, notes, quantity, reference, words
from tissuesense.export.fhir.observation import block_component, graded, number, seen_in_visit, told
from tissuesense.export.fhir.site import body_site
from tissuesense.record.joint import JointFinding
from tissuesense.record.scales import TardieuEntry
from tissuesense.record.visit import ManualFinding

_Found = Mapping[str, Json | None]


def palpation(visit: VisitChart, stated: Stated) -> Iterator[Json]:
    """Yield what was felt at one site; what was not examined is not there."""
    said: ManualFinding = stated.statement
    first = said.seen_value_first
    found: _Found = {
        "palpation-tenderness": graded("tenderness", said.tenderness),
        "palpation-tone": graded("tone", _signed(said.tone)),
        "taut-band": _yes_or_no(said.taut_band),
        "twitch": _yes_or_no(said.twitch),
        "referred-pain": _referred(said),
        "skin-temperature": graded("temperature", said.temperature),
        "tissue-texture": told(said.texture),
    }
    yield from _examination(
        visit,
        stated,
        "palpation",
        found,
        at=said.found_at,
        bodySite=body_site(visit.chart, said.site),
        method={"text": "palpation"},
        component=[
            block_component(said.block),
            *(
                []
                if first is None
                else [{"code": concept("seen-value-first"), "valueBoolean": first}]
            ),
        ],
        note=notes(said.note),
    )


def joint(visit: VisitChart, stated: Stated) -> Iterator[Json]:
    """Yield what was found at one movement of one joint."""
    said: JointFinding = stated.statement
    found: _Found = {
        "rom-active": number(said.active_deg, "deg"),
        "rom-passive": number(said.passive_deg, "deg"),
        "end-feel": graded("end-feel", said.end_feel),
        "joint-pain": _yes_or_no(said.pain),
        "mas": graded("mas", said.ashworth),
        "tardieu": None if said.tardieu is None else _tardieu(said.tardieu),
    }
    yield from _examination(
        visit,
        stated,
        "joint",
        found,
        at=stated.entry.recorded_at,
        bodySite={"text": words(f"{said.side} {said.joint}")},
        method={"text": words(said.movement)},
        component=[block_component(said.block)],
        note=notes(said.note),
    )


def _examination(
    visit: VisitChart,
    stated: Stated,
    code: str,
    found: _Found,
    *,
    component: list[Json],
    note: list[Json],
    **shared: Any,  # noqa: ANN401 - elements that the examination and its findings have alike
) -> Iterator[Json]:
    members = [
        seen_in_visit(visit, stated, part, **(shared | _with_block(value, component[0])))
        for part, value in found.items()
        if value is not None
    ]
    yield seen_in_visit(
        visit,
        stated,
        code,
        component=component,
        note=note,
        hasMember=[reference("Observation", _key(member)) for member in members],
        **shared,
    )
    yield from members


def _key(member: Json) -> str:
    key: str = member["identifier"][0]["value"]
    return key


def _with_block(value: Json, block: Json) -> Json:
    return value | {"component": [block, *value.get("component", [])]}


def _referred(said: ManualFinding) -> Json | None:
    found = _yes_or_no(said.refers)
    return found and found | {"note": notes(labelled("Where", said.refers_to))}


def _tardieu(said: TardieuEntry) -> Json:
    angles = {"tardieu-r1": said.r1_deg, "tardieu-r2": said.r2_deg}
    return {
        "valueCodeableConcept": answered("tardieu", said.quality),
        "component": [
            {"code": concept(code), "valueQuantity": quantity(angle, "deg")}
            for code, angle in angles.items()
            if angle is not None
        ],
    }


def _signed(tone: int | None) -> str | None:
    if tone is None:
        return None
    return f"{tone:+d}" if tone else "0"


def _yes_or_no(found: bool | None) -> Json | None:  # noqa: FBT001 - it is what was found
    return None if found is None else {"valueBoolean": found}
