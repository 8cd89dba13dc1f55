"""One guide for each kind of recording: it follows the samples and says when there is a verdict."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from tissuesense.core.arrays import FloatArray
from tissuesense.core.recording import RecordingContext, RecordingKind
from tissuesense.guidance.limits import PressLimits
from tissuesense.guidance.motion import RULES, MotionGuide
from tissuesense.guidance.press import PressGuide
from tissuesense.guidance.treatment import TreatmentGuide
from tissuesense.guidance.view import ActEnded, GuideView


class Guide(Protocol):
    """Follows one stream of samples in trace time.

    It only guides and segments; the numbers come from the estimators, on the whole trace.
    """

    @property
    def columns(self) -> tuple[str, ...]:
        """What it cannot do without, by column of a trace."""
        ...

    @property
    def settle_s(self) -> float:
        """How long after an end the estimator wants to have seen the gauge."""
        ...

    def follow(
        self, t_s: FloatArray, columns: Mapping[str, FloatArray], marks_s: Sequence[float]
    ) -> ActEnded | None:
        """Take new samples and the client's signals; return the last end among them, if any."""
        ...

    def silence(self) -> ActEnded | None:
        """Note that no sample came for too long; return what that ended, if anything."""
        ...

    @property
    def silence_after_s(self) -> float:
        """How long without a sample is a silence."""
        ...

    @property
    def busy(self) -> bool:
        """Whether something goes on that nothing is to be judged before the end of."""
        ...

    @property
    def view(self) -> GuideView:
        """What to show now."""
        ...


def guide_for(kind: RecordingKind, context: RecordingContext) -> Guide:
    """Return the guide of a kind of recording, at its beginning.

    Raises
    ------
    UsageError
        When what the context states of the kind is of the wrong sort.
    """
    if kind is RecordingKind.DOSE:
        return TreatmentGuide(context)
    limits = PressLimits.of(context)
    return MotionGuide(RULES[kind], limits) if kind in RULES else PressGuide(limits)
