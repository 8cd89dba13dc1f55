"""Programs of the system that some tests talk to: absent, they skip; in CI they may not be."""

import os
import shutil

import pytest


def needed(program: str) -> str:
    """Return where `program` is, or skip the test; fail it in CI."""
    path = shutil.which(program)
    if path is not None:
        return path
    reason = f"{program} is not installed (tools/system_packages.sh does it on Debian)"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}, and in CI it must be")
    pytest.skip(reason)
