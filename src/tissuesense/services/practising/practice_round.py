"""A round of practice: measured as at the table, seen on the same screen, and kept by nobody."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np

from tissuesense.core.clock import Clock
from tissuesense.core.errors import FileWriteError, TissueSenseError
from tissuesense.guidance.limits import PressLimits
from tissuesense.services.bench import Bench
from tissuesense.services.judged import TakenBack
from tissuesense.services.measure import Measured, MeasureProgress, measure
from tissuesense.services.measure_plan import MeasurePlan
from tissuesense.services.practising.hand_gauge import (
    HandGauge,
    PressedClient,
    PressTruth,
    hand_opening,
)
from tissuesense.services.practising.kept_scores import KeptScore, KeptScores
from tissuesense.services.practising.order import PracticeOrder, PracticeWay
from tissuesense.services.practising.score import PracticeScore, score
from tissuesense.services.table.audience import Audience
from tissuesense.services.table.eyes import Eyes
from tissuesense.services.table.view import SiteProgress, TableState, TableView
from tissuesense.simulation.pain_press import PainTruth
from tissuesense.simulation.session import simulated_client, simulated_session
from tissuesense.simulation.spec import SessionSpec
from tissuesense.transport.assembly import SampleBlock
from tissuesense.transport.base import Pace, RealPace
from tissuesense.transport.device import GIVE_UP_S, Device, open_device

# A screen that has gone lets go: so long after its last word the hand is off.
_HAND_GONE_S = 0.5
_PUSH_ABOVE_LIMIT = 1.05
_MOST_TRUTHS = 12


class PracticeRound:
    """One round; whoever holds it calls `run` once.

    Parameters
    ----------
    pace
        How time passes for the hand on the screen.
    """

    def __init__(
        self,
        order: PracticeOrder,
        *,
        audience: Audience,
        clock: Clock,
        rng: np.random.Generator,
        pace: Pace | None = None,
    ) -> None:
        self.order = order
        self.plan: MeasurePlan = order.plan()
        self.score: PracticeScore | None = None
        self._audience, self._clock, self._rng = audience, clock, rng
        self._pace = pace or RealPace(clock)
        self._stop = asyncio.Event()
        self._taken_back = TakenBack()
        self._device: Device | None = None
        self._eyes, self._heard = Eyes(), 0
        self._pushed: tuple[float, float] = (0.0, 0.0)
        self.limits = PressLimits.of(self.plan.stated)
        self.why = ""
        self.view = TableView(
            state=TableState.PREPARING,
            sites=(SiteProgress(site=self.plan.site),),
            now=0,
            wanted=self.plan.trials,
        )

    async def run(self) -> None:
        """Practise until enough presses would have counted, or it is ended."""
        try:
            device, truths = await self._opened()
            async with device:
                self._device = device
                self._show(
                    state=TableState.MEASURING,
                    gauge="" if self.order.way is PracticeWay.HAND else device.instrument,
                    limit_n=self.limits.limit_n,
                    target_n_s=self.limits.target_rate_n_s,
                )
                measured = await measure(
                    device,
                    self.plan,
                    show=self._follow,
                    stop=self._stop,
                    watch=self._watch,
                    taken_back=self._taken_back,
                )
            self._judge(measured, truths())
        except TissueSenseError as error:
            self.why = f"{error} {error.hint}".rstrip()
        finally:
            self._device = None
            self._show(state=TableState.OVER, progress=None, contact_t_s=None)

    def push(self, share: float) -> None:
        """Let the hand on the screen push with this share of the limit."""
        held = min(max(share, 0.0), 1.0) if share == share else 0.0  # noqa: PLR0124 - not a number
        self._pushed = (held, self._pace.now_s())

    def signal(self) -> None:
        """Note that somebody said stop, with a real gauge."""
        if self._device is not None and self.order.way is PracticeWay.GAUGE:
            self._device.mark()

    def take_back(self) -> None:
        """Take the last press that counts back."""
        progress = self.view.progress
        judged = () if progress is None else progress.judged
        counting = [n for n, accepted in enumerate(judged, start=1) if accepted]
        if counting:
            self._taken_back.take_back(counting[-1])

    def undo(self) -> None:
        """Give it its place again."""
        self._taken_back.undo()

    def end(self) -> None:
        """End the round with what there is."""
        self._stop.set()

    async def _opened(self) -> tuple[Device, Callable[[], tuple[PressTruth, ...]]]:
        """Return the gauge, and what tells the truth once the round is over."""
        match self.order.way:
            case PracticeWay.GAUGE:
                gauge = open_device(
                    self.order.gauge_url, clock=self._clock, stated=self.plan.stated
                )
                return gauge, tuple
            case PracticeWay.DEMONSTRATION:
                spec = self.order.session(self._rng)
                known = await asyncio.to_thread(_truths, spec)
                device = open_device(_url(spec), clock=self._clock, stated=self.plan.stated)
                return device, lambda: known
            case PracticeWay.HAND:
                return self._by_hand()

    def _by_hand(self) -> tuple[Device, Callable[[], tuple[PressTruth, ...]]]:
        spec = self.order.session(self._rng)
        rng, noise = self._rng.spawn(2)
        client = PressedClient(simulated_client(spec), area_cm2=spec.probe_area_cm2, rng=rng)
        gauge = HandGauge(client, hand=self._wanted_n, pace=self._pace, rng=noise)
        # The simulated client holds the button; how late that is, is known of them.
        context = replace(self.plan.stated, stop_mode=spec.context().stop_mode)
        device = Device(
            hand_opening(gauge, context), clock=self._clock, capture=None, give_up_s=GIVE_UP_S
        )
        return device, lambda: gauge.truths

    def _wanted_n(self, now_s: float) -> float:
        share, at_s = self._pushed
        if now_s - at_s > _HAND_GONE_S:
            return 0.0
        return share * _PUSH_ABOVE_LIMIT * self.limits.limit_n

    def _judge(self, measured: Measured, truths: tuple[PressTruth, ...]) -> None:
        self.why = measured.why
        self.score = score(measured.analysis, truths, target_kpa_s=self.order.target_kpa_s)

    def _watch(self, block: SampleBlock) -> None:
        samples = self._eyes.see(block, arrived_s=self._clock.monotonic_s())
        if samples is not None:
            self._audience.play(samples)

    def _follow(self, progress: MeasureProgress) -> None:
        self._eyes.follow(progress)
        news = progress.said != self._heard
        self._heard = progress.said
        self._show(
            progress=progress,
            sentence=progress.sentence if news else self.view.sentence,
            said=self.view.said + news,
            contact_t_s=self._eyes.contact_t_s(progress),
        )

    def _show(self, **changed: Any) -> None:  # noqa: ANN401 - fields of TableView
        self.view = replace(self.view, **changed)
        self._audience.show(self.view)


_COMMANDS: Mapping[str, Callable[[PracticeRound], None]] = {
    "mark": PracticeRound.signal,
    "take_back": PracticeRound.take_back,
    "touch_take_back": PracticeRound.take_back,
    "undo": PracticeRound.undo,
    "finish_site": PracticeRound.end,
    "end": PracticeRound.end,
}
PRACTICE_COMMANDS = tuple(_COMMANDS)


class Practising:
    """The one place of an app where somebody practises, and the scores of earlier days."""

    def __init__(
        self, *, bench: Bench, clock: Clock, rng: np.random.Generator, scores: KeptScores
    ) -> None:
        self._bench, self._clock, self._rng = bench, clock, rng
        self._task: asyncio.Task[None] | None = None
        self.scores = scores
        self.audience = Audience()
        self.round: PracticeRound | None = None
        self.trouble = ""

    @property
    def busy(self) -> bool:
        """Whether somebody practises now."""
        return self._task is not None and not self._task.done()

    async def start(self, order: PracticeOrder, *, who: str = "") -> PracticeRound:
        """Begin a round of practice.

        Raises
        ------
        RecordConflict
            When clients are being measured, or the gauge is in use.
        """
        held = PracticeRound(order, audience=self.audience, clock=self._clock, rng=self._rng)
        self._task = await self._bench.begin("practising", lambda: self._run(held, who))
        self.round = held
        self.audience.show(held.view)
        return held

    def command(self, name: str) -> None:
        """Do what the screen asks; a word that is none does nothing."""
        if self.round is not None and self.busy and name in _COMMANDS:
            _COMMANDS[name](self.round)

    def push(self, share: float) -> None:
        """Let the hand on the screen push."""
        if self.round is not None and self.busy:
            self.round.push(share)

    async def _run(self, held: PracticeRound, who: str) -> None:
        await held.run()
        found = held.score
        if found is None or not found.presses or held.order.way is PracticeWay.DEMONSTRATION:
            return
        kept = KeptScore(
            at=self._clock.now(),
            way=str(held.order.way),
            target_kpa_s=found.target_kpa_s,
            presses=len(found.presses),
            accepted=found.accepted,
            points=found.points,
            rate_error=found.rate_error,
            unsteadiness=found.unsteadiness,
            bias_kpa=found.bias_kpa,
            who=who[:200],
        )
        try:
            await asyncio.to_thread(self.scores.add, kept)
        except FileWriteError as error:
            self.trouble = f"{error} {error.hint}".rstrip()


def _url(spec: SessionSpec) -> str:
    return (
        f"sim:?subject={spec.subject}&seed={spec.seed}&site={spec.site}&side={spec.side}"
        f"&target_rate_kpa_s={spec.target_rate_kpa_s:g}&kind={spec.kind}"
    )


def _truths(spec: SessionSpec) -> tuple[PressTruth, ...]:
    """Return what is true of the first presses of a session."""
    pieces = islice(simulated_session(spec), _MOST_TRUTHS)
    return tuple(
        PressTruth(onset_s=told.onset_s, latent_threshold_kpa=told.latent_threshold_kpa)
        for told in (piece.truth for piece in pieces)
        if isinstance(told, PainTruth)
    )
