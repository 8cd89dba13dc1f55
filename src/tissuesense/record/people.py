"""Who is who: the client's identity, apart from everything else; the practice and its people."""

import enum
from dataclasses import dataclass
from datetime import date

from tissuesense.core.errors import UsageError
from tissuesense.record.checks import check_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The only place where a client has a name; sealed under a key of its own."""

    name: str = ""
    birth_date: date | None = None
    phone: str = ""
    email: str = ""
    address: str = ""
    insurer: str = ""
    member_number: str = ""

    def __post_init__(self) -> None:
        for name in ("name", "phone", "email", "address", "insurer", "member_number"):
            check_text(name, getattr(self, name))


class SexAtBirth(enum.StrEnum):
    """As some published norms distinguish."""

    FEMALE = "female"
    MALE = "male"
    INTERSEX = "intersex"


class Handedness(enum.StrEnum):
    """Which hand works most."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What measurements may depend on and nobody is known by; all of it optional."""

    birth_year: int | None = None
    sex_at_birth: SexAtBirth | None = None
    handedness: Handedness | None = None
    height_cm: float | None = None
    mass_kg: float | None = None

    def __post_init__(self) -> None:
        for name, low, high in (
            ("birth_year", 1900, 2100),
            ("height_cm", 30, 260),
            ("mass_kg", 1, 400),
        ):
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise UsageError(f"{name} is {low} to {high}, not {value}.")


class Role(enum.StrEnum):
    """What a person does in the practice or the study."""

    THERAPIST = "therapist"
    RATER = "rater"
    MONITOR = "monitor"
    DATA_MANAGER = "data_manager"


@dataclass(frozen=True, slots=True, kw_only=True)
class Practitioner:
    """Somebody who treats, measures or reads."""

    name: str
    credential: str = ""
    role: Role = Role.THERAPIST

    def __post_init__(self) -> None:
        check_text("name", self.name, required=True)
        check_text("credential", self.credential)


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """The practice itself, as reports head it.

    Attributes
    ----------
    retention_years
        How long after the last visit the law or the practice keeps a record; erasing before asks
        for a reason.
    """

    name: str = ""
    address: str = ""
    retention_years: float = 10.0
    pressure_unit: str = "kPa"

    def __post_init__(self) -> None:
        for name in ("name", "address", "pressure_unit"):
            check_text(name, getattr(self, name))
        if not 0 <= self.retention_years <= _MOST_YEARS:
            raise UsageError(f"retention_years is 0 to {_MOST_YEARS}, not {self.retention_years}.")


_MOST_YEARS = 100
