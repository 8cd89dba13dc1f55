"""`tissuesense.trend`: how a value moves over visits."""

from tissuesense.analysis.local_level import LocalLevel, local_level

__all__ = ["LocalLevel", "local_level"]
