"""The C sources keep what they promise to whoever copies them: no warning, no library, no globals.

They also withstand anything: the fuzz target runs for `TISSUESENSE_FUZZ_S` seconds, three unless
stated.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conformance.link_c import FOLDER, INCLUDES, SANITIZED, SOURCES, compiled
from tests.system_programs import needed

CORTEX_M0 = ("-mcpu=cortex-m0", "-mthumb", "-Os", "-ffreestanding")
ALLOWED = {"memcpy", "memset"}
HELPERS = ("__aeabi_", "__gnu_thumb1_")  # a small core's missing instructions, out of libgcc
FORMATTED = sorted(path for path in FOLDER.rglob("*.[ch]") if "build" not in path.parts)
SHIPPED = [path for path in FORMATTED if path.parent.name != "test"]
FORMATTER = 14
FUZZ_S = os.environ.get("TISSUESENSE_FUZZ_S", "3")


def symbols(source: Path, folder: Path, compiler: str, *arguments: str) -> list[tuple[str, str]]:
    """Return kind and name of each symbol that compiling `source` leaves."""
    compiled_file = compiled(folder / "it.o", *arguments, "-c", source, compiler=compiler)
    lister = compiler.replace("gcc", "nm")
    done = subprocess.run(
        [needed(lister), "-P", compiled_file], capture_output=True, text=True, check=True
    )
    return [(kind, name) for name, kind, *_ in map(str.split, done.stdout.splitlines())]


@pytest.mark.parametrize(
    ("compiler", "arguments"),
    [
        pytest.param(
            "gcc",
            ("-O2",),
            marks=pytest.mark.skipif(sys.platform != "linux", reason="other names of symbols"),
        ),
        ("arm-none-eabi-gcc", CORTEX_M0),
    ],
)
@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_the_object_needs_no_library_and_keeps_no_state(
    source: Path, compiler: str, arguments: tuple[str, ...], tmp_path: Path
) -> None:
    found = symbols(source, tmp_path, compiler, *arguments)
    wanted = {name for kind, name in found if kind == "U" and not name.startswith(HELPERS)}
    ours = {name for name in wanted if name.startswith("tsl_")}
    assert wanted - ours <= ALLOWED
    if source.stem == "tissuesense_link":
        assert not ours
    assert [name for kind, name in found if kind in "dDbBC"] == []


@pytest.mark.parametrize(("language", "compiler"), [("c", "gcc"), ("c++", "g++")])
def test_the_headers_stand_alone(language: str, compiler: str, tmp_path: Path) -> None:
    user = tmp_path / "user"
    user.write_text('#include "tsl_device.h"\n', encoding="utf-8")
    warnings = ["-Wall", "-Wextra", "-pedantic", "-Werror", *INCLUDES]
    command = [needed(compiler), *warnings, "-x", language, "-fsyntax-only", str(user)]
    subprocess.run(command, check=True)


@pytest.mark.parametrize("source", FORMATTED, ids=lambda path: path.name)
def test_the_code_is_formatted_as_its_style_says(source: Path) -> None:
    formatter = shutil.which("clang-format")
    if formatter is None:
        pytest.skip("clang-format is not installed")
    version = subprocess.run([formatter, "--version"], capture_output=True, text=True, check=True)
    if f"version {FORMATTER}." not in version.stdout:
        pytest.skip(f"clang-format {FORMATTER} has the say, and versions differ in details")
    command = [formatter, "--dry-run", "-Werror", str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("source", SHIPPED, ids=lambda path: path.name)
def test_no_floating_point_is_in_it(source: Path) -> None:
    words = set(source.read_text(encoding="utf-8").replace("(", " ").split())
    assert words.isdisjoint({"float", "double"})


def test_no_bytes_make_it_break_a_promise(tmp_path: Path) -> None:
    address = [*SANITIZED[:-1], "-fsanitize=address,undefined"]
    fuzz = compiled(tmp_path / "fuzz", *address, FOLDER / "test" / "fuzz.c", *SOURCES)
    seed = os.environ.get("TISSUESENSE_FUZZ_SEED", "20260105")
    done = subprocess.run([fuzz, FUZZ_S, seed], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 1_000_000 * min(float(FUZZ_S), 1.0)
