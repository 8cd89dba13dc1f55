"""The client: a pseudonym, what measurements depend on, and who it is where that was asked for."""

from collections.abc import Iterator, Mapping

from tissuesense.export.fhir.chart import Chart, Stated
from tissuesense.export.fhir.codes import concept
from tissuesense.export.fhir.elements import (
    Json,
    day,
    identifier,
    instant,
    present,
    resource,
    words,
)
from tissuesense.export.fhir.observation import graded, number, observation
from tissuesense.record.people import Identity, Profile, SexAtBirth

# Administrative gender is what R4 has; the sex at birth that was stated stands beside it.
_GENDER: Mapping[SexAtBirth | None, str] = {
    SexAtBirth.FEMALE: "female",
    SexAtBirth.MALE: "male",
    SexAtBirth.INTERSEX: "other",
}


def patient(chart: Chart) -> Json:
    """Return the client; name, contact and whole birth date with an identity alone."""
    client = chart.record.client
    profile: Profile = chart.record.latest("profile") or Profile()
    year = None if profile.birth_year is None else str(profile.birth_year)
    elements: Json = {
        "meta": {"lastUpdated": instant(client.created_at)},
        "identifier": [identifier("client", client.id)],
        "gender": _GENDER.get(profile.sex_at_birth),
        "birthDate": year,
        "managingOrganization": chart.practice(),
    }
    if chart.identity is not None:
        elements |= _who(chart.identity, elements["identifier"], year)
    return resource("Patient", chart.key, **elements)


def _who(identity: Identity, identifiers: list[Json], year: str | None) -> Json:
    member = present(
        type={"text": "member number"},
        value=words(identity.member_number),
        assigner=present(display=words(identity.insurer)),
    )
    return {
        "identifier": [*identifiers, *([member] if "value" in member else [])],
        "name": [{"text": name}] if (name := words(identity.name)) else [],
        "telecom": [
            {"system": system, "value": value}
            for system, text in (("phone", identity.phone), ("email", identity.email))
            if (value := words(text))
        ],
        "address": [{"text": address}] if (address := words(identity.address)) else [],
        "birthDate": day(identity.birth_date) or year,
    }


def profile(chart: Chart, stated: Stated) -> Iterator[Json]:
    """Yield what measurements may depend on, each thing by itself."""
    profile: Profile = stated.statement
    values = {
        "sex-at-birth": graded("sex", profile.sex_at_birth),
        "handedness": graded("handed", profile.handedness),
        "body-height": number(profile.height_cm, "cm"),
        "body-mass": number(profile.mass_kg, "kg"),
    }
    for code, value in values.items():
        if value is not None:
            yield observation(
                f"{stated.root} {code}",
                stated,
                code=concept(code),
                subject=chart.patient,
                effective=stated.entry.recorded_at,
                performer=chart.actor(stated),
                **value,
            )
