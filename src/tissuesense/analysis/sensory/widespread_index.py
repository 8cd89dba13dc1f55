"""A local threshold against a remote one: tender here, or tender everywhere.

Both are logarithms, so that their difference is a ratio and holds at every level; beside it each
site against its norm, where there is one.
"""

from dataclasses import dataclass

from tissuesense.analysis.sensory.paired import Reading, log_ratio, ratio, reading_of
from tissuesense.analysis.sensory.tenderness_index import LogNorm, log_of, z_score
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import NotEstimable, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class WidespreadIndex:
    """A local site against a remote one.

    Attributes
    ----------
    local_minus_remote
        ln (local / remote): negative where the local site is the more sensitive.
    ratio
        Local over remote.
    local_z, remote_z
        (usual - own) / sd, positive is more sensitive than usual; not estimable without a norm.
    """

    local_minus_remote: Outcome
    ratio: Outcome
    local_z: Outcome
    remote_z: Outcome
    flags: tuple[QualityFlag, ...] = ()

    @property
    def verdict(self) -> str:
        """One sentence; what was found and nothing of what it may mean."""
        if isinstance(self.ratio, NotEstimable):
            return self.ratio.detail
        low, high = (100 * bound for bound in self.ratio.coverage_interval())
        return (
            f"The local threshold is {100 * self.ratio.value:.0f} % of the remote one "
            f"(95 % interval {low:.0f} to {high:.0f} %)."
        )


def widespread_index(
    local_kpa: Reading,
    remote_kpa: Reading,
    *,
    local_norm: LogNorm | None = None,
    remote_norm: LogNorm | None = None,
) -> WidespreadIndex:
    """Set a local threshold against a remote one of the same day and gauge.

    Raises
    ------
    UsageError
        When a threshold is not positive, or not in kPa.
    """
    local = reading_of(local_kpa, "local_kpa", unit="kPa")
    remote = reading_of(remote_kpa, "remote_kpa", unit="kPa")
    local_ln, remote_ln = log_of(local), log_of(remote)
    apart = log_ratio(remote, local)
    return WidespreadIndex(
        local_minus_remote=apart,
        ratio=ratio(remote, local),
        local_z=z_score(local_ln, local_norm),
        remote_z=z_score(remote_ln, remote_norm),
        flags=(apart.reason,) if isinstance(apart, NotEstimable) else (),
    )
