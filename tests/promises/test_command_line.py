"""Every verb explains itself with an example, and every command on any page exists."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from tissuesense.cli.main import VERBS, build_app

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    page
    for pattern in ("*.md", "docs/**/*.md", "firmware_interfaces/**/*.md")
    for page in ROOT.glob(pattern)
)
SHOWN = re.compile(r"^(?: {4}|\$ )tissuesense (.+)$|`tissuesense ([^`\n]+)`", flags=re.MULTILINE)
EXAMPLE = re.compile(r"^\s*Example: tissuesense (.+)$", flags=re.MULTILINE)
SPINE = ("demo", "devices", "record", "measure", "analyze", "clients", "report", "simulate")
# Click's own types are private to Typer: a command with commands of its own is a group.
PROGRAM: Any = typer.main.get_command(build_app())


def commands(command: Any = PROGRAM, words: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:  # noqa: ANN401 - as above
    """List every command that does something, by the words that reach it."""
    below = getattr(command, "commands", {})
    found = {} if below and not command.invoke_without_command else {words: command}
    for name, child in below.items():
        found |= commands(child, (*words, name))
    return found


COMMANDS = commands()
OWN = {words: command for words, command in COMMANDS.items() if words}


def wrong_words(line: str) -> list[str]:
    """Return the words of a command line that are neither a verb nor an option of it."""
    command, wrong = PROGRAM, []
    known: set[str] = {"--help"}
    for word in shlex.split(line):
        known |= {name for parameter in command.params for name in parameter.opts}
        below = getattr(command, "commands", {})
        if word.startswith("--"):
            wrong += [] if word.partition("=")[0] in known else [word]
        elif word in below:
            command = below[word]
        elif below and command is PROGRAM:
            wrong.append(word)
    known |= {name for parameter in command.params for name in parameter.opts}
    return [word for word in wrong if word.partition("=")[0] not in known]


def documented() -> list[tuple[Path, str]]:
    return [
        (page, block or inline)
        for page in PAGES
        for block, inline in SHOWN.findall(page.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("words", OWN, ids=" ".join)
def test_every_command_has_help_with_an_example(words: tuple[str, ...]) -> None:
    help_text = OWN[words].help or ""
    assert help_text.strip()
    assert EXAMPLE.findall(help_text), f"{' '.join(words)} --help shows no example"


@pytest.mark.parametrize("words", OWN, ids=" ".join)
def test_the_example_of_a_command_is_of_that_command(words: tuple[str, ...]) -> None:
    for example in EXAMPLE.findall(OWN[words].help or ""):
        assert tuple(shlex.split(example)[: len(words)]) == words
        assert wrong_words(example) == []


@pytest.mark.parametrize("words", OWN, ids=" ".join)
def test_every_option_is_explained(words: tuple[str, ...]) -> None:
    silent = [p.name for p in OWN[words].params if not getattr(p, "help", None)]
    assert silent == []


def test_every_verb_is_one_of_the_contract() -> None:
    assert set(PROGRAM.commands) <= set(VERBS)


def test_help_lists_the_verbs_in_the_order_of_a_practice() -> None:
    told = CliRunner().invoke(build_app(), ["--help"]).output
    listed = re.findall(r"^  (\w+)  ", told.partition("Commands:")[2], flags=re.MULTILINE)
    assert listed == [verb for verb in VERBS if verb in PROGRAM.commands]


@pytest.mark.parametrize("verb", SPINE)
def test_every_verb_of_this_version_is_there(verb: str) -> None:
    assert verb in PROGRAM.commands


def test_commands_are_documented() -> None:
    assert {shlex.split(line)[0] for _, line in documented()} >= {"analyze", "record", "measure"}


@pytest.mark.parametrize(
    ("page", "line"), documented(), ids=lambda item: getattr(item, "name", None)
)
def test_every_command_on_a_page_is_one_of_ours(page: Path, line: str) -> None:
    assert wrong_words(line) == [], f"{page.relative_to(ROOT)}: tissuesense {line}"


@pytest.mark.parametrize("line", ["mesure", "analyze --jsn", "devices --device x", "--jason"])
def test_a_word_that_is_not_ours_is_found(line: str) -> None:
    assert wrong_words(line)
