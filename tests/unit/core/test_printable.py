"""Text from outside shows as text and does nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from tissuesense.core.printable import printable


def test_what_steers_a_terminal_or_turns_a_line_around_is_replaced() -> None:
    assert printable("Gauge\x1b[2J\r\n\u202e7") == "Gauge\ufffd[2J\ufffd\ufffd\ufffd7"


def test_names_in_any_script_stay() -> None:
    assert printable("Prüfgerät 力 №7") == "Prüfgerät 力 №7"


@given(text=st.text())
def test_what_is_shown_is_printable_and_as_long(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    assert len(shown) == len(text)
