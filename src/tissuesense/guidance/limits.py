"""What no hand goes beyond: the cut-off of the protocol, and what the gauge can bear."""

from dataclasses import dataclass

from tissuesense.core.recording import RecordingContext

_DEFAULT_LIMIT_N = 100.0
_FULL_SCALE_SHARE = 0.95
_NEAR_LIMIT = (1.0, 0.9, 0.8)


@dataclass(frozen=True, slots=True, kw_only=True)
class PressLimits:
    """What the hand is held to, in newtons.

    Attributes
    ----------
    target_rate_n_s
        None: the rate is not guided.
    limit_n
        Nobody presses harder than this.
    """

    target_rate_n_s: float | None = None
    limit_n: float = _DEFAULT_LIMIT_N

    @classmethod
    def of(cls, context: RecordingContext) -> "PressLimits":
        """Return the limits that a context states: the cut-off, and what the gauge can bear."""
        tip, full_scale_n = context.tip, context.full_scale_n
        limit_n = context.cutoff_kpa / tip.kpa_per_n if tip else _DEFAULT_LIMIT_N
        if full_scale_n is not None:
            limit_n = min(limit_n, _FULL_SCALE_SHARE * full_scale_n)
        rate = context.target_rate_kpa_s
        return cls(
            target_rate_n_s=rate / tip.kpa_per_n if rate and tip else None,
            limit_n=limit_n,
        )


def near_limit(share: float) -> float | None:
    """Return which warning a share of the limit has reached: 0.8, 0.9 or 1.0."""
    return next((level for level in _NEAR_LIMIT if share >= level), None)
