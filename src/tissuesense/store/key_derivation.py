"""How a key follows from a secret: slowly from what a person can remember, at once from chance."""

import unicodedata
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tissuesense.core.errors import RecordError, UsageError

KEY_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """What one guess at a passphrase costs: the parameters of Argon2id.

    Those of a new safe are the second of the two sets that RFC 9106 recommends, the one for
    machines that cannot spare 2 GiB: 64 MiB, about a tenth of a second. The bounds keep a safe
    that somebody tampered with from taking all memory, or an hour.
    """

    memory_kib: int = 64 * 1024
    iterations: int = 3
    lanes: int = 4

    def __post_init__(self) -> None:
        for name, most in (("memory_kib", 1024 * 1024), ("iterations", 16), ("lanes", 16)):
            if not 1 <= getattr(self, name) <= most:
                raise UsageError(f"{name} of a safe must be between 1 and {most}.")


def slow_key(passphrase: str, salt: bytes, effort: Effort) -> bytes:
    """Return the key that a passphrase opens with, made slow to guess at (Argon2id).

    Raises
    ------
    RecordError
        When there is too little memory.
    """
    # The same words come as other code points from another keyboard: letter and accent in one or
    # in two, wide digits, blanks that do not break. NFKC makes them one; it does all that RFC 8265
    # asks for passwords (NFC, one kind of blank) and folds wide and narrow forms besides.
    # An environment variable in no known encoding holds surrogates; they open what they locked.
    words = unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")
    kdf = Argon2id(
        salt=salt,
        length=KEY_BYTES,
        iterations=effort.iterations,
        lanes=effort.lanes,
        memory_cost=effort.memory_kib,
    )
    try:
        return kdf.derive(words)
    except MemoryError as err:
        raise RecordError(
            f"Opening the store takes {effort.memory_kib // 1024} MiB of memory; "
            "there is less to be had.",
            hint="Close other programs and try again. Nothing was changed.",
        ) from err


def fast_key(secret: bytes, *, salt: bytes | None, purpose: str) -> bytes:
    """Return the key for one purpose out of a secret that nobody can guess (HKDF, RFC 5869)."""
    info = b"tissuesense/1/" + purpose.encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=info).derive(secret)
