"""The recovery code: a second key to the store, printed once and typed in by hand years later."""

import re
import unicodedata
from collections.abc import Callable, Sequence

from tissuesense.core.errors import UsageError
from tissuesense.record.ids import ALPHABET, LOOK_ALIKES, check_character

# 28 drawn characters of 5 bits are 140 bits; 128 are beyond any guessing.
_GROUPS = 7
_DRAWN_IN_GROUP = 4
_GROUP = _DRAWN_IN_GROUP + 1


def draw_code(random: Callable[[int], bytes]) -> str:
    """Return a new code: seven groups of five, the last character of a group checks the group."""
    # 256 is a multiple of 32: each character is as likely as any other.
    digits = [byte % len(ALPHABET) for byte in random(_GROUPS * _DRAWN_IN_GROUP)]
    return "-".join(
        _with_check(place, digits[place * _DRAWN_IN_GROUP :][:_DRAWN_IN_GROUP])
        for place in range(_GROUPS)
    )


def read_code(text: str) -> str:
    """Return the code that `text` spells, forgiving case, blanks, dashes and look-alike letters.

    Raises
    ------
    UsageError
        When characters are missing or mistyped. The message names the groups and repeats nothing.
    """
    spelled = unicodedata.normalize("NFKC", text).upper().translate(LOOK_ALIKES)
    groups = re.findall(r"[^\W_]+", spelled)
    if len(groups) != _GROUPS:  # typed in one go, or with blanks of one's own
        run = "".join(groups)
        groups = [run[start : start + _GROUP] for start in range(0, len(run), _GROUP)]
        if len(run) != _GROUPS * _GROUP:
            raise UsageError(
                f"A recovery code has {_GROUPS} groups of {_GROUP} characters, "
                f"{_GROUPS * _GROUP} in all; {len(run)} were given.",
                hint="Type it group by group as it was printed, with a blank between the groups.",
            )
    wrong = [str(place + 1) for place, group in enumerate(groups) if not _is_sound(place, group)]
    if wrong:
        raise UsageError(
            f"The recovery code is mistyped in group {', '.join(wrong)} of {_GROUPS}.",
            hint="Compare it with the printed code, character by character.",
        )
    return "-".join(groups)


def _with_check(place: int, digits: Sequence[int]) -> str:
    # The place counts too: a group that is sound in itself but typed in another's place is named.
    return "".join(ALPHABET[digit] for digit in digits) + check_character([place, *digits])


def _is_sound(place: int, group: str) -> bool:
    if len(group) != _GROUP or any(character not in ALPHABET for character in group):
        return False
    return group == _with_check(place, [ALPHABET.index(character) for character in group[:-1]])
