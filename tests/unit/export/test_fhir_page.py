"""The page on FHIR lists every code of the program's own, with the words that a bundle has."""

import re
from pathlib import Path

from tissuesense.export.fhir.client import OF_CLIENT, OF_VISIT
from tissuesense.export.fhir.codes import CODES, SYSTEM

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "fhir.md").read_text(encoding="utf-8")


def test_every_code_is_listed_with_its_words() -> None:
    listed = re.findall(r"^\| `([^`]+)` \| (.+) \|$", PAGE, flags=re.MULTILINE)
    of_resources = {(code, said) for code, said in listed if code[0].islower()}
    assert of_resources == set(CODES.items())
    assert SYSTEM in PAGE


def test_every_kind_of_statement_has_a_row() -> None:
    rows = " ".join(re.findall(r"^\| ([a-z][^|]*) \|", PAGE, flags=re.MULTILINE))
    said = {"profile": "handedness", "joint": "joint", "not_done": "left out", "dose": "treatment"}
    said |= {"historic": "another instrument", "closed": "visit", "daily_life": "daily life"}
    said |= {"care_plan": "care plan", "site_list": "sites to examine"}
    for kind in (*OF_CLIENT, *OF_VISIT):
        assert said.get(kind, kind) in rows
