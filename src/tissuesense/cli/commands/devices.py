"""`tissuesense devices`: which gauges are known, and which are there."""

from typing import Annotated, Any

import typer

from tissuesense.cli.commands import (
    devices_capture,
    devices_conformance,
    devices_doctor,
    devices_probe,
    devices_reaction,
    devices_scan,
)

_SCHEMA = "tissuesense.devices/1"

app = typer.Typer(
    invoke_without_command=True,
    help="List the supported gauges; `devices scan` looks for those in reach.\n\n"
    "Example: tissuesense devices --json",
    rich_markup_mode=None,
)
# A verb is a file of its own, `devices_<verb>.py`, that offers `command`.
app.command("scan")(devices_scan.command)
app.command("probe")(devices_probe.command)
app.command("doctor")(devices_doctor.command)
app.command("reaction")(devices_reaction.command)
app.command("capture")(devices_capture.command)
app.command("conformance")(devices_conformance.command)


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

    from tissuesense.cli.output import show, show_line
    from tissuesense.cli.probe_text import SOURCES

    show("Supported gauges, each by its model name\n")
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for row in rows:
        ways = [_WAYS[way] for way in row["transports"] if way in _WAYS]
        tried = "; tried on hardware" if row["tried_on_hardware"] else ""
        table.add_row(row["model"], row["title"])
        table.add_row("", f"{', '.join(ways)}; known from {SOURCES[row['confidence']]}{tried}")
    show(table)
    if not any(row["tried_on_hardware"] for row in rows):
        show("\nNone was tried on hardware yet.")
    show("\nEach can be simulated, such as with 'sim:?model=mark10'. To look for your own:")
    show_line("  tissuesense devices scan")


# How a person says it; that every gauge can be simulated is said once.
_WAYS = {"serial": "cable", "ble": "Bluetooth", "ble-advertisement": "Bluetooth broadcast"}
