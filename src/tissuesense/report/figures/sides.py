"""Left beside right, site by site: both values, and what error alone would give."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from tissuesense.report.figures.canvas import picture
from tissuesense.report.theme import LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROW_MM = 10.0
_FRAME_MM = 14.0
_BAND_HEIGHT = 0.62
_STRIPE_HEIGHT = 0.22
_MARGIN = 1.04
# The left above its circle, the right below: letters stay apart where values do not.
_LETTER_PT = {"L": 5, "R": -11}


class Value(NamedTuple):
    """A value and its standard uncertainty."""

    middle: float
    uncertainty: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SideValues:
    """One site on one axis; None where there is no value.

    Attributes
    ----------
    within_percent
        How far the left may lie from the right by measurement error alone.
    beyond
        True when the difference is larger than that.
    """

    left: Value | None = None
    right: Value | None = None
    within_percent: tuple[float, float] | None = None
    beyond: bool = False

    @property
    def compared(self) -> bool:
        """True when both sides have a value."""
        return self.left is not None and self.right is not None


@dataclass(frozen=True, slots=True)
class Panel:
    """One quantity over all sites."""

    title: str
    unit: str
    values: Sequence[SideValues]


def sides_figure(sites: Sequence[str], panels: Sequence[Panel]) -> str:
    """Return one row a site and one panel a quantity, as SVG."""

    def draw(figure: "Figure") -> None:
        for axes, panel in zip(
            figure.subplots(1, len(panels), sharey=True, squeeze=False)[0], panels, strict=True
        ):
            _panel(axes, panel)
            axes.set_yticks(range(len(sites)), sites)
            axes.set_ylim(len(sites) - 0.5, -0.5)
            axes.tick_params(axis="y", labelcolor=LIGHT["ink"])
            axes.grid(visible=False)

    return picture(_FRAME_MM + _ROW_MM * len(sites), draw)


def _panel(axes: "Axes", panel: Panel) -> None:
    for row, values in enumerate(panel.values):
        if values.right is not None and values.within_percent is not None:
            low, high = (values.right.middle * (1 + p / 100) for p in values.within_percent)
            axes.barh(row, high - low, _BAND_HEIGHT, left=low, color=LIGHT["band"])
        for letter, value in (("L", values.left), ("R", values.right)):
            if value is not None:
                _side(axes, row, letter, value, filled=values.beyond)
    axes.set_title(f"{panel.title} ({panel.unit})")
    axes.set_xlim(0, _MARGIN * axes.get_xlim()[1])


def _side(axes: "Axes", row: int, letter: str, value: Value, *, filled: bool) -> None:
    low, width = value.middle - value.uncertainty, 2 * value.uncertainty
    axes.barh(row, width, _STRIPE_HEIGHT, left=low, color=LIGHT["sensor"], alpha=0.35)
    axes.plot(
        value.middle, row, "o", markersize=6, markeredgewidth=1.2, markeredgecolor=LIGHT["sensor"],
        markerfacecolor=LIGHT["sensor" if filled else "card"], zorder=4,
    )  # fmt: skip
    axes.annotate(
        letter, (value.middle, row), (0, _LETTER_PT[letter]), textcoords="offset points",
        ha="center", fontweight="bold",
    )  # fmt: skip
