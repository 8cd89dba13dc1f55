"""Where a motion turns round: extremes that are followed by a way back worth the name."""

import numpy as np

from tissuesense.core.arrays import FloatArray


def turning_points(values: FloatArray, least: float) -> list[int]:
    """Return the indices where a motion begins, turns and ends; smaller reversals are none.

    Between two successive points the motion covers at least `least`; empty where it never does.

    Parameters
    ----------
    values
        Shape (n,).
    least
        How far it must go back before it has turned, positive.
    """
    steps = np.diff(values)
    bends = np.flatnonzero(steps[1:] * steps[:-1] <= 0) + 1
    places = [0, *bends.tolist(), values.size - 1] if values.size else []
    turns: list[int] = []
    low = high = 0
    way = 0  # up or down, once it is known
    for place in places:
        here = values[place]
        low = place if here < values[low] else low
        high = place if here > values[high] else high
        if way >= 0 and values[high] - here >= least:
            turns += [high] if turns else [_before(values, high, low=True), high]
            way, low, high = -1, place, place
        elif way <= 0 and here - values[low] >= least:
            turns += [low] if turns else [_before(values, low, low=False), low]
            way, low, high = 1, place, place
    if way:
        turns.append(high if way > 0 else low)
    return _without_stubs(values, turns, least)


def _before(values: FloatArray, end: int, *, low: bool) -> int:
    """Return the furthest place on the way to the first turn."""
    part = values[: end + 1]
    return int(np.argmin(part) if low else np.argmax(part))


def _without_stubs(values: FloatArray, turns: list[int], least: float) -> list[int]:
    """Leave out a first or a last stretch that is shorter than `least`."""
    if len(turns) > 1 and abs(values[turns[1]] - values[turns[0]]) < least:
        turns = turns[1:]
    if len(turns) > 1 and abs(values[turns[-1]] - values[turns[-2]]) < least:
        turns = turns[:-1]
    return turns if len(turns) > 1 else []
