"""One round of measuring: site after site, each recorded, judged and kept, until all are done."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Protocol, TypeVar

import numpy as np

from tissuesense.core.clock import Clock
from tissuesense.core.errors import TissueSenseError
from tissuesense.core.site import BodySite
from tissuesense.guidance.limits import PressLimits
from tissuesense.record.at_the_table import Retake, TakenBackBy
from tissuesense.record.measurement import MeasurementId
from tissuesense.record.notes import MissingReason
from tissuesense.services.before_pressing import prepare
from tissuesense.services.care import enter, keep
from tissuesense.services.judged import TakenBack
from tissuesense.services.keep_measured import save_measured, why_incomplete
from tissuesense.services.measure import (
    Measured,
    MeasureProgress,
    concluded,
    measure,
)
from tissuesense.services.measure_plan import MeasurePlan
from tissuesense.services.running_capture import running_capture
from tissuesense.services.table.audience import Audience
from tissuesense.services.table.eyes import Eyes
from tissuesense.services.table.order import TableOrder
from tissuesense.services.table.view import (
    SiteProgress,
    SiteState,
    TableState,
    TableView,
)
from tissuesense.store.opened import Store
from tissuesense.store.running import RunningFile
from tissuesense.transport.assembly import SampleBlock
from tissuesense.transport.device import Device, open_device

_T = TypeVar("_T")
_TICK_S = 0.1


class AtStore(Protocol):
    """Does something with the store, in the store's own thread."""

    def __call__(self, work: Callable[[Store], _T], *, actor: str = "") -> Awaitable[_T]:
        """Do it."""
        ...


class Round:
    """A round that is going on. Whoever holds it calls `run` once, and the commands while it runs.

    Parameters
    ----------
    at
        How the store is reached.
    actor
        Who measures: the name that every entry bears.
    """

    def __init__(
        self,
        order: TableOrder,
        *,
        at: AtStore,
        audience: Audience,
        clock: Clock,
        rng: np.random.Generator,
        actor: str = "",
    ) -> None:
        self.order = order
        self._at, self._audience, self._clock, self._rng = at, audience, clock, rng
        self._actor = actor
        self._device: Device | None = None
        self._stop_site = asyncio.Event()
        self._go_on = asyncio.Event()
        self._ended = False
        self._taken_back = TakenBack()
        self._retakes: list[Retake] = []
        self._eyes, self._heard = Eyes(), 0
        self._left_out: MissingReason | None = None
        self.view = TableView(
            state=TableState.PREPARING,
            sites=tuple(SiteProgress(site=site) for site in order.sites),
            now=0,
            wanted=0,
            blinded=order.blinded,
        )

    async def run(self) -> None:
        """Measure every site; what fails at one is said, and the next one comes."""
        for number, one in enumerate(self.view.sites):
            self._show(now=number, progress=None, next_in_s=None, state=TableState.PREPARING)
            self._mark(number, state=SiteState.NOW)
            try:
                await self._measure(number, one.site)
            except TissueSenseError as error:
                self._say(f"{error} {error.hint}".rstrip())
                self._mark(number, state=SiteState.LEFT_OUT, why=str(error))
            if self._ended:
                break
            if number + 1 < len(self.view.sites):
                await self._pause(number + 1)
            if self._ended:
                break
        self._show(state=TableState.OVER, progress=None, next_in_s=None, contact_t_s=None)

    # What the hand, the client and the screen may say while it runs.

    def signal(self) -> None:
        """Note that the client said stop."""
        if self._device is not None:
            self._device.mark()

    def take_back(self, by: TakenBackBy = TakenBackBy.KEY) -> None:
        """Take the last press that counts back."""
        progress = self.view.progress
        if progress is None:
            return
        counting = [n for n, accepted in enumerate(progress.judged, start=1) if accepted]
        if counting:
            self._taken_back.take_back(counting[-1])
            self._note_retake(counting[-1], taken_back=True, by=by)

    def undo(self, by: TakenBackBy = TakenBackBy.KEY) -> None:
        """Give the press that was taken back last its place again."""
        number = self._taken_back.undo()
        if number is not None:
            self._note_retake(number, taken_back=False, by=by)

    def finish_site(self) -> None:
        """End the present site with what there is."""
        self._stop_site.set()

    def skip(self, why: MissingReason) -> None:
        """Leave the present site out, with its reason."""
        self._left_out = why
        self._stop_site.set()

    def pause(self) -> None:
        """Let the next site wait until `go_on`."""
        if self.view.state is TableState.BETWEEN:
            self._show(state=TableState.PAUSED, next_in_s=None)

    def go_on(self) -> None:
        """Begin the next site now."""
        self._go_on.set()

    def end(self) -> None:
        """End the round with what there is."""
        self._ended = True
        self._stop_site.set()
        self._go_on.set()

    # One site.

    async def _measure(self, number: int, site: BodySite) -> None:
        self._stop_site.clear()
        self._taken_back, self._retakes, self._left_out = TakenBack(), [], None
        self._eyes, self._heard = Eyes(), 0
        plan = self.order.plan(site)
        today = self._clock.local_now().date()
        prepared = await self._at(
            lambda store: prepare(store, self.order.client, plan, today=today)
        )
        plan = prepared.plan
        self._show(told=prepared.sentences, wanted=plan.trials, sentence="")
        url = self.order.url(site, self._rng)
        with contextlib.ExitStack() as let_go:
            running = await self._at(lambda store: let_go.enter_context(self._running(store)))
            try:
                measured = await self._record(url, plan, running)
            except BaseException:
                if not running.capture():
                    running.file.remove()
                raise
            await self._keep(number, measured, running)

    def _running(self, store: Store) -> contextlib.AbstractContextManager[RunningFile]:
        return running_capture(
            store,
            self.order.client,
            clock=self._clock,
            rng=self._rng,
            visit=self.order.visit,
        )

    async def _record(self, url: str, plan: MeasurePlan, running: RunningFile) -> Measured:
        gauge = open_device(
            url, clock=self._clock, capture=running, stated=plan.stated, button=self.order.button
        )
        async with gauge as device:
            self._device = device
            limits = PressLimits.of(plan.context(device.context))
            self._show(
                state=TableState.MEASURING,
                gauge=device.instrument,
                limit_n=limits.limit_n,
                target_n_s=limits.target_rate_n_s,
            )
            try:
                measured = await measure(
                    device,
                    plan,
                    show=self._follow,
                    stop=self._stop_site,
                    watch=self._watch,
                    taken_back=self._taken_back,
                )
            finally:
                self._device = None
        return concluded(measured, device)

    def _watch(self, block: SampleBlock) -> None:
        samples = self._eyes.see(block, arrived_s=self._clock.monotonic_s())
        if samples is None:
            return
        if self._eyes.tapped_twice:
            self.take_back(TakenBackBy.DOUBLE_TAP)
        self._audience.play(samples.hidden() if self.order.blinded else samples)

    def _follow(self, progress: MeasureProgress) -> None:
        self._eyes.follow(progress)
        device, news = self._device, progress.said != self._heard
        self._heard = progress.said
        self._show(
            progress=progress,
            sentence=progress.sentence if news else self.view.sentence,
            said=self.view.said + news,
            contact_t_s=self._eyes.contact_t_s(progress),
            battery_percent=None if device is None else device.health().battery_percent,
        )

    async def _keep(self, number: int, measured: Measured, running: RunningFile) -> None:
        if self._left_out is not None and not measured.complete:
            why = self._left_out
            stated = {"what": f"{measured.plan.site.words}: {measured.plan.kind}", "reason": why}
            await self._write(partial(self._not_done, stated=stated))
            self._mark(number, state=SiteState.LEFT_OUT, why=str(why))
            if not measured.pressed:
                running.file.remove()
                return
        if not measured.pressed:
            running.file.remove()
            why_not = why_incomplete(measured) or "There was no press."
            self._mark(number, state=SiteState.LEFT_OUT, why=why_not)
            self._say(why_not)
            return
        capture = running.capture()
        kept = await self._write(
            partial(self._saved, measured=measured, capture=capture, id=running.beginning.id)
        )
        running.file.remove()
        state = SiteState.DONE if measured.complete else SiteState.INCOMPLETE
        why_less = why_incomplete(measured)
        self._mark(number, state=state, measurement=kept, why=why_less)
        if why_less:
            self._say(why_less)

    def _saved(
        self,
        store: Store,
        *,
        measured: Measured,
        capture: bytes,
        id: MeasurementId,  # noqa: A002
    ) -> MeasurementId:
        with store.transaction():
            kept = save_measured(
                store, self.order.client, measured, capture,
                clock=self._clock, rng=self._rng, id=id,
                block=self.order.block, visit=self.order.visit,
            ).measurement.id  # fmt: skip
            for retake in self._retakes:
                keep(
                    store, "retake", replace(retake, measurement=kept),
                    at=self._clock.now(), rng=self._rng, visit=self.order.visit,
                )  # fmt: skip
        return kept

    def _not_done(self, store: Store, *, stated: dict[str, Any]) -> None:
        enter(store, "not_done", stated, clock=self._clock, rng=self._rng, visit=self.order.visit)

    async def _write(self, work: Callable[[Store], _T]) -> _T:
        return await self._at(work, actor=self._actor)

    async def _pause(self, following: int) -> None:
        """Count down to the next site; a pause holds it, `go_on` ends it."""
        self._go_on.clear()
        left_s = self.order.pause_s
        self._show(state=TableState.BETWEEN, now=following, progress=None, next_in_s=left_s)
        while not self._go_on.is_set():
            before_s = self._clock.monotonic_s()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._go_on.wait(), _TICK_S)
            if self.view.state is TableState.PAUSED:
                continue
            left_s -= self._clock.monotonic_s() - before_s
            if left_s <= 0:
                return
            self._show(next_in_s=left_s)

    def _note_retake(self, number: int, *, taken_back: bool, by: TakenBackBy) -> None:
        at: datetime = self._clock.now()
        self._retakes.append(
            Retake(measurement="to be kept", press=number, taken_back=taken_back, at=at, by=by)
        )

    def _mark(self, number: int, **changed: Any) -> None:  # noqa: ANN401 - fields of SiteProgress
        sites = list(self.view.sites)
        sites[number] = replace(sites[number], **changed)
        self._show(sites=tuple(sites))

    def _say(self, sentence: str) -> None:
        self._show(sentence=sentence, said=self.view.said + 1)

    def _show(self, **changed: Any) -> None:  # noqa: ANN401 - fields of TableView
        self.view = replace(self.view, **changed)
        self._audience.show(self.view)
