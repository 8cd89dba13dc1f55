"""A disk of its own, small and real; only an administrator can make one."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(place: Path, *, size: str) -> Iterator[Path]:
    """Mount an empty disk while inside; the test is skipped where that is not allowed."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only an administrator can mount a disk")
    place.mkdir()
    if _mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", place):
        pytest.skip("this machine lets nobody mount a disk")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def read_only(place: Path) -> None:
    """Let nobody write to a disk any more."""
    assert _mount("-o", "remount,ro", place) == 0


def _mount(*words: str | Path) -> int:
    return subprocess.run(["mount", *words], capture_output=True, check=False).returncode
