"""How a threshold was taken: what two values must share before anybody compares them."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tissuesense.core.errors import UsageError

# Nine digits say more of an area or a rate than any gauge does; the tenth is the last bit's.
_DIGITS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """The part of a protocol that moves the number; None where it is not known.

    Attributes
    ----------
    tip_shape
        Such as "round flat".
    stop_mode
        Who ends the press, and how: such as "button_patient" or "verbal_peak".
    aggregation
        How presses become one value: such as "all", "drop_first" or "last_two".
    trials
        How many presses are wanted.
    """

    tip_area_cm2: float | None = None
    tip_shape: str | None = None
    target_rate_kpa_s: float | None = None
    stop_mode: str | None = None
    aggregation: str | None = None
    trials: int | None = None

    def __post_init__(self) -> None:
        for name, value in (
            ("A tip area", self.tip_area_cm2),
            ("A target rate", self.target_rate_kpa_s),
            ("A number of presses", self.trials),
        ):
            if value is not None and not (math.isfinite(value) and value > 0):
                raise UsageError(f"{name} must be positive, not {value}.")

    @property
    def content_sha256(self) -> str:
        """Identity by content: equal protocols have it in common, on every machine."""
        return content_sha256("tissuesense.protocol/1", asdict(self))


def content_sha256(schema: str, content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of `content` in one canonical writing.

    JSON in ASCII, keys in order, no blanks, every number as a float of nine digits, so that neither
    the order of a file nor 1 against 1.0 makes a difference. `schema` names what is hashed: the
    same content of another kind is something else.
    """
    text = json.dumps(
        {"schema": schema, **{key: _canonical(value) for key, value in content.items()}},
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _canonical(value: Any) -> Any:  # noqa: ANN401 - whatever JSON can say
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(f"{value:.{_DIGITS}g}")
    return value
