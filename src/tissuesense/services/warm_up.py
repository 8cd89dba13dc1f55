"""Load, before anyone presses, what the first verdict would otherwise wait for."""

from importlib import import_module

_SLOW = ("scipy.signal", "scipy.optimize", "tissuesense.analysis.estimators.pain_threshold")


def warm_up() -> None:
    """Import what is slow; harmless when that was done."""
    for name in _SLOW:
        import_module(name)
