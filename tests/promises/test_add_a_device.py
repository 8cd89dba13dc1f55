"""The gauge of the how-to page is whole: one short file and one row, and it is recorded from."""

import csv
import json
import os
import re
import subprocess
import sys
import tomllib
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from tissuesense.devices.codec import Command, ForceReading, WireSample, event_json
from tissuesense.devices.profile import DeviceProfile, WireParameters

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-to" / "add-a-device.md").read_text(encoding="utf-8")
MOST_LINES = 60
GROUP = "tissuesense.devices"


def block(language: str) -> str:
    (text,) = re.findall(rf"^```{language}\n(.+?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
    assert isinstance(text, str)
    return text


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Install what the page shows as a package of one's own would be."""
    ((_, row),) = tomllib.loads(block("toml"))["project"]["entry-points"].items()
    ((name, target),) = row.items()
    module = target.partition(":")[0]
    (tmp_path / f"{module}.py").write_text(block("python"), encoding="utf-8")
    info = tmp_path / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{GROUP}]\n{name} = {target}\n")
    return tmp_path


@pytest.fixture
def profile(package: Path) -> DeviceProfile:
    (source,) = package.glob("*.py")
    spec = spec_from_file_location(source.stem, source)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    found = module.PROFILE
    assert isinstance(found, DeviceProfile)
    return found


def test_it_is_one_file_of_under_60_lines_and_one_row(profile: DeviceProfile) -> None:
    lines = block("python").splitlines()
    assert len(lines) < MOST_LINES
    assert max(map(len, lines)) <= 100
    rows = re.findall(r'^    "(\S+)": f"\{_CATALOG\}\.(\w+):PROFILE",$', PAGE, flags=re.MULTILINE)
    assert rows == [(profile.model, profile.model.replace("-", "_"))]


def test_its_vector_is_read_as_it_says(profile: DeviceProfile) -> None:
    vector = json.loads(block("json"))
    codec = profile.codec(WireParameters(**vector["parameters"]))
    events = codec.receive(bytes.fromhex(vector["hex"]), 0.0, vector["channel"])
    assert [event_json(event) for event in events] == vector["events"]


def test_it_reads_its_own_simulator(profile: DeviceProfile) -> None:
    codec, gauge = profile.codec(WireParameters()), profile.encoder(WireParameters())
    for index, force_n in enumerate((0.0, 12.345, -3.21, 199.999)):
        gauge.samples([WireSample(t_s=index * 0.1, force_n=force_n)])
        (reading,) = codec.receive(gauge.reply(codec.encode(Command.READ)), 0.0)
        assert isinstance(reading, ForceReading)
        assert reading.force_n == pytest.approx(force_n, abs=0.51 * profile.resolution_n)


def test_it_is_listed_and_recorded_from(package: Path, profile: DeviceProfile) -> None:
    def tissuesense(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "tissuesense", *words],
            cwd=package,
            env={**os.environ, "PYTHONPATH": str(package)},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    listed = json.loads(tissuesense("devices", "--json"))["models"]
    (row,) = (row for row in listed if row["model"] == profile.model)
    assert (row["transports"], row["push_sign"]) == (["serial", "simulated"], "negative")

    (command,) = re.findall(r"^    tissuesense (record .+sim:.+)$", PAGE, flags=re.MULTILINE)
    tissuesense(*command.replace('"', "").split())
    with (package / "try.csv").open(encoding="utf-8") as table:
        force_n = [float(sample["force_n"]) for sample in csv.DictReader(table)]
    assert len(force_n) > 50
    assert max(force_n) > 5
