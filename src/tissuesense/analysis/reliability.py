"""`tissuesense.reliability`: intraclass correlation, measurement error, agreement of methods."""

from tissuesense.analysis.agreement.icc import Icc, IccForms, icc, icc_of_many
from tissuesense.analysis.agreement.icc_bootstrap import BootstrappedIcc, bootstrap_icc
from tissuesense.analysis.agreement.measurement_error import (
    MeasurementError,
    blended_sem,
    minimal_detectable_change,
    reference_change,
    reliable_change_index,
    sem_from_icc,
    sem_interval,
    sem_mdc,
)
from tissuesense.analysis.agreement.method_agreement import (
    Agreement,
    RepeatedAgreement,
    averaged_agreement,
    bland_altman,
    bland_altman_repeated,
    repeatability_coefficient,
    replicate_sd,
)
from tissuesense.analysis.agreement.power import chance_to_detect, sample_size_paired
from tissuesense.analysis.agreement.published_sem import PublishedSem, published_sems
from tissuesense.analysis.agreement.repeats import Gate, Repeats, repeats
from tissuesense.analysis.agreement.variance_components import (
    VarianceComponents,
    variance_components,
)
from tissuesense.analysis.course.clinic_sem import ClinicSem, clinic_sem

__all__ = [
    "Agreement",
    "BootstrappedIcc",
    "ClinicSem",
    "Gate",
    "Icc",
    "IccForms",
    "MeasurementError",
    "PublishedSem",
    "RepeatedAgreement",
    "Repeats",
    "VarianceComponents",
    "averaged_agreement",
    "bland_altman",
    "bland_altman_repeated",
    "blended_sem",
    "bootstrap_icc",
    "chance_to_detect",
    "clinic_sem",
    "icc",
    "icc_of_many",
    "minimal_detectable_change",
    "published_sems",
    "reference_change",
    "reliable_change_index",
    "repeatability_coefficient",
    "repeats",
    "replicate_sd",
    "sample_size_paired",
    "sem_from_icc",
    "sem_interval",
    "sem_mdc",
    "variance_components",
]
