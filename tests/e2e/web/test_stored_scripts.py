"""Claim: whatever somebody types into any field of any screen is shown as text and never runs.

Every form that a walk through the app meets is sent with markup in each field that takes text; then
a real Chromium opens every page, and none of that markup may be alive in any.
"""

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Browser
from tests.e2e.web.conftest import running
from tests.e2e.web.visitor import Visitor

pytestmark = [pytest.mark.timeout(600), pytest.mark.slow]
PROBE = "\"'><b data-probe></b><script>probed=1</script><img src=x onerror=probed=1>{{7*7}}"
SHORT = "<b data-probe>"
_IDS = re.compile(r"(TS|V|M|E|S)-[0-9A-Z]+(?=[/?.]|$)")
_LIKE_IT = 2
# What leads away from the record that is being filled, or takes it away.
_LEFT_OUT = re.compile(
    r"^/(lock|unlock|sample|lan|settings/(backup|rehearsal|passphrase)|devices/(scan|doctor)|"
    r"clients/[^/]+/erase|practise|measure)\b|^/devices/(new|gauge|probe)$"
)
_TEXT = {"text", "search", "email", "tel", "url", "", "password", "hidden"}


@dataclass
class Form:
    """A form of a page, as somebody without script sends it."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    probed: list[str] = field(default_factory=list)

    def put(self, name: str, kind: str, value: str, longest: int | None) -> None:
        """Take up a field: markup where it takes text, else what stands there."""
        if name == "csrf":
            return
        if kind in _TEXT and kind != "hidden":
            probe = PROBE if longest is None or longest >= len(PROBE) else SHORT
            self.probed.append(name)
            self.fields.append((name, probe))
        else:
            self.fields.append((name, value))


class Reader(HTMLParser):
    """What leads on from a page: its links and its forms."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select = ""
        self._radios: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take up a link, a form, or a field of the form that is open."""
        of = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in of:
            self.links.append(urljoin(self.url, of["href"]))
        elif tag == "form":
            self._form = Form(urljoin(self.url, of.get("action", "")), of.get("method", "get"))
            self._radios = set()
            self.forms.append(self._form)
        elif self._form is not None and of.get("name"):
            self._field(self._form, tag, of)
        elif tag == "option" and self._select and self._form is not None:
            self._form.fields.append((self._select, of.get("value", "")))
            self._select = ""

    def _field(self, form: Form, tag: str, of: dict[str, str]) -> None:
        name, kind = of["name"], of.get("type", "")
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            form.put(name, "text", "", None)
        elif kind in {"radio", "checkbox"}:
            if name not in self._radios:
                self._radios.add(name)
                form.fields.append((name, of.get("value", "on")))
        elif tag == "input" and kind not in {"submit", "file"}:
            longest = int(of["maxlength"]) if "maxlength" in of else None
            usual = {"number": "3", "date": "2026-01-05", "time": "10:00", "range": "3"}
            asked = usual.get(kind, "") if "required" in of else ""
            form.put(name, kind, of.get("value") or asked, longest)

    def handle_endtag(self, tag: str) -> None:
        """Leave a form."""
        if tag == "form":
            self._form = None


@pytest.fixture(scope="module")
def visitor(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    own = str(tmp_path_factory.mktemp("config"))
    with (
        running("--demo", XDG_CACHE_HOME=str(cache), XDG_CONFIG_HOME=own) as app,
        Visitor(app) as visitor,
    ):
        yield visitor.come_in()


def walk(visitor: Visitor) -> Iterator[tuple[str, Reader]]:
    """Yield the pages of the app, at most a few of each kind."""
    seen: set[str] = set()
    kinds: Counter[str] = Counter()
    waiting = deque([visitor.app.base + "/", visitor.app.base + "/settings"])
    while waiting:
        url = waiting.popleft()
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        kind = re.sub(r"=[^&]*", "=", _IDS.sub("ID", path))
        away = f"{parts.scheme}://{parts.netloc}" != visitor.app.base
        if away or path in seen or kinds[kind] >= _LIKE_IT or _LEFT_OUT.search(path):
            continue
        seen.add(path)
        kinds[kind] += 1
        answer = visitor.client.get(path, follow_redirects=True)
        assert answer.status_code < 500, path
        if answer.headers.get("content-type", "").startswith("text/html"):
            reader = Reader(str(answer.url))
            reader.feed(answer.text)
            waiting.extend(reader.links)
            yield path, reader


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
    for _, reader in walk(visitor):
        for form in reader.forms:
            path = urlsplit(form.action).path
            if form.method != "post" or _LEFT_OUT.search(path) or not form.probed:
                continue
            for chosen in ([form.probed], [[name] for name in form.probed]):
                taken = [names for names in chosen if send(visitor, path, form, names)]
                probed.update(f"{_IDS.sub('ID', path)} {name}" for names in taken for name in names)
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
    for path, _ in list(walk(visitor)):
        page.goto(path)
        alive = page.evaluate(
            "[typeof probed, document.querySelectorAll('[data-probe], img[src=x]').length,"
            " window.violated ?? []]"
        )
        assert alive == ["undefined", 0, []], path
        shown += "data-probe" in page.inner_text("body")
    assert shown >= 5, "hardly any page showed what was typed: the claim was not tried"
    context.close()
