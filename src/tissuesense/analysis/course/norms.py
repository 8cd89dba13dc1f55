"""Published thresholds, as context: where a value lies among them, or why none is comparable.

Healthy persons differ fivefold, and every source has its own tip, rate and way of stopping. A norm
is therefore held to the same rules as any other comparison: where one of these differs or is not
stated, there is no comparable norm. Nothing here is a limit of health.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from tissuesense.analysis.course.comparability import Comparable, comparable
from tissuesense.core.errors import ConfigurationError, UsageError
from tissuesense.core.protocol import Protocol
from tissuesense.core.units import NEWTON_PER_KGF, pressure_kpa

SEXES = ("female", "male", "both")
CAVEAT = (
    "Healthy persons differ fivefold: a person's own series and own other side say more than a norm"
)
_PROTOCOL = ("tip_area_cm2", "tip_shape", "target_rate_kpa_s", "stop_mode")


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm:
    """What one source says of one site and sex; None where it does not say.

    Attributes
    ----------
    marks
        Names and values in kPa, rising, such as ("median", 368.1).
    protocol
        Tip, rate and stop mode.
    n
        How many persons.
    """

    site: str
    sex: str
    marks: tuple[tuple[str, float], ...]
    protocol: Protocol
    source: str
    n: int | None = None
    ages: str | None = None
    device: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NormPlace:
    """Where a value lies, or why that cannot be said.

    Attributes
    ----------
    norm
        None where no norm is comparable.
    above, below
        Names of the marks that the value has reached, and has not; None at an end.
    reasons
        Why norms of this site were not taken, a clause each.
    """

    norm: Norm | None
    above: str | None
    below: str | None
    sentence: str
    reasons: tuple[str, ...] = ()


@cache
def published_norms() -> tuple[Norm, ...]:
    """Return every norm that is shipped."""
    text = files("tissuesense.analysis.course").joinpath("norms.toml").read_text(encoding="utf-8")
    return read_norms(text)


def read_norms(text: str) -> tuple[Norm, ...]:
    """Read norms from TOML in the form of the shipped file; a clinic may have its own.

    Raises
    ------
    ConfigurationError
        When a row lacks its source, holds an unknown key or unit, or its marks do not rise.
    """
    try:
        rows = tomllib.loads(text).get("norm", [])
    except tomllib.TOMLDecodeError as err:
        raise ConfigurationError(f"The norms are not TOML: {err}.") from err
    return tuple(_norm(row, number) for number, row in enumerate(rows, start=1))


def place_among_norms(
    value_kpa: float,
    *,
    site: str,
    sex: str | None,
    protocol: Protocol,
    norms: Iterable[Norm] | None = None,
) -> NormPlace:
    """Return where a threshold lies among the comparable norm of its site, in words.

    Parameters
    ----------
    sex
        "female" or "male"; None where it is not known.
    protocol
        How the value was taken.
    norms
        The shipped ones where absent.

    Raises
    ------
    UsageError
        When the value is not positive.
    """
    if not value_kpa > 0:
        raise UsageError(f"A threshold is a positive pressure in kPa, not {value_kpa}.")
    reasons = []
    for norm in published_norms() if norms is None else norms:
        if norm.site != site:
            continue
        why = tuple(_obstacles(norm, sex, protocol))
        if not why:
            return _placed(value_kpa, norm)
        reasons.append(f"{norm.source} ({norm.sex}): {', '.join(why)}")
    if not reasons:
        reasons.append(f"no published values of {site.replace('_', ' ')} are known here")
    return NormPlace(
        norm=None,
        above=None,
        below=None,
        sentence=f"No comparable norm: {'; '.join(reasons)}.",
        reasons=tuple(reasons),
    )


def _obstacles(norm: Norm, sex: str | None, protocol: Protocol) -> Iterator[str]:
    if norm.sex != "both" and sex is None:
        yield "the person's sex is not stated"
    elif norm.sex not in {"both", sex}:
        yield "of the other sex"
    if norm.protocol.target_rate_kpa_s is None:
        yield "its source does not state the rate"
    if norm.protocol.stop_mode is None:
        yield "its source does not state how the press was stopped"
    if norm.protocol.tip_area_cm2 is None:
        yield "its source does not state the tip"
    elif (found := comparable(norm.protocol, protocol)).verdict is not Comparable.YES:
        unstated = None in {norm.protocol.target_rate_kpa_s, norm.protocol.stop_mode}
        # What the source leaves out has been said; only what both state can differ besides.
        if not unstated or found.verdict is Comparable.REFUSE:
            yield from found.reasons


def _placed(value_kpa: float, norm: Norm) -> NormPlace:
    reached = [name for name, mark in norm.marks if value_kpa >= mark]
    ahead = [name for name, mark in norm.marks if value_kpa < mark]
    above, below = (reached[-1] if reached else None), (ahead[0] if ahead else None)
    kpa = dict(norm.marks)
    if above is None or below is None:
        end = below or above or ""
        way, side = ("more", "below") if above is None else ("less", "above")
        where = f"{side} the {end} ({kpa[end]:.0f} kPa): {way} sensitive than that"
    else:
        where = f"between the {above} ({kpa[above]:.0f} kPa) and the {below} ({kpa[below]:.0f} kPa)"
    persons = f"{norm.n} persons" if norm.n else "a number of persons that is not stated"
    return NormPlace(
        norm=norm,
        above=above,
        below=below,
        sentence=f"{value_kpa:.0f} kPa lies {where}, of {persons} ({norm.source}). {CAVEAT}.",
    )


def _norm(row: Mapping[str, Any], number: int) -> Norm:
    known = {"site", "sex", "unit", "marks", "n", "ages", "device", "source", "note", *_PROTOCOL}
    if unknown := sorted(set(row) - known):
        raise ConfigurationError(
            f"Norm {number} has an unknown key {unknown[0]}.", known=sorted(known)
        )
    if missing := sorted(
        {"site", "sex", "unit", "marks", "source"} - {k for k, v in row.items() if v}
    ):
        raise ConfigurationError(f"Norm {number} lacks its {missing[0]}.")
    if row["sex"] not in SEXES:
        raise ConfigurationError(f"Norm {number} is of no sex '{row['sex']}'.", known=SEXES)
    protocol = Protocol(**{key: row[key] for key in _PROTOCOL if key in row})
    factor = _kpa_per_unit(row["unit"], protocol, number)
    marks = tuple((str(name), float(value) * factor) for name, value in row["marks"])
    if any(low >= high for (_, low), (_, high) in pairwise(marks)) or marks[0][1] <= 0:
        raise ConfigurationError(f"The marks of norm {number} must be positive and rise.")
    return Norm(
        site=row["site"],
        sex=row["sex"],
        marks=marks,
        protocol=protocol,
        source=row["source"],
        n=row.get("n"),
        ages=row.get("ages"),
        device=row.get("device"),
        note=row.get("note", ""),
    )


def _kpa_per_unit(unit: str, protocol: Protocol, number: int) -> float:
    if unit == "N":
        if protocol.tip_area_cm2 is None:
            raise ConfigurationError(f"Norm {number} is a force and lacks the area of its tip.")
        return pressure_kpa(1.0, protocol.tip_area_cm2)
    factors = {"kPa": 1.0, "kgf/cm2": pressure_kpa(NEWTON_PER_KGF, 1.0)}
    if unit not in factors:
        raise ConfigurationError(
            f"Norm {number} is in '{unit}', which is no unit of pressure here.",
            known=("N", *factors),
        )
    return factors[unit]
