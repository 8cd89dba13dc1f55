"""Which exit code an error earns: 1 the data or the device failed, 2 the call was wrong."""

import enum

from tissuesense.core.errors import (
    ConfigurationError,
    MissingExtraError,
    StoreLocked,
    TissueSenseError,
    UsageError,
)


class ExitCode(enum.IntEnum):
    """The contract's exit codes, and the shell's own for an interruption."""

    DONE = 0
    FAILED = 1
    WRONG_CALL = 2
    INTERRUPTED = 130


# The nearest class in an error's own ancestry decides.
_EXIT_CODES: dict[type[BaseException], ExitCode] = {
    TissueSenseError: ExitCode.FAILED,
    UsageError: ExitCode.WRONG_CALL,
    ConfigurationError: ExitCode.WRONG_CALL,
    MissingExtraError: ExitCode.FAILED,  # the call was right, the installation is not
    StoreLocked: ExitCode.WRONG_CALL,  # asks for a passphrase, not for other data
}


def exit_code(error: BaseException) -> ExitCode:
    """Return the exit code for an error that reached the door."""
    ancestry = type(error).__mro__
    return next((_EXIT_CODES[cls] for cls in ancestry if cls in _EXIT_CODES), ExitCode.FAILED)
