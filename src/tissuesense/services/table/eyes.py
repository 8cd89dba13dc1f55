"""What the screen sees of the samples: the force above the zero, and two meant taps."""

from tissuesense.guidance.double_tap import DoubleTap
from tissuesense.guidance.view import Phase
from tissuesense.services.measure import MeasureProgress
from tissuesense.services.table.view import Samples
from tissuesense.transport.assembly import SampleBlock


class Eyes:
    """Follows one recording beside the guide, whose zero it takes over."""

    def __init__(self) -> None:
        self._zero_n: float | None = None
        self._last_n = 0.0
        self._taps = DoubleTap()
        self.last_t_s = 0.0
        self.tapped_twice = False

    def see(self, block: SampleBlock, *, arrived_s: float) -> Samples | None:
        """Return the samples for the screen; None where there is no force among them."""
        self.tapped_twice = False
        if not block.t_s.size or block.force_n.size != block.t_s.size:
            return None
        self.last_t_s, self._last_n = float(block.t_s[-1]), float(block.force_n[-1])
        zero_n = self._last_n if self._zero_n is None else self._zero_n
        force_n = block.force_n - zero_n
        self.tapped_twice = self._taps.follow(block.t_s.tolist(), force_n.tolist())
        return Samples(t_s=block.t_s, force_n=force_n, arrived_s=arrived_s)

    def follow(self, progress: MeasureProgress) -> None:
        """Take over where the guide has its zero now."""
        if progress.view.phase is not Phase.SETTLING:
            self._zero_n = self._last_n - progress.view.force_n

    def contact_t_s(self, progress: MeasureProgress) -> float | None:
        """Return when the present press touched, in trace time; None while nothing presses."""
        since_s = progress.view.since_contact_s
        return None if since_s is None else self.last_t_s - since_s
