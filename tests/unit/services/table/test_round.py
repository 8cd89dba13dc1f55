"""Claim: a round leads from site to site; what it shows is so, what it keeps can be had again."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest

from tissuesense.core.clock import SystemClock
from tissuesense.core.errors import RecordConflict, UsageError
from tissuesense.core.recording import RecordingKind
from tissuesense.core.site import BodySite, Side
from tissuesense.record.history import VisitRecord
from tissuesense.record.visit import Block
from tissuesense.services.care import enter
from tissuesense.services.records import add_client, load_visit_record, open_visit
from tissuesense.services.reproduce import reproduce
from tissuesense.services.table.order import SiteOrder, TableOrder, in_order
from tissuesense.services.table.table import COMMANDS, Table
from tissuesense.services.table.view import Samples, SiteState, TableState, TableView
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store

_T = TypeVar("_T")
NECK = BodySite("trapezius_upper", Side.LEFT)
BLADE = BodySite("infraspinatus", Side.LEFT)
CLOCK = SystemClock()


@dataclass
class Desk:
    """A store with a client in a visit, and the table beside it."""

    store: Store
    order: TableOrder
    views: list[TableView] = field(default_factory=list)
    samples: list[Samples] = field(default_factory=list)

    async def at(self, work: Callable[[Store], _T], *, actor: str = "") -> _T:
        self.store.actor = actor
        return work(self.store)

    def measure(
        self,
        when: Callable[[TableView, Table], None] = lambda _view, _table: None,
        **changed: Any,  # noqa: ANN401 - fields of the order
    ) -> VisitRecord:
        """Measure the round; `when` sees every view and may say something."""
        asyncio.run(self._measure(when, replace(self.order, **changed)))
        return load_visit_record(self.store, self.order.visit)

    async def _measure(self, when: Callable[[TableView, Table], None], order: TableOrder) -> None:
        table = Table(at=self.at, clock=CLOCK, rng=np.random.default_rng(3))
        table.start(order, actor="M. Example")
        with pytest.raises(RecordConflict):
            table.start(order)
        with table.audience.seat() as outbox:
            while table.busy or self.views[-1].state is not TableState.OVER:
                view, samples = await asyncio.wait_for(outbox.take(), 20)
                self.samples += samples
                if view is not None:
                    assert isinstance(view, TableView)
                    self.views.append(view)
                    when(view, table)


@pytest.fixture
def desk(tmp_path: Path, rng: np.random.Generator) -> Iterator[Desk]:
    with open_store(tmp_path / "store", clock=CLOCK, create=True, plain=True) as store:
        client = add_client(store, clock=CLOCK, rng=rng).id
        visit = open_visit(store, client, clock=CLOCK, rng=rng).id
        order = TableOrder(
            client=client,
            visit=visit,
            block=Block.PRE,
            sites=(NECK,),
            kind=RecordingKind.PPT,
            device="sim:?subject=relaxed&speed=0",
            preset="somedic30",
            pause_s=0.0,
            linger_s=0.5,
        )
        yield Desk(store, order)


def states(desk: Desk) -> list[SiteState]:
    return [one.state for one in desk.views[-1].sites]


def test_every_site_is_measured_and_can_be_computed_again(desk: Desk) -> None:
    record = desk.measure(sites=(NECK, BLADE))
    assert [m.measurement.site for m in record.measurements] == [NECK, BLADE]
    assert states(desk) == [SiteState.DONE, SiteState.DONE]
    for measured in record.measurements:
        value = measured.finding("ppt_kpa", "session")
        assert value is not None
        assert value.value is not None
        assert reproduce(desk.store, measured.measurement.id).equal
    assert {
        entry.actor for entry in desk.store.ledger.of_visit(desk.order.visit, "measurement")
    } == {"M. Example"}


def test_every_sample_of_the_trace_was_shown_above_the_zero(desk: Desk) -> None:
    (measured,) = desk.measure().measurements
    shown = np.concatenate([one.t_s for one in desk.samples])
    kept = measured.measurement.trace.t_s
    assert np.isin(shown, kept).all()
    assert shown.size > 0.9 * kept.size  # a screen that does not keep up loses some of its picture
    force_n = np.concatenate([one.force_n for one in desk.samples])
    assert abs(np.median(force_n[:80])) < 0.5


def test_the_state_is_told_before_during_and_after(desk: Desk) -> None:
    desk.measure(sites=(NECK, BLADE), pause_s=0.2)
    seen = list(dict.fromkeys(view.state for view in desk.views))
    assert {TableState.MEASURING, TableState.BETWEEN, TableState.OVER} <= set(seen)
    assert seen[-1] is TableState.OVER
    between = [view.next_in_s for view in desk.views if view.state is TableState.BETWEEN]
    assert all(left is not None and 0 <= left <= 0.2 for left in between)


def test_a_press_that_is_taken_back_is_measured_again_and_both_are_kept(desk: Desk) -> None:
    done: list[str] = []

    def twice(view: TableView, table: Table) -> None:
        judged = view.progress.judged if view.progress else ()
        if len(judged) == 2 and not done:
            done.append("back")
            table.command("take_back")

    record = desk.measure(twice)
    (measured,) = record.measurements
    thresholds = [f for f in measured.findings if f.quantity == "threshold_kpa"]
    assert [f.accepted for f in thresholds].count(True) == 3
    (retake,) = record.statements("retake")
    assert retake.taken_back
    assert retake.measurement == measured.measurement.id
    back = thresholds[retake.press - 1]
    assert not back.accepted
    assert "taken_back" in back.flags
    assert reproduce(desk.store, measured.measurement.id).equal


def test_taking_back_can_be_undone_and_both_are_written_down(desk: Desk) -> None:
    done: list[str] = []

    def back_and_forth(view: TableView, table: Table) -> None:
        judged = view.progress.judged if view.progress else ()
        if True in judged and not done:
            done.append("back")
            table.command("take_back")
        elif done == ["back"]:
            done.append("forth")
            table.command("undo")

    record = desk.measure(back_and_forth)
    assert [retake.taken_back for retake in record.statements("retake")] == [True, False]
    assert "taken_back" not in record.measurements[0].measurement.context.extra


def test_a_site_that_is_skipped_has_its_reason_and_the_next_one_comes(desk: Desk) -> None:
    def skip_the_first(view: TableView, table: Table) -> None:
        if view.now == 0 and view.state is TableState.MEASURING:
            table.command("too_painful")

    record = desk.measure(skip_the_first, sites=(NECK, BLADE))
    assert states(desk) == [SiteState.LEFT_OUT, SiteState.DONE]
    (left_out,) = record.statements("not_done")
    assert left_out.reason == "too_painful"
    assert "trapezius" in left_out.what


def test_a_round_that_is_ended_keeps_what_there_is(desk: Desk) -> None:
    def end(view: TableView, table: Table) -> None:
        if view.progress and view.progress.judged:
            table.command("end")

    record = desk.measure(end, sites=(NECK, BLADE))
    assert [m.measurement.site for m in record.measurements] == [NECK]
    assert states(desk) == [SiteState.INCOMPLETE, SiteState.AHEAD]


def test_what_the_screen_blocks_is_said_and_the_next_one_comes(
    desk: Desk, rng: np.random.Generator
) -> None:
    screen = {"answers": [], "blocked_sites": ["trapezius_upper"]}
    enter(desk.store, "screen", screen, clock=CLOCK, rng=rng, client=desk.order.client)
    desk.measure(sites=(NECK, BLADE))
    assert states(desk) == [SiteState.LEFT_OUT, SiteState.DONE]
    assert any("not to be pressed" in view.sentence for view in desk.views)


def test_a_gauge_that_is_not_there_is_said_and_leaves_nothing_behind(desk: Desk) -> None:
    record = desk.measure(device="serial:///nowhere?model=mark10", sites=(NECK,))
    assert states(desk) == [SiteState.LEFT_OUT]
    assert record.measurements == ()
    assert list((desk.store.path).rglob("*.capture")) == []


def test_a_link_that_breaks_keeps_the_press_as_interrupted(desk: Desk) -> None:
    record = desk.measure(device="sim:?subject=relaxed&speed=0&fault=unplug")
    (measured,) = record.measurements
    assert measured.measurement.quality.flags
    assert any(view.progress and not view.progress.linked for view in desk.views)


def test_nothing_of_force_reaches_a_blinded_screen(desk: Desk) -> None:
    desk.measure(blinded=True)
    assert all(np.isnan(one.force_n).all() for one in desk.samples)
    for view in desk.views:
        told = view.to_dict()
        assert told["limit_n"] is told["target_n_s"] is None
        assert "kpa" not in str(told).lower()


def test_a_simulated_gauge_differs_from_round_to_round_and_after_treatment(desk: Desk) -> None:
    rng = np.random.default_rng(1)
    plain = replace(desk.order, device="sim:?subject=relaxed")
    one, other = plain.url(NECK, rng), plain.url(NECK, rng)
    assert one != other
    assert "treated=1" in replace(plain, block=Block.POST).url(NECK, rng)
    assert replace(plain, device="serial:///dev/x?model=mark10").url(NECK, rng) == (
        "serial:///dev/x?model=mark10"
    )


def test_the_order_of_the_sites() -> None:
    right = NECK.opposite
    sites = (NECK, BLADE, right)
    rng = np.random.default_rng(1)
    assert in_order(sites, SiteOrder.LISTED, rng) == sites
    assert in_order(sites, SiteOrder.SIDE_BY_SIDE, rng) == (NECK, right, BLADE)
    mixed = [in_order(sites, SiteOrder.RANDOM, np.random.default_rng(i)) for i in range(20)]
    assert {frozenset(one) for one in mixed} == {frozenset(sites)}
    assert len(set(mixed)) > 1


def test_a_round_without_a_site_or_with_one_twice_is_refused(desk: Desk) -> None:
    with pytest.raises(UsageError, match="No site"):
        replace(desk.order, sites=())
    with pytest.raises(UsageError, match="twice"):
        replace(desk.order, sites=(NECK, NECK))


def test_commands_without_a_round_do_nothing_and_unknown_ones_are_refused(desk: Desk) -> None:
    table = Table(at=desk.at, clock=CLOCK, rng=np.random.default_rng(1))
    for command in COMMANDS:
        table.command(command)
    with pytest.raises(UsageError, match="Commands are"):
        table.command("format_disk")
