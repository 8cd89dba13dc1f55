"""Claim: whatever is sent to any address of the app, it answers; it never fails of its own."""

import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.core.result import Ok
from tests.e2e.web.walking import IDS, walk
from tests.unit.web.browsing import ORIGIN, Browser, browsing, gate_of
from tests.unit.web.conftest import house_over, sample_clock

from tissuesense.services.sample_copy import copy_sample
from tissuesense.store.opened import Store

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
_EXAMPLES = 25
# They take the record away, or write and look wherever they are told.
_LEFT_OUT = (
    "/lock",
    "/sample",
    "/settings/backup",
    "/settings/rehearsal",
    "/settings/passphrase",
    "/devices/scan",
    "/devices/doctor",
)
_LIKELY = [
    *("", "0", "2", "-1", "3,5", "nan", "inf", "1e309", "-0", "9" * 30, "１２", "²", "1_0"),  # noqa: RUF001 - digits of other scripts
    *("left", "right", "none", "pre", "post", "ppt", "tap", "dose", "yes", "no", "on", "given"),
    *("trapezius_upper", "trapezius_upper.left", "neck", "rotation", "treatment", "pain", "story"),
    *("2026-01-05", "2026-02-30", "0001-01-01", "9999-12-31", "10:00", "sim:", "serial:///", "de"),
    *("\x00", "\u202e", "a" * 5000, "{{7*7}}", "%s%n", "../../x"),
]
_FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Give a therapist's browser over a sample practice that is thrown away."""
    here = tmp_path_factory.mktemp("fuzzed")
    copy_sample(here / "store", cache=here / "cache", clock=sample_clock())
    shutil.rmtree(here / "cache")
    house = house_over(here / "store", sample_clock(), np.random.default_rng(7))
    house.lan.address, house.lan.folder = "127.0.0.3", here
    with browsing(house) as opened:
        yield opened


def known(store: Store) -> dict[str, list[str]]:
    """Return some of what is in the record, for each part of an address."""
    with store.reading():
        rows = list(store.ledger.rows())
    measured = [r.id for r in rows if r.kind == "measurement"]
    return {
        "client": sorted({r.client_id for r in rows if r.client_id})[:3],
        "visit": sorted({r.visit_id for r in rows if r.visit_id})[:3],
        "entry": [r.id for r in rows if r.kind == "dose"][:3],
        "measurement": measured[:3],
        "form": ["svg", "png", "csv", "html", "pdf"],
        "kind": ["visit", "course", "client"],
    }


def forms(browser: Browser) -> dict[str, dict[str, set[str]]]:
    """Return the fields of the forms that a walk meets, with what stood in them, by address."""
    met: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for _, reader in walk(ORIGIN, lambda path: browser.follow(browser.get(path))):
        for form in reader.forms:
            for name, value in form.fields:
                met[_shape(urlsplit(form.action).path)][name].add(value)
    return met


def _shape(path: str) -> str:
    """Return an address with everything that tells one from another of its kind left out."""
    return re.sub(r"\{\w+\}", "ID", IDS.sub("ID", path))


def described(browser: Browser) -> dict[str, Any]:
    """Return the app's own description, with what is known of addresses and forms put into it."""
    schema = gate_of(browser.app).openapi()
    there = browser.at(known)
    met = forms(browser)
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            for parameter in operation.get("parameters", ()):
                values = there.get(parameter["name"])
                if values and parameter["in"] == "path":
                    parameter["schema"] = {"enum": [*values, "nonsense", "0" * 40, "\u0000"]}
            if method == "post" and path != "/pair":
                body = _form(met.get(_shape(path), {}))
                operation["requestBody"] = {"content": {_FORM: {"schema": body}}}
    return dict(schema)


def _form(fields: dict[str, set[str]]) -> dict[str, Any]:
    """Describe a form: every field there, with what belongs into it or with anything else."""
    anything = {"type": "string", "maxLength": 40}
    return {
        "type": "object",
        "properties": {
            name: {"anyOf": [{"enum": sorted(usual)}, {"enum": _LIKELY}, anything]}
            for name, usual in fields.items()
        },
        "required": sorted(fields),
        "additionalProperties": False,
    }


def test_no_request_makes_it_fail(browser: Browser) -> None:
    schema = schemathesis.openapi.from_dict(described(browser))
    tried: set[str] = set()
    failed: list[str] = []
    answered: Counter[int] = Counter()
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        if operation.path.startswith(_LEFT_OUT):
            continue
        tried.add(operation.label)

        @settings(
            max_examples=_EXAMPLES,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: Case[Any]) -> None:
            sent = case.as_transport_kwargs(base_url="http://127.0.0.1:8000")
            headers = {"x-csrf": browser.session.csrf, **dict(sent.get("headers") or {})}
            request = browser.client.build_request(
                sent["method"],
                sent["url"],
                params=sent.get("params"),
                data=sent.get("data"),
                headers={k: str(v) for k, v in headers.items() if k.lower() != "content-type"},
            )
            answer = browser.run(browser.client.send(request))
            answered[answer.status_code] += 1
            assert answer.status_code < 500, f"{request.method} {request.url}: {sent.get('data')}"

        try:
            ask()
        except Exception as error:  # noqa: BLE001 - every address is tried before any is told
            failed.append(f"{operation.label}: {error!r}")
    assert failed == []
    assert answered[200] + answered[303] > sum(answered.values()) / 5, answered
    assert len(tried) > 70
