"""Who changed what and why, and who signed."""

from tissuesense.export.fhir.chart import Chart, Stated, VisitChart
from tissuesense.export.fhir.codes import coding, concept, hl7
from tissuesense.export.fhir.elements import (
    Json,
    full_url,
    identifier,
    instant,
    reference,
    resource,
    words,
)
from tissuesense.record.notes import Signature


def revision(chart: Chart, stated: Stated, target: Json) -> Json:
    """Return that a statement took the place of another, which is named and stays in the record."""
    reason = words(stated.entry.reason)
    return resource(
        "Provenance",
        stated.entry.id,
        target=[{"reference": full_url(target)}],
        recorded=instant(stated.entry.recorded_at),
        activity=hl7("v3-DataOperation", "UPDATE"),
        reason=[{"text": reason}] if reason else [],
        agent=[{"who": chart.actor(stated)}],
        entity=[
            {"role": "revision", "what": {"identifier": identifier("entry", replaced)}}
            for replaced in stated.chain[1:]
        ],
    )


def signed(visit: VisitChart, stated: Stated) -> Json:
    """Return who signed a visit, and the hash of what was signed."""
    said: Signature = stated.statement
    who = visit.chart.person(said.signer, stated, "signer")
    target = (
        reference("DiagnosticReport", visit.record.visit.id) if visit.clinical else visit.encounter
    )
    content = identifier("signed-content-sha256", "".join(said.content_sha256.split()))
    return resource(
        "Provenance",
        stated.root,
        target=[target],
        recorded=instant(said.signed_at),
        activity=concept("visit-signed"),
        agent=[{"who": who}],
        entity=[{"role": "source", "what": {"identifier": content}}],
        signature=[
            {
                "type": [coding(f"signature-{said.meaning}")],
                "when": instant(said.signed_at),
                "who": who,
            }
        ],
    )
