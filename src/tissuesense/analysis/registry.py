"""The table of estimators; another package adds one through `tissuesense.estimators`."""

from tissuesense.analysis.result import Estimator
from tissuesense.core.registry import Registry

_HERE = "tissuesense.analysis.estimators"

ESTIMATORS: Registry[Estimator] = Registry(
    "estimator",
    Estimator,
    {
        "pain_threshold": f"{_HERE}.pain_threshold:ESTIMATOR",
        "indentation": f"{_HERE}.indentation:ESTIMATOR",
        "tap": f"{_HERE}.tap:ESTIMATOR",
        "stretch": f"{_HERE}.stretch:ESTIMATOR",
        "range_of_motion": f"{_HERE}.range_of_motion:ESTIMATOR",
        "dose": f"{_HERE}.dose:ESTIMATOR",
    },
    group="tissuesense.estimators",
)
