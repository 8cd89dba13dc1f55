"""What clients have in common and a bundle holds once: the practice, its people, gauges, codes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

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
class Shared:
    """Who and what was referred to so far; grows with the practice's people and gauges alone."""

    of: Practice
    measured: dict[str, str] = field(default_factory=dict)
    _known: dict[Any, str] = field(default_factory=dict)
    _new: list[Json] = field(default_factory=list)

    def taken(self) -> Iterator[Json]:
        """Yield the resources that were referred to since this was asked last."""
        new, self._new = self._new, []
        return iter(new)

    def person(self, name: str, mention: Mention) -> Json:
        """Return a reference to somebody; where nobody is named, to the practice."""
        if not name.strip():
            return self.practice(mention)
        return self.once(
            "Practitioner",
            name if mention.named else mention.where,
            lambda key: {
                "identifier": [identifier("practitioner", key)] if not mention.named else [],
                "name": [{"text": words(name)}] if mention.named else [],
            },
            same=(name, mention.named),
        )

    def practice(self, mention: Mention) -> Json:
        """Return a reference to the practice."""
        practice = self.of
        named = mention.named and bool(practice.name.strip())
        return self.once(
            "Organization",
            f"{practice.name}, {practice.address}" if named else mention.where,
            lambda key: {
                "identifier": [identifier("practice", key)] if not named else [],
                "name": words(practice.name) if named else "",
                "address": [{"text": words(practice.address)}]
                if named and practice.address.strip()
                else [],
            },
            same=("practice", named),
        )

    def once(
        self, kind: str, key: str, elements: Callable[[str], Json], *, same: object = None
    ) -> Json:
        """Return a reference to a resource, which is written when it is first asked for.

        Parameters
        ----------
        same
            By what it is recognised when it is asked for again under another key; not stated: the
            key alone.
        """
        recognised = (kind, key if same is None else same)
        if recognised not in self._known:
            self._known[recognised] = key
            self._new.append(resource(kind, key, **elements(key)))
        return reference(kind, self._known[recognised])
