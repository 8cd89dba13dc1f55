"""What it costs the processor to listen to a gauge by radio."""

from benchmarks.ble_radio import PEER, RATE_HZ, both
from benchmarks.timing import Pair


def measure() -> Pair:
    """Time both."""
    ours, peers = both()
    return Pair(
        work=f"radio at {RATE_HZ} Hz: processor time for each second",
        ours_s=ours.cpu_share,
        peer=PEER,
        peer_s=peers.cpu_share,
        remark="ours also keeps a capture on the disk, the time base, the quality and the trace",
        goal_s=0.05,
    )
