"""What the pages say of the project is so: tables, links, paths, sections."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tissuesense.analysis.registry import ESTIMATORS
from tissuesense.core.registry import Registry
from tissuesense.devices.registry import DEVICES
from tissuesense.report.registry import SECTIONS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
DECISIONS = sorted((ROOT / "docs" / "explanation" / "decisions").glob("*.md"))
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def test_the_tables_are_current() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "tables.py"), "--check"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_the_first_section_has_exactly_two_commands() -> None:
    first = README.partition("\n## ")[0]
    commands = re.findall(r"^    (make \S+)", first, flags=re.MULTILINE)

    assert commands == ["make demo", "make test"]


def test_no_page_links_to_a_file_that_is_not_there() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("firmware_interfaces/*.md")]
    dead = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]

    assert dead == []


def test_every_module_that_the_architecture_names_is_there() -> None:
    named = set(re.findall(r"`([\w/]+\.py)`", ARCHITECTURE)) - {
        f"{folder}/x.py"
        for folder in (
            "devices/catalog",
            "analysis/estimators",
            "report/sections",
            "export/formats",
            "web/routes",
        )
    }
    source = ROOT / "src" / "tissuesense"
    siblings = {path.name for path in source.glob("transport/*.py")}

    assert [m for m in named if not (source / m).exists() and m not in siblings] == []


def test_the_architecture_shows_every_floor() -> None:
    picture = ARCHITECTURE.partition("```\n")[2].partition("```")[0]
    packages = {path.parent.name for path in (ROOT / "src" / "tissuesense").glob("*/__init__.py")}

    assert packages <= set(picture.split())


@pytest.mark.parametrize(
    "registry", [DEVICES, ESTIMATORS, SECTIONS], ids=["devices", "estimators", "sections"]
)
def test_the_architecture_names_every_entry_point(registry: Registry[object]) -> None:
    assert f"`{registry._group}`" in ARCHITECTURE


@pytest.mark.parametrize("name", ESTIMATORS)
def test_every_estimator_has_its_section_with_its_version(name: str) -> None:
    page = (ROOT / "docs" / "reference" / "estimators.md").read_text(encoding="utf-8")
    _, found, rest = page.partition(f"## `{name}`")

    assert found
    assert f"Version {ESTIMATORS[name].version}." in rest.partition("\n## ")[0]


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_every_decision_is_complete_and_listed(decision: Path) -> None:
    text = decision.read_text(encoding="utf-8")
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")

    for heading in ("Context", "Decision", "Consequences", "Rejected"):
        assert f"**{heading}.**" in text
    assert decision.name in index
    assert decision.name in ARCHITECTURE
