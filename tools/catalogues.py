"""Bring the catalogues of the app's languages up to date: every message in, none that nobody says.

Example: ``python -m tools.catalogues`` writes them and prints, for each language, how many are not
translated yet; ``python -m tools.catalogues de`` prints those of one language.
"""

import ast
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from tissuesense.core.version import __version__
from tissuesense.web.language import LANGUAGES
from tissuesense.web.spoken_elsewhere import spoken_elsewhere

WEB = Path(__file__).parents[1] / "src" / "tissuesense" / "web"
LOCALE = WEB / "locale"
_METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
_OPTIONS = {"templates/**.html": {"trimmed": "false", "newstyle_gettext": "true"}}
_FIRST_DAY = datetime(2026, 11, 24, tzinfo=UTC)  # a file that nothing changed in stays the same
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}


def messages() -> Catalog:
    """Return every message that the app may say, in English."""
    catalogue = Catalog()
    for message in (*_extracted(), *_in_code()):
        catalogue.add(message, flags=_flags(message))
    for message in sorted(spoken_elsewhere()):
        catalogue.add(message)
    return catalogue


def _extracted() -> Iterator[str | tuple[str, ...]]:
    found = extract_from_dir(
        str(WEB), method_map=_METHODS, options_map=_OPTIONS, keywords=_KEYWORDS
    )
    for _name, _line, message, _comments, _context in found:
        yield message


def _in_code() -> Iterator[str]:
    """Yield what our code looks up, f-strings included, which Babel does not look into."""
    for path in sorted(WEB.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and node.args):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            said = node.args[0]
            if name == "gettext" and isinstance(said, ast.Constant) and said.value:
                yield str(said.value)


def _flags(message: str | tuple[str, ...]) -> set[str]:
    text = message if isinstance(message, str) else message[0]
    return {"python-format"} if "%(" in text else set()


def brought_up_to_date(code: str, wanted: Catalog) -> Catalog:
    """Return the catalogue of a language with what it knew already."""
    path = LOCALE / f"{code}.po"
    known = Catalog(locale=code)
    if path.exists():
        with path.open("rb") as file:
            known = read_po(file, locale=code)
    fresh = Catalog(
        locale=code,
        project="TissueSense",
        version=__version__,
        header_comment=f"# {LANGUAGES[code]}: the words of the app.",
        creation_date=_FIRST_DAY,
        revision_date=_FIRST_DAY,
        last_translator="the project",
        language_team="the project",
        msgid_bugs_address="the project",
        charset="utf-8",
        fuzzy=False,
    )
    for message in wanted:
        if not message.id:
            continue
        before = known.get(message.id if isinstance(message.id, str) else message.id[0])
        said = before.string if before is not None and not before.fuzzy else None
        if isinstance(said, str) is message.pluralizable:
            said = None  # it had no plural before, or has none any more
        fresh.add(message.id, said, flags=message.flags)
    return fresh


def missing(catalogue: Catalog) -> list[str]:
    """Return the messages without a translation."""
    return [
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalogue
        if message.id and not all(forms_of(message.string))
    ]


def forms_of(said: object) -> tuple[str, ...]:
    """Return the forms of a message or its translation: one, or several for its plurals."""
    if isinstance(said, str):
        return (said,)
    return tuple(said) if isinstance(said, list | tuple) else ("",)


def main(only: str = "") -> None:
    """Write the catalogues."""
    wanted = messages()
    LOCALE.mkdir(exist_ok=True)
    for code in LANGUAGES:
        if code == "en":
            continue
        catalogue = brought_up_to_date(code, wanted)
        with (LOCALE / f"{code}.po").open("wb") as file:
            write_po(file, catalogue, sort_output=True, width=110, no_location=True)
        left = missing(catalogue)
        if only == code:
            sys.stdout.write("\n".join(left) + "\n")
        sys.stderr.write(f"{code}: {len(left)} of {len(catalogue)} are not translated yet\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
