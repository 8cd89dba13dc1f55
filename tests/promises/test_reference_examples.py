"""The Python of a reference page runs after the commands of the page, and prints what it says."""

import re
import shlex
from pathlib import Path

import pytest

from tissuesense.cli.main import main

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
EXAMPLE = re.compile(r"^```python\n(.+?)^```.+?^```text\n(.+?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^    tissuesense (.+)$", flags=re.MULTILINE)
PAGES = [
    page
    for page in sorted(REFERENCE.glob("*.md"))
    if EXAMPLE.search(page.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_it_prints_what_it_says(
    page: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    text = page.read_text(encoding="utf-8")
    for command in COMMAND.findall(text):
        with pytest.raises(SystemExit) as left:
            main(shlex.split(command))
        assert left.value.code == 0, capsys.readouterr().err
    capsys.readouterr()

    for code, printed in EXAMPLE.findall(text):
        exec(compile(code, page.name, "exec"), {})  # noqa: S102 - our own page, as it stands
        assert capsys.readouterr().out == printed
