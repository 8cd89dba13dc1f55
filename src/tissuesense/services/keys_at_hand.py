"""How a record is kept safe: its passphrase, whether this computer knows it, its last backup."""

from tissuesense.store.key_copies import known_copies
from tissuesense.store.key_file import KeyCopy
from tissuesense.store.key_safe import is_locked
from tissuesense.store.opened import Store
from tissuesense.store.os_keyring import can_remember, remembered


def has_passphrase(store: Store) -> bool:
    """Return whether it takes a passphrase to open."""
    return is_locked(store.safe())


def is_remembered(store: Store) -> bool:
    """Return whether this computer opens it without asking."""
    return can_remember() and remembered(store.name) is not None


def last_backup(store: Store) -> KeyCopy | None:
    """Return where and when the last backup was made that this record knows of."""
    copies = known_copies(store)
    return max(copies, key=lambda copy: copy.made_at) if copies else None
