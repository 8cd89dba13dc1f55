"""`tissuesense devices scan`: which gauges are in reach, by wire and by radio."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:  # imported when the command runs, so that --help stays fast
    from collections.abc import Sequence

    from rich.padding import Padding

    from tissuesense.core.errors import TransportError
    from tissuesense.transport.discovery import FoundPeripheral, FoundPort

_SCHEMA = "tissuesense.scan/1"
_TICK_S = 0.1


def command(
    seconds: Annotated[float, typer.Option(help="How long to listen for radios.")] = 5.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Look for serial ports and Bluetooth gauges, and give each its device URL.

    Example: tissuesense devices scan --seconds 3
    """
    from tissuesense.cli.output import explain, print_json
    from tissuesense.core.errors import TransportError, UsageError
    from tissuesense.transport.discovery import FoundPeripheral, scan_serial

    if not 0 < seconds <= 3600:  # noqa: PLR2004 - says the sentence
        raise UsageError(f"A scan takes more than 0 s and at most an hour, not {seconds:g} s.")
    ports = scan_serial()
    peripherals: tuple[FoundPeripheral, ...] = ()
    problem: TransportError | None = None
    try:
        peripherals = _listen(seconds)
    except TransportError as err:
        problem = err  # a machine without a radio may have ports all the same
        explain(err)
    if as_json:
        print_json(_document(ports, peripherals, problem))
        return
    _show_ports(ports)
    _show_peripherals(peripherals, problem)
    _show_next(ports, peripherals)


def _listen(seconds: float) -> "tuple[FoundPeripheral, ...]":
    """Scan the radio with a bar on stderr."""
    import asyncio

    from rich.progress import BarColumn, Progress, TextColumn

    from tissuesense.cli.output import diagnostics
    from tissuesense.transport.discovery import scan_ble

    console = diagnostics()
    with Progress(
        TextColumn("Listening for Bluetooth gauges"),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[heard]} heard"),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task("", total=seconds, heard=0)

        async def scan() -> "tuple[FoundPeripheral, ...]":
            ticking = asyncio.create_task(tick())
            try:
                return await scan_ble(seconds, lambda count: bar.update(task, heard=count))
            finally:
                ticking.cancel()

        async def tick() -> None:
            while True:
                await asyncio.sleep(_TICK_S)
                bar.advance(task, _TICK_S)

        return asyncio.run(scan())


def _document(
    ports: "Sequence[FoundPort]",
    peripherals: "Sequence[FoundPeripheral]",
    problem: "TransportError | None",
) -> dict[str, object]:
    from dataclasses import asdict

    return {
        "schema": _SCHEMA,
        "serial": [asdict(port) | {"url": port.url} for port in ports],
        "ble": [
            {
                "name": found.name,
                "address": found.address,
                "rssi_dbm": found.rssi_dbm,
                "model": found.model,
                "signal": str(found.signal),
                "connects": found.connects,
                "url": found.url,
            }
            for found in peripherals
        ],
        "radio": None if problem is None else problem.message,
        "radio_hint": None if problem is None else problem.hint,
    }


def _show_ports(ports: "Sequence[FoundPort]") -> None:
    from tissuesense.cli.output import show, show_line
    from tissuesense.core.printable import printable

    show("Serial ports")
    if not ports:
        show(
            "  None. Plug the gauge in; if it is, `tissuesense devices doctor` says what is wrong."
        )
    for port in ports:
        show_line(f"  {port.url}")
        known = [port.adapter] if port.adapter else []
        if port.description not in {"", "n/a"}:
            known.append(port.description)
        if port.usb is not None and port.usb.serial:
            known.append(f"serial number {printable(port.usb.serial)}")
        known.append(
            f"by its own words perhaps a {port.model}"
            if port.model
            else "only you know which gauge is behind it"
        )
        show(_indented("; ".join(known), 6))


def _show_peripherals(
    peripherals: "Sequence[FoundPeripheral]", problem: "TransportError | None"
) -> None:
    from tissuesense.cli.output import show, show_line

    show("\nBluetooth gauges")
    gauges = [found for found in peripherals if found.model is not None]
    others = [found for found in peripherals if found.model is None]
    if problem is not None:
        show("  Not looked for: `tissuesense devices doctor` says how to mend that.")
    elif not gauges:
        show("  None heard. Switch the gauge on, bring it near, and close the maker's app.")
    for found in gauges:
        show_line(f"  {found.url}")
        show(_indented(f"{_words(found)}{'' if found.connects else '; it only broadcasts'}", 6))
    if others:
        show("\nOther Bluetooth devices, none of a kind that is known here")
    for found in others:
        show(_indented(_words(found), 2))


def _indented(sentence: str, blanks: int) -> "Padding":
    from rich.padding import Padding

    return Padding(sentence, (0, 0, 0, blanks), expand=False)


def _words(found: "FoundPeripheral") -> str:
    from tissuesense.transport.discovery import Signal

    strength = f"{found.signal} signal"
    if found.signal is not Signal.UNKNOWN:
        strength += f" ({found.rssi_dbm} dBm)"
    return f"{found.name or 'no name'}, {found.address}, {strength}"


def _show_next(ports: "Sequence[FoundPort]", peripherals: "Sequence[FoundPeripheral]") -> None:
    """Say what to do with what was found; without anything, with the simulated gauge."""
    from tissuesense.cli.output import show, show_line
    from tissuesense.devices.registry import DEVICES

    urls = [*_urls_of_known(peripherals), *_urls_of_known(ports), *(port.url for port in ports)]
    if not urls:
        show("\nWithout a gauge, try the simulated one, whose client is pressed after 3 s:")
        show_line("  tissuesense devices probe 'sim:?subject=relaxed' --seconds 3")
        return
    if "MODEL" in urls[0]:
        serial = [name for name, profile in DEVICES.items() if profile.serial is not None]
        show(f"\nFor MODEL write which gauge it is: {', '.join(serial)}.")
    show("\nThen see what it is good for:")
    show_line(f"  tissuesense devices probe '{urls[0]}'")


def _urls_of_known(found: "Sequence[FoundPeripheral] | Sequence[FoundPort]") -> list[str]:
    return [one.url for one in found if one.model is not None]
