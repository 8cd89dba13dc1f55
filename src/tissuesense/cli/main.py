"""The door of the command line: find the verbs, run one, turn what it raised into an exit code."""

import contextlib
import logging
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from tissuesense.cli.exit_codes import ExitCode, exit_code
from tissuesense.cli.output import explain, say
from tissuesense.core.errors import TissueSenseError
from tissuesense.core.version import __version__

# In the order in which a practice meets them; a verb without a module is not there yet.
VERBS = (
    "demo",
    "app",
    "devices",
    "record",
    "measure",
    "analyze",
    "clients",
    "visit",
    "report",
    "export",
    "import",
    "calibrate",
    "study",
    "simulate",
    "reproduce",
    "backup",
    "verify",
)
_COMMANDS = "tissuesense.cli.commands"
_SWITCHES = ("--debug", "--verbose", "--demo")


class _Saying(logging.Handler):
    """Says on what stderr is at that moment: a live display puts the line above itself."""

    def emit(self, record: logging.LogRecord) -> None:
        """Say it; a terminal that has gone needs no words."""
        with contextlib.suppress(OSError):
            say(self.format(record))


class _InOurOrder(TyperGroup):
    """Lists the verbs in the order of `VERBS`; Typer would put those with words below them last."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - Typer keeps its type private
        return sorted(super().list_commands(ctx), key=VERBS.index)


def build_app() -> typer.Typer:
    """Return the program with every verb that has a module, which offers `command` or `app`."""
    app = typer.Typer(
        name="tissuesense",
        cls=_InOurOrder,
        help="Give hands a number: pressure pain threshold and muscle stiffness from hand-held "
        "gauges, with honest uncertainty.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_show_locals=False,  # they hold passphrases and what was said in a visit
    )
    app.callback()(_start)
    for verb in VERBS:
        _add(app, verb)
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program and leave with its exit code; only `--debug` lets a traceback through.

    Everything that the program writes is for its owner's eyes only. The library leaves the mask of
    new files alone: what another program does with it is that program's business.
    """
    words, debug = _switches_first(sys.argv[1:] if arguments is None else arguments)
    _make_streams_forgiving()
    # Captures, traces, reports and records are health data: 0600 and 0700, whatever the shell has.
    before = os.umask(0o077)
    try:
        code = _run(words, debug=debug)
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_stdout()
        code = ExitCode.FAILED
    except OSError as error:  # a full disk, a folder without permission
        _forget_stdout()
        if debug:
            raise
        where = f"{error.filename}: " if error.filename else ""
        say(f"The system refused: {where}{error.strerror or error}.")
        code = ExitCode.FAILED
    finally:
        os.umask(before)
    sys.exit(code)


def _run(words: Sequence[str], *, debug: bool) -> int:
    try:
        build_app()(args=list(words), prog_name="tissuesense")
    except (SystemExit, KeyboardInterrupt) as leaving:
        code = getattr(leaving, "code", ExitCode.INTERRUPTED)
        if code == ExitCode.INTERRUPTED:
            say("Interrupted.")
        return code if isinstance(code, int) else ExitCode.FAILED
    except (TissueSenseError, BaseExceptionGroup) as error:
        if debug:
            raise
        explain(error)
        return exit_code(error)
    except Exception as error:
        if debug or isinstance(error, OSError):
            raise
        say(f"Something went wrong inside tissuesense ({type(error).__name__}: {error}).")
        say("Run the same command with --debug to see where, and report it with that text.")
        return ExitCode.FAILED
    return ExitCode.DONE


def _add(app: typer.Typer, verb: str) -> None:
    name = f"{_COMMANDS}.{verb if verb != 'import' else 'import_'}"
    if find_spec(name) is None:
        return
    module = import_module(name)
    if hasattr(module, "app"):
        app.add_typer(module.app, name=verb)
    else:
        app.command(verb)(module.command)


def _make_streams_forgiving() -> None:
    """Let a terminal without plus-minus signs show a ?, and what is closed swallow all."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            setattr(sys, name, os.fdopen(nowhere, "w", encoding="utf-8"))
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"tissuesense {__version__}\n")
        raise typer.Exit


def _start(
    context: typer.Context,
    verbose: Annotated[bool, typer.Option("--verbose", help="Say more on stderr.")] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Say everything on stderr, tracebacks included.")
    ] = False,
    demo: Annotated[
        bool, typer.Option("--demo", help="Work on a throw-away copy of the sample practice.")
    ] = False,
    _version_asked: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    level = logging.DEBUG if debug else logging.INFO if verbose else logging.WARNING
    # A warning is a sentence for whoever is at the gauge; only who asks for more sees its origin.
    words = "%(levelname)s %(name)s: %(message)s" if verbose or debug else "%(message)s"
    logging.basicConfig(level=logging.WARNING, format=words, handlers=[_Saying()])
    logging.getLogger("tissuesense").setLevel(level)
    logging.captureWarnings(capture=True)
    logging.getLogger("py.warnings").setLevel(logging.DEBUG if debug else logging.ERROR)
    # What these libraries complain of is mended, or said in a sentence of our own.
    for library in ("bleak", "dbus_fast", "uvicorn.error", "asyncio"):
        logging.getLogger(library).setLevel(logging.WARNING if debug else logging.CRITICAL)
    if demo:
        from tissuesense.cli.sample import sample_practice

        context.with_resource(sample_practice())


def _switches_first(words: Sequence[str]) -> tuple[list[str], bool]:
    """Move the switches to the front, so that they may stand anywhere before a `--`."""
    end = words.index("--") if "--" in words else len(words)
    switches = [word for word in words[:end] if word in _SWITCHES]
    rest = [word for word in words[:end] if word not in _SWITCHES]
    return [*switches, *rest, *words[end:]], "--debug" in switches


def _forget_stdout() -> None:
    """Let the interpreter's last flush go nowhere, since the reader of stdout has gone."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
