"""A walk through the app: from link to link, reading every form on the way."""

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx

PROBE = "\"'><b data-probe></b><script>probed=1</script><img src=x onerror=probed=1>{{7*7}}"
SHORT = "<b data-probe>"
IDS = re.compile(r"(TS|V|M|E|S)-[0-9A-Z]+(?=[/?.]|$)")
_LIKE_IT = 2
# What leads away from the record that is being filled, or takes it away.
LEFT_OUT = re.compile(
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


def walk(base: str, get: Callable[[str], httpx.Response]) -> Iterator[tuple[str, Reader]]:
    """Yield the pages of the app, at most a few of each kind.

    Parameters
    ----------
    get
        Asks for a path and goes where the answer sends.
    """
    seen: set[str] = set()
    kinds: Counter[str] = Counter()
    waiting = deque([base + "/", base + "/settings"])
    while waiting:
        url = waiting.popleft()
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        kind = re.sub(r"=[^&]*", "=", IDS.sub("ID", path))
        away = f"{parts.scheme}://{parts.netloc}" != base
        if away or path in seen or kinds[kind] >= _LIKE_IT or LEFT_OUT.search(path):
            continue
        seen.add(path)
        kinds[kind] += 1
        answer = get(path)
        assert answer.status_code < 500, path
        if answer.headers.get("content-type", "").startswith("text/html"):
            reader = Reader(str(answer.url))
            reader.feed(answer.text)
            waiting.extend(reader.links)
            yield path, reader
