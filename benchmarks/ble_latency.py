"""From a notification on the system's bus to a decoded sample, in 99 of 100 cases."""

from benchmarks.ble_radio import PEER, RATE_HZ, both
from benchmarks.timing import Pair


def measure() -> Pair:
    """Time both."""
    ours, peers = both()
    return Pair(
        work=f"radio at {RATE_HZ} Hz: sent to decoded, 99 of 100 samples",
        ours_s=ours.at(99),
        peer=PEER,
        peer_s=peers.at(99),
        remark=f"ours: {ours.told()}; the peer's: {peers.told()}",
        goal_s=0.005,
    )
