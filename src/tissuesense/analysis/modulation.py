"""`tissuesense.modulation`: pain beyond the threshold, and how one pain changes another."""

from tissuesense.analysis.sensory.at_least import AtLeast
from tissuesense.analysis.sensory.conditioned_modulation import (
    KENNEDY_2020,
    ConditionedModulation,
    ReferenceSem,
    conditioned_modulation,
)
from tissuesense.analysis.sensory.delivered_pressure import (
    DeliveredPress,
    Evenness,
    delivered_presses,
    evenness,
)
from tissuesense.analysis.sensory.rating_series import RatingScores, rating_scores
from tissuesense.analysis.sensory.referred_pain import ReferredPain, referred_pain
from tissuesense.analysis.sensory.side_difference import SideDifference, side_difference
from tissuesense.analysis.sensory.stimulus_response import StimulusResponse, stimulus_response
from tissuesense.analysis.sensory.temporal_summation import TemporalSummation, temporal_summation
from tissuesense.analysis.sensory.tender_points import POINTS_1990, TenderPoints, tender_points
from tissuesense.analysis.sensory.tenderness_index import (
    LogNorm,
    TendernessIndex,
    between_site_correlation,
    tenderness_index,
)
from tissuesense.analysis.sensory.tolerance_range import (
    ToleranceRange,
    tolerance_of,
    tolerance_range,
)
from tissuesense.analysis.sensory.widespread_index import WidespreadIndex, widespread_index

__all__ = [
    "KENNEDY_2020",
    "POINTS_1990",
    "AtLeast",
    "ConditionedModulation",
    "DeliveredPress",
    "Evenness",
    "LogNorm",
    "RatingScores",
    "ReferenceSem",
    "ReferredPain",
    "SideDifference",
    "StimulusResponse",
    "TemporalSummation",
    "TenderPoints",
    "TendernessIndex",
    "ToleranceRange",
    "WidespreadIndex",
    "between_site_correlation",
    "conditioned_modulation",
    "delivered_presses",
    "evenness",
    "rating_scores",
    "referred_pain",
    "side_difference",
    "stimulus_response",
    "temporal_summation",
    "tender_points",
    "tenderness_index",
    "tolerance_of",
    "tolerance_range",
    "widespread_index",
]
