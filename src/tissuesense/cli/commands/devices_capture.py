"""`tissuesense devices capture`: what a capture file holds, and a copy for a bug report."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:  # imported when the command runs, so that --help stays fast
    from collections import Counter

    from rich.table import Table

    from tissuesense.services.capture_facts import CaptureFacts, Decoded


def command(
    file: Annotated[Path, typer.Argument(help="Capture file, NAME.capture.")],
    anonymous: Annotated[
        Path | None,
        typer.Option(help="Write a copy here without site, names, address and date."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Say what a capture file holds, and make a copy that may be attached to a public report.

    Example: tissuesense devices capture press.capture --anonymous copy.capture
    """
    from tissuesense.cli.output import print_json, say, show
    from tissuesense.services.capture_export import export_anonymous
    from tissuesense.services.capture_facts import capture_facts

    facts = capture_facts(file)
    if as_json:
        print_json(facts.to_dict())
    else:
        show(_table(facts))
    if anonymous is not None:
        export_anonymous(file, anonymous)
        say(f"A copy without site, names, address and date: {anonymous}")
        say("The gauge's own bytes are as they were, with any serial number that it sent.")
        say(f"Look at it first: tissuesense devices capture {anonymous}")


def _table(facts: "CaptureFacts") -> "Table":
    """Return one row a fact, the long ones wrapped beside their names."""
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in _told(facts).items():
        if text:
            table.add_row(name, text)
    return table


def _told(facts: "CaptureFacts") -> dict[str, str]:
    header = facts.header
    known = {k: v for k, v in header.context.to_dict().items() if not isinstance(v, dict)}
    latency = header.context.latency
    return {
        "Model": header.model,
        "Device URL": header.url,
        "Instrument": header.instrument or "",
        "Recorded": f"{header.started_at:%Y-%m-%d %H:%M} UTC" if header.started_at else "",
        "Written by": f"tissuesense {header.software_version}",
        "Known of it": ", ".join(f"{key} {value}" for key, value in known.items()),
        "Reaction": f"{latency.mean_s:.3f} ± {latency.sd_s:.3f} s late" if latency else "",
        "Length": f"{facts.seconds:.1f} s, {facts.chunks} pieces, {facts.device_bytes} bytes",
        "Sent to it": _counted(facts.sent),
        "Stop signals": _counted(facts.signals),
        "Link lost": ", ".join(f"after {lost_s:.2f} s" for lost_s in facts.link_losses_s),
        "Not kept up": f"{facts.overrun} pieces were lost" if facts.overrun else "",
        "End": _end(facts),
        **({"Not decoded": facts.why_not} if facts.decoded is None else _decoded(facts.decoded)),
    }


def _decoded(decoded: "Decoded") -> dict[str, str]:
    rate = f", {round(decoded.sample_rate_hz, 1):g} a second" if decoded.sample_rate_hz else ""
    return {
        "Decodes to": f"{decoded.samples} samples in {decoded.duration_s:.1f} s{rate}",
        "Refused": _counted(decoded.rejected),
        "Faults": _counted(decoded.faults),
        "Missed": f"{decoded.missed} numbered samples never came" if decoded.missed else "",
        "Flags": ", ".join(decoded.flags),
    }


def _end(facts: "CaptureFacts") -> str:
    if facts.torn_at is not None:
        return f"torn off at byte {facts.torn_at}; everything before it is whole"
    return "in order" if facts.closed else "without a farewell: the program was stopped"


def _counted(words: "Counter[str]") -> str:
    return ", ".join(f"{count} x {word}" for word, count in words.items())
