"""`tissuesense.reliability`: intraclass correlation, measurement error, agreement of methods."""

from tissuesense.analysis.icc import Icc, IccForms, icc, icc_of_many
from tissuesense.analysis.measurement_error import (
    MeasurementError,
    blended_sem,
    minimal_detectable_change,
    reference_change,
    reliable_change_index,
    sem_from_icc,
    sem_interval,
    sem_mdc,
)
from tissuesense.analysis.method_agreement import (
    Agreement,
    RepeatedAgreement,
    averaged_agreement,
    bland_altman,
    bland_altman_repeated,
    repeatability_coefficient,
    replicate_sd,
)

__all__ = [
    "Agreement",
    "Icc",
    "IccForms",
    "MeasurementError",
    "RepeatedAgreement",
    "averaged_agreement",
    "bland_altman",
    "bland_altman_repeated",
    "blended_sem",
    "icc",
    "icc_of_many",
    "minimal_detectable_change",
    "reference_change",
    "reliable_change_index",
    "repeatability_coefficient",
    "replicate_sd",
    "sem_from_icc",
    "sem_interval",
    "sem_mdc",
]
