"""Consents given and withdrawn."""

from collections.abc import Iterator

from tissuesense.export.fhir.chart import Chart, Stated
from tissuesense.export.fhir.codes import answered, hl7
from tissuesense.export.fhir.elements import Json, day, labelled, present, resource, words
from tissuesense.record.intake import Consent, ConsentPurpose

_SCOPE = {
    ConsentPurpose.TREATMENT: "treatment",
    ConsentPurpose.MEASUREMENT: "treatment",
    ConsentPurpose.RESEARCH: "research",
    ConsentPurpose.SHARING: "patient-privacy",
}


def consent(chart: Chart, stated: Stated) -> Iterator[Json]:
    """Yield a consent; one withdrawn is inactive and denies."""
    said: Consent = stated.statement
    rule = "; ".join(
        part for part in (labelled("text version", said.text_version), said.how) if part.strip()
    )
    yield resource(
        "Consent",
        stated.root,
        **stated.envelope,
        status="active" if said.given else "inactive",
        scope=hl7("consentscope", _SCOPE[said.purpose]),
        category=[answered("consent", said.purpose)],
        patient=chart.patient,
        dateTime=day(said.on),
        performer=[chart.patient],
        organization=[chart.practice()],
        policy=_text(said.text_sha256),
        policyRule={"text": words(rule) or "the practice's own text"},
        provision=present(type="permit" if said.given else "deny"),
    )


def _text(sha256: str) -> list[Json]:
    """Return which text the client saw, by the hash of it."""
    named = "".join(sha256.split())
    return [{"uri": f"urn:tissuesense:sha256:{named}"}] if named else []
