"""`tissuesense.trend`: how a value moves over visits, in one person and in a study."""

from tissuesense.analysis.change import Change, UsualScatter, change_over_visits
from tissuesense.analysis.comparability import Comparable, Comparison, comparable
from tissuesense.analysis.local_level import LocalLevel, local_level
from tissuesense.analysis.measured_change import Measured, MeasuredChange, change_of_measured
from tissuesense.analysis.monotone_trend import MonotoneTrend, monotone_trend
from tissuesense.analysis.nonoverlap import Nonoverlap, nonoverlap
from tissuesense.analysis.phase_change import (
    RandomisationTest,
    SegmentedLine,
    randomisation_test,
    segmented_line,
)
from tissuesense.analysis.study_model import StudyModel, study_model

__all__ = [
    "Change",
    "Comparable",
    "Comparison",
    "LocalLevel",
    "Measured",
    "MeasuredChange",
    "MonotoneTrend",
    "Nonoverlap",
    "RandomisationTest",
    "SegmentedLine",
    "StudyModel",
    "UsualScatter",
    "change_of_measured",
    "change_over_visits",
    "comparable",
    "local_level",
    "monotone_trend",
    "nonoverlap",
    "randomisation_test",
    "segmented_line",
    "study_model",
]
