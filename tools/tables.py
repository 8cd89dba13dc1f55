#!/usr/bin/env python3
"""Write the tables of the README from the registries, between their markers.

Run ``python tools/tables.py`` after adding a row to a registry; with ``--check`` nothing is written
and the exit code is 1 where a table is stale.
"""

import sys
from pathlib import Path

from tissuesense.devices.profile import DeviceProfile
from tissuesense.devices.registry import DEVICES

README = Path(__file__).parents[1] / "README.md"
_BEGIN, _END = "<!-- devices: begin, by tools/tables.py -->\n", "<!-- devices: end -->"
_HEAD = (
    "| Model | Gauge | Reached by | Samples a second | Known from | Tried on hardware |\n"
    "|---|---|---|---|---|---|\n"
)


def devices_table() -> str:
    """Return one row for each device model."""
    return _HEAD + "".join(_row(DEVICES[model]) for model in DEVICES)


def with_tables(text: str) -> str:
    """Return `text` with the present tables between its markers."""
    before, _, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not end:
        raise ValueError(f"The markers {_BEGIN.strip()} and {_END} are not both there.")
    return before + _BEGIN + devices_table() + end + after


def main() -> None:
    """Bring the README up to date, or say that it is not."""
    text = README.read_text(encoding="utf-8")
    present = with_tables(text)
    if "--check" not in sys.argv:
        README.write_text(present, encoding="utf-8")
    elif text != present:
        sys.exit("README.md is stale: run python tools/tables.py")


def _row(profile: DeviceProfile) -> str:
    rate = profile.nominal_rate_hz
    cells = (
        f"[`{profile.model}`](docs/reference/devices/{profile.model}.md)",
        profile.title,
        ", ".join(profile.transports),
        "as the gauge gives them" if rate is None else f"{rate:g}",
        str(profile.confidence),
        "yes" if profile.tried_on_hardware else "no",
    )
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    main()
