"""What stands at a site of the body map: a colour of a scale, a diamond of the hand, a circle."""

from collections.abc import Iterator
from dataclasses import dataclass

from tissuesense.core.errors import UsageError
from tissuesense.report.theme import LIGHT

_HIGHEST_GRADE = 4
_HALF_DIAGONAL = 2.2  # of the diamond of grade 0, in cm on the body
_GROWTH = 0.25  # of it with each grade
_RADIUS = 0.95
_SIGNED_RADIUS = 1.4
_SIGN = 0.8  # half the length of a plus or minus
_HALO = 0.7  # of paper round a line, so that it is seen on every colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Five steps of colour and the words at its ends.

    Attributes
    ----------
    low, high
        What the first and the last step say.
    lowest, highest
        The levels of the first and the last step.
    colours
        Names of the theme, from the first step to the last.
    signs
        What marks a step beside its colour: plus, minus or nothing.
    """

    title: str
    low: str
    high: str
    lowest: float
    highest: float
    colours: tuple[str, ...]
    signs: tuple[str, ...]

    def step(self, level: float) -> int:
        """Return which step is nearest.

        Raises
        ------
        UsageError
            When `level` lies outside the scale.
        """
        if not self.lowest <= level <= self.highest:
            raise UsageError(
                f"A level of '{self.title}' goes from {self.lowest:g} to {self.highest:g}, "
                f"not {level:g}."
            )
        part = (level - self.lowest) / (self.highest - self.lowest)
        return round(part * (len(self.colours) - 1))


def one_way(title: str, low: str, high: str) -> Scale:
    """Return a scale of one hue for levels from 0 (light) to 4 (dark), such as tenderness."""
    return Scale(
        title=title, low=low, high=high, lowest=0, highest=4,
        colours=tuple(f"scale-{step}" for step in range(5)), signs=("",) * 5,
    )  # fmt: skip


def two_way(title: str, low: str, high: str) -> Scale:
    """Return a scale from purple (-1) over paper (0) to orange (1): a difference or a change."""
    return Scale(
        title=title, low=low, high=high, lowest=-1, highest=1,
        colours=("lower-2", "lower-1", "level", "higher-1", "higher-2"),
        signs=("minus", "minus", "", "plus", "plus"),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What was found at one site.

    Attributes
    ----------
    words
        The finding with its numbers, as it is read aloud and shown on touch.
    level
        On the scale of the map, from the sensor; None where it has no value here.
    within_error
        True where the level is no more than measurement error: the circle is hollow.
    hand
        Grade that the hand gave, 0 to 4; None where it gave none.
    missing
        True where a value was asked for and is not there: hatched.
    """

    words: str
    level: float | None = None
    within_error: bool = False
    hand: int | None = None
    missing: bool = False

    def __post_init__(self) -> None:
        if self.missing and self.level is not None:
            raise UsageError("A mark has a level or is missing, not both.")
        if self.hand is not None and not 0 <= self.hand <= _HIGHEST_GRADE:
            raise UsageError(f"A grade of the hand goes from 0 to {_HIGHEST_GRADE}.")


def fill_of(mark: Mark | None, scale: Scale) -> str:
    """Return how the site is filled."""
    if mark is None:
        return LIGHT["card"]
    if mark.missing:
        return "url(#hatch)"
    return LIGHT["card"] if mark.level is None else LIGHT[scale.colours[scale.step(mark.level)]]


def glyphs(mark: Mark, scale: Scale, x: float, y: float) -> Iterator[str]:
    """Yield the signs of hand and sensor at one place: the circle has room in the diamond."""
    if mark.hand is not None:
        yield diamond(x, y, mark.hand)
    if mark.level is not None:
        yield circle(x, y, hollow=mark.within_error, sign=scale.signs[scale.step(mark.level)])


def diamond(x: float, y: float, grade: int) -> str:
    """Return the hand's sign: open, larger with each grade."""
    half = _HALF_DIAGONAL + _GROWTH * grade
    d = f"M{x:g},{y - half:g}L{x + half:g},{y:g}L{x:g},{y + half:g}L{x - half:g},{y:g}Z"
    return _haloed(d, LIGHT["hand"])


def circle(x: float, y: float, *, hollow: bool = False, sign: str = "") -> str:
    """Return the sensor's sign: filled, or hollow within measurement error.

    A plus or minus in it says which way a difference goes to those who do not see its colour.
    """
    inner, line = LIGHT["card" if hollow else "sensor"], LIGHT["sensor" if hollow else "card"]
    radius = _SIGNED_RADIUS if sign else _RADIUS
    at = f'<circle cx="{x:g}" cy="{y:g}"'
    drawn = (
        f'{at} r="{radius + _HALO / 2:g}" fill="{LIGHT["card"]}"/>'
        f'{at} r="{radius:g}" fill="{inner}" stroke="{LIGHT["sensor"]}" stroke-width="0.5"/>'
    )
    if sign:
        upright = f"M{x:g},{y - _SIGN:g}v{2 * _SIGN:g}" if sign == "plus" else ""
        d = f"M{x - _SIGN:g},{y:g}h{2 * _SIGN:g}{upright}"
        drawn += f'<path d="{d}" stroke="{line}" stroke-width="0.5"/>'
    return drawn


def _haloed(d: str, colour: str) -> str:
    line = f'<path d="{d}" fill="none" stroke-linejoin="round"'
    return (
        f'{line} stroke="{LIGHT["card"]}" stroke-width="{0.6 + _HALO:g}"/>'
        f'{line} stroke="{colour}" stroke-width="0.6"/>'
    )
