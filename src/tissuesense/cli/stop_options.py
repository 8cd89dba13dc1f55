"""The options that say who gives the client's stop signal, and by what."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tissuesense.cli.output import say

if TYPE_CHECKING:
    from tissuesense.services.stop_signal import StopSignal

ButtonOption = Annotated[
    str | None,
    typer.Option("--button", help="Device URL of a button that the client holds."),
]
StopByOption = Annotated[
    str | None,
    typer.Option(
        "--stop-by",
        help="Who presses key or button, client or tester; else the tester the keys of this "
        "computer and the client any button.",
    ),
]
ReactionOption = Annotated[
    Path | None,
    typer.Option(
        "--reaction", help="The client's own reaction time, made by `devices reaction --out`."
    ),
]


def stop_signal(stop_by: str | None, button: str | None, reaction: Path | None) -> "StopSignal":
    """Return what the options say; a self test with something else than is used now is told."""
    from tissuesense.core.errors import UsageError
    from tissuesense.services.reaction import read_reaction
    from tissuesense.services.stop_signal import StopBy, StopSignal
    from tissuesense.transport.button import button_model

    if stop_by is not None and stop_by not in tuple(StopBy):
        raise UsageError(f"--stop-by is {' or '.join(StopBy)}, not '{stop_by}'.")
    by = None if stop_by is None else StopBy(stop_by)
    if reaction is None:
        return StopSignal(by=by, button=button)
    tested = read_reaction(reaction)
    now = "key" if button is None else f"button {button_model(button)}"
    if tested.pressed != now:
        say(f"The self test was made with '{tested.pressed}', and here it is '{now}'.")
    return StopSignal(by=by, button=button, latency=tested.latency)
