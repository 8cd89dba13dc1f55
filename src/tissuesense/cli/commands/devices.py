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
