"""Where the points of practising lie in a picture; the table beside it has the same numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from tissuesense.services.practising.kept_scores import KeptScore

WIDTH, HEIGHT = 640.0, 220.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 40.0, 624.0, 16.0, 180.0
_GRID = (0, 25, 50, 75, 100)
_FEWEST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeDot:
    """One round."""

    x: float
    y: float
    points: int
    by_gauge: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticePlot:
    """The picture.

    Attributes
    ----------
    grid
        Height of each line, and what stands beside it.
    days
        Where a new day begins, and which.
    """

    width: float
    height: float
    left: float
    right: float
    bottom: float
    grid: tuple[tuple[float, int], ...]
    dots: tuple[PracticeDot, ...]
    days: tuple[tuple[float, KeptScore], ...]

    @property
    def line(self) -> str:
        """Points of the line through the rounds, as SVG has them."""
        return " ".join(f"{dot.x:g},{dot.y:g}" for dot in self.dots)


def progress_plot(scores: Sequence[KeptScore]) -> PracticePlot | None:
    """Return the picture of rounds, oldest first; None where one cannot speak of progress."""
    if len(scores) < _FEWEST:
        return None
    step = (_RIGHT - _LEFT - 24.0) / (len(scores) - 1)
    places = [round(_LEFT + 12.0 + i * step, 1) for i in range(len(scores))]
    days = [
        (x, one)
        for i, (x, one) in enumerate(zip(places, scores, strict=True))
        if i == 0 or one.at.date() != scores[i - 1].at.date()
    ]
    return PracticePlot(
        width=WIDTH,
        height=HEIGHT,
        left=_LEFT,
        right=_RIGHT,
        bottom=_BOTTOM,
        grid=tuple((_down(value), value) for value in _GRID),
        dots=tuple(
            PracticeDot(x=x, y=_down(one.points), points=one.points, by_gauge=one.way == "gauge")
            for x, one in zip(places, scores, strict=True)
        ),
        days=tuple(_apart(days)),
    )


def _apart(days: list[tuple[float, KeptScore]]) -> list[tuple[float, KeptScore]]:
    """Return those days whose names do not run into one another."""
    kept: list[tuple[float, KeptScore]] = []
    for x, one in days:
        if not kept or x - kept[-1][0] >= 96.0:  # noqa: PLR2004 - as wide as a day in words
            kept.append((x, one))
    return kept


def _down(points: float) -> float:
    return round(_BOTTOM - (_BOTTOM - _TOP) * points / 100.0, 1)
