"""What FHIR R4 demands and no validator at hand looks at, and what we promise beside it."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]

# R4, SampledDataDataType: numbers, or E (error), U (above the limit), L (below it).
_SAMPLES = re.compile(r"(-?\d+(\.\d+)?|E|U|L)( (-?\d+(\.\d+)?|E|U|L))*")
# Written by hand from UCUM, not taken from the code that is examined.
_UCUM = {
    *("N", "kPa", "kPa/s", "kPa.s", "N/mm", "N/m", "N/s", "N.m", "N.m/rad", "N.m.s/rad", "J"),
    *("s", "ms", "mm", "mm/s", "/mm", "cm", "cm2", "kg", "kg.m2", "m/s2", "Hz", "Cel"),
    *("deg", "deg/s", "1", "%", "{score}"),
}
# Elements that R5 has and R4 has not, where R4 has another for the same.
_LATER = {
    *("interval", "intervalUnit", "offsets", "codeMap", "includedStructure", "actualPeriod"),
    *("plannedActivityReference", "bodyStructure", "triggeredBy", "conformsTo", "occurrence"),
    *("instantiatesCanonical", "measurementFrequency", "codeableConcept"),
}
_BORROWED = ("snomed.info", "id.who.int/icd")


def broken(bundle: Json, *, prescribed: frozenset[str] = frozenset()) -> list[str]:
    """Return every broken invariant, in words; `prescribed` has the codes a prescriber supplied."""
    found = [*_bundle(bundle), *_later(bundle), *_codes(bundle, prescribed)]
    names = {entry["fullUrl"] for entry in bundle["entry"]}
    found += [f"{name} is not in the bundle" for name in _references(bundle) if name not in names]
    for entry in bundle["entry"]:
        found += [f"{entry['fullUrl']}: {said}" for said in _resource(entry["resource"])]
    return found


def _bundle(bundle: Json) -> Iterator[str]:
    names = Counter(entry["fullUrl"] for entry in bundle["entry"])
    yield from (f"{name} stands there {n} times" for name, n in names.items() if n > 1)
    for entry in bundle["entry"]:
        if entry["fullUrl"] != f"urn:uuid:{entry['resource']['id']}":
            yield f"{entry['fullUrl']} and its id disagree"


def _later(bundle: Json) -> Iterator[str]:
    for parts in _objects(bundle):
        yield from (f"{name} is not R4" for name in _LATER.intersection(parts))


def _codes(bundle: Json, prescribed: frozenset[str]) -> Iterator[str]:
    ours = {
        concept["code"]
        for entry in bundle["entry"]
        if entry["resource"]["resourceType"] == "CodeSystem"
        for concept in entry["resource"]["concept"]
    }
    for parts in _objects(bundle):
        system, code = parts.get("system", ""), parts.get("code", "")
        if not isinstance(system, str) or not isinstance(code, str):
            continue
        if any(name in system for name in _BORROWED) and code not in prescribed:
            yield f"{code} of {system} is borrowed"
        if system == "urn:tissuesense:codes" and code not in ours:
            yield f"{code} is not in the code system"


def _resource(resource: Json) -> Iterator[str]:
    for parts in _objects(resource):
        if "dimensions" in parts:
            yield from _sampled(parts)
        if parts.get("system") == "http://unitsofmeasure.org" and parts["code"] not in _UCUM:
            yield f"the unit {parts['code']} is not UCUM that we know"
    if resource["resourceType"] == "Observation":
        for check in _OF_OBSERVATIONS:
            yield from check(resource)


def _sampled(data: Json) -> Iterator[str]:
    if not _SAMPLES.fullmatch(data["data"]):
        yield "SampledData holds what is neither a number nor E, U or L"
    if not data["period"] > 0:
        yield "SampledData has no step"


def _values(holder: Json) -> list[str]:
    return [name for name in holder if name.startswith("value")]


def _obs_6(observation: Json) -> Iterator[str]:
    for holder in (observation, *observation.get("component", [])):
        if _values(holder) and "dataAbsentReason" in holder:
            yield "obs-6: a value and a reason for having none"
        if len(_values(holder)) > 1:
            yield "two values"


def _obs_7(observation: Json) -> Iterator[str]:
    codes = _named(observation["code"])
    if _values(observation) and any(
        codes & _named(component["code"]) for component in observation.get("component", [])
    ):
        yield "obs-7: a component has the code of the whole"


def _named(concept: Json) -> set[tuple[str, str]]:
    return {(coding["system"], coding["code"]) for coding in concept.get("coding", [])}


def _whole(observation: Json) -> Iterator[str]:
    for name in ("subject", "effectiveDateTime", "performer", "issued"):
        if name not in observation:
            yield f"an observation has no {name}"
    says = {"dataAbsentReason", "component", "hasMember"}
    if not _values(observation) and says.isdisjoint(observation):
        yield "an observation says nothing"


def _by_a_gauge(observation: Json) -> Iterator[str]:
    systems = {each["system"] for each in observation.get("identifier", [])}
    if "urn:tissuesense:measurement" in systems and "device" not in observation:
        yield "a measurement has no device"


_OF_OBSERVATIONS: tuple[Callable[[Json], Iterator[str]], ...] = (
    _obs_6,
    _obs_7,
    _whole,
    _by_a_gauge,
)


def _references(bundle: Json) -> Iterator[str]:
    for parts in _objects(bundle):
        if isinstance(parts.get("reference"), str):
            yield parts["reference"]


def _objects(of: object) -> Iterator[Json]:
    """Yield every JSON object, however deep."""
    if isinstance(of, dict):
        yield of
        for part in of.values():
            yield from _objects(part)
    elif isinstance(of, list):
        for part in of:
            yield from _objects(part)
