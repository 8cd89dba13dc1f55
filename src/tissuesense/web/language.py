"""The languages of the app: catalogues of words, and how numbers and days are written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

from babel import Locale
from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LANGUAGES: Mapping[str, str] = {
    "en": "English",
    "de": "Deutsch",
    "es": "Español",
    "fr": "Français",
}
_DEFAULT = "en"


@dataclass(frozen=True, slots=True)
class Language:
    """One language: every word of the app, looked up by its English.

    What has no translation stays English; nothing is guessed.
    """

    code: str
    words: NullTranslations

    @property
    def locale(self) -> Locale:
        """How Babel knows it; English as it is written in Europe."""
        return Locale.parse("en_GB" if self.code == "en" else self.code)

    def gettext(self, message: str) -> str:
        """Return a message in this language."""
        return self.words.gettext(message) if message else message

    def ngettext(self, one: str, many: str, number: int) -> str:
        """Return the message for one or for many."""
        return self.words.ngettext(one, many, number)

    def number(self, value: float, decimals: int = 0) -> str:
        """Write a number as it is written here, with a decimal comma where that is usual."""
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return str(format_decimal(value, format=pattern, locale=self.locale))

    def day(self, on: date) -> str:
        """Write a day in words."""
        return str(format_date(on, format="d MMMM y", locale=self.locale))

    def weekday(self, on: date) -> str:
        """Write a day with its weekday and without its year."""
        return str(format_date(on, format="EEEE d MMMM", locale=self.locale))

    def time(self, at: datetime) -> str:
        """Write the time of day."""
        return str(format_time(at, format="HH:mm", locale=self.locale))


@cache
def language(code: str) -> Language:
    """Return a language; one that there is not is English."""
    known = code if code in LANGUAGES else _DEFAULT
    source = files("tissuesense.web").joinpath("locale", f"{known}.po")
    if not source.is_file():
        return Language(known, NullTranslations())
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(source.read_bytes()), locale=known))
    compiled.seek(0)
    return Language(known, GNUTranslations(compiled))


def preferred(accepted: str) -> str:
    """Return the first of our languages that a browser asks for."""
    for part in accepted.split(","):
        code = part.partition(";")[0].strip().lower()[:2]
        if code in LANGUAGES:
            return code
    return _DEFAULT
