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
    },
    group="tissuesense.estimators",
)
