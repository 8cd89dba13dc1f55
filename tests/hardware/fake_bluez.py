"""A stand-in for the Bluetooth service of Linux: enough of ``org.bluez`` on a private bus.

bleak's own BlueZ backend talks to it over a real D-Bus, so that scanning, connecting, subscribing
and losing a link are those of the real library; only the radio is not there. Interfaces, object
paths and errors follow BlueZ's public D-Bus documentation (doc/org.bluez.*.rst).
"""

import asyncio
import contextlib
import enum
from collections import Counter
from collections.abc import Callable
from typing import Any, Self

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from tests.hardware import bluez_shape as shape
from tests.hardware.bluez_shape import (
    ADAPTER,
    CHARACTERISTIC,
    DEVICE,
    NO,
    RADIO,
    ROOT,
    SERVICE,
    characteristic_path,
    device_path,
    service_path,
)
from tests.hardware.bus_objects import OBJECTS, BusObjects, Properties
from tests.hardware.fake_peripheral import Peripheral

_ADVERTISE_EVERY_S = 0.05
_RSSI_EVERY = 4  # advertisements
_ATT_HEADER = 3


class Loss(enum.Enum):
    """In which words the service tells of a lost link."""

    OBJECTS_FIRST = enum.auto()
    """The characteristics go, then it is said to be disconnected."""
    WORD_FIRST = enum.auto()
    """It is said to be disconnected, then the characteristics go."""
    OBJECTS_ONLY = enum.auto()
    """The whole device goes, and nothing is said of the connection."""


class Refused(Exception):  # noqa: N818 - what the service says
    """An error that the service replies with."""


class FakeBluez:
    """The service, with one radio and the peripherals around it."""

    def __init__(
        self, *peripherals: Peripheral, powered: bool = True, plugged_in: bool = True
    ) -> None:
        self._around = list(peripherals)
        self._powered = powered
        self._plugged_in = plugged_in
        self._subscribed: set[str] = set()
        self._refusals: dict[str, tuple[Refused, int]] = {}
        self._discovery: asyncio.Task[None] | None = None
        self._every_advertisement = False
        self._bus: MessageBus
        self._objects: BusObjects
        self._heard: Counter[str] = Counter()  # since the discovery was started
        self.discoveries = 0
        self.connections = 0
        self.disconnections = 0
        self.never_answers: frozenset[str] = frozenset()

    async def start(self, address: str) -> Self:
        self._bus = await MessageBus(bus_address=address).connect()
        self._objects = BusObjects(self._bus, ROOT)
        self._bus.add_message_handler(self._handle)
        await self.appear()
        return self

    async def stop(self) -> None:
        self._stop_discovery()
        for peripheral in self._around:
            peripheral.disconnected()
        self._bus.disconnect()
        with contextlib.suppress(EOFError):
            await self._bus.wait_for_disconnect()  # type: ignore[no-untyped-call] # dbus-fast's

    # What a test does to the world.

    async def appear(self) -> None:
        """Come to the bus, as the service does when it is started."""
        await self._bus.request_name("org.bluez")
        if self._plugged_in:
            self._objects.add(RADIO, ADAPTER, shape.adapter(powered=self._powered))

    async def crash(self) -> None:
        """Leave the bus without a word; what was connected is connected no more."""
        self._stop_discovery()
        for peripheral in self._around:
            peripheral.disconnected()
        self._objects.forget()
        self._subscribed.clear()
        await self._bus.release_name("org.bluez")

    def unplug_adapter(self) -> None:
        self._stop_discovery()
        for peripheral in self._around:
            self.lose_link(peripheral, Loss.OBJECTS_ONLY)
        self._objects.remove(RADIO)

    def refuse(self, member: str, error: str, text: str = "", *, times: int = 1_000_000) -> None:
        """Answer calls of a method with an error."""
        self._refusals[member] = Refused(error, text), times

    def lose_link(
        self,
        peripheral: Peripheral,
        loss: Loss = Loss.OBJECTS_FIRST,
        *,
        out_of_reach: bool = False,
    ) -> None:
        """Break the link as a flat battery does."""
        peripheral.disconnected()
        if out_of_reach:
            self._around.remove(peripheral)
        device = device_path(peripheral)
        if loss is Loss.WORD_FIRST:
            self._say_disconnected(device)
        for path in list(self._objects.below(device)):
            self._subscribed.discard(path)
            self._objects.remove(path)
        if loss is Loss.OBJECTS_FIRST:
            self._say_disconnected(device)
        if out_of_reach or loss is Loss.OBJECTS_ONLY:
            self._objects.remove(device)

    def connect_for_another(self, peripheral: Peripheral) -> None:
        """Leave it connected, as a program that was killed does."""
        self._advertise(peripheral)
        self._connect(peripheral)

    def come_back(self, peripheral: Peripheral) -> None:
        self._around.append(peripheral)

    def notify(self, peripheral: Peripheral, uuid: str, data: bytes) -> bool:
        """Let a notification arrive; return whether anybody had subscribed to it."""
        if len(data) > peripheral.mtu - _ATT_HEADER:
            raise ValueError(f"{len(data)} bytes do not fit an MTU of {peripheral.mtu}.")
        path = characteristic_path(peripheral, uuid)
        if path not in self._subscribed:
            return False
        self._objects.change(path, CHARACTERISTIC, Value=Variant("ay", data))
        return True

    # What the service does.

    async def _discover(self) -> None:
        while True:
            for peripheral in self._around:
                self._advertise(peripheral)
            await asyncio.sleep(_ADVERTISE_EVERY_S)

    def _advertise(self, peripheral: Peripheral) -> None:
        path = device_path(peripheral)
        known = self._objects.tree.get(path, {}).get(DEVICE)
        if known is None:
            self._objects.add(path, DEVICE, shape.device(peripheral))
        elif not known["Connected"].value:
            changed: Properties = {}
            if self._heard[path] % _RSSI_EVERY == 0 and not (
                peripheral.still and self._heard[path]
            ):
                changed["RSSI"] = Variant("n", peripheral.rssi_dbm)
            broadcast = shape.broadcast(peripheral)
            if self._every_advertisement or known["ManufacturerData"] != broadcast:
                changed["ManufacturerData"] = broadcast
            if changed:
                self._objects.change(path, DEVICE, **changed)
        self._heard[path] += 1

    def _connect(self, peripheral: Peripheral) -> None:
        device = device_path(peripheral)
        self.connections += 1
        self._objects.change(device, DEVICE, Connected=Variant("b", True))
        self._objects.add(service_path(peripheral), SERVICE, shape.service(peripheral))
        for uuid in peripheral.characteristics:
            path = characteristic_path(peripheral, uuid)
            self._objects.add(path, CHARACTERISTIC, shape.characteristic(peripheral, uuid))
        self._objects.change(device, DEVICE, ServicesResolved=Variant("b", True))
        peripheral.connected(lambda uuid, data: self.notify(peripheral, uuid, data))

    def _handle(self, message: Message) -> Message | bool | None:
        if message.message_type is not MessageType.METHOD_CALL:
            return None
        interface, member, path = message.interface, message.member, message.path or ""
        if member in self.never_answers:
            return True
        try:
            self._refuse(member)
            if (interface, member) == (OBJECTS, "GetManagedObjects"):
                return Message.new_method_return(message, "a{oa{sa{sv}}}", [self._objects.tree])
            return self._act(message, path)
        except Refused as refused:
            return Message.new_error(message, *refused.args)

    def _refuse(self, member: str | None) -> None:
        if member in self._refusals:
            refused, left = self._refusals.pop(member)
            if left > 1:
                self._refusals[member] = refused, left - 1
            raise refused

    def _act(self, message: Message, path: str) -> Message:
        if path not in self._objects:
            raise Refused("org.freedesktop.DBus.Error.UnknownObject", path)
        acts: dict[tuple[str | None, str | None], Callable[[str, list[Any]], bytes | None]] = {
            (ADAPTER, "StartDiscovery"): self._start_discovery,
            (ADAPTER, "StopDiscovery"): lambda _path, _body: self._stop_discovery(),
            (ADAPTER, "SetDiscoveryFilter"): self._filter,
            (DEVICE, "Connect"): lambda path, _body: self._connect(self._peripheral(path)),
            (DEVICE, "Disconnect"): self._disconnect,
            (CHARACTERISTIC, "ReadValue"): self._read,
            (CHARACTERISTIC, "WriteValue"): self._write,
            (CHARACTERISTIC, "StartNotify"): self._subscribe,
            (CHARACTERISTIC, "StopNotify"): lambda path, _body: self._subscribed.discard(path),
        }
        act = acts.get((message.interface, message.member))
        if act is None:
            raise Refused("org.bluez.Error.NotSupported", str(message.member))
        if message.interface == ADAPTER and not self._powered:
            raise Refused("org.bluez.Error.NotReady", "Resource Not Ready")
        value = act(path, message.body)
        if value is None:
            return Message.new_method_return(message)
        return Message.new_method_return(message, "ay", [value])

    def _disconnect(self, path: str, _body: list[Any]) -> None:
        self.disconnections += 1
        self.lose_link(self._peripheral(path))

    def _filter(self, _path: str, body: list[Any]) -> None:
        duplicates = body[0].get("DuplicateData")
        self._every_advertisement = duplicates is not None and duplicates.value

    def _start_discovery(self, _path: str, _body: list[Any]) -> None:
        if self._discovery is not None:
            raise Refused("org.bluez.Error.InProgress", "Operation already in progress")
        self._objects.change(RADIO, ADAPTER, Discovering=Variant("b", True))
        self._heard.clear()
        self.discoveries += 1
        self._discovery = asyncio.get_running_loop().create_task(self._discover())

    def _stop_discovery(self) -> None:
        if self._discovery is not None:
            self._discovery.cancel()
            self._discovery = None
        self._objects.change(RADIO, ADAPTER, Discovering=NO)

    def _subscribe(self, path: str, _body: list[Any]) -> None:
        self._allow(path, "notify", "indicate")
        self._subscribed.add(path)
        self._objects.change(path, CHARACTERISTIC, Notifying=Variant("b", True))

    def _read(self, path: str, _body: list[Any]) -> bytes:
        self._allow(path, "read")
        value = self._peripheral(path).read(self._uuid(path))
        # Whoever subscribed is told of what somebody read.
        self._objects.change(path, CHARACTERISTIC, Value=Variant("ay", value))
        return value

    def _write(self, path: str, body: list[Any]) -> None:
        data, options = body
        kinds = {"request": "write", "command": "write-without-response"}
        self._allow(path, kinds[options["type"].value])
        peripheral = self._peripheral(path)
        if len(data) > peripheral.mtu - _ATT_HEADER:
            raise Refused("org.bluez.Error.InvalidArguments", "Invalid Length")
        # After the reply, as over the air.
        asyncio.get_running_loop().call_soon(peripheral.written, self._uuid(path), bytes(data))

    def _allow(self, path: str, *flags: str) -> None:
        if not set(flags) & set(self._objects.value(path, CHARACTERISTIC, "Flags")):
            raise Refused("org.bluez.Error.NotSupported", f"Neither of {', '.join(flags)}")

    def _peripheral(self, path: str) -> Peripheral:
        return next(p for p in self._around if path.startswith(device_path(p)))

    def _uuid(self, path: str) -> str:
        return str(self._objects.value(path, CHARACTERISTIC, "UUID"))

    def _say_disconnected(self, device: str) -> None:
        self._objects.change(device, DEVICE, Connected=NO, ServicesResolved=NO)
