"""What is printed is made in another process, and its refusals come back as they were raised."""

import asyncio
import os

import pytest

from tissuesense.core.errors import MissingExtraError, UsageError
from tissuesense.services.printing import picture
from tissuesense.web.plots import as_csv
from tissuesense.web.printing import printed


def refused() -> None:
    """Raise an error whose own arguments do not travel."""
    raise MissingExtraError("A plot", extra="pdf")


def refused_with_hint() -> None:
    """Raise an error with a hint."""
    raise UsageError("Wrong.", hint="Do it right.")


def killed() -> None:
    """End the process as the system does when memory is short."""
    os._exit(9)


def test_it_is_made_elsewhere() -> None:
    assert asyncio.run(printed(os.getpid)) != os.getpid()


def test_a_refusal_comes_back_with_its_kind_and_hint() -> None:
    with pytest.raises(MissingExtraError, match="A plot needs"):
        asyncio.run(printed(refused))
    with pytest.raises(UsageError) as caught:
        asyncio.run(printed(refused_with_hint))
    assert caught.value.hint == "Do it right."


def test_after_the_process_was_killed_there_is_another() -> None:
    with pytest.raises(Exception, match="terminated"):
        asyncio.run(printed(killed))
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><rect width="2"/></svg>'
    assert asyncio.run(printed(picture, svg)).startswith(b"\x89PNG")


def test_a_table_keeps_every_digit_and_runs_no_formula() -> None:
    table = as_csv(("Site", "kPa"), [("=1+1", 0.1 + 0.2), ("Soleus, left", None)])
    assert table.decode().splitlines() == [
        "Site,kPa",
        "'=1+1,0.30000000000000004",
        '"Soleus, left",',
    ]
