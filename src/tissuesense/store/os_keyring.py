"""A passphrase kept in the keyring of the operating system, where there is one to be trusted.

A computer without a keyring, without the package for it, or with one that would only write the
passphrase into a file, is a computer that remembers nothing; no store is any less usable for it.
"""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:  # an extra, and slow to import
    from keyring.backend import KeyringBackend

logger = logging.getLogger(__name__)

_SERVICE = "tissuesense"
_Answer = TypeVar("_Answer")


def can_remember() -> bool:
    """Return whether this computer has a keyring to be trusted."""
    return _from_keyring(lambda _keyring: True) is not None


def remembered(store: str) -> str | None:
    """Return the passphrase that this computer keeps for a store, or None."""
    return _from_keyring(lambda keyring: keyring.get_password(_SERVICE, store)) or None


def remember(store: str, passphrase: str) -> bool:
    """Keep a store's passphrase, in place of the one before; return whether it was kept."""

    def kept(keyring: "KeyringBackend") -> bool:
        keyring.set_password(_SERVICE, store, passphrase)
        return keyring.get_password(_SERVICE, store) == passphrase

    return bool(_from_keyring(kept))


def forget(store: str) -> bool:
    """Forget a store's passphrase; return whether it is gone, or never was there."""

    def gone(keyring: "KeyringBackend") -> bool:
        if keyring.get_password(_SERVICE, store) is not None:
            keyring.delete_password(_SERVICE, store)
        return keyring.get_password(_SERVICE, store) is None

    return bool(_from_keyring(gone))


def _from_keyring(question: Callable[["KeyringBackend"], _Answer]) -> _Answer | None:
    """Return what the keyring answers; None where there is none, or it fails."""
    try:
        import keyring  # noqa: PLC0415 - an extra, and slow
    except ImportError:
        return None
    try:
        trusted = _trusted(keyring.get_keyring())
        return None if trusted is None else question(trusted)
    # Behind a keyring stand D-Bus, Windows and whatever was plugged in: their errors have no base
    # of their own, and none of them is a reason not to ask the person.
    except Exception:  # noqa: BLE001 - said above
        logger.warning("The keyring of this computer does not answer; it is not used.")
        return None


def _trusted(found: "KeyringBackend") -> "KeyringBackend | None":
    """Return the keyring itself, or the first of a chain, that keeps secrets secret."""
    from keyring.core import recommended  # noqa: PLC0415 - as above

    chained: list[KeyringBackend] = getattr(found, "backends", [found])
    for keyring in chained:
        # keyrings.alt keeps passphrases in files, readable or under a passphrase of their own.
        if recommended(keyring) and not type(keyring).__module__.startswith("keyrings.alt"):
            return keyring
    return None
