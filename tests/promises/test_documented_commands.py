"""The commands of README, tutorial and how-tos run as they stand, on the simulated gauge."""

import json
import re
import shlex
from pathlib import Path

import pytest

from tissuesense.cli.main import main

ROOT = Path(__file__).parents[2]
PAGES = (
    ROOT / "README.md",
    ROOT / "docs" / "tutorials" / "first-measurement.md",
    ROOT / "docs" / "how-to" / "stop-signal.md",
    ROOT / "docs" / "how-to" / "report-a-bug.md",
    ROOT / "docs" / "how-to" / "write-down-a-course-of-care.md",
)
COMMAND = re.compile(r"^    tissuesense (.+)$", flags=re.MULTILINE)
PYTHON = re.compile(r"^```python\n(.+?)^```", flags=re.MULTILINE | re.DOTALL)
# `name.json`, said before a block, is what the reader would call it; two names, two blocks.
NAMED = re.compile(r"`([\w.-]+\.json)`")
FILE = re.compile(r"^```json\n(.+?)^```", flags=re.MULTILINE | re.DOTALL)
# What a page prints as an example, and where the real one comes from.
EXAMPLE_IDS = ("TS-7QK47", "V-7QK4Z0A0", "M-7QK4Z0A0", "E-7QK4Z0A0BV")
PRINTED_IDS = (
    re.compile(r"\b(TS-[0-9A-Z]{5})\b"),
    re.compile(r'"visit": "(V-[0-9A-Z]{8})"'),
    re.compile(r"\b(M-[0-9A-Z]{8})\b"),
    re.compile(r'"entry": "(E-[0-9A-Z]{10})"'),
)


def write_files(text: str, known: dict[str, str]) -> None:
    """Write the files that a page shows, with the ids that the reader has got."""
    blocks = FILE.findall(text)
    names = NAMED.findall(text)[: len(blocks)]
    for name, content in zip(names, blocks, strict=True):
        for example, found in known.items():
            content = content.replace(example, found)  # noqa: PLW2901 - what the reader would do
        Path(name).write_text(content, encoding="utf-8")


def at_once(word: str) -> str:
    """Let a simulated gauge not wait for the seconds to pass."""
    return f"{word}&speed=0" if word.startswith("sim:") and "speed=" not in word else word


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_commands_of_a_page_run(
    page: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TISSUESENSE_DATA", str(tmp_path / "practice"))
    monkeypatch.setenv("TISSUESENSE_PASSPHRASE", "a sentence")
    text = page.read_text(encoding="utf-8")
    commands = COMMAND.findall(text)
    assert commands

    known: dict[str, str] = {}
    for command in commands:
        write_files(text, known)
        for example, found in known.items():
            command = command.replace(example, found)  # noqa: PLW2901 - what the reader would do
        with pytest.raises(SystemExit) as left:
            main([at_once(word) for word in shlex.split(command)])
        printed = capsys.readouterr()
        assert left.value.code == 0, f"{command}: {printed.err}"
        if "--json" in command:
            json.loads(printed.out)
        for example, pattern in zip(EXAMPLE_IDS, PRINTED_IDS, strict=True):
            match = pattern.search(printed.out + printed.err)
            if match:
                known[example] = match[1]


def test_the_python_of_the_readme_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = PAGES[0].read_text(encoding="utf-8")
    (simulate,) = (words for words in COMMAND.findall(text) if words.startswith("simulate "))
    with pytest.raises(SystemExit):
        main(shlex.split(simulate))
    capsys.readouterr()

    for block in PYTHON.findall(text):
        exec(compile(block, "README.md", "exec"), {})  # noqa: S102 - our own page, as it stands

    assert re.match(r"\d+\.\d+ \[", capsys.readouterr().out)
