"""Claim: whatever somebody types into any field of any screen is shown as text and never runs.

Every form that a walk through the app meets is sent with markup in each field that takes text; then
a real Chromium opens every page, and none of that markup may be alive in any.
"""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser
from tests.e2e.web.conftest import running
from tests.e2e.web.visitor import Visitor
from tests.e2e.web.walking import IDS, LEFT_OUT, Form, Reader, walk

pytestmark = [pytest.mark.timeout(600), pytest.mark.slow]


@pytest.fixture(scope="module")
def visitor(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    own = str(tmp_path_factory.mktemp("config"))
    with (
        running("--demo", XDG_CACHE_HOME=str(cache), XDG_CONFIG_HOME=own) as app,
        Visitor(app) as visitor,
    ):
        yield visitor.come_in()


def walked(visitor: Visitor) -> Iterator[tuple[str, Reader]]:
    return walk(visitor.app.base, lambda path: visitor.client.get(path, follow_redirects=True))


def send(visitor: Visitor, path: str, form: Form, probed: list[str]) -> bool:
    """Send a form with markup in some of its fields; return whether it was taken."""
    fields: dict[str, str | list[str]] = {}
    for name, value in form.fields:
        said = "" if name in form.probed and name not in probed else value
        before = fields.get(name, [])
        fields[name] = [*before, said] if isinstance(before, list) else [before, said]
    answer = visitor.form(path, fields)
    assert answer.status_code < 500, (path, probed)
    assert "<b data-probe>" not in answer.text, path
    return answer.status_code < 400


def test_no_script_that_was_typed_anywhere_runs_anywhere(
    visitor: Visitor, chromium: Browser
) -> None:
    sent = 0
    probed: set[str] = set()
    for _, reader in walked(visitor):
        for form in reader.forms:
            path = urlsplit(form.action).path
            if form.method != "post" or LEFT_OUT.search(path) or not form.probed:
                continue
            for chosen in ([form.probed], [[name] for name in form.probed]):
                taken = [names for names in chosen if send(visitor, path, form, names)]
                probed.update(f"{IDS.sub('ID', path)} {name}" for names in taken for name in names)
                sent += len(chosen)
                if taken:
                    break
    assert sent >= 50
    assert len(probed) >= 40, sorted(probed)

    context = chromium.new_context(base_url=visitor.app.base)
    host, _ = visitor.place
    for name, value in visitor.client.cookies.items():
        context.add_cookies([{"name": name, "value": value, "domain": host, "path": "/"}])
    context.add_init_script(
        "addEventListener('securitypolicyviolation',"
        " (e) => (window.violated ||= []).push(e.blockedURI))"
    )
    page = context.new_page()
    shown = 0
    for path, _ in list(walked(visitor)):
        page.goto(path)
        alive = page.evaluate(
            "[typeof probed, document.querySelectorAll('[data-probe], img[src=x]').length,"
            " window.violated ?? []]"
        )
        assert alive == ["undefined", 0, []], path
        shown += "data-probe" in page.inner_text("body")
    assert shown >= 5, "hardly any page showed what was typed: the claim was not tried"
    context.close()
