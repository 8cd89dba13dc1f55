"""What other people's tests may use: a clock that stands, a scripted wire, recordings with truth.

Nothing in the package itself imports this module.
"""

from tissuesense.core.clock import ManualClock
from tissuesense.simulation.session import SessionSpec, simulated_recording
from tissuesense.transport.memory import MemoryTransport

__all__ = ["ManualClock", "MemoryTransport", "SessionSpec", "simulated_recording"]
