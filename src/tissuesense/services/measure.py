"""Measure at one site: guide what is done, judge it by the estimator, end when enough counts."""

import asyncio
import enum
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from tissuesense.analysis.analyse import RecordingAnalysis, analyze
from tissuesense.core.errors import CaptureError, NoColumn, TransportError
from tissuesense.core.recording import (
    Recording,
    RecordingContext,
    RecordingKind,
)
from tissuesense.devices.health import GaugeHealth
from tissuesense.guidance.guide import guide_for
from tissuesense.guidance.view import ActEnded, GuideView, StoppedBy
from tissuesense.guidance.words import ITEMS, USUAL_MOST, readings_stopped
from tissuesense.services.judged import JudgedPress, TakenBack, judged_presses
from tissuesense.services.measure_plan import PAIN_KINDS, MeasurePlan
from tissuesense.transport.assembly import SampleBlock
from tissuesense.transport.base import LinkState
from tissuesense.transport.device import Device

_USUAL_MOST_PRESSES = 4
# So soon after the gauge was let go the hand hears how it was. What takes longer to show, such as a
# zero that moved, is said when it shows.
_SOON_S = 0.12
_FEWEST_SAMPLES = 2


class Ending(enum.StrEnum):
    """Why measuring ended."""

    ENOUGH = "enough"
    TIME = "time"
    TOO_MANY = "too_many"
    LIMIT = "limit"
    ASKED = "asked"
    DEVICE = "device"
    STREAM = "stream"


_AS_MEANT = frozenset({Ending.ENOUGH, Ending.TIME, Ending.ASKED, Ending.STREAM})


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureProgress:
    """What a screen may show while measuring.

    Attributes
    ----------
    paced
        Whether a rate is asked for.
    judged
        Accepted or not, one for each press so far, or whatever `item` is.
    sentence, said
        About the last one, and how many sentences there were so far.
    rest_s
        How long to rest still.
    ends_in_s
        How long the last press can still be taken back; None while more are wanted.
    """

    view: GuideView
    paced: bool
    judged: tuple[bool, ...]
    wanted: int
    sentence: str
    rest_s: float
    linked: bool
    item: str = "press"
    said: int = 0
    ends_in_s: float | None = None


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
        """Whether as many presses as wanted were accepted.

        How much a treatment is, is for the hand that gives it to say: any that ended as it was
        meant to is complete.
        """
        if self.plan.kind is RecordingKind.DOSE:
            return self.pressed and self.ending in _AS_MEANT
        return sum(press.accepted for press in self._judged()) >= self.plan.trials

    @property
    def pressed(self) -> bool:
        """Whether there was any press at all, or whatever is measured."""
        return bool(self._judged())

    def _judged(self) -> tuple[JudgedPress, ...]:
        return judged_presses(self.analysis) if self.analysis else ()


async def measure(
    device: Device,
    plan: MeasurePlan,
    *,
    show: Callable[[MeasureProgress], None],
    stop: asyncio.Event,
    watch: Callable[[SampleBlock], None] = lambda _: None,
    taken_back: TakenBack | None = None,
) -> Measured:
    """Follow an open device until enough presses were accepted, or it has to end before.

    Parameters
    ----------
    show, watch
        Called after each block of samples: how it goes, and the samples themselves.
    taken_back
        Heeded as it changes; what is taken back is measured again.

    Raises
    ------
    NoProbeArea
        When a pressure is to be measured and nobody knows how wide the tip is.
    NoColumn
        When the gauge does not send what the kind needs.
    UsageError
        When the context lacks what the estimator needs; it is asked at the beginning.
    """
    live = _LiveMeasurement(device, plan, show, watch, taken_back or TakenBack())
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


class _LiveMeasurement:
    """The state between two blocks of samples."""

    def __init__(
        self,
        device: Device,
        plan: MeasurePlan,
        show: Callable[[MeasureProgress], None],
        watch: Callable[[SampleBlock], None],
        taken_back: TakenBack,
    ) -> None:
        self._device = device
        self._plan = plan
        self._show = show
        self._watch = watch
        self._taken_back = taken_back
        self._heeded = 0
        self._soon: JudgedPress | None = None
        self._enough_at_s: float | None = None
        self._context: RecordingContext = plan.context(device.context)
        self._guide = guide_for(plan.kind, self._context)
        self._now_s = 0.0
        self._last_t_s: float | None = None
        self._pending: ActEnded | None = None
        self._judged: tuple[JudgedPress, ...] = ()
        self._sentence, self._said = "", 0
        self._rest_until_s = 0.0

    async def run(self, stop: asyncio.Event) -> Ending:
        """Follow the stream; return why it was left."""
        self._require(self._device.profile.columns)
        asked = False
        async for block in self._device.stream():
            self._guide_through(block)
            if not asked and self._last_t_s is not None:
                # What the estimator misses in the context, it says before anybody works in vain.
                asked = await self._ask_the_estimator()
            ending = await self._judge_when_due()
            self._watch(block)
            self._show(self._progress(block))
            if ending is not None:
                return ending
            if stop.is_set():
                return Ending.ASKED
            if self._plan.seconds is not None and self._now_s >= self._plan.seconds:
                return Ending.TIME
        return Ending.STREAM

    async def _ask_the_estimator(self) -> bool:
        recording = self.recording()
        if recording.trace.size < _FEWEST_SAMPLES:
            return False
        await asyncio.to_thread(analyze, recording)
        return True

    def recording(self) -> Recording:
        """Return everything so far, as `analyze` takes it."""
        return Recording(
            trace=self._device.trace(),
            # Anew: who stops may be told by the first signal.
            context=self._taken_back.told(self._plan.context(self._device.context)),
            quality=self._device.quality(),
        )

    def _guide_through(self, block: SampleBlock) -> None:
        columns = block.columns
        if block.t_s.size:
            self._require(columns)
            self._last_t_s = float(block.t_s[-1])
        if block.t_s.size or block.marks_s:
            self._note(self._guide.follow(block.t_s, columns, block.marks_s))
        self._now_s = max(block.elapsed_s, self._last_t_s or 0.0)
        if self._now_s - (self._last_t_s or 0.0) > self._guide.silence_after_s:
            self._note(self._guide.silence())

    def _require(self, columns: Collection[str]) -> None:
        """Refuse a gauge that does not send what the kind needs, before anybody works in vain."""
        for column in self._guide.columns:
            if column not in columns:
                raise NoColumn(column, kind=self._plan.kind)

    def _note(self, ended: ActEnded | None) -> None:
        if ended is not None:
            self._pending = ended
            self._rest_until_s = ended.end_s + self._plan.rest_s

    async def _judge_when_due(self) -> Ending | None:
        """Judge a press once it is over and the gauge was seen unloaded after it."""
        if self._taken_back.changes != self._heeded:
            await self._heed_what_was_taken_back()
        await self._judge_soon()
        ended = self._pending
        if ended is None or self._guide.busy or self._now_s < ended.end_s + self._guide.settle_s:
            return Ending.ENOUGH if self._enough else None
        self._pending = None
        before = self._judged
        await self._judge()
        new = len(self._judged) > len(before) or self._judged[-1:] != before[-1:]
        if not (new and self._soon == self._judged[-1]):  # else it was said already
            self._say(self._about(ended, new=new))
        self._soon = None
        if self._enough_at_s is not None:
            return Ending.ENOUGH if self._enough else None
        if ended.stopped_by is StoppedBy.LIMIT:
            return Ending.LIMIT
        return Ending.TOO_MANY if len(self._judged) >= self._plan.most else None

    async def _judge_soon(self) -> None:
        """Say how a press was as soon as it is let go, before all that is to be seen was seen."""
        off_for_s = self._guide.view.off_for_s
        if off_for_s is None or off_for_s < _SOON_S or self._soon is not None:
            return
        judged = await self._presses()
        if len(judged) == len(self._judged) + 1:
            self._soon = judged[-1]
            self._say(self._words(self._soon, len(judged)))

    async def _presses(self) -> tuple[JudgedPress, ...]:
        # In a thread: the link goes on being read, and its arrival times stay true.
        return judged_presses(await asyncio.to_thread(analyze, self.recording()))

    async def _judge(self) -> None:
        self._judged = await self._presses()
        enough = sum(press.accepted for press in self._judged) >= self._plan.trials
        if not enough:
            self._enough_at_s = None
        elif self._enough_at_s is None:
            self._enough_at_s = self._now_s

    async def _heed_what_was_taken_back(self) -> None:
        self._heeded = self._taken_back.changes
        if self._soon is None:
            await self._judge()
        else:
            *before, self._soon = await self._presses()
            self._judged = tuple(before)
        last = self._soon or (self._judged[-1] if self._judged else None)
        if last is not None:
            self._say(last.sentence)

    @property
    def _enough(self) -> bool:
        """Whether it was enough for as long as somebody may still take a press back."""
        if self._enough_at_s is None:
            return False
        return self._now_s >= self._enough_at_s + self._plan.linger_s

    def _say(self, sentence: str) -> None:
        if sentence:
            self._sentence, self._said = sentence, self._said + 1

    def _about(self, ended: ActEnded, *, new: bool) -> str:
        if ended.stopped_by is StoppedBy.SILENCE:
            return readings_stopped(self._plan.kind)
        if not (new and self._judged):
            return ITEMS[self._plan.kind].none_seen
        return self._words(self._judged[-1], len(self._judged))

    def _words(self, press: JudgedPress, number: int) -> str:
        often = number >= max(_USUAL_MOST_PRESSES, self._plan.trials)
        said = press.sentence
        return f"{said} {USUAL_MOST}" if often and self._plan.kind in PAIN_KINDS else said

    def _progress(self, block: SampleBlock) -> MeasureProgress:
        return MeasureProgress(
            view=self._guide.view,
            paced=self._context.target_rate_kpa_s is not None,
            judged=tuple(
                press.accepted for press in (*self._judged, *([self._soon] if self._soon else []))
            ),
            wanted=self._plan.trials,
            sentence=self._sentence,
            rest_s=max(0.0, self._rest_until_s - self._now_s),
            linked=block.link is LinkState.UP,
            item=ITEMS[self._plan.kind].one,
            said=self._said,
            ends_in_s=None
            if self._enough_at_s is None
            else max(0.0, self._enough_at_s + self._plan.linger_s - self._now_s),
        )
