"""`tissuesense.trend`: how a value moves over visits, in one person and in a study."""

from tissuesense.analysis.course.bounded_change import change_with_limits
from tissuesense.analysis.course.change import UsualScatter, change_over_visits
from tissuesense.analysis.course.change_result import Change
from tissuesense.analysis.course.clinic_sem import usual_scatter
from tissuesense.analysis.course.comparability import Comparable, Comparison, comparable
from tissuesense.analysis.course.local_level import LocalLevel, local_level
from tissuesense.analysis.course.measured_change import Measured, MeasuredChange, change_of_measured
from tissuesense.analysis.course.monotone_trend import MonotoneTrend, monotone_trend
from tissuesense.analysis.course.nonoverlap import Nonoverlap, nonoverlap
from tissuesense.analysis.course.phase_change import (
    RandomisationTest,
    SegmentedLine,
    randomisation_test,
    segmented_line,
)
from tissuesense.analysis.course.study_model import StudyModel, study_model
from tissuesense.analysis.numerics.censored import CensoredNormal, censored_normal

__all__ = [
    "CensoredNormal",
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
    "censored_normal",
    "change_of_measured",
    "change_over_visits",
    "change_with_limits",
    "comparable",
    "local_level",
    "monotone_trend",
    "nonoverlap",
    "randomisation_test",
    "segmented_line",
    "study_model",
    "usual_scatter",
]
