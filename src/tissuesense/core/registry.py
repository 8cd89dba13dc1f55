"""A lazy table of things that can be chosen by name, open to entry points."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Generic, TypeVar

from tissuesense.core.errors import ConfigurationError, DuplicateEntryError

T = TypeVar("T")


class Registry(Mapping[str, T], Generic[T]):
    """Names -> objects of one type; nothing is imported before it is asked for.

    Parameters
    ----------
    noun
        What one row is, for messages: "device model".
    kind
        The type that every loaded object must have.
    table
        Name -> ``"package.module:attribute"``.
    group
        Entry point group through which other packages add rows.
    """

    def __init__(self, noun: str, kind: type[T], table: Mapping[str, str], *, group: str) -> None:
        self._noun = noun
        self._kind = kind
        self._group = group
        self._built_in = dict(table)
        self._targets: dict[str, str] | None = None

    def targets(self) -> dict[str, str]:
        """Return name -> target of every row, without loading any.

        Raises
        ------
        DuplicateEntryError
            When two providers claim one name.
        """
        if self._targets is None:
            targets = dict(self._built_in)
            for point in entry_points(group=self._group):
                if point.name in targets:
                    raise DuplicateEntryError(
                        f"Two providers claim the {self._noun} '{point.name}': "
                        f"{targets[point.name]} and {point.value}.",
                        hint="Uninstall one of them.",
                    )
                targets[point.name] = point.value
            self._targets = targets
        return dict(self._targets)

    def __getitem__(self, name: str) -> T:
        targets = self.targets()
        if name not in targets:
            raise ConfigurationError(
                f"There is no {self._noun} '{name}'.",
                hint=f"Known: {', '.join(targets)}.",
                known=targets,
            )
        module, _, attribute = targets[name].partition(":")
        try:
            loaded = getattr(import_module(module), attribute)
        except (ImportError, AttributeError) as err:
            raise ConfigurationError(
                f"The {self._noun} '{name}' cannot be loaded from {targets[name]}: {err}.",
                hint="Reinstall the package that provides it, or uninstall it.",
            ) from err
        if not isinstance(loaded, self._kind):
            raise ConfigurationError(
                f"The {self._noun} '{name}' at {targets[name]} is a {type(loaded).__name__}, "
                f"not a {self._kind.__name__}."
            )
        return loaded

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - as in Mapping
        """Return the object of this name, or `default` where there is no such row."""
        if name not in self:
            return default
        return self[name]

    def __contains__(self, name: object) -> bool:
        return name in self.targets()

    def __iter__(self) -> Iterator[str]:
        return iter(self.targets())

    def __len__(self) -> int:
        return len(self.targets())
