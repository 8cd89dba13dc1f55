"""Seal what belongs to a client under that client's own key, with AES-256-GCM."""

import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tissuesense.core.errors import RecordTampered

_NONCE_BYTES = 12
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Sealer:
    """One key at work; it never shows itself.

    What is sealed is bound to a name: sealed bytes that were moved to another entry do not open.
    """

    key: bytes = field(repr=False)

    def seal(self, name: str, content: bytes) -> bytes:
        """Return nonce and sealed bytes."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self.key).encrypt(nonce, content, name.encode())

    def open(self, name: str, sealed: bytes) -> bytes:
        """Return what was sealed.

        Raises
        ------
        RecordTampered
            When a bit of it was changed, or it was sealed under another key or name.
        """
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return AESGCM(self.key).decrypt(nonce, rest, name.encode())
        except (InvalidTag, ValueError) as err:
            raise RecordTampered(
                f"{name} was altered behind the program's back, or its key is another one.",
                hint="'tissuesense verify' names the first broken entry; restore from a backup.",
            ) from err
