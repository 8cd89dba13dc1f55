"""Names of sites as people type them: the muscle meant, or a sentence with the nearest names.

Other names than the catalogue's are not forbidden anywhere; who types one is told once.
"""

import difflib
from dataclasses import dataclass

from tissuesense.anatomy.catalogue import Catalogue, catalogue
from tissuesense.anatomy.muscle import Muscle
from tissuesense.anatomy.pattern import plain_words

_NEAREST = 3
_LIKENESS = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownSite:
    """A name that is no muscle of the catalogue.

    Attributes
    ----------
    nearest
        Ids that look like it, the likeliest first; may be empty.
    """

    nearest: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """What to tell; it does not repeat the name, which may be anything."""
        if not self.nearest:
            return "This site is not in the catalogue of muscles."
        return f"This site is not in the catalogue of muscles; near it: {', '.join(self.nearest)}."


def site_names(known: Catalogue | None = None) -> tuple[str, ...]:
    """Return the id of every muscle that can be a site, from head to foot."""
    return tuple((known or catalogue()).muscles)


def known_site(name: str, known: Catalogue | None = None) -> Muscle | UnknownSite:
    """Return the muscle of a site's id or alias, or why there is none and what is near.

    Capitals, blanks and hyphens do not matter: "Upper trapezius" is found.
    """
    known = known or catalogue()
    typed = _as_id(name)
    names = {spelling: muscle for muscle in known.muscles.values() for spelling in _names(muscle)}
    if typed in names:
        return names[typed]
    parts = [muscle.id for muscle in known.muscles.values() if muscle.id.startswith(f"{typed}_")]
    alike = difflib.get_close_matches(typed, names, n=_NEAREST, cutoff=_LIKENESS)
    nearest = dict.fromkeys([*parts, *(names[spelling].id for spelling in alike)])
    return UnknownSite(nearest=tuple(nearest)[:_NEAREST])


def _names(muscle: Muscle) -> tuple[str, ...]:
    return (muscle.id, _as_id(muscle.name), *muscle.aliases)


def _as_id(name: str) -> str:
    return plain_words(name).replace(" ", "_")
