"""Choose the estimator for a recording and run it: the one call that table and batch share."""

from dataclasses import dataclass
from typing import Any

from tissuesense.analysis.registry import ESTIMATORS
from tissuesense.analysis.result import Analysis, Estimator, Finding
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.recording import Recording, RecordingKind


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingAnalysis:
    """One recording, analysed."""

    recording: Recording
    kind: RecordingKind
    estimator: Estimator
    analysis: Analysis

    @property
    def flags(self) -> tuple[QualityFlag, ...]:
        """Flags of the recording and of the analysis, each once."""
        return tuple(dict.fromkeys((*self.recording.quality.flags, *self.analysis.flags)))

    def findings(self) -> tuple[Finding, ...]:
        """Return every number, one row each."""
        return tuple(self.analysis.findings())

    def to_dict(self) -> dict[str, Any]:
        """Return one entry of the contract's `files`."""
        trace = self.recording.trace
        return {
            "path": self.recording.name,
            "kind": str(self.kind),
            "sample_rate_hz": trace.sample_rate_hz,
            "duration_s": trace.duration_s,
            "sha256": self.recording.content_sha256 or trace.sha256,
            "flags": [str(flag) for flag in self.flags],
            "error": None,
            **self.analysis.to_dict(),
        }


def analyze(recording: Recording, *, estimator: str | None = None) -> RecordingAnalysis:
    """Analyse one recording by its kind.

    Parameters
    ----------
    estimator
        Name of a row of `ESTIMATORS`, such as one that another package brings; not stated: ours.

    Raises
    ------
    UsageError
        When the kind is not known, what it needs (a column, the probe area) is missing, or the
        named estimator is for recordings of other kinds.
    ConfigurationError
        When there is no estimator of this name.
    """
    kind = recording.kind()
    chosen = estimator_for(kind) if estimator is None else ESTIMATORS[estimator]
    if kind not in chosen.kinds:
        kinds = ", ".join(sorted(chosen.kinds))
        raise UsageError(
            f"The estimator '{chosen.name}' cannot analyse a recording of kind '{kind}'.",
            hint=f"It is for {kinds}.",
        )
    return RecordingAnalysis(
        recording=recording,
        kind=kind,
        estimator=chosen,
        analysis=chosen.analyse(recording),
    )


def estimator_for(kind: RecordingKind) -> Estimator:
    """Return the estimator of a kind of recording: the first row that knows it."""
    return next(ESTIMATORS[name] for name in ESTIMATORS if kind in ESTIMATORS[name].kinds)
