"""Claim: every fault of a press is told by its name beyond its limit, and not below it.

Each rule has presses drawn for it a little below and a little beyond its limits, at 10, 20, 80 and
1000 samples a second; clean presses raise no flag in more than 2 of 100.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest
from tests.conformance.planted import Case, Gauge, Hand, clean_case, pressed

from tissuesense.analysis.estimators.pain_threshold import analyse
from tissuesense.analysis.pain_trials import PainThreshold
from tissuesense.core.quality import QualityFlag as Flag

RATES_HZ = (10.0, 20.0, 80.0, 1000.0)
EVERY = RATES_HZ
PRESSES = 25
CLEAN = 500
TELLS, KEEPS_QUIET = 0.95, 0.05
PLAIN = Case()
SIGNALLED = Hand(signal_kpa=300.0, top_kpa=312.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One rule, and how to draw a press with so much of what it looks at.

    Attributes
    ----------
    quiet, told, kept, rejected
        Amounts that are below the limit; beyond it; not yet enough to reject; and enough.
    """

    flag: Flag
    draw: Callable[[float], Case]
    quiet: tuple[float, ...] = ()
    told: tuple[float, ...] = ()
    kept: tuple[float, ...] = ()
    rejected: tuple[float, ...] = ()
    rates_hz: tuple[float, ...] = EVERY


def by_hand(**how: object) -> Case:
    return replace(PLAIN, hand=replace(PLAIN.hand, **how))  # type: ignore[arg-type]  # checked by use


def by_gauge(**how: object) -> Case:
    return replace(PLAIN, gauge=replace(PLAIN.gauge, **how))  # type: ignore[arg-type]  # checked by use


def no_target(case: Case) -> Case:
    return replace(case, context=replace(case.context, target_rate_kpa_s=None))
