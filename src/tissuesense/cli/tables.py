"""An analysis as a therapist reads it: one row a press, words beside every flag."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from tissuesense.analysis.analyse import RecordingAnalysis
from tissuesense.analysis.result import Finding
from tissuesense.core.flag_words import about_data, flag_words
from tissuesense.core.quantity import Estimate, NotEstimable
from tissuesense.core.recording import RecordingKind
from tissuesense.report.quantities import NOTHING, number, spread

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: what its presses and its session are called in the findings."""

    heading: str
    unit: str
    quantities: tuple[str, ...]
    scale: float = 1.0


# What a reader looks for first; --json has the rest.
_PRESSURE_COLUMNS = (
    _Column("Threshold", "kPa", ("threshold_kpa", "ppt_kpa")),
    _Column("Without reaction", "kPa", ("latent_threshold_kpa", "latent_ppt_kpa")),
    _Column("Rate", "kPa/s", ("ramp_rate_kpa_s",)),
)
_COLUMNS: dict[RecordingKind, tuple[_Column, ...]] = {
    RecordingKind.PPT: _PRESSURE_COLUMNS,
    RecordingKind.TOLERANCE: _PRESSURE_COLUMNS,
    RecordingKind.INDENTATION: (
        _Column("Stiffness", "N/mm", ("secant_stiffness_n_mm",)),
        _Column("Relaxation", "%", ("relaxation_fraction",), 100.0),
        _Column("Energy loss", "%", ("energy_loss_ratio",), 100.0),
    ),
    RecordingKind.TAP: (
        _Column("Frequency", "Hz", ("frequency_hz",)),
        _Column("Decrement", "1", ("log_decrement",)),
        _Column("Stiffness", "N/m", ("stiffness_n_m",)),
    ),
    RecordingKind.STRETCH: (
        _Column("Peak speed", "°/s", ("peak_speed_deg_s",)),
        _Column("Catch at", "°", ("catch_angle_deg",)),
        _Column("Stiffness", "N m/rad", ("stiffness_n_m_rad",)),
        _Column("Damping", "N m s/rad", ("damping_n_m_s_rad",)),
    ),
    RecordingKind.ROM: (
        _Column("From", "°", ("start_deg",)),
        _Column("To", "°", ("end_deg",)),
        _Column("Range", "°", ("range_deg",)),
        _Column("Peak speed", "°/s", ("peak_speed_deg_s",)),
    ),
    RecordingKind.DOSE: (
        _Column("Lasted", "s", ("contact_s", "seconds")),
        _Column("Mean", "kPa", ("mean_kpa",)),
        _Column("Impulse", "kPa s", ("impulse_kpa_s",)),
        _Column("Longest hold", "s", ("longest_hold_s",)),
        _Column("Changes", "", ("alternations",)),
    ),
}

# What was done is not judged.
_DONE = frozenset({"dose", "hold"})


def analysis_block(analysis: RecordingAnalysis) -> "RenderableType":
    """Return what a recording is, its presses and session as a table, and what to know of it."""
    from rich.console import Group
    from rich.text import Text

    parts: list[RenderableType] = [Text(_title(analysis), style="bold"), _table(analysis)]
    if words := flags_in_words(analysis.flags):
        parts.append(Text(f"  {words[0].upper()}{words[1:]}.\n"))
    return Group(*parts)


def _table(analysis: RecordingAnalysis) -> "Table":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    columns = _COLUMNS.get(analysis.kind, ())
    table = Table(box=SIMPLE_HEAD)
    table.add_column("")
    for column in columns:
        table.add_column(f"{column.heading}\n{column.unit}", justify="right", no_wrap=True)
    table.add_column("Judgement")
    for (item, index), group in groupby(analysis.findings(), key=lambda f: (f.item, f.index)):
        row = list(group)
        cells = [_cell(row, column) for column in columns]
        if item == "session":
            table.add_section()
            table.add_row("session", *cells, style="bold")
        else:
            table.add_row(f"{item} {index}", *cells, _judgement(row))
    return table


def flags_in_words(flags: Iterable[str]) -> str:
    """Return flags as a reader's words, separated by semicolons."""
    return "; ".join(flag_words(flag) for flag in about_data(flags))


def _title(analysis: RecordingAnalysis) -> str:
    recording = analysis.recording
    # As it was typed: an analysis does not depend on whether the site is one of the record's.
    place = (recording.context.side, (recording.context.site or "").replace("_", " "))
    rate = recording.trace.sample_rate_hz or math.nan
    said = (
        recording.name,
        analysis.kind.value,
        " ".join(word for word in place if word),
        f"{recording.trace.duration_s:.1f} s at {round(rate, 1):g} samples/s",
    )
    return ", ".join(word for word in said if word)


def _cell(row: Sequence[Finding], column: _Column) -> str:
    value = next((f.value for f in row if f.quantity in column.quantities), None)
    if isinstance(value, Estimate):
        shown = number(column.scale * value.value, column.unit)
        return f"{shown} {spread(column.scale * value.standard_uncertainty, column.unit)}"
    return NOTHING if value is None or isinstance(value, NotEstimable) else _plain(value, column)


def _plain(value: float, column: _Column) -> str:
    """Return a number that has no uncertainty; a count has no unit either."""
    return number(column.scale * value, column.unit) if column.unit else f"{value:.0f}"


def _judgement(row: Sequence[Finding]) -> str:
    flags = dict.fromkeys(flag for finding in row for flag in finding.flags)
    if row[0].item in _DONE:
        return flags_in_words(flags)
    verdict = "accepted" if all(finding.accepted for finding in row) else "rejected"
    return ": ".join(word for word in (verdict, flags_in_words(flags)) if word)
