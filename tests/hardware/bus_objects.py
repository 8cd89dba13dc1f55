"""The objects that a service shows on a D-Bus, and the signals that tell of their changes."""

from collections.abc import Iterator
from typing import Any

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

OBJECTS = "org.freedesktop.DBus.ObjectManager"
PROPERTIES = "org.freedesktop.DBus.Properties"

Properties = dict[str, Variant]


class BusObjects:
    """Paths, their interfaces and properties, as ``ObjectManager`` has them.

    Attributes
    ----------
    tree
        Path, interface, property: what ``GetManagedObjects`` returns.
    """

    def __init__(self, bus: MessageBus, root: str) -> None:
        self._bus = bus
        self._root = root
        self.tree: dict[str, dict[str, Properties]] = {root: {}}

    def __contains__(self, path: str) -> bool:
        return path in self.tree

    def below(self, path: str) -> Iterator[str]:
        return (p for p in sorted(self.tree) if p.startswith(f"{path}/"))

    def value(self, path: str, interface: str, name: str) -> Any:  # noqa: ANN401 - D-Bus has any
        return self.tree[path][interface][name].value

    def add(self, path: str, interface: str, properties: Properties) -> None:
        self.tree.setdefault(path, {})[interface] = properties
        self._signal("/", OBJECTS, "InterfacesAdded", "oa{sa{sv}}", [path, {interface: properties}])

    def remove(self, path: str) -> None:
        interfaces = list(self.tree.pop(path, {}))
        if interfaces:
            self._signal("/", OBJECTS, "InterfacesRemoved", "oas", [path, interfaces])

    def change(self, path: str, interface: str, **changed: Variant) -> None:
        if path in self.tree:
            self.tree[path][interface].update(changed)
            self._signal(
                path, PROPERTIES, "PropertiesChanged", "sa{sv}as", [interface, changed, []]
            )

    def forget(self) -> None:
        """Lose everything without a word."""
        self.tree = {self._root: {}}

    def _signal(
        self, path: str, interface: str, member: str, signature: str, body: list[Any]
    ) -> None:
        if self._bus.connected:
            self._bus.send(
                Message(
                    message_type=MessageType.SIGNAL,
                    path=path,
                    interface=interface,
                    member=member,
                    signature=signature,
                    body=body,
                )
            )
