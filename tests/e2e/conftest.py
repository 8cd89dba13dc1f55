"""Run the real program, as a shell would."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Program = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Return what runs `tissuesense` with arguments in an empty folder and waits for its end."""

    def run(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tissuesense", *map(str, words)],
            capture_output=True,
            encoding="utf-8",
            cwd=tmp_path,
            env=os.environ | {"TMPDIR": str(tmp_path), "COLUMNS": "100"} | environment,
            timeout=100,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    return run
