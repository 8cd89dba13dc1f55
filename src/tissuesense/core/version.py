"""The version of the program that every stored number names, and since when there is one."""

from datetime import UTC, datetime

__version__ = "0.1.0"
WRITTEN = datetime(2026, 11, 1, tzinfo=UTC)
"""Moves with the version: a clock that shows an earlier day is wrong."""
