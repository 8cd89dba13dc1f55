"""Replies without an end, asked for in their rhythm, make only numbers that were sent, and soon."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.core.errors import TransportTimeout
from tissuesense.devices.profile import WireParameters
from tissuesense.devices.registry import DEVICES
from tissuesense.transport.assembly import StreamAssembler
from tissuesense.transport.connection import Connection
from tissuesense.transport.memory import MemoryTransport, Says

SAUTER = DEVICES["sauter-fh"]
IN_NEWTON = WireParameters(unit="N")
BYTE_S = 10 / 9600
# Where a reply breaks off, and how much later its tail comes; None: never.
TROUBLES = st.lists(
    st.tuples(st.integers(min_value=0, max_value=6), st.sampled_from([None, 0.02, 0.15, 0.3])),
    max_size=6,
)


def trickling(data: bytes, delay_s: float = 0.0) -> list[Says]:
    return [
        Says(data=bytes((byte,)), after_s=BYTE_S + (0.0 if index else delay_s))
        for index, byte in enumerate(data)
    ]


def reply(number: int) -> bytes:
    """Return a push that no other reply has."""
    return f"0{number / 100:06.2f}".encode()


def heard(answers: list[list[Says]], *, seconds: float) -> list[float]:
    transport = MemoryTransport(replies={b"9": [*answers, []]})
    assembler = StreamAssembler(SAUTER, IN_NEWTON)
    connection = Connection(transport, SAUTER, assembler, record=lambda _: None, give_up_s=5.0)

    async def listen() -> None:
        await connection.open()
        await connection.greet()
        while transport.pace.now_s() < seconds:
            await connection.next_block()

    with pytest.raises(TransportTimeout):  # after the last answer there is silence
        asyncio.run(listen())
    force_n = assembler.trace().force_n
    return [] if force_n is None else [round(float(force), 4) for force in force_n]


@given(troubles=TROUBLES)
def test_broken_replies_make_no_number_and_the_rhythm_comes_back(
    troubles: list[tuple[int, float | None]],
) -> None:
    answers, count = [], 0
    for cut, tail_s in troubles:
        for _ in range(8):
            count += 1
            answers.append(trickling(reply(count)))
        count += 1
        tail = [] if tail_s is None else trickling(reply(count)[cut:], tail_s)
        answers.append([*trickling(reply(count)[:cut]), *tail])
    for _ in range(20):
        count += 1
        answers.append(trickling(reply(count)))
    found = heard(answers, seconds=100.0)
    assert set(found) <= {number / 100 for number in range(1, count + 1)}
    assert found == sorted(set(found))
    assert found[-10:] == [number / 100 for number in range(count - 9, count + 1)]
    assert len(found) >= count - 4 * len(troubles)


@pytest.mark.parametrize("delay_s", [0.15, 0.25, 0.4, 0.7])
def test_a_slow_gauge_is_waited_for(delay_s: float) -> None:
    found = heard([trickling(reply(number), delay_s) for number in range(1, 31)], seconds=100.0)
    assert found == [number / 100 for number in range(1, 31)]
