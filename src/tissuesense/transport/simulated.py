"""A simulated gauge: its own bytes, through the same codec, at its own pace or at none."""

from collections import deque
from collections.abc import Iterator, Mapping

from tissuesense.core.clock import Clock
from tissuesense.core.errors import DeviceNotFound, LinkLost
from tissuesense.devices.codec import WireSample
from tissuesense.devices.profile import DeviceProfile, WireParameters
from tissuesense.simulation.session import SessionPiece, SessionSpec, simulated_session
from tissuesense.transport.base import Chunk, HostChannel, Pace, VirtualPace
