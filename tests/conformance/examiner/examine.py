"""Generate, analyse and score: the whole examination in one loop."""

from collections.abc import Iterator

from tests.conformance.examiner.generator import generate
from tests.conformance.examiner.score import RecordingScore, failed, score

from tissuesense.analysis.analyse import analyze
from tissuesense.core.errors import TissueSenseError

# An examiner notes a crash and goes on with the next recording.
_FAILURES = (TissueSenseError, ArithmeticError, LookupError, TypeError, ValueError)


def examine(kind: str, count: int, seed: int) -> Iterator[RecordingScore]:
    """Yield the score of each of `count` recordings."""
    for known in generate(kind, count, seed):
        try:
            report = analyze(known.recording).to_dict()
        except _FAILURES as reason:
            yield failed(known, reason)
        else:
            yield score(known, report)
