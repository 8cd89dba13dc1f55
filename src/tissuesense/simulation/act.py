"""What happens in one piece of a simulated session, whatever the instrument."""

from collections.abc import Mapping
from typing import Any, Protocol

from tissuesense.core.arrays import FloatArray


class Act(Protocol):
    """One tap, one stretch, one stroke of a treatment, with the pauses around it."""

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        ...

    def at(self, t_s: FloatArray) -> Mapping[str, FloatArray]:
        """Return what is true at each instant from the act's beginning, by column of a trace.

        No instrument takes part: neither noise nor offset, but for what the body and gravity do.
        """
        ...

    def truth(self, start_s: float) -> Any:  # noqa: ANN401 - a frozen dataclass, each act its own
        """Return what an analysis should find, the act beginning at `start_s` of the session."""
        ...
