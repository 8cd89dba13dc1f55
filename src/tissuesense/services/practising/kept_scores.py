"""Scores of practising, from day to day: a small file beside the record, without any client."""

import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from tissuesense.core.errors import UsageError
from tissuesense.files.replace import make_folder, replace_file

SCHEMA = "tissuesense.practice/1"
FILE = "practice-scores.json"
_MOST_KEPT = 1000
_MOST_BYTES = 2_000_000
_MOST_TEXT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptScore:
    """One round of practice.

    Attributes
    ----------
    way
        "hand" on the screen, or "gauge" on a cushion.
    who
        Who practised: the name that was chosen for the screen.
    """

    at: datetime
    way: str
    target_kpa_s: float
    presses: int
    accepted: int
    points: int
    rate_error: float | None = None
    unsteadiness: float | None = None
    bias_kpa: float | None = None
    who: str = ""

    def __post_init__(self) -> None:
        if self.at.tzinfo is None or self.way not in {"hand", "gauge"}:
            raise UsageError("This is no score of practising.")
        if not 0 <= self.points <= 100 or not 0 <= self.accepted <= self.presses:  # noqa: PLR2004 - of a hundred
            raise UsageError("This is no score of practising.")

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Read what `to_dict` gave.

        Raises
        ------
        UsageError
            When it is something else.
        """
        if set(data) != {field.name for field in fields(cls)}:
            raise UsageError("This is no score of practising.")
        texts = (data["at"], data["way"], data["who"])
        counts = (data["presses"], data["accepted"], data["points"])
        shares = (data["rate_error"], data["unsteadiness"], data["bias_kpa"])
        if not (
            all(isinstance(one, str) and len(one) <= _MOST_TEXT for one in texts)
            and all(type(one) is int for one in counts)
            and all(one is None or _is_number(one) for one in shares)
            and _is_number(data["target_kpa_s"])
        ):
            raise UsageError("This is no score of practising.")
        return cls(**{**data, "at": datetime.fromisoformat(data["at"])})

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {**asdict(self), "at": self.at.isoformat()}


class KeptScores:
    """The scores, and the file that they are kept in.

    Parameters
    ----------
    place
        Gives the file; None: they last as long as the program, as with a sample practice.
    """

    def __init__(self, place: Callable[[], Path | None] = lambda: None) -> None:
        self._place = place
        self._scores: dict[Path | None, list[KeptScore]] = {}
        self._unreadable: set[Path] = set()

    @property
    def trouble(self) -> str:
        """Why the file was not heeded; then it is left alone, and nothing is added to it."""
        if self._place() not in self._unreadable:
            return ""
        return (
            "The file of earlier scores could not be read. It is left as it is, and new scores "
            "last until the program ends."
        )

    def all(self) -> tuple[KeptScore, ...]:
        """Return them, oldest first."""
        path = self._place()
        if path not in self._scores:
            self._scores[path] = [] if path is None else self._read(path)
        return tuple(self._scores[path])

    def add(self, score: KeptScore) -> None:
        """Keep one more.

        Raises
        ------
        FileWriteError
            When the folder or the disk refuses; it lasts until the program ends then.
        """
        path = self._place()
        kept = [*self.all(), score][-_MOST_KEPT:]
        self._scores[path] = kept
        if path is not None and path not in self._unreadable:
            make_folder(path.parent)
            document = {"schema": SCHEMA, "rounds": [one.to_dict() for one in kept]}
            replace_file(path, [json.dumps(document, indent=1, allow_nan=False), "\n"])

    def _read(self, path: Path) -> list[KeptScore]:
        if not path.exists():
            return []
        try:
            if path.stat().st_size > _MOST_BYTES:
                raise UsageError("It is too large.")
            document = json.loads(path.read_text(encoding="utf-8"))
            if not isinstance(document, dict) or document.get("schema") != SCHEMA:
                raise UsageError("It is of another kind.")
            return [KeptScore.from_dict(dict(one)) for one in document["rounds"]]
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            self._unreadable.add(path)
            return []


def _is_number(value: object) -> bool:
    return type(value) in {int, float} and math.isfinite(value)  # type: ignore[arg-type]  # it is one
