"""Recordings with known truth, by kind: the same seed gives the same recordings."""

from collections.abc import Callable, Iterator

import numpy as np
from tests.conformance.examiner.indentation import indentation_recording
from tests.conformance.examiner.ppt import (
    censored_recording,
    nothing_recording,
    ppt_recording,
)
from tests.conformance.examiner.truth import Known

GENERATORS: dict[str, Callable[[np.random.Generator, str], Known]] = {
    "ppt": ppt_recording,
    "nothing": nothing_recording,
    "censored": censored_recording,
    "indentation": indentation_recording,
}


def generate(kind: str, count: int, seed: int) -> Iterator[Known]:
    """Yield `count` recordings; recording k is the same whatever the count."""
    for index in range(count):
        rng = np.random.default_rng([seed, list(GENERATORS).index(kind), index])
        yield GENERATORS[kind](rng, f"{kind}-{seed}-{index}")
