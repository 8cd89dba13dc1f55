"""`tissuesense devices reaction`: how long this client takes to press, and what that changes."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tissuesense.cli.exit_codes import ExitCode
from tissuesense.cli.output import print_json, say, show

if TYPE_CHECKING:  # imported when the command runs, so that --help stays fast
    from tissuesense.analysis.pain.reaction_time import ReactionTime
    from tissuesense.guidance.reaction import ReactionTest
    from tissuesense.services.reaction import Show

_SIGNAL = "   \N{BLACK SQUARE} \N{BLACK SQUARE} \N{BLACK SQUARE}   PRESS\n"
_BELL = "\a"
_PRESS = "{}: press as soon as the signal shows."


def command(
    button: Annotated[
        str | None, typer.Option(help="Device URL of the client's button; else the keys.")
    ] = None,
    trials: Annotated[int, typer.Option(help="Answers that count.")] = 10,
    seed: Annotated[
        int | None, typer.Option(help="Make the waits the same again; else they are new.")
    ] = None,
    bell: Annotated[bool, typer.Option("--bell", help="Ring the terminal's bell, too.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="Keep it here for `measure --reaction FILE`.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing self test.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Measure the client's reaction time with the key or the button that will say stop.

    Press as soon as the signal shows, after waits of 2 to 5 s. The first answer is for practice.

    Example: tissuesense devices reaction --out reaction.json
    """
    import asyncio

    import numpy as np

    from tissuesense.guidance.reaction import ReactionTest
    from tissuesense.services.reaction import check_place, reaction_document, write_reaction

    test = ReactionTest(trials=trials, rng=np.random.default_rng(seed))
    if out is not None:
        check_place(out, force=force)
    elif not as_json:
        say("This will be shown and not kept: --out FILE keeps it.")
    pressed = asyncio.run(_run(test, button, _shown(bell=bell)))
    if not test.complete:
        say(f"Only {test.counted} of {trials} answers counted. {_why_so_few(test)}")
        raise typer.Exit(ExitCode.FAILED)
    found = test.result()
    document = reaction_document(found, pressed)
    if out is not None:
        write_reaction(out, document)
    if as_json:
        print_json(document)
    else:
        _tell(found)
    if out is not None:
        say(f"Kept for `measure --reaction`: {out}")


def _why_so_few(test: "ReactionTest") -> str:
    from tissuesense.guidance.reaction import Answer

    if not test.counted and test.last is Answer.TOO_LATE:
        return "Perhaps no press arrived at all: try the key or the button before the next test."
    return "Rest, and try again: press when the signal shows, neither before nor a second later."


async def _run(test: "ReactionTest", button: str | None, show_test: "Show") -> str:
    """Run the test with a button, with a simulated person, or with the keys of the terminal."""
    from tissuesense.cli.keyboard import STOP_KEYS, listening
    from tissuesense.core.clock import SystemClock
    from tissuesense.core.errors import UsageError
    from tissuesense.services.reaction import run_reaction_test, run_with_button
    from tissuesense.transport.base import RealPace

    clock = SystemClock()
    if button is not None:
        say(_PRESS.format("The button"))
        return await run_with_button(test, button, clock=clock, show=show_test)
    pace = RealPace(clock)
    pressed_s: list[float] = []

    def taken() -> list[float]:
        new, pressed_s[:] = pressed_s[:], []
        return new

    with listening(dict.fromkeys(STOP_KEYS, lambda: pressed_s.append(pace.now_s()))) as heard:
        if not heard:
            raise UsageError(
                "There is no terminal whose keys could be pressed.",
                hint="Run it in a terminal, or name a button with --button URL.",
            )
        say(_PRESS.format("Space, Enter, b or a presenter's key"))
        await run_reaction_test(test, pace=pace, presses=taken, show=show_test)
    return "key"


def _shown(*, bell: bool) -> "Show":
    """Return what draws the test on stderr, the signal at once and on a line of its own."""
    import sys

    from tissuesense.guidance.reaction import Answer, ReactionPhase

    def show_test(test: "ReactionTest") -> None:
        if test.phase is ReactionPhase.SHOW:
            sys.stderr.write(_SIGNAL + (_BELL if bell else ""))
            sys.stderr.flush()
            return
        if test.last is not None:
            took = f"{1000 * test.last_s:.0f} ms, " if test.last_s is not None else ""
            again = "" if test.last in {Answer.COUNTS, Answer.PRACTICE} else ": this one again"
            said = f"{took}{test.last}{again}."
            say(said[0].upper() + said[1:])
        if test.phase is ReactionPhase.WAIT:
            number = "practice" if test.practising else f"{test.counted + 1} of {test.wanted}"
            say(f"Wait for the signal ({number}) ...")

    return show_test


def _tell(found: "ReactionTime") -> None:
    from tissuesense.services.reaction import INCLUDED

    mean = found.mean_s
    low, high = mean.ci95
    left_out = found.anticipations + found.lapses
    show(
        f"Reaction time: {mean.value:.3f} ± {mean.u:.3f} s (95 %: {low:.3f} to {high:.3f} s), "
        f"median {found.median_s:.3f} s; a single press varies by ± {found.sd_s:.3f} s. "
        f"{found.n} answers, {left_out} left out."
    )
    show(f"At 50 kPa/s a threshold is therefore read {found.late_kpa():.0f} kPa too high.")
    show(INCLUDED)
