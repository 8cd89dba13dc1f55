"""Claim: whatever the app says, it says in each of its languages, with the same blanks."""

import re
from functools import cache

import pytest
from babel.messages.catalog import Catalog
from tools.catalogues import brought_up_to_date, forms_of, messages, missing

from tissuesense.web.language import LANGUAGES, language

OTHERS = [code for code in LANGUAGES if code != "en"]
BLANK = re.compile(r"%\(\w+\)[sd]")


@cache
def catalogue(code: str) -> Catalog:
    return brought_up_to_date(code, messages())


@pytest.mark.parametrize("code", OTHERS)
def test_every_message_is_translated(code: str) -> None:
    assert missing(catalogue(code)) == []


@pytest.mark.parametrize("code", OTHERS)
def test_every_translation_has_the_blanks_of_its_message(code: str) -> None:
    wrong = [
        message.id
        for message in catalogue(code)
        if message.id and not _same_blanks(forms_of(message.id), forms_of(message.string))
    ]
    assert wrong == []


def _same_blanks(asked: tuple[str, ...], said: tuple[str, ...]) -> bool:
    """Return whether all is filled in; a form for one alone may leave the number out."""
    wanted = sorted(BLANK.findall(asked[-1]))
    if len(asked) == 1:
        return sorted(BLANK.findall(said[0])) == wanted
    return (
        all(set(BLANK.findall(form)) <= set(wanted) for form in said)
        and sorted(BLANK.findall(said[-1])) == wanted
    )


@pytest.mark.parametrize("code", OTHERS)
def test_no_translation_has_a_mark_of_its_own(code: str) -> None:
    odd = re.compile(r"[<>]|!(?!\w)|\bTODO\b")
    said = {m.id: " ".join(forms_of(m.string)) for m in catalogue(code) if m.id}
    assert [message for message, words in said.items() if odd.search(words)] == []


def test_a_decimal_comma_where_it_is_usual() -> None:
    assert [language(code).number(1234.5, 1) for code in ("en", "de", "es", "fr")] == [
        "1,234.5",
        "1.234,5",
        "1.234,5",
        "1\u202f234,5",
    ]


def test_a_language_that_there_is_not_is_english() -> None:
    assert language("xx").code == "en"
    assert language("xx").gettext("Today") == "Today"
