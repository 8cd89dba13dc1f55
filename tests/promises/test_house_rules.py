"""The project keeps its own house rules; no file is excepted."""

import ast
import builtins
import re
import subprocess
import sys
from pathlib import Path

import pytest

import tissuesense
from tissuesense.analysis import estimators
from tissuesense.analysis.registry import ESTIMATORS

ROOT = Path(__file__).parents[2]
SOURCE = Path(tissuesense.__path__[0])
MODULES = sorted(SOURCE.rglob("*.py"))
MOST_LINES = 400
NOT_FOR_EVERYONE = ("matplotlib", "sqlalchemy", "bleak", "serial", "typst", "rich", "scipy")
PLAIN_ERRORS = {
    name
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException)
}
# A home folder, a temporary folder or a work folder of one machine. /dev/ttyUSB0 is a gauge.
MACHINE_PATH = re.compile(r"(?<![\w.}])/(?:home|root|Users|tmp|work|mnt|workspace)/\w")
INDEX_HOST = re.compile(
    r"(?:--(?:extra-)?index-url|--find-links|https?://[\w.-]*(?:pypi|pythonhosted|nexus|jfrog))"
)


def named(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def tracked() -> list[Path]:
    """List the text files that the project consists of."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, encoding="utf-8"
    )
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:1024]]


def is_quiet(statement: ast.stmt) -> bool:
    """Return whether a statement only imports, names what is public, or is a docstring."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.Assign):
        return [target.id for target in statement.targets if isinstance(target, ast.Name)] == [
            "__all__"
        ]
    return isinstance(statement, ast.Import | ast.ImportFrom)


@pytest.mark.parametrize(
    "module", [m for m in SOURCE.glob("**/*/__init__.py") if m.parent != SOURCE], ids=named
)
def test_every_init_but_the_root_is_free_of_code(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    assert all(is_quiet(statement) for statement in tree.body)


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_no_module_is_longer_than_one_can_read(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_every_module_says_what_it_is_for(module: Path) -> None:
    assert ast.get_docstring(ast.parse(module.read_text(encoding="utf-8")))


def test_no_todo_is_without_an_owner() -> None:
    ownerless = re.compile(r"\b(?:TODO|FIXME|XXX)\b(?!\(\w+\))")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        if path.suffix in {".py", ".sh", ".toml", ".c", ".h"} and path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if ownerless.search(line)
    ]
    assert found == []


def test_every_error_of_ours_hangs_in_the_one_tree() -> None:
    beside_it = [
        f"{named(module)}: {node.name}"
        for module in MODULES
        if named(module) != "core/errors.py"
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
        and any(ast.unparse(base) in PLAIN_ERRORS for base in node.bases)
    ]
    assert beside_it == []


def loaded_by(statement: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; {statement}; print(*sys.modules)"],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_importing_the_package_pulls_in_nothing_heavy() -> None:
    assert loaded_by("import tissuesense").isdisjoint({*NOT_FOR_EVERYONE, "numpy"})


def test_the_command_line_answers_without_anything_heavy() -> None:
    loaded = loaded_by("from tissuesense.cli.main import build_app; build_app()")
    assert loaded.isdisjoint(set(NOT_FOR_EVERYONE) - {"rich"})


def test_a_real_gauge_is_opened_without_waiting_for_the_simulation() -> None:
    loaded = loaded_by("import tissuesense.services.capture, tissuesense.transport.serial_port")
    assert "scipy" not in loaded


@pytest.mark.parametrize("name", tissuesense.__all__)
def test_every_everyday_name_is_there(name: str) -> None:
    assert getattr(tissuesense, name)
    assert name in dir(tissuesense)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = tissuesense.nonsense


def test_no_file_names_a_path_of_one_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in tracked()
        if path != Path(__file__)
        for match in MACHINE_PATH.finditer(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []


def test_no_file_names_a_package_index() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in tracked()
        if path.name in {"requirements.lock", "pyproject.toml", "Makefile", "run"}
        or path.suffix in {".sh", ".cfg", ".ini"}
        for match in INDEX_HOST.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_lock_file_names_no_host_and_every_hash() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    pinned = re.findall(r"^[A-Za-z0-9._\[\]-]+==\S+.*(?:\n {4}\S.*)*", text, flags=re.MULTILINE)
    assert pinned
    assert [entry.partition("==")[0] for entry in pinned if "--hash=sha256:" not in entry] == []


def test_every_estimator_file_is_in_the_table() -> None:
    files = {path.stem for path in Path(estimators.__path__[0]).glob("*.py")} - {"__init__"}
    rows = {target.partition(":")[0].rpartition(".")[2] for target in ESTIMATORS.targets().values()}
    assert files == rows


@pytest.mark.parametrize("name", ESTIMATORS)
def test_every_estimator_knows_its_name_its_version_and_its_kinds(name: str) -> None:
    estimator = ESTIMATORS[name]
    assert estimator.name == name
    assert re.fullmatch(r"\d+(\.\d+)*", estimator.version)
    assert estimator.kinds


def test_no_two_estimators_claim_one_kind() -> None:
    kinds = [kind for name in ESTIMATORS for kind in ESTIMATORS[name].kinds]
    assert len(kinds) == len(set(kinds))


def test_no_two_test_modules_share_a_name() -> None:
    # Test folders are not packages: pytest would collect only the first of the two.
    names = [
        path.name
        for path in tracked()
        if path.is_relative_to(ROOT / "tests") and path.match("test_*.py")
    ]
    assert len(names) > 100
    assert sorted(set(names)) == sorted(names)
