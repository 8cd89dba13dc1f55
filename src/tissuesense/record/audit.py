"""What was done with the record itself: looked at, handed out, taken in, erased."""

import enum
from dataclasses import dataclass

from tissuesense.core.errors import UsageError
from tissuesense.record.checks import check_text


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityRead:
    """Somebody looked at who a client is."""

    why: str = ""

    def __post_init__(self) -> None:
        check_text("why", self.why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A client's record was handed out.

    Attributes
    ----------
    form
        The export format or the kind of report.
    """

    form: str
    with_identity: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """Something from elsewhere was taken in.

    Attributes
    ----------
    form, file_sha256
        What it came as.
    items
        How many entries came of it.
    """

    form: str
    file_sha256: str
    items: int


class ErasureScope(enum.StrEnum):
    """How much is erased: the identity alone, or everything."""

    IDENTITY = "identity"
    EVERYTHING = "everything"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """A client's keys were destroyed; this entry is about nobody any more, and says only that.

    Attributes
    ----------
    client_was
        The pseudonym; it is never given to another client.
    """

    client_was: str
    scope: ErasureScope
    reason: str

    def __post_init__(self) -> None:
        check_text("reason", self.reason)
        if not self.reason.strip():
            raise UsageError("An erasure needs a reason: a client's request, or the end of a term.")


class KeysChange(enum.StrEnum):
    """What was changed of the locks of a store."""

    PASSPHRASE = "passphrase"  # noqa: S105 - the name of it
    RECOVERED = "recovered"
    RECOVERY_CODE = "recovery_code"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysChanged:
    """Another passphrase or recovery code opens the store from now on.

    Attributes
    ----------
    what
        `recovered`: a new passphrase was set with the recovery code.
    """

    what: KeysChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The app refused somebody; at most one such statement is made a minute.

    Attributes
    ----------
    pairing_codes, passphrases
        How many wrong ones were typed since the statement before.
    beyond_role
        How often a screen asked for what its role may not do.
    """

    pairing_codes: int
    passphrases: int
    beyond_role: int

    def __post_init__(self) -> None:
        counts = (self.pairing_codes, self.passphrases, self.beyond_role)
        if min(counts) < 0 or not any(counts):
            raise UsageError(
                "A refusal is counted: each kind 0 times or more, one of them at least 1."
            )
