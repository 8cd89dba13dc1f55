"""A figure as it stands inside a page: its colours are the page's, and no style rule is in it.

A page that lets no style in but its own (content-security policy) shows it all the same.
"""

import re

from markupsafe import Markup, escape

from tissuesense.report.theme import LIGHT

_PROLOGUE = re.compile(r"^.*?(?=<svg\b)|<metadata>.*?</metadata>", re.DOTALL)
_HARD_SIZE = re.compile(r'(?<=\s)(?:width|height)="[\d.]+pt"\s*')
_NAMED = re.compile(r'(\bid="|url\(#|href="#)')
_COLOUR = re.compile(r"#[0-9a-f]{6}\b")
_TOKENS = {colour: name for name, colour in LIGHT.items()}
_STYLE_ELEMENT = re.compile(r"<style\b[^>]*>.*?</style>", re.DOTALL)
_STYLE_ATTRIBUTE = re.compile(r'\sstyle="([^"]*)"')
# What the plotting library's rule for everything says; as attributes of the root it is inherited.
_FOR_ALL = ' stroke-linejoin="round" stroke-linecap="butt"'


def inline_svg(svg: str, *, alt: str, name: str) -> Markup:
    """Return an SVG document as an element of a page.

    Parameters
    ----------
    svg
        In the light theme's colours, which become the page's variables.
    alt
        What it shows, read aloud instead of it.
    name
        What its ids begin with: no other figure of the page has it.
    """
    bare = without_styles(_HARD_SIZE.sub("", _PROLOGUE.sub("", svg), count=2))
    bare = _NAMED.sub(rf"\g<1>{name}-", bare)
    bare = _COLOUR.sub(lambda found: f"var(--{_TOKENS[found[0]]})", bare)
    told = f' role="img" aria-label="{escape(alt)}"'
    return Markup(bare.replace("<svg", "<svg" + told, 1))  # noqa: S704 - the alt text is escaped


def without_styles(svg: str) -> str:
    """Return an SVG with presentation attributes in the place of style rules."""
    bare = _STYLE_ATTRIBUTE.sub(lambda found: _attributes(found[1]), svg)
    bare, removed = _STYLE_ELEMENT.subn("", bare)
    return bare.replace("<svg", f"<svg{_FOR_ALL}", 1) if removed else bare


def _attributes(style: str) -> str:
    pairs = (rule.split(":", 1) for rule in style.split(";") if ":" in rule)
    return "".join(f' {name.strip()}="{value.strip()}"' for name, value in pairs)
