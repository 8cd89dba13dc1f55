"""Claim: a gauge is never shared: one thing at a time has it, and a round comes first."""

import asyncio

import pytest

from tissuesense.core.errors import RecordConflict
from tissuesense.services.bench import Bench


async def forever() -> None:
    await asyncio.Event().wait()


def test_a_second_one_is_refused_and_says_who_has_it() -> None:
    async def run() -> None:
        bench = Bench(lambda: False)
        await bench.begin("probing the gauge", forever)
        with pytest.raises(RecordConflict, match="probing the gauge"):
            await bench.begin("practising", forever)
        await bench.let_go()
        await bench.begin("practising", forever)
        assert bench.what == "practising"
        await bench.let_go()
        assert not bench.busy

    asyncio.run(run())


def test_while_a_round_goes_on_nothing_gets_it() -> None:
    async def run() -> None:
        bench = Bench(lambda: True)
        with pytest.raises(RecordConflict, match="never shared"):
            await bench.begin("probing the gauge", forever)
        assert not bench.busy

    asyncio.run(run())


def test_watching_gives_way_and_has_closed_before_the_next_begins() -> None:
    async def run() -> None:
        said: list[str] = []

        async def watch() -> None:
            try:
                await forever()
            finally:
                await asyncio.sleep(0.01)
                said.append("closed")

        async def probe() -> None:
            said.append("opened")

        bench = Bench(lambda: False)
        await bench.begin("watching the signal", watch, gives_way=True)
        await asyncio.sleep(0)
        task = await bench.begin("probing the gauge", probe)
        await task
        assert said == ["closed", "opened"]

    asyncio.run(run())


def test_what_breaks_off_frees_the_gauge(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        async def broken() -> None:
            raise ZeroDivisionError

        bench = Bench(lambda: False)
        task = await bench.begin("probing the gauge", broken)
        await asyncio.wait([task])
        assert not bench.busy

    asyncio.run(run())
    assert "ZeroDivisionError" in caplog.text
