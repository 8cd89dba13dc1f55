"""Change what opens a store: its passphrase and its recovery code; and write down that it was."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tissuesense.core.clock import Clock
from tissuesense.core.errors import RecordError, UsageError
from tissuesense.record.audit import KeysChange, KeysChanged
from tissuesense.services.care import keep
from tissuesense.store.key_safe import (
    change_passphrase,
    is_locked,
    open_safe,
    open_with_recovery_code,
    renew_recovery_code,
    store_name,
)
from tissuesense.store.opening import open_store
from tissuesense.store.os_keyring import can_remember, forget, remember, remembered
from tissuesense.store.place import StorePlace
from tissuesense.store.safes import read_safe, write_safe


@dataclass(frozen=True, slots=True, kw_only=True)
class Locksmith:
    """Works on the locks of one store.

    Parameters
    ----------
    actor
        Who does it: the name that the entries bear.
    """

    place: StorePlace
    clock: Clock
    rng: np.random.Generator
    actor: str = ""

    def change(self, old: str, new: str) -> None:
        """Give the store another passphrase; the recovery code stays.

        Raises
        ------
        StoreLocked
            When the old one is wrong.
        UsageError
            When the new one is empty, or the store has none.
        RecordError
            When the folder or the disk refuses; then the old one holds.
        """
        safe = self._safe()
        changed = change_passphrase(safe, open_safe(safe, old), new)
        self._replace(safe, changed, new, KeysChange.PASSPHRASE)

    def recover(self, code: str, new: str) -> None:
        """Give the store another passphrase with the recovery code, which stays.

        Raises
        ------
        StoreLocked, UsageError
            When the code is not the store's, or is mistyped.
        RecordError
            As `change` does.
        """
        safe = self._safe()
        changed = change_passphrase(safe, open_with_recovery_code(safe, code), new)
        self._replace(safe, changed, new, KeysChange.RECOVERED)

    def renew_code(self, passphrase: str) -> str:
        """Return a new recovery code; the one before opens no more.

        Raises
        ------
        StoreLocked, UsageError, RecordError
            As `change` does.
        """
        safe = self._safe()
        changed, code = renew_recovery_code(safe, open_safe(safe, passphrase))
        self._replace(safe, changed, passphrase, KeysChange.RECOVERY_CODE)
        return code

    def remember(self, passphrase: str) -> None:
        """Let this computer remember the passphrase.

        Raises
        ------
        StoreLocked
            When it is wrong.
        RecordError
            When the computer has no keyring to be trusted.
        """
        safe = self._safe()
        open_safe(safe, passphrase)
        if not (can_remember() and remember(store_name(safe), passphrase)):
            raise RecordError(
                "This computer has no keyring that keeps a passphrase; nothing was kept.",
                hint="The passphrase is asked for each time. Extra 'app' brings the keyring's "
                "package.",
            )

    def forget(self) -> bool:
        """Let this computer forget the passphrase; return whether it is gone or was not there."""
        return forget(store_name(self._safe())) or not can_remember()

    def _safe(self) -> dict[str, Any]:
        safe = read_safe(self.place)
        if not is_locked(safe):
            raise UsageError("This store was made without a passphrase: whoever has it reads it.")
        return safe

    def _replace(
        self,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        passphrase: str,
        what: KeysChange,
    ) -> None:
        """Put the new safe in place; where that cannot be written down, the old one again."""
        write_safe(self.place, after)
        try:
            with open_store(self.place, clock=self.clock, passphrase=passphrase) as store:
                store.actor = self.actor
                changed = KeysChanged(what=what)
                keep(store, "keys_changed", changed, at=self.clock.now(), rng=self.rng)
        except BaseException:
            write_safe(self.place, before)
            raise
        if remembered(name := store_name(after)) is not None:
            remember(name, passphrase)
