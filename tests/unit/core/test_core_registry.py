"""A table of names loads nothing before it is asked, is open to others, and refuses doubles."""

import sys
from importlib.metadata import EntryPoint, EntryPoints, entry_points
from types import ModuleType
from unittest.mock import Mock, create_autospec

import pytest

from tissuesense.core.errors import ConfigurationError, DuplicateEntryError
from tissuesense.core.registry import Registry

GROUP = "tissuesense.tests"


@pytest.fixture(autouse=True)
def shelf(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("a_shelf")
    vars(module).update(spoon="a spoon", fork="a fork", number=3)
    monkeypatch.setitem(sys.modules, "a_shelf", module)


def table(**rows: str) -> Registry[str]:
    return Registry("tool", str, rows, group=GROUP)


def installed(monkeypatch: pytest.MonkeyPatch, *rows: tuple[str, str]) -> Mock:
    """Pretend that other packages offer rows: the packaging metadata is the edge."""
    points = EntryPoints(EntryPoint(name=n, value=v, group=GROUP) for n, v in rows)
    metadata: Mock = create_autospec(entry_points, return_value=points)
    monkeypatch.setattr("tissuesense.core.registry.entry_points", metadata)
    return metadata


def test_a_name_gives_its_object() -> None:
    assert table(spoon="a_shelf:spoon")["spoon"] == "a spoon"


def test_names_are_listed_without_loading_any() -> None:
    tools = table(ghost="a_module_that_is_not_there:ghost")
    assert list(tools) == ["ghost"]
    assert len(tools) == 1
    assert "ghost" in tools
    assert "spoon" not in tools
    assert tools.targets() == {"ghost": "a_module_that_is_not_there:ghost"}


def test_an_unknown_name_is_answered_with_those_that_are_known() -> None:
    with pytest.raises(ConfigurationError, match="no tool 'knife'") as caught:
        table(spoon="a_shelf:spoon", fork="a_shelf:fork")["knife"]
    assert caught.value.known == ("spoon", "fork")
    assert "spoon, fork" in caught.value.hint


def test_an_object_of_another_type_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"'number' at a_shelf:number is a int, not a str"):
        table(number="a_shelf:number")["number"]


def test_another_package_adds_rows_after_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, ("fork", "a_shelf:fork"))
    tools = table(spoon="a_shelf:spoon")
    assert list(tools) == ["spoon", "fork"]
    assert tools["fork"] == "a fork"


def test_another_package_may_not_take_a_name_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, ("spoon", "a_shelf:fork"))
    with pytest.raises(DuplicateEntryError, match="a_shelf:spoon and a_shelf:fork"):
        list(table(spoon="a_shelf:spoon"))


def test_two_packages_may_not_claim_one_name(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, ("fork", "a_shelf:fork"), ("fork", "a_shelf:spoon"))
    with pytest.raises(DuplicateEntryError, match="the tool 'fork'"):
        len(table())


def test_only_rows_of_the_own_group_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    metadata = installed(monkeypatch)
    len(table())
    metadata.assert_called_once_with(group=GROUP)


def test_the_table_cannot_be_changed_through_what_it_lists() -> None:
    tools = table(spoon="a_shelf:spoon")
    tools.targets()["knife"] = "a_shelf:knife"
    assert "knife" not in tools
