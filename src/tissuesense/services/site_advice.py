"""What to tell whoever names a site that the catalogue does not know by that name."""

from collections.abc import Iterable, Iterator

from tissuesense.anatomy.muscle import Muscle
from tissuesense.anatomy.site_names import known_site


def site_advice(names: Iterable[str]) -> Iterator[str]:
    """Yield a sentence for each name that is not the catalogue's own; the name stays as typed.

    Two names of one muscle are two sites to reports and trends, so an alias is told too.
    """
    for name in names:
        found = known_site(name)
        if not isinstance(found, Muscle):
            yield f"{found.sentence} It is kept as typed."
        elif found.id != name:
            yield f"The catalogue calls this site {found.id}. It is kept as typed."
