"""A stand-in for the Bluetooth service of Linux: enough of ``org.bluez`` on a private bus.

bleak's own BlueZ backend talks to it over a real D-Bus, so that scanning, connecting, subscribing
and losing a link are those of the real library; only the radio is not there. Interfaces and object
paths follow BlueZ's public D-Bus documentation (doc/org.bluez.*.rst).
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from typing import Any, Protocol, Self

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

ADAPTER = "org.bluez.Adapter1"
DEVICE = "org.bluez.Device1"
SERVICE = "org.bluez.GattService1"
CHARACTERISTIC = "org.bluez.GattCharacteristic1"
OBJECTS = "org.freedesktop.DBus.ObjectManager"
PROPERTIES = "org.freedesktop.DBus.Properties"

_RADIO = "/org/bluez/hci0"
_ADVERTISE_EVERY_S = 0.05
_LARGEST_NOTIFICATION = 244

Properties = dict[str, Variant]


class Peripheral(Protocol):
    """What a peripheral is; `notify` is given to it when somebody subscribes."""

    @property
    def name(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def service(self) -> str: ...
    @property
    def characteristics(self) -> Mapping[str, list[str]]: ...

    def connected(self, notify: Callable[[str, bytes], None]) -> None:
        """Take the way back to whoever connected."""
        ...

    def written(self, uuid: str, data: bytes) -> None:
        """React to a write."""
        ...

    def disconnected(self) -> None:
        """Stop talking."""
        ...


class FakeBluez:
    """The service, with one radio and the peripherals around it."""

    def __init__(self, *peripherals: Peripheral, powered: bool = True) -> None:
        self._around = list(peripherals)
        self._powered = powered
        self._objects: dict[str, dict[str, Properties]] = {"/org/bluez": {}}
        self._paths: dict[str, str] = {}  # characteristic UUID -> object path
        self._subscribed: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._discovery: asyncio.Task[None] | None = None
        self._bus: MessageBus
        self.connections = 0
        self.disconnections = 0
        self.never_answers: frozenset[str] = frozenset()

    async def start(self, address: str) -> Self:
        self._bus = await MessageBus(bus_address=address).connect()
        self._objects[_RADIO] = {
            ADAPTER: {
                "Address": Variant("s", "00:00:00:00:00:00"),
                "Name": Variant("s", "fake"),
                "Alias": Variant("s", "fake"),
                "Roles": Variant("as", ["central"]),
                "Powered": Variant("b", self._powered),
                "Discovering": Variant("b", False),
            }
        }
        self._bus.add_message_handler(self._handle)
        await self._bus.request_name("org.bluez")
        return self

    async def stop(self) -> None:
        for peripheral in self._around:
            peripheral.disconnected()
        for task in self._tasks:
            task.cancel()
        self._bus.disconnect()
        with contextlib.suppress(EOFError):
            await self._bus.wait_for_disconnect()  # type: ignore[no-untyped-call] # dbus-fast's

    # What a test does to the world.

    def lose_link(self, peripheral: Peripheral, *, out_of_reach: bool = False) -> None:
        """Break the link as a flat battery does."""
        peripheral.disconnected()
        if out_of_reach:
            self._around.remove(peripheral)
        device = _path(peripheral)
        for path in sorted(p for p in self._objects if p.startswith(f"{device}/")):
            self._remove(path)
        self._paths.clear()
        self._subscribed.clear()
        self._set(
            device, DEVICE, Connected=Variant("b", False), ServicesResolved=Variant("b", False)
        )
        if out_of_reach:
            self._remove(device)

    def come_back(self, peripheral: Peripheral) -> None:
        self._around.append(peripheral)

    def notify(self, uuid: str, data: bytes) -> None:
        """Let a peripheral's notification arrive, if anybody subscribed to it."""
        assert len(data) <= _LARGEST_NOTIFICATION
        path = self._paths.get(uuid)
        if path in self._subscribed:
            self._set(path, CHARACTERISTIC, Value=Variant("ay", data))

    # What the service does.

    async def _discover(self) -> None:
        while True:
            for peripheral in self._around:
                self._advertise(peripheral)
            await asyncio.sleep(_ADVERTISE_EVERY_S)

    def _advertise(self, peripheral: Peripheral) -> None:
        path = _path(peripheral)
        if path in self._objects:
            self._set(path, DEVICE, RSSI=Variant("n", -60))
            return
        self._add(
            path,
            DEVICE,
            {
                "Address": Variant("s", peripheral.address),
                "AddressType": Variant("s", "random"),
                "Name": Variant("s", peripheral.name),
                "Alias": Variant("s", peripheral.name),
                "Adapter": Variant("o", _RADIO),
                "Paired": Variant("b", False),
                "Trusted": Variant("b", False),
                "Connected": Variant("b", False),
                "ServicesResolved": Variant("b", False),
                "UUIDs": Variant("as", [peripheral.service]),
                "RSSI": Variant("n", -55),
            },
        )

    def _connect(self, peripheral: Peripheral) -> None:
        device = _path(peripheral)
        self.connections += 1
        self._set(device, DEVICE, Connected=Variant("b", True))
        service = f"{device}/service000a"
        self._add(
            service,
            SERVICE,
            {
                "UUID": Variant("s", peripheral.service),
                "Device": Variant("o", device),
                "Primary": Variant("b", True),
            },
        )
        for handle, (uuid, flags) in enumerate(peripheral.characteristics.items(), start=0x0B):
            self._paths[uuid] = f"{service}/char{handle:04x}"
            self._add(
                self._paths[uuid],
                CHARACTERISTIC,
                {
                    "UUID": Variant("s", uuid),
                    "Service": Variant("o", service),
                    "Flags": Variant("as", flags),
                    "Value": Variant("ay", b""),
                    "Notifying": Variant("b", False),
                    "MTU": Variant("q", _LARGEST_NOTIFICATION + 3),
                },
            )
        self._set(device, DEVICE, ServicesResolved=Variant("b", True))
        peripheral.connected(self.notify)

    def _handle(self, message: Message) -> Message | bool | None:
        if message.message_type is not MessageType.METHOD_CALL:
            return None
        interface, member, path = message.interface, message.member, message.path or ""
        if member in self.never_answers:
            return True
        if (interface, member) == (OBJECTS, "GetManagedObjects"):
            return Message.new_method_return(message, "a{oa{sa{sv}}}", [self._objects])
        if path not in self._objects:
            return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownObject", path)
        if (interface, member) == (PROPERTIES, "GetAll"):
            wanted = self._objects[path].get(message.body[0], {})
            return Message.new_method_return(message, "a{sv}", [wanted])
        return self._act(message, path)

    def _act(self, message: Message, path: str) -> Message:
        interface, member = message.interface, message.member
        acts: dict[tuple[str | None, str | None], Callable[[str, list[Any]], None]] = {
            (ADAPTER, "StartDiscovery"): self._start_discovery,
            (ADAPTER, "StopDiscovery"): self._stop_discovery,
            (ADAPTER, "SetDiscoveryFilter"): lambda _path, _body: None,
            (DEVICE, "Connect"): lambda path, _: self._connect(self._peripheral(path)),
            (DEVICE, "Disconnect"): self._disconnect,
            (CHARACTERISTIC, "WriteValue"): self._write,
            (CHARACTERISTIC, "StartNotify"): self._subscribe,
            (CHARACTERISTIC, "StopNotify"): lambda path, _: self._subscribed.discard(path),
        }
        act = acts.get((interface, member))
        if act is None:
            return Message.new_error(message, "org.bluez.Error.NotSupported", str(member))
        if interface == ADAPTER and not self._powered:
            return Message.new_error(message, "org.bluez.Error.NotReady", "Resource Not Ready")
        act(path, message.body)
        return Message.new_method_return(message)

    def _disconnect(self, path: str, _body: list[Any]) -> None:
        self.disconnections += 1
        self.lose_link(self._peripheral(path))

    def _start_discovery(self, _path: str, _body: list[Any]) -> None:
        self._set(_RADIO, ADAPTER, Discovering=Variant("b", True))
        self._discovery = asyncio.get_running_loop().create_task(self._discover())
        self._tasks.add(self._discovery)

    def _stop_discovery(self, _path: str, _body: list[Any]) -> None:
        if self._discovery is not None:
            self._discovery.cancel()
        self._set(_RADIO, ADAPTER, Discovering=Variant("b", False))

    def _subscribe(self, path: str, _body: list[Any]) -> None:
        self._subscribed.add(path)
        self._set(path, CHARACTERISTIC, Notifying=Variant("b", True))

    def _write(self, path: str, body: list[Any]) -> None:
        uuid = next(uuid for uuid, at in self._paths.items() if at == path)
        peripheral = self._peripheral(path)
        # After the reply, as over the air.
        asyncio.get_running_loop().call_soon(peripheral.written, uuid, bytes(body[0]))

    def _peripheral(self, path: str) -> Peripheral:
        return next(p for p in self._around if path.startswith(_path(p)))

    # What the bus hears of it.

    def _add(self, path: str, interface: str, properties: Properties) -> None:
        self._objects.setdefault(path, {})[interface] = properties
        self._signal("/", OBJECTS, "InterfacesAdded", "oa{sa{sv}}", [path, {interface: properties}])

    def _remove(self, path: str) -> None:
        interfaces = list(self._objects.pop(path, {}))
        if interfaces:
            self._signal("/", OBJECTS, "InterfacesRemoved", "oas", [path, interfaces])

    def _set(self, path: str, interface: str, **changed: Variant) -> None:
        if path in self._objects:
            self._objects[path][interface].update(changed)
            self._signal(
                path, PROPERTIES, "PropertiesChanged", "sa{sv}as", [interface, changed, []]
            )

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


def _path(peripheral: Peripheral) -> str:
    return f"{_RADIO}/dev_{peripheral.address.replace(':', '_')}"
