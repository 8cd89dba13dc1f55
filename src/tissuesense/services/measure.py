"""Measure at one site: guide each press, judge it by the estimator, end when enough count."""

import asyncio
import enum
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import groupby

from tissuesense.analysis.analyse import RecordingAnalysis, analyze
from tissuesense.analysis.result import Finding
from tissuesense.core.errors import CaptureError, TransportError
from tissuesense.core.quantity import Estimate
from tissuesense.core.recording import Recording, RecordingContext
from tissuesense.devices.health import GaugeHealth
from tissuesense.guidance.press import PressGuide, PressLimits
from tissuesense.guidance.view import GuideView, Phase, PressEnded, StoppedBy
from tissuesense.guidance.words import NOT_A_PRESS, READINGS_STOPPED, USUAL_MOST, verdict
from tissuesense.services.measure_plan import PAIN_KINDS, MeasurePlan
from tissuesense.transport.assembly import SampleBlock
from tissuesense.transport.base import LinkState
from tissuesense.transport.device import Device

_SPARE_PRESSES = 3
_USUAL_MOST_PRESSES = 4
# After a release the estimator wants to see the unloaded gauge again.
_UNLOADED_S = 1.0
_FEWEST_SAMPLES = 2


class Ending(enum.StrEnum):
    """Why measuring ended."""

    ENOUGH = "enough"
    TOO_MANY = "too_many"
    LIMIT = "limit"
    ASKED = "asked"
    DEVICE = "device"
    STREAM = "stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureProgress:
    """What a screen may show while measuring.

    Attributes
    ----------
    paced
        Whether a rate is asked for.
    judged
        Accepted or not, one for each press so far.
    sentence
        About the last press.
    rest_s
        How long to rest still.
    """

    view: GuideView
    paced: bool
    judged: tuple[bool, ...]
    wanted: int
    sentence: str
    rest_s: float
    linked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What measuring gave.

    Attributes
    ----------
    analysis
        None when there are not even two samples.
    why
        What the device failed of, a sentence; empty when it did not.
    """

    plan: MeasurePlan
    recording: Recording
    analysis: RecordingAnalysis | None
    ending: Ending
    why: str
    device_model: str
    health: GaugeHealth

    @property
    def complete(self) -> bool:
        """Whether as many presses as wanted were accepted."""
        return sum(press.accepted for press in self._judged()) >= self.plan.trials

    @property
    def pressed(self) -> bool:
        """Whether there was any press at all."""
        return bool(self._judged())

    def _judged(self) -> "tuple[JudgedPress, ...]":
        return judged_presses(self.analysis) if self.analysis else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPress:
    """One press as the estimator judged it."""

    accepted: bool
    sentence: str


async def measure(
    device: Device,
    plan: MeasurePlan,
    *,
    show: Callable[[MeasureProgress], None],
    stop: asyncio.Event,
) -> Measured:
    """Follow an open device until enough presses were accepted, or it has to end before.

    Raises
    ------
    NoProbeArea
        When a pressure is to be measured and nobody knows how wide the tip is.
    """
    live = _LiveMeasurement(device, plan, show)
    why = ""
    try:
        ending = await live.run(stop)
    except (TransportError, CaptureError) as error:
        ending, why = Ending.DEVICE, f"{error} {error.hint}".rstrip()
    recording = live.recording()
    return Measured(
        plan=plan,
        recording=recording,
        analysis=analyze(recording) if recording.trace.size >= _FEWEST_SAMPLES else None,
        ending=ending,
        why=why,
        device_model=device.profile.model,
        health=device.health(),
    )


def concluded(measured: Measured, device: Device) -> Measured:
    """Return the measurement with what only the closed device knows: the silence at its end.

    The record keeps this one, because the capture tells the same when it is decoded again.
    """
    recording = replace(measured.recording, trace=device.trace(), quality=device.quality())
    if measured.analysis is None or recording == measured.recording:
        return replace(measured, recording=recording)
    return replace(measured, recording=recording, analysis=analyze(recording))


def judged_presses(analysis: RecordingAnalysis) -> tuple[JudgedPress, ...]:
    """Return every press of an analysis with its verdict in words, in order."""
    rows = [finding for finding in analysis.findings() if finding.index is not None]
    target = analysis.recording.context.target_rate_kpa_s
    return tuple(
        _judged(list(group), target)
        for _, group in groupby(rows, key=lambda finding: finding.index)
    )


def _judged(row: list[Finding], target_rate_kpa_s: float | None) -> JudgedPress:
    accepted = all(finding.accepted for finding in row)
    flags = tuple(dict.fromkeys(str(flag) for finding in row for flag in finding.flags))
    rate = next((f.value for f in row if f.quantity == "ramp_rate_kpa_s"), None)
    error = None
    if isinstance(rate, Estimate) and target_rate_kpa_s is not None:
        error = rate.value / target_rate_kpa_s - 1.0
    return JudgedPress(
        accepted=accepted, sentence=verdict(accepted=accepted, flags=flags, rate_error=error)
    )


class _LiveMeasurement:
    """The state between two blocks of samples."""

    def __init__(
        self, device: Device, plan: MeasurePlan, show: Callable[[MeasureProgress], None]
    ) -> None:
        self._device = device
        self._plan = plan
        self._show = show
        self._context: RecordingContext = plan.context(device.context)
        self._guide = PressGuide(PressLimits.of(self._context))
        self._now_s = 0.0
        self._last_t_s: float | None = None
        self._pending: PressEnded | None = None
        self._judged: tuple[JudgedPress, ...] = ()
        self._sentence = ""
        self._rest_until_s = 0.0

    async def run(self, stop: asyncio.Event) -> Ending:
        """Follow the stream; return why it was left."""
        async for block in self._device.stream():
            self._guide_through(block)
            ending = await self._judge_when_due()
            self._show(self._progress(block))
            if ending is not None:
                return ending
            if stop.is_set():
                return Ending.ASKED
        return Ending.STREAM

    def recording(self) -> Recording:
        """Return everything so far, as `analyze` takes it."""
        return Recording(
            trace=self._device.trace(),
            # Anew: who stops may be told by the first signal.
            context=self._plan.context(self._device.context),
            quality=self._device.quality(),
        )

    def _guide_through(self, block: SampleBlock) -> None:
        marks_s = sorted(block.marks_s, reverse=True)
        for t_s, force_n in zip(block.t_s.tolist(), block.force_n.tolist(), strict=True):
            while marks_s and marks_s[-1] <= t_s:
                self._guide.signal(marks_s.pop())
            self._note(self._guide.sample(t_s, force_n))
            self._last_t_s = t_s
        for mark_s in reversed(marks_s):
            self._guide.signal(mark_s)
        self._now_s = max(block.elapsed_s, self._last_t_s or 0.0)
        if self._now_s - (self._last_t_s or 0.0) > self._guide.silence_after_s:
            self._note(self._guide.silence())

    def _note(self, ended: PressEnded | None) -> None:
        if ended is not None:
            self._pending = ended
            self._rest_until_s = ended.end_s + self._plan.rest_s

    async def _judge_when_due(self) -> Ending | None:
        """Judge a press once it is over and the gauge was seen unloaded after it."""
        ended = self._pending
        pressing = self._guide.view.phase in {Phase.CONTACT, Phase.RAMP}
        if ended is None or pressing or self._now_s < ended.end_s + _UNLOADED_S:
            return None
        self._pending = None
        before = len(self._judged)
        # In a thread: the link goes on being read, and its arrival times stay true.
        self._judged = judged_presses(await asyncio.to_thread(analyze, self.recording()))
        self._sentence = self._about(ended, new=len(self._judged) > before)
        if sum(press.accepted for press in self._judged) >= self._plan.trials:
            return Ending.ENOUGH
        if ended.stopped_by is StoppedBy.LIMIT:
            return Ending.LIMIT
        many = len(self._judged) >= self._plan.trials + _SPARE_PRESSES
        return Ending.TOO_MANY if many else None

    def _about(self, ended: PressEnded, *, new: bool) -> str:
        if ended.stopped_by is StoppedBy.SILENCE:
            return READINGS_STOPPED
        if not new:
            return NOT_A_PRESS
        sentence = self._judged[-1].sentence
        often = len(self._judged) >= max(_USUAL_MOST_PRESSES, self._plan.trials)
        return f"{sentence} {USUAL_MOST}" if often and self._plan.kind in PAIN_KINDS else sentence

    def _progress(self, block: SampleBlock) -> MeasureProgress:
        return MeasureProgress(
            view=self._guide.view,
            paced=self._context.target_rate_kpa_s is not None,
            judged=tuple(press.accepted for press in self._judged),
            wanted=self._plan.trials,
            sentence=self._sentence,
            rest_s=max(0.0, self._rest_until_s - self._now_s),
            linked=block.link is LinkState.UP,
        )
