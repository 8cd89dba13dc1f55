"""Live measuring in a terminal: word and shape, rate against the target, presses so far.

The running value of a press is not shown unless asked for: a hand that sees it presses to a number.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from tissuesense.cli.output import diagnostics, say
from tissuesense.guidance.press import RATE_BAND
from tissuesense.guidance.view import Cue, Phase
from tissuesense.services.measure import MeasureProgress

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

Show = Callable[[MeasureProgress], None]

_SHAPES = {
    Cue.WAIT: ("○", "dim"),
    Cue.PRESS: ("●", "bold"),
    Cue.GOOD: ("◆", "bold cyan"),
    Cue.FASTER: ("▽", "bold yellow"),
    Cue.SLOWER: ("▲", "bold magenta"),
    Cue.LET_GO: ("◇", "bold"),
    Cue.STOP: ("■", "bold white on red"),
    Cue.TAP: ("✦", "bold"),
    Cue.STRETCH: ("↔", "bold"),
    Cue.MOVE: ("↷", "bold"),
    Cue.TREAT: ("≈", "bold"),
}
_OFF_SKIN = "keep off the skin until the zero is steady"
_SETTLING = {"press": _OFF_SKIN, "application": _OFF_SKIN}
_STILL = "hold still for a moment"
_HALF_BAR = 20
_RANGE = 1.0  # the bar ends at nothing and at twice the asked rate
_BAND_CELLS = round(_HALF_BAR * RATE_BAND / _RANGE)


@contextlib.contextmanager
def ramp_guide(site: str, *, keys: str, kpa_per_n: float | None) -> Iterator[Show]:
    """Give the function that shows progress: a live display on a terminal, else sentences.

    Parameters
    ----------
    kpa_per_n
        Show the running pressure too; None: do not.
    """
    console = diagnostics()
    if not console.is_terminal:
        yield _sentences()
        return
    from rich.live import Live

    with Live(console=console, refresh_per_second=15, transient=True) as live:
        bell = _bell(console)

        def show(progress: MeasureProgress) -> None:
            bell(progress)
            live.update(drawn(progress, site=site, keys=keys, kpa_per_n=kpa_per_n))

        yield show


def drawn(progress: MeasureProgress, *, site: str, keys: str, kpa_per_n: float | None) -> "Text":
    """Return the display: the word, the bar, the presses, the next step."""
    from rich.text import Text

    text = Text("\n   ")
    text.append(*_word(progress))
    if kpa_per_n is not None:
        text.append(f"   {progress.view.force_n * kpa_per_n:.0f} kPa")
    beside, *below = progress.view.told or ("",)
    text.append(f"   {beside}".rstrip())
    text.append(f"\n   {'   '.join(below)}" if below else "")
    text.append(f"\n\n   {rate_bar(progress.view.rate_error)}\n" if progress.paced else "\n")
    text.append(f"\n   {site}   {dots(progress)}   {progress.sentence}\n")
    text.append(f"   {keys}\n", style="dim")
    return text


def rate_bar(rate_error: float | None) -> str:
    """Return the needle between slow and fast; the brackets enclose what is good."""
    cells = ["·"] * (2 * _HALF_BAR + 1)
    cells[_HALF_BAR - _BAND_CELLS], cells[_HALF_BAR + _BAND_CELLS] = "[", "]"
    cells[_HALF_BAR] = "|"
    if rate_error is not None:
        share = max(-1.0, min(1.0, rate_error / _RANGE))
        cells[_HALF_BAR + round(share * _HALF_BAR)] = "◆"
    return f"slow {''.join(cells)} fast"


def dots(progress: MeasureProgress) -> str:
    """Return one sign a press: filled accepted, struck rejected, hollow still to come."""
    missing = max(0, progress.wanted - sum(progress.judged))
    signs = ["●" if accepted else "✕" for accepted in progress.judged] + ["○"] * missing
    return f"{' '.join(signs)}   {sum(progress.judged)} of {progress.wanted}"


def _word(progress: MeasureProgress) -> tuple[str, str]:
    view, resting = progress.view, progress.view.phase is Phase.ARMED and progress.rest_s > 0
    cue = Cue.WAIT if resting or not progress.linked else view.cue
    shape, style = _SHAPES[cue]
    word = f"{shape} {cue.upper()}"
    if not progress.linked:
        return f"{word}: the gauge is not sending", style
    if resting:
        return f"{word}: {progress.item} again in {progress.rest_s:.0f} s", style
    if view.phase is Phase.SETTLING:
        return f"{word}: {_SETTLING.get(progress.item, _STILL)}", style
    if view.near_limit is not None:
        return f"{word}: {100 * view.near_limit:.0f} % of the limit", style
    return word, style


def _bell(console: "Console") -> Show:
    """Return what rings once for every new warning: near the limit, at it, not let go."""
    warned: set[float | str] = set()

    def ring(progress: MeasureProgress) -> None:
        view = progress.view
        if view.phase is Phase.ARMED:
            warned.clear()
        news = {view.near_limit, "alarm" if view.alarm else None} - {None} - warned
        if news:
            warned.update(item for item in news if item is not None)
            console.bell()

    return ring


def _sentences() -> Show:
    """Return what says each press's sentence once, for a log or a pipe.

    What was void has a sentence, too, and no number.
    """
    said = judged = 0
    warned = False

    def show(progress: MeasureProgress) -> None:
        nonlocal said, judged, warned
        if progress.view.alarm and not warned:
            say("STOP: the limit is reached.")
        warned = progress.view.alarm
        if progress.said == said:
            return
        new = len(progress.judged) > judged
        said, judged = progress.said, len(progress.judged)
        say(
            f"{progress.item.capitalize()} {judged}: {progress.sentence}"
            if new
            else progress.sentence
        )

    return show
