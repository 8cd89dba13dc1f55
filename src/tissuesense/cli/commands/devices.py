"""`tissuesense devices`: which gauges are known, and which are there."""

from typing import Annotated, Any

import typer

_SCHEMA = "tissuesense.devices/1"
_SCAN_SCHEMA = "tissuesense.scan/1"

app = typer.Typer(
    invoke_without_command=True,
    help="List the supported gauges; `devices scan` looks for those in reach.\n\n"
    "Example: tissuesense devices --json",
    rich_markup_mode=None,
)


@app.callback()
def models(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """List the supported gauges; `devices scan` looks for those in reach.

    Example: tissuesense devices --json
    """
    if context.invoked_subcommand is not None:
        return
    from tissuesense.cli.output import print_json

    rows = model_rows()
    if as_json:
        print_json({"schema": _SCHEMA, "models": rows})
    else:
        _show_models(rows)


@app.command()
def scan(
    seconds: Annotated[float, typer.Option(help="How long to listen for radios.")] = 5.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Look for serial ports and Bluetooth gauges.

    Example: tissuesense devices scan --seconds 3
    """
    import asyncio
    from dataclasses import asdict

    from tissuesense.cli.output import explain, print_json, show
    from tissuesense.core.errors import TransportError
    from tissuesense.transport.discovery import FoundPeripheral, scan_ble, scan_serial

    ports = scan_serial()
    peripherals: tuple[FoundPeripheral, ...] = ()
    problem: TransportError | None = None
    try:
        peripherals = asyncio.run(scan_ble(seconds))
    except TransportError as err:
        problem = err  # a machine without a radio may have ports all the same
        explain(err)
    if as_json:
        print_json(
            {
                "schema": _SCAN_SCHEMA,
                "serial": [asdict(port) for port in ports],
                "ble": [asdict(peripheral) for peripheral in peripherals],
                "radio": None if problem is None else problem.message,
            }
        )
        return
    for port in ports:
        show(f"serial://{port.port}?model=...   {port.description}")
    for found in peripherals:
        model = found.model or "unknown"
        show(f"ble:{found.address}?model={model}   {found.name} ({found.rssi_dbm} dBm)")
    if not ports and not peripherals:
        show("Nothing found.")


def model_rows() -> list[dict[str, Any]]:
    """Return one row a model, as the contract has them."""
    from tissuesense.devices.registry import DEVICES

    return [
        {
            "model": name,
            "title": profile.title,
            "transports": list(profile.transports),
            "nominal_rate_hz": profile.nominal_rate_hz,
            "confidence": str(profile.confidence),
            "tried_on_hardware": profile.tried_on_hardware,
            "push_sign": profile.push_sign,
            "parameters": list(profile.parameters),
            "notes": profile.notes,
        }
        for name, profile in DEVICES.items()
    ]


def _show_models(rows: list[dict[str, Any]]) -> None:
    from rich.table import Table

    from tissuesense.cli.output import show

    table = Table(title="Supported gauges", title_justify="left")
    for heading in ("Model", "Gauge", "Reached by", "Knowledge from", "Tried on hardware"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(
            row["model"],
            row["title"],
            ", ".join(row["transports"]),
            row["confidence"],
            "yes" if row["tried_on_hardware"] else "no",
        )
    show(table)
