"""The whole exception tree: every error a caller can meet, drawn once.

::

    TissueSenseError                     .code (stable string)  .hint (what to do next)
     +-- UsageError (ValueError)         the caller broke a documented precondition
     |    +-- NoProbeArea                a pressure was asked for, the tip's area is not stated
     |    +-- NoColumn                   .column that the kind of recording needs
     +-- ConfigurationError              a bad setting, an unknown name; .known has the right ones
     |    +-- DuplicateEntryError        two providers claim one name
     |    +-- MissingExtraError          an optional part is not installed; .extra
     +-- TraceFileError                  a trace file cannot be read; .path  .line
     +-- FileWriteError                  a file or a folder cannot be written; .path
     +-- TransportError                  .endpoint
     |    +-- RadioUnavailable           .reason (powered off, no adapter, permission refused, ...)
     |    +-- DeviceNotFound             .looked_for  .seen
     |    +-- LinkLost                   .last_sample_t_s
     |    +-- TransportTimeout (TimeoutError)
     +-- ProtocolError
     |    +-- LocalProtocolError         we asked for something the device cannot do in this state
     |    +-- RemoteProtocolError        the device answered a command against its documentation
     +-- CaptureError                    a capture file is damaged; .path  .offset
     +-- CalibrationError                expired, out of range, wrong device
     +-- RecordError
     |    +-- RecordNotFound (LookupError)
     |    |    +-- RecordErased          the client's key was destroyed
     |    +-- RecordTampered             what is stored is not what was written
     |    +-- RecordConflict             changed since it was read
     |    +-- SchemaTooNew               written by a later version; nothing was touched
     |    +-- StoreLocked                no passphrase, or the wrong one
     +-- AccessRefused                   the app did not do what a screen asked for; .refusal
     |    +-- NotAdmitted                nobody let this screen in, or its time is over
     |    +-- NotAllowed                 beyond the screen's role, or no form of ours
     |    +-- BodyTooLarge               more than is taken at once
     |    +-- BodyTooSlow                it did not arrive in time

Bytes that are wrong in a stream are not exceptions but `FrameRejected` events; data that cannot
answer are not exceptions but `NotEstimable` outcomes.
"""

import enum
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar


class TissueSenseError(Exception):
    """Anything this package raises on purpose.

    Parameters
    ----------
    message
        One sentence with the offending value.
    hint
        What to do next, one sentence; empty when the message says it.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(TissueSenseError, ValueError):
    """The caller broke a documented precondition."""

    code = "usage"


class NoProbeArea(UsageError):  # noqa: N818 - named for what is missing
    """A pressure was asked for and nobody said how wide the tip is."""

    code = "no_probe_area"

    def __init__(self) -> None:
        super().__init__(
            "The probe area is not stated, so force cannot be turned into pressure.",
            hint="State the area of the tip in cm2: in the side-car as "
            '{"probe_area_cm2": 1.0}, or when recording and measuring as --probe-area-cm2 1.0.',
        )


class NoColumn(UsageError):  # noqa: N818 - named for what is missing
    """The trace lacks a column that its kind needs."""

    code = "no_column"

    def __init__(self, column: str, *, kind: str) -> None:
        super().__init__(f"A recording of kind '{kind}' needs a column {column}.")
        self.column = column


class ConfigurationError(TissueSenseError):
    """A setting is wrong or a name is unknown; `known` holds the names that would do."""

    code = "configuration"

    def __init__(self, message: str, *, hint: str = "", known: Iterable[str] = ()) -> None:
        super().__init__(message, hint=hint)
        self.known = tuple(known)


class DuplicateEntryError(ConfigurationError):
    """Two providers claim one name."""

    code = "duplicate_entry"


class MissingExtraError(ConfigurationError):
    """An optional part of the package is not installed."""

    code = "missing_extra"

    def __init__(self, what: str, *, extra: str) -> None:
        super().__init__(
            f"{what} needs the optional part '{extra}', which is not installed.",
            hint=f"Install it with: pip install 'tissuesense[{extra}]'",
        )
        self.extra = extra


class TraceFileError(TissueSenseError):
    """A trace file or its side-car cannot be read."""

    code = "trace_file"

    def __init__(
        self, message: str, *, path: Path, code: str = "", line: int | None = None, hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.path = path
        self.line = line
        # Each way a file can be wrong has a stable name of its own; scripts branch on it.
        self.problem = code or self.code


class FileWriteError(TissueSenseError):
    """A file or a folder cannot be written; what stood there before is untouched."""

    code = "not_writable"

    def __init__(self, message: str, *, path: Path, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.path = path


class TransportError(TissueSenseError):
    """A radio or a port failed."""

    code = "transport"

    def __init__(self, message: str, *, endpoint: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.endpoint = endpoint


class RadioProblem(enum.Enum):
    """Why the Bluetooth radio cannot be used."""

    NO_ADAPTER = "no_adapter"
    POWERED_OFF = "powered_off"
    PERMISSION_REFUSED = "permission_refused"
    UNKNOWN = "unknown"


class RadioUnavailable(TransportError):  # noqa: N818 - named for the state a person meets
    """The Bluetooth radio cannot be used."""

    code = "radio_unavailable"

    def __init__(
        self, message: str, *, endpoint: str, reason: RadioProblem, hint: str = ""
    ) -> None:
        super().__init__(message, endpoint=endpoint, hint=hint)
        self.reason = reason


class DeviceNotFound(TransportError):  # noqa: N818 - named for the state a person meets
    """No device answers at the endpoint."""

    code = "device_not_found"

    def __init__(
        self, message: str, *, endpoint: str, seen: Iterable[str] = (), hint: str = ""
    ) -> None:
        super().__init__(message, endpoint=endpoint, hint=hint)
        self.looked_for = endpoint
        self.seen = tuple(seen)


class LinkLost(TransportError):  # noqa: N818 - named for the state a person meets
    """The device was there and is gone."""

    code = "link_lost"

    def __init__(
        self, message: str, *, endpoint: str, last_sample_t_s: float | None = None, hint: str = ""
    ) -> None:
        super().__init__(message, endpoint=endpoint, hint=hint)
        self.last_sample_t_s = last_sample_t_s


class TransportTimeout(TransportError, TimeoutError):  # noqa: N818 - as the builtin it extends
    """The device is connected and silent."""

    code = "transport_timeout"


class ProtocolError(TissueSenseError):
    """A conversation with a device went wrong."""

    code = "protocol"


class LocalProtocolError(ProtocolError):
    """We asked for something the device cannot do."""

    code = "local_protocol"


class RemoteProtocolError(ProtocolError):
    """The device answered a command against its documentation."""

    code = "remote_protocol"


class CaptureError(TissueSenseError):
    """A capture file is damaged."""

    code = "capture"

    def __init__(self, message: str, *, path: Path, offset: int, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.path = path
        self.offset = offset


class CalibrationError(TissueSenseError):
    """A calibration is expired, out of range or of another device."""

    code = "calibration"


class RecordError(TissueSenseError):
    """The clinical record refused something."""

    code = "record"


class RecordNotFound(RecordError, LookupError):  # noqa: N818 - named for the state a person meets
    """No such entry."""

    code = "record_not_found"


class RecordErased(RecordNotFound):
    """The client's key was destroyed: what it sealed cannot be read by anybody."""

    code = "record_erased"


class RecordTampered(RecordError):  # noqa: N818 - named for the state a person meets
    """What is stored is not what was written."""

    code = "record_tampered"


class RecordConflict(RecordError):  # noqa: N818 - named for the state a person meets
    """The entry changed since it was read, or exists already."""

    code = "record_conflict"


class SchemaTooNew(RecordError):  # noqa: N818 - named for the state a person meets
    """The store was written by a later version; nothing was touched."""

    code = "schema_too_new"


class StoreLocked(RecordError):  # noqa: N818 - named for the state a person meets
    """The store is encrypted and the passphrase is missing or wrong."""

    code = "store_locked"


class Refusal(enum.StrEnum):
    """Why the app refused somebody."""

    HOST = "unknown host"
    ORIGIN = "foreign origin"
    LARGE = "too large"
    SLOW = "too slow"
    LINK = "used start link"
    SESSION = "no session"
    FORM = "old form"
    ROLE = "beyond its role"
    CODE = "wrong pairing code"
    PASSPHRASE = "wrong passphrase"  # noqa: S105 - a reason


class AccessRefused(TissueSenseError):  # noqa: N818 - named for the state a person meets
    """The app did not do what a screen asked for."""

    code = "access_refused"

    def __init__(self, message: str, *, refusal: Refusal, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.refusal = refusal


class NotAdmitted(AccessRefused):
    """Nobody let this screen in, or its time is over."""

    code = "not_admitted"

    def __init__(self, refusal: Refusal = Refusal.SESSION) -> None:
        super().__init__(
            "This screen is not let in.",
            refusal=refusal,
            hint="Open the link that the program printed when it started; it works once. For a "
            "new one, start the program again.",
        )


class NotAllowed(AccessRefused):
    """The screen's role does not go so far, or what it sent is no form of ours."""

    code = "not_allowed"

    def __init__(self, message: str, *, refusal: Refusal = Refusal.ROLE, hint: str = "") -> None:
        super().__init__(message, refusal=refusal, hint=hint)


class BodyTooLarge(AccessRefused):
    """What was sent is more than is taken at once."""

    code = "body_too_large"

    def __init__(self) -> None:
        super().__init__("That is too large.", refusal=Refusal.LARGE)


class BodyTooSlow(AccessRefused):
    """What was sent did not arrive in time."""

    code = "body_too_slow"

    def __init__(self) -> None:
        super().__init__("That took too long to arrive.", refusal=Refusal.SLOW)
