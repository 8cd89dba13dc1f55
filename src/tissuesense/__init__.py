"""TissueSense: give hands a number.

The everyday names are here and are imported when first used; the rest is reached by module.
"""

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any

from tissuesense.core.version import __version__

if TYPE_CHECKING:  # what a type checker may know; nothing of it is imported at run time
    from tissuesense.analysis import (
        adaptive,
        hypertonia,
        modulation,
        relaxation,
        reliability,
        tap,
        trend,
    )
    from tissuesense.analysis.analyse import analyze
    from tissuesense.files.trace_csv import read_trace
    from tissuesense.transport.device import open_device

_EVERYDAY = {
    "read_trace": "tissuesense.files.trace_csv",
    "analyze": "tissuesense.analysis.analyse",
    "open_device": "tissuesense.transport.device",
    "adaptive": "tissuesense.analysis.adaptive",
    "hypertonia": "tissuesense.analysis.hypertonia",
    "modulation": "tissuesense.analysis.modulation",
    "relaxation": "tissuesense.analysis.relaxation",
    "reliability": "tissuesense.analysis.reliability",
    "tap": "tissuesense.analysis.tap",
    "trend": "tissuesense.analysis.trend",
}
_MODULES = frozenset(
    {"adaptive", "hypertonia", "modulation", "relaxation", "reliability", "tap", "trend"}
)

__all__ = [
    "__version__",
    "adaptive",
    "analyze",
    "hypertonia",
    "modulation",
    "open_device",
    "read_trace",
    "relaxation",
    "reliability",
    "tap",
    "trend",
]

logging.getLogger(__name__).addHandler(logging.NullHandler())


def __getattr__(name: str) -> Any:  # noqa: ANN401 - PEP 562: the type is that of the name
    if name not in _EVERYDAY:
        raise AttributeError(f"module 'tissuesense' has no attribute '{name}'")
    module = import_module(_EVERYDAY[name])
    value = module if name in _MODULES else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
