"""The person pressed upon: a threshold that varies, and a reaction that takes its time."""

from dataclasses import dataclass

import numpy as np

from tissuesense.core.recording import LATENCY_BY_RELEASE, LATENCY_WITH_MARKER, ReactionLatency

# Share of the variance of a latency that belongs to the person; the rest changes from press to
# press. Together they give the spread that `ReactionLatency` states.
_PERSONAL = 0.75
_FASTEST_S = 0.12  # nobody reacts sooner; an earlier answer is an anticipation
_TESTER_FOLLOWS_BUTTON = ReactionLatency(mean_s=0.25, sd_s=0.05)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """What one press meets.

    Attributes
    ----------
    latent_threshold_kpa
        The pressure at which pain is first felt.
    button_s
        From feeling it to the pressed button; None where there is none.
    release_s
        From feeling it until the tester begins to let go.
    """

    latent_threshold_kpa: float
    button_s: float | None
    release_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A person at one site.

    Attributes
    ----------
    threshold_kpa
        Median threshold.
    spread_ln
        Standard deviation of the threshold from press to press, natural logarithm.
    lateness
        How late this person reacts, in standard deviations of the population.
    """

    threshold_kpa: float
    spread_ln: float
    lateness: float

    def reaction(self, *, with_button: bool, rng: np.random.Generator) -> Reaction:
        """Draw what the next press meets."""
        threshold_kpa = self.threshold_kpa * float(np.exp(self.spread_ln * rng.standard_normal()))
        button_s = self._latency_s(LATENCY_WITH_MARKER, rng)
        follow_s = max(_FASTEST_S, rng.normal(*_mean_sd(_TESTER_FOLLOWS_BUTTON)))
        voice_s = self._latency_s(LATENCY_BY_RELEASE, rng)
        return Reaction(
            latent_threshold_kpa=threshold_kpa,
            button_s=button_s if with_button else None,
            release_s=button_s + follow_s if with_button else voice_s,
        )

    def _latency_s(self, latency: ReactionLatency, rng: np.random.Generator) -> float:
        momentary = np.sqrt(1 - _PERSONAL) * rng.standard_normal()
        late = np.sqrt(_PERSONAL) * self.lateness + momentary
        return max(_FASTEST_S, float(latency.mean_s + latency.sd_s * late))


def _mean_sd(latency: ReactionLatency) -> tuple[float, float]:
    return latency.mean_s, latency.sd_s
