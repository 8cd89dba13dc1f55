"""Every statistical function stands on its page, with a source and an example that runs."""

import doctest
import inspect
import re
from pathlib import Path

import pytest

import tissuesense as ts

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "statistics.md").read_text(
    encoding="utf-8"
)
MODULES = (ts.reliability, ts.trend, ts.adaptive)
FUNCTIONS = [
    name
    for module in MODULES
    for name in module.__all__
    if not inspect.isclass(getattr(module, name)) or name == "QuestPlus"
]
SECTIONS = dict(re.findall(r"^### `(\w+)`\n(.*?)(?=^##|\Z)", PAGE, flags=re.MULTILINE | re.DOTALL))


def test_the_page_and_the_modules_have_the_same_functions() -> None:
    assert sorted(SECTIONS) == sorted(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_has_its_source_and_calls_itself_in_an_example(name: str) -> None:
    assert "Source:" in SECTIONS[name]
    assert re.search(rf"^(>>>|\.\.\.) .*\b{name}\b", SECTIONS[name], flags=re.MULTILINE)


def test_the_examples_print_what_they_say() -> None:
    without_fences = re.sub(r"^```.*$", "", PAGE, flags=re.MULTILINE)
    examples = doctest.DocTestParser().get_doctest(without_fences, {}, "statistics.md", None, 0)
    said: list[str] = []
    done = doctest.DocTestRunner(verbose=False).run(examples, out=said.append)
    assert done.attempted > len(FUNCTIONS)
    assert not done.failed, "".join(said)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.__name__))
def test_the_examples_in_the_code_print_what_they_say(module: object) -> None:
    """Those of the docstrings of what a module offers."""
    finder, runner = doctest.DocTestFinder(recurse=False), doctest.DocTestRunner(verbose=False)
    said: list[str] = []
    for name in module.__all__:  # type: ignore[attr-defined] # one of MODULES
        offered = getattr(module, name)
        home = inspect.getmodule(offered)
        for example in finder.find(offered, name, module=home):
            runner.run(example, out=said.append)
    assert not runner.failures, "".join(said)
