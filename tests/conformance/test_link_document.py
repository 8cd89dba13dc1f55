"""What PROTOCOL.md prints is so: its examples, its rates, its checklist, and the vectors."""

import json
import re
import runpy
from pathlib import Path

import pytest

from tissuesense.devices.catalog.tissuesense_link import PROFILE
from tissuesense.devices.link.frames import frame, message_of
from tissuesense.devices.link.messages import Message, Text, decode
from tissuesense.services.link_conformance.run import CHECKS

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "firmware_interfaces" / "link" / "PROTOCOL.md").read_text(encoding="utf-8")
HEX = r"`([0-9a-f ]+)`"
EXAMPLE = re.compile(rf"^\| (host|device) \| (.+) \| {HEX} \| {HEX} \|$", re.MULTILINE)
EXAMPLES = [match.groups() for match in EXAMPLE.finditer(DOCUMENT)]
CHECK = re.compile(r"^\| `([a-z-]+)` \| (\d) \| (.+) \|$", re.MULTILINE)
# Names of fields in the document, for which Python has lower-case ones.
WORDS = {
    "rate_mHz": "rate_mhz",
    "fastest_mHz": "fastest_mhz",
    "least_uN": "least_un",
    "most_uN": "most_un",
    "resolution_uN": "resolution_un",
    "area_mm2_1000": "area",
    "area_u_mm2_1000": "area_u",
    "force_uN": "force_un",
}


def section(number: int) -> str:
    return DOCUMENT.partition(f"\n## {number}. ")[2].partition("\n## ")[0]


def stated(sentence: str) -> dict[str, int]:
    return {
        WORDS.get(name, name): int(number, 0)
        for name, number in re.findall(r"(\w+)=(-?\w+)", sentence)
    }


def in_fields(message: Message) -> dict[str, int]:
    names = message.__slots__
    found = {name: getattr(message, name) for name in names}
    return {name: value for name, value in found.items() if isinstance(value, int)}


def test_the_examples_are_there() -> None:
    said = {sentence.split()[0] for _, sentence, _, _ in EXAMPLES}
    assert said >= {"HELLO", "RANGE", "TIP", "TEXT", "BATTERY", "SAMPLE", "MARKER", "FAULT"}
    assert said >= {"START", "STOP", "RATE", "TARE", "REPLY"}
    assert len(EXAMPLES) == section(10).count("\n| host |") + section(10).count("\n| device |")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example[1][:30])
def test_an_example_is_framed_as_it_is_printed(example: tuple[str, str, str, str]) -> None:
    _, _, message, framed = example
    assert frame(bytes.fromhex(message)).hex(" ") == framed
    assert message_of(bytes.fromhex(framed)[:-1]) == bytes.fromhex(message)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example[1][:30])
def test_an_example_says_what_is_printed(example: tuple[str, str, str, str]) -> None:
    sender, sentence, data, _ = example
    message = decode(bytes.fromhex(data))
    assert message is not None
    assert not isinstance(message, str)
    fields = in_fields(message)
    if sender == "host":
        del fields["command"]
    assert fields == stated(sentence)
    if isinstance(message, Text) and sentence.endswith("`") and "half" not in sentence:
        assert f"`{message.data.decode()}`" in sentence


def test_the_example_of_cobs() -> None:
    raw, stuffed = re.findall(r"So `([0-9a-f ]+)` becomes\n`([0-9a-f ]+)`", section(2))[0]
    runs = bytes.fromhex(raw).split(b"\0")
    assert b"".join(bytes((len(run) + 1,)) + run for run in runs) == bytes.fromhex(stuffed)


def test_the_rates_of_the_table_leave_a_fifth_of_the_line() -> None:
    header = next(line for line in section(6).splitlines() if line.startswith("| Baud"))
    sizes = [int(size) for size in re.findall(r"(\d+) bytes", header)]
    row = re.compile(r"^\| (\d+) \| (\d+)[^|]*\| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE)
    rows = row.findall(section(6))
    assert len(rows) == 6
    for baud, *rates in rows:
        assert [int(rate) for rate in rates] == [int(baud) * 8 // 100 // size for size in sizes]


def test_the_checklist_is_that_of_the_conformance_command() -> None:
    listed = [(name, int(number), words) for name, number, words in CHECK.findall(section(11))]
    assert listed == [(check.name, check.section, check.requirement) for check in CHECKS]


def test_the_uuids_are_those_of_the_profile() -> None:
    assert PROFILE.ble is not None
    assert PROFILE.ble.write is not None
    uuids = [PROFILE.ble.service, *PROFILE.ble.notify, PROFILE.ble.write]
    assert re.findall(r"f4a1000\d-[0-9a-f-]{27}", section(1)) == uuids


def test_the_vectors_are_those_that_the_second_implementation_writes() -> None:
    documents = runpy.run_path(str(ROOT / "tools" / "link_vectors.py"))["documents"]()
    folder = ROOT / "firmware_interfaces" / "link" / "vectors"
    assert sorted(folder.rglob("*.json")) == sorted(documents)
    for path, document in documents.items():
        assert json.loads(path.read_text(encoding="utf-8")) == document
