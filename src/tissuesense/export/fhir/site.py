"""Where on the body: UBERON and FMA codes of the anatomy catalogue, and which side in words.

Neither ontology has sides, so the side stands beside them. A group of muscles that the catalogue
keeps as one has several codes, and none of them is the group's: it is named in words alone.
"""

from collections.abc import Mapping
from functools import cache

from tissuesense.anatomy.catalogue import catalogue
from tissuesense.anatomy.muscle import Muscle
from tissuesense.core.site import BodySite
from tissuesense.export.fhir.chart import Chart
from tissuesense.export.fhir.codes import answered
from tissuesense.export.fhir.elements import Json, present

UBERON = "http://purl.obolibrary.org/obo/uberon.owl"
# The object identifier under which HL7 knows the Foundational Model of Anatomy.
FMA = "urn:oid:2.16.840.1.113883.6.119"
# HL7's own extension that lets a code of a body site point at more about it.
_MORE = "http://hl7.org/fhir/StructureDefinition/bodySite"


def body_site(chart: Chart, site: BodySite) -> Json:
    """Return the code of a site for whoever reads no more, and where more is said of it."""
    return present(
        extension=[{"url": _MORE, "valueReference": body_structure(chart, site)}],
        coding=_codings(site.name),
        text=site.words,
    )


def body_structure(chart: Chart, site: BodySite) -> Json:
    """Return a reference to a site of this client."""
    return chart.own.once(
        "BodyStructure",
        f"{chart.key} {site.name} {site.side}",
        lambda _: {
            "patient": chart.patient,
            "location": present(coding=_codings(site.name), text=site.name.replace("_", " ")),
            "locationQualifier": [answered("side", site.side)],
            "description": _landmark(site.name),
        },
    )


@cache
def _muscles() -> Mapping[str, Muscle]:
    """Return the muscles of the catalogue by id and by every other name."""
    known = catalogue().muscles
    return {alias: m for m in known.values() for alias in m.aliases} | dict(known)


def _codings(name: str) -> list[Json]:
    muscle = _muscles().get(name)
    if muscle is None:
        return []
    return [
        {"system": system, "code": codes[0].removeprefix("FMA:")}
        for system, codes in ((UBERON, muscle.uberon), (FMA, muscle.fma))
        if len(codes) == 1
    ]


def _landmark(name: str) -> str:
    """Return where the catalogue says that this muscle is pressed."""
    muscle = _muscles().get(name)
    if muscle is None or not muscle.site:
        return ""
    return f"Usually pressed {muscle.site[0].landmark}."
