"""An analysis as a therapist reads it: one row a press, words beside every flag."""

import math
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from tissuesense.analysis.analyse import RecordingAnalysis
from tissuesense.analysis.result import Finding
from tissuesense.core.quantity import Estimate, NotEstimable
from tissuesense.core.recording import RecordingKind
from tissuesense.guidance.words import flag_words

if TYPE_CHECKING:
    from rich.table import Table

# What a reader looks for first; --json has the rest. The session's quantity stands under the
# column of what it is the mean or the median of.
_COLUMNS: dict[RecordingKind, dict[str, tuple[str, ...]]] = {
    RecordingKind.PPT: {
        "Threshold": ("threshold_kpa", "ppt_kpa"),
        "Less reaction time": ("latent_threshold_kpa", "latent_ppt_kpa"),
        "Rate": ("ramp_rate_kpa_s",),
    },
    RecordingKind.INDENTATION: {
        "Stiffness": ("secant_stiffness_n_mm",),
        "Relaxation": ("relaxation_fraction",),
        "Energy loss": ("energy_loss_ratio",),
    },
}
_UNIT_WORDS = {"kpa": "kPa", "kpa_s": "kPa/s", "n_mm": "N/mm", "1": ""}
NOTHING = "–"  # noqa: RUF001 - an en dash is how an empty cell is printed


def analysis_table(analysis: RecordingAnalysis) -> "Table":
    """Return the presses of one recording and its session values as a table."""
    from rich.table import Table

    findings = analysis.findings()
    columns = _COLUMNS.get(analysis.kind) or {f.quantity: (f.quantity,) for f in findings}
    table = Table(title=_title(analysis), title_justify="left", title_style="bold")
    table.add_column("")
    for heading in columns:
        table.add_column(heading, justify="right")
    table.add_column("To know", overflow="fold")
    for (item, index), group in groupby(findings, key=lambda f: (f.item, f.index)):
        row = list(group)
        cells = [_cell(row, names) for names in columns.values()]
        if item == "session":
            table.add_section()
            table.add_row("session", *cells, flags_in_words(analysis.flags), style="bold")
        else:
            table.add_row(f"{item} {index}", *cells, _judgement(row))
    return table


def flags_in_words(flags: Iterable[str]) -> str:
    """Return flags as a reader's words, separated by semicolons."""
    return "; ".join(flag_words(flag) for flag in flags)


def estimate_words(estimate: Estimate) -> str:
    """Return value ± standard uncertainty with unit, rounded where the uncertainty begins."""
    unit = _UNIT_WORDS.get(estimate.unit.lower(), estimate.unit)
    u = estimate.standard_uncertainty
    whole = unit.startswith("kPa") or not u > 0
    decimals = 0 if whole else max(0, 1 - math.floor(math.log10(u)))
    return f"{estimate.value:.{decimals}f} ± {u:.{decimals}f} {unit}".rstrip()


def _title(analysis: RecordingAnalysis) -> str:
    recording = analysis.recording
    where = recording.context.body_site
    rate = recording.trace.sample_rate_hz or math.nan
    said = (
        recording.name,
        analysis.kind.value,
        where.words if where else "",
        f"{recording.trace.duration_s:.1f} s at {rate:.3g} samples/s",
    )
    return ", ".join(word for word in said if word)


def _cell(row: Sequence[Finding], names: tuple[str, ...]) -> str:
    value = next((finding.value for finding in row if finding.quantity in names), None)
    if isinstance(value, Estimate):
        return estimate_words(value)
    if value is None or isinstance(value, NotEstimable):
        return NOTHING
    return f"{value:.4g}"


def _judgement(row: Sequence[Finding]) -> str:
    verdict = "accepted" if all(finding.accepted for finding in row) else "REJECTED"
    flags = dict.fromkeys(flag for finding in row for flag in finding.flags)
    return ": ".join(word for word in (verdict, flags_in_words(flags)) if word)
