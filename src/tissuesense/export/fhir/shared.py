"""What clients have in common and a bundle holds once: the practice, its people, gauges, codes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tissuesense.export.fhir.codes import SYSTEM
from tissuesense.export.fhir.elements import Json, identifier, reference, resource, words
from tissuesense.record.people import Practice


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Where somebody is first named.

    Attributes
    ----------
    where
        Entry and role. A person whose name is left out is known by it: it tells two people apart
        in every export and gives nobody's name away, as a number or a hash of the name would.
    named
        False in a de-identified export.
    """

    where: str
    named: bool


@dataclass(slots=True, kw_only=True)
class Once:
    """Resources that are written when they are first referred to, and never again."""

    _known: dict[Any, str] = field(default_factory=dict)
    _new: list[Json] = field(default_factory=list)

    def once(
        self, kind: str, key: str, elements: Callable[[str], Json], *, same: object = None
    ) -> Json:
        """Return a reference to a resource.

        Parameters
        ----------
        elements
            What it consists of, by its key; asked for when the resource is new.
        same
            By what it is recognised when it is asked for again under another key; not stated: the
            key alone.
        """
        recognised = (kind, key if same is None else same)
        if recognised not in self._known:
            self._known[recognised] = key
            self._new.append(resource(kind, key, **elements(key)))
        return reference(kind, self._known[recognised])

    def taken(self) -> Iterator[Json]:
        """Yield the resources that were referred to since this was asked last."""
        new, self._new = self._new, []
        return iter(new)


@dataclass(slots=True, kw_only=True)
class Shared(Once):
    """Of a whole bundle; grows with the practice's people and gauges, not with its clients.

    Attributes
    ----------
    measured
        Codes of measured quantities that the bundle uses, with their words.
    """

    of: Practice
    measured: dict[str, str] = field(default_factory=dict)

    def measured_concept(self, kind: str, name: str) -> Json:
        """Return the code of a measured quantity, and have the code system list it.

        The kind of recording, then the name with its unit: of "ppt" and "threshold_kpa"
        "ppt-threshold-kpa". A name means one thing in each kind alone.
        """
        code = f"{kind}-{name}".replace("_", "-")
        said = f"{kind}: {name.replace('_', ' ')}"
        self.measured[code] = said
        return {"coding": [{"system": SYSTEM, "code": code, "display": said}], "text": said}

    def person(self, name: str, mention: Mention) -> Json:
        """Return a reference to somebody; where nobody is named, to the practice."""
        if not name.strip():
            return self.practice(mention)
        return self.once(
            "Practitioner",
            name if mention.named else mention.where,
            lambda key: (
                {"name": [{"text": words(name)}]}
                if mention.named
                else {"identifier": [identifier("practitioner", key)]}
            ),
            same=(name, mention.named),
        )

    def practice(self, mention: Mention) -> Json:
        """Return a reference to the practice."""
        name, address = words(self.of.name), words(self.of.address)
        named = mention.named and bool(name)
        return self.once(
            "Organization",
            f"{name}, {address}" if named else mention.where,
            lambda key: (
                {"name": name, "address": [{"text": address}] if address else []}
                if named
                else {"identifier": [identifier("practice", key)]}
            ),
            same=("practice", named),
        )
