"""Tables of what was decided at the table: which sites to examine, which press was taken back."""

from collections.abc import Iterator
from dataclasses import dataclass

from tissuesense.core.site import BodySite
from tissuesense.export.tables.column import choice, site_column, text, time, whole, words, yes_no
from tissuesense.export.tables.stated import BODY_SIDE, parts_of, stated
from tissuesense.record.at_the_table import SiteList, TakenBackBy


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One site of a list."""

    site: BodySite
    felt_only: bool


def _listed(said: SiteList) -> Iterator[Listed]:
    for site in said.sites:
        yield Listed(site=site, felt_only=site in said.felt_only)


SITE_LISTS = stated(
    "site_lists",
    "lis",
    "site_list",
    "Lists of the sites that a visit was to examine",
    (text("catalogue", "Version of the anatomy that they were picked from; empty: from none."),),
    visit=True,
)
LISTED_SITES = parts_of(
    "listed_sites",
    "lsi",
    "The sites of those lists, in their order",
    {"site_list": _listed},
    (
        site_column("site.name"),
        BODY_SIDE,
        yes_no("felt_only", "The hands examine it and no gauge is set on it.", required=True),
    ),
)
RETAKES = stated(
    "retakes",
    "ret",
    "retake",
    "Presses that were taken back at the table, or given back their place",
    (
        text("recording", "The measurement.", at="measurement", required=True),
        whole("press", "Which press of it, from 1.", required=True),
        yes_no("taken_back", "False: it was given back its place and counts again.", required=True),
        time("at", "When.", required=True),
        choice("by", TakenBackBy, "How somebody said so.", required=True),
        words("why", "Why."),
    ),
    visit=True,
)
