"""What the side-car of a treatment says of the place, the client and the way of working."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tissuesense.core.errors import UsageError
from tissuesense.core.quantity import Estimate
from tissuesense.core.recording import RecordingContext

_DEFAULT_BAND = (4.0, 7.0)
_HIGHEST_RATING = 10.0
_PAIR = 2
_ALONG_SKIN, _DEPTH = "skin", "depth"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What the client said at a time of the recording, 0 to 10."""

    t_s: float
    nrs: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseSideCar:
    """The keys that recordings of treatment alone have.

    Attributes
    ----------
    site_ppt_kpa
        Pain threshold of the same place; None where it is not known.
    good_pain_band
        Ratings from the first to the second are those that were wanted.
    tool_radius_mm
        From the axis of an angle sensor to the skin, for the arc it travels.
    along_skin
        Whether a displacement is one along the skin, not into it; None where it is not stated.
    technique
        As stated.
    """

    site_ppt_kpa: Estimate | None
    ratings: tuple[Rating, ...]
    good_pain_band: tuple[float, float]
    tool_radius_mm: float | None
    along_skin: bool | None
    technique: str | None

    @classmethod
    def of(cls, context: RecordingContext) -> "DoseSideCar":
        """Read the keys.

        Raises
        ------
        UsageError
            When one is of the wrong kind; the message names it.
        """
        axis = context.text("displacement_axis")
        if axis not in {None, _ALONG_SKIN, _DEPTH}:
            raise UsageError(f"displacement_axis is {_ALONG_SKIN} or {_DEPTH}, not '{axis}'.")
        return cls(
            site_ppt_kpa=_threshold(context),
            ratings=_ratings(context.extra.get("ratings")),
            good_pain_band=_band(context.extra.get("good_pain_band")),
            tool_radius_mm=context.number("tool_radius_mm", positive=True),
            along_skin=None if axis is None else axis == _ALONG_SKIN,
            technique=context.text("technique"),
        )

    def is_good_pain(self, rating: Rating) -> bool:
        """Tell whether a rating lies within the wanted ones, ends included."""
        low, high = self.good_pain_band
        return low <= rating.nrs <= high


def _threshold(context: RecordingContext) -> Estimate | None:
    """Read a number, or one with its standard uncertainty."""
    stated = context.extra.get("site_ppt_kpa")
    if stated is None:
        return None
    parts = stated if isinstance(stated, Mapping) else {"value": stated}
    value, u = (_number(parts.get(key, 0.0), f"site_ppt_kpa: {key}") for key in ("value", "u"))
    if value <= 0 or u < 0:
        raise UsageError(
            "site_ppt_kpa is above 0 and its u not below, such as 320 or "
            f'{{"value": 320, "u": 15}}, not {stated!r}.'
        )
    return Estimate(value=value, standard_uncertainty=u, unit="kPa")


def _ratings(stated: object) -> tuple[Rating, ...]:
    found = [
        Rating(t_s=t_s, nrs=nrs)
        for t_s, nrs in (_pair(row, "ratings") for row in _listed(stated, "ratings"))
    ]
    for rating in found:
        if not 0 <= rating.nrs <= _HIGHEST_RATING:
            raise UsageError(f"ratings go from 0 to 10; one is {rating.nrs:g}.")
    return tuple(sorted(found, key=lambda rating: rating.t_s))


def _band(stated: object) -> tuple[float, float]:
    if stated is None:
        return _DEFAULT_BAND
    low, high = _pair(stated, "good_pain_band")
    if not 0 <= low <= high <= _HIGHEST_RATING:
        raise UsageError(f"good_pain_band goes up within 0 to 10, such as [4, 7], not {stated!r}.")
    return low, high


def _listed(stated: object, name: str) -> Sequence[object]:
    if stated is None:
        return ()
    if isinstance(stated, str) or not isinstance(stated, Sequence):
        raise UsageError(f"{name} is a list such as [[12.5, 6]], not {stated!r}.")
    return stated


def _pair(stated: object, name: str) -> tuple[float, float]:
    pair = _listed(stated, name)
    if len(pair) != _PAIR:
        raise UsageError(f"{name} needs pairs of numbers, not {stated!r}.")
    return _number(pair[0], name), _number(pair[1], name)


def _number(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise UsageError(f"{name} needs numbers, not {value!r}.")
    return float(value)
