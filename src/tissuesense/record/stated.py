"""Entries as a person or a script states them: read strictly, because nobody reads them twice."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tissuesense.core.errors import UsageError
from tissuesense.core.site import BodySite, parse_side
from tissuesense.record.visit import Block, ManualFinding, VisitId

_REQUIRED = {"site", "side"}
_OPTIONAL = {"block", "tenderness", "tone", "note"}


def read_manual_finding(
    stated: Mapping[str, Any], *, visit: VisitId, found_at: datetime
) -> ManualFinding:
    """Read ``{"site": "trapezius_upper", "side": "left", "tenderness": 2, "tone": 1, "note": ""}``.

    Raises
    ------
    UsageError
        When a key is unknown or missing, or a value is out of its scale.
    """
    if missing := _REQUIRED - stated.keys():
        raise UsageError(f"A manual finding needs its {' and its '.join(sorted(missing))}.")
    if unknown := stated.keys() - _REQUIRED - _OPTIONAL:
        raise UsageError(
            f"A manual finding has no '{min(unknown)}'.",
            hint=f"It may have: {', '.join(sorted(_REQUIRED | _OPTIONAL))}.",
        )
    return ManualFinding(
        visit=visit,
        site=BodySite(_text(stated, "site"), parse_side(_text(stated, "side"))),
        found_at=found_at,
        block=_block(_text(stated, "block") or Block.PRE),
        tenderness=_grade(stated, "tenderness"),
        tone=_grade(stated, "tone"),
        note=_text(stated, "note"),
    )


def _text(stated: Mapping[str, Any], key: str) -> str:
    value = stated.get(key)
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    raise UsageError(f"{key} is text, not a {type(value).__name__}.")


def _block(text: str) -> Block:
    try:
        return Block(text)
    except ValueError:
        raise UsageError(f"block is one of {', '.join(Block)}, not '{text}'.") from None


def _grade(stated: Mapping[str, Any], key: str) -> int | None:
    value = stated.get(key)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise UsageError(f"{key} is a whole number, not {value!r}.")
