"""A document as one self-contained HTML file: no script, nothing fetched, light, dark and print."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from tissuesense.core.dates import day
from tissuesense.report.document import Block, Document, Figure
from tissuesense.report.inline_svg import inline_svg
from tissuesense.report.paper import CSS_SIZE, Paper
from tissuesense.report.theme import DARK, LIGHT


def render_html(document: Document, *, paper: Paper = "a4") -> str:
    """Return the whole page; `paper` is what a browser prints it on."""
    template = _environment().get_template("report.html.j2")
    return template.render(doc=document, page_size=CSS_SIZE[paper])


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("tissuesense.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "day": day,
        "lines": _lines,
        "css_string": _css_string,
        "grouped": _grouped,
    }
    environment.globals |= {"css": _css(), "inline": _inline}
    return environment


def _css() -> Markup:
    light, dark = (
        "".join(f"--{name}:{colour};" for name, colour in theme.items()) for theme in (LIGHT, DARK)
    )
    rules = files("tissuesense.report").joinpath("report.css").read_text(encoding="utf-8")
    # On the screen only: paper is white whatever the screen was.
    darkness = f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"
    return Markup(f":root{{{light}}}\n{darkness}\n{rules}")  # noqa: S704 - no text of the record


def _inline(figure: Figure, name: str) -> Markup:
    return inline_svg(figure.svg, alt=figure.alt, name=name)


def _grouped(blocks: Iterable[Block]) -> list[list[tuple[int, Block]]]:
    """Return the blocks with their numbers, half figures that follow one another together."""
    groups: list[list[tuple[int, Block]]] = []
    for number, block in enumerate(blocks, start=1):
        if _is_half(block) and groups and _is_half(groups[-1][-1][1]):
            groups[-1].append((number, block))
        else:
            groups.append([(number, block)])
    return groups


def _is_half(block: Block) -> bool:
    return isinstance(block, Figure) and block.half


def _lines(text: str) -> Markup:
    return Markup("<br>").join(text.split("\n"))


def _css_string(text: str) -> Markup:
    """Return `text` as a CSS string in which every character is safe."""
    safe = "".join(c if c.isalnum() or c in " -," else f"\\{ord(c):06x}" for c in text)
    return Markup(f'"{safe}"')  # noqa: S704 - nothing but letters, digits and escapes is left
