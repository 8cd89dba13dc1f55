"""Sites as a page names them: the catalogue's own name, else the id in plain words."""

from tissuesense.anatomy.catalogue import catalogue
from tissuesense.core.site import BodySite, Side
from tissuesense.web.language import Language


def muscle_name(site: str) -> str:
    """Return the name of a site without its side: "Upper trapezius"."""
    muscle = catalogue().muscles.get(site)
    return site.replace("_", " ").capitalize() if muscle is None else muscle.name


def site_name(site: BodySite, tongue: Language) -> str:
    """Return a site with its side in the words of a language: "Upper trapezius, left"."""
    name = tongue.gettext(muscle_name(site.name))
    return name if site.side is Side.MIDLINE else f"{name}, {tongue.gettext(str(site.side))}"
