"""Taps: frequency, decrement and stiffness of a muscle that is struck lightly and let swing."""

from dataclasses import replace
from itertools import pairwise

from tissuesense.analysis.result import Estimator
from tissuesense.analysis.signals.cleaning import resolution_of
from tissuesense.analysis.taps.onset import find_onsets
from tissuesense.analysis.taps.reading import Probe, read_tap
from tissuesense.analysis.taps.result import TapAnalysis, summarise
from tissuesense.analysis.taps.spikes import without_spikes
from tissuesense.analysis.taps.swing_fit import FEWEST_SAMPLES
from tissuesense.core.errors import NoColumn
from tissuesense.core.quality import QualityFlag
from tissuesense.core.recording import Recording, RecordingKind


def analyse_taps(recording: Recording) -> TapAnalysis:
    """Find every tap of a recording and what it says about the tissue.

    Stiffness needs the side-car's `tap_mass_kg`; `tap_mass_uncertainty_kg` and
    `full_scale_m_s2` may stand beside it.

    Raises
    ------
    NoColumn
        When the recording has no acceleration.
    UsageError
        When the side-car states a mass or a full scale that is none.
    """
    trace, context = recording.trace, recording.context
    if trace.acceleration_m_s2 is None:
        raise NoColumn("acceleration_m_s2", kind=RecordingKind.TAP)
    acceleration, spikes = without_spikes(trace.t_s, trace.acceleration_m_s2)
    probe = Probe(
        mass_kg=context.tap_mass_kg,
        mass_u_kg=context.number("tap_mass_uncertainty_kg", positive=True) or 0.0,
        resolution=resolution_of(acceleration),
        full_scale=context.number("full_scale_m_s2", positive=True),
    )
    onsets = find_onsets(trace.t_s, acceleration) if trace.size >= FEWEST_SAMPLES else ()
    ends = [*(onset.row for onset in onsets), trace.size]
    read = [
        read_tap(trace.t_s, acceleration, onset, end, probe)
        for onset, (_, end) in zip(onsets, pairwise(ends), strict=True)
    ]
    taps = tuple(
        replace(tap, index=index)
        for index, tap in enumerate((tap for tap in read if tap is not None), start=1)
    )
    raised = {
        QualityFlag.SPIKES: spikes,
        QualityFlag.NO_TAP: not taps,
        QualityFlag.NO_SWING: None in read,
        QualityFlag.NO_TAP_MASS: context.tap_mass_kg is None,
    }
    return summarise(taps, tuple(flag for flag, is_raised in raised.items() if is_raised))


ESTIMATOR = Estimator(
    name="tap", version="1", kinds=frozenset({RecordingKind.TAP}), analyse=analyse_taps
)
"""The estimator of kind `tap`."""
