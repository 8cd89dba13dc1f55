"""Exit code 2 means that the call was wrong, 1 that data, device or installation failed."""

from pathlib import Path

import pytest

from tissuesense.cli.exit_codes import ExitCode, exit_code
from tissuesense.core.errors import (
    ConfigurationError,
    DeviceNotFound,
    DuplicateEntryError,
    FileWriteError,
    MissingExtraError,
    NoProbeArea,
    RecordNotFound,
    StoreLocked,
    TissueSenseError,
    TraceFileError,
    UsageError,
)


@pytest.mark.parametrize(
    "error",
    [
        UsageError("x"),
        NoProbeArea(),
        ConfigurationError("x"),
        DuplicateEntryError("x"),
        StoreLocked("x"),
    ],
)
def test_a_wrong_call_is_two(error: TissueSenseError) -> None:
    assert exit_code(error) is ExitCode.WRONG_CALL


@pytest.mark.parametrize(
    "error",
    [
        TissueSenseError("x"),
        TraceFileError("x", path=Path("x.csv")),
        FileWriteError("x", path=Path("x.pdf")),
        DeviceNotFound("x", endpoint="ble:x"),
        RecordNotFound("x"),
        MissingExtraError("x", extra="pdf"),
        ExceptionGroup("x", [UsageError("x")]),
    ],
)
def test_what_failed_is_one(error: Exception) -> None:
    assert exit_code(error) is ExitCode.FAILED


def test_the_codes_are_those_of_the_contract() -> None:
    assert [int(code) for code in (ExitCode.DONE, ExitCode.FAILED, ExitCode.WRONG_CALL)] == [
        0,
        1,
        2,
    ]
