"""Every example runs as it stands and prints what its docstring says."""

import ast
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
MOST_LINES = 40


def promised(example: Path) -> str:
    """Return what the docstring says under ``Prints::``."""
    docstring = ast.get_docstring(ast.parse(example.read_text(encoding="utf-8")))
    _, found, block = (docstring or "").partition("Prints::\n\n")
    assert found, f"{example.name} does not say what it prints"
    return textwrap.dedent(block)


def test_there_are_examples() -> None:
    assert EXAMPLES


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_it_prints_what_it_says(example: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", str(example)],
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )

    assert done.stderr == ""
    assert done.stdout.rstrip() == promised(example).rstrip()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_it_is_short_and_takes_no_arguments(example: Path) -> None:
    text = example.read_text(encoding="utf-8")

    assert len(text.splitlines()) <= MOST_LINES
    assert "sys.argv" not in text
    assert "argparse" not in text
