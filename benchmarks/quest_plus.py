"""One answer to QUEST+ on a grid of 61 pressures, 61 thresholds, 10 slopes and 5 lapse rates."""

from collections.abc import Callable

import numpy as np
import questplus
from benchmarks.timing import Pair, cpu_s

from tissuesense.analysis.sensory.quest_plus import QuestPlus
from tissuesense.core.arrays import FloatArray

_ANSWERS = 200
_GRID: FloatArray = np.geomspace(60.0, 1200.0, 61)
_SLOPES: FloatArray = np.linspace(0.05, 0.5, 10)
_LAPSES: FloatArray = np.linspace(0.0, 0.08, 5)


def measure() -> Pair:
    """Time both, the update alone; the choice of the next pressure stands in the remark."""
    ours = QuestPlus(_GRID, _GRID, _SLOPES, _LAPSES)
    peer = questplus.QuestPlus(
        stim_domain={"intensity": np.log(_GRID)},
        param_domain={"mean": np.log(_GRID), "sd": _SLOPES, "lapse_rate": _LAPSES},
        outcome_domain={"response": ["yes", "no"]},
        func="norm_cdf_2",
        stim_scale="linear",
    )
    ours_next_s = _for_each(lambda _: ours.next_intensity())
    peer_next_s = cpu_s(lambda: peer.next_stim, rounds=2)
    ratio = peer_next_s * _ANSWERS / ours_next_s
    return Pair(
        work=f"QUEST+: {_ANSWERS} answers on {_GRID.size} x {_SLOPES.size} x {_LAPSES.size} points",
        ours_s=_for_each(lambda i: ours.update(float(_GRID[i % _GRID.size]), felt=i % 2 == 0)),
        peer="questplus",
        peer_s=_for_each(
            lambda i: peer.update(
                stim={"intensity": float(np.log(_GRID)[i % _GRID.size])},
                outcome={"response": "yes" if i % 2 == 0 else "no"},
            )
        ),
        remark=f"next pressure {1e3 * ours_next_s / _ANSWERS:.2f} ms, {ratio:.0f} x faster; "
        "ours also scores pressures off the grid",
        goal_ratio=20.0,
    )


def _for_each(work: Callable[[int], object]) -> float:
    return cpu_s(lambda: [work(i) for i in range(_ANSWERS)])
