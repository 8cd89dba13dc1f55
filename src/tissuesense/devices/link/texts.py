"""Texts of TissueSense Link, which come in parts."""

from tissuesense.devices.link.messages import LAST_PART, LONGEST_PART, Text

_MOST_PARTS = 5


class TextJoiner:
    """Put the parts of a text together; it remembers one text of at most 65 bytes.

    A text that lacks a part, or has too many, is left out as a whole.
    """

    def __init__(self) -> None:
        self._what = 0
        self._data = b""
        self._next = 0  # the part that must come

    def add(self, part: Text) -> str:
        """Return the text that `part` completes, or nothing."""
        number = part.part & ~LAST_PART
        if number == 0:
            self._what, self._data, self._next = part.what, b"", 0
        if (part.what, number) != (self._what, self._next) or number >= _MOST_PARTS:
            self._next = _MOST_PARTS  # none that fits can come any more
            return ""
        self._data += part.data[:LONGEST_PART]
        self._next += 1
        if not part.part & LAST_PART:
            return ""
        self._next = _MOST_PARTS
        return self._data.decode(errors="replace")
