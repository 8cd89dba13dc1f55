"""A preset is what it does: its hash follows its content, and one's own has a name of its own."""

import re
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from tissuesense.core.errors import ConfigurationError
from tissuesense.core.recording import RecordingContext
from tissuesense.guidance.presets import Preset, custom_preset, preset, presets

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "presets.md"
ONLY_WORDS = {"name", "title", "source"}
OTHER: dict[str, Any] = {
    "probe_area_cm2": 0.5,
    "target_rate_kpa_s": 51.0,
    "trials": 4,
    "interval_s": 31.0,
    "tip_shape": "spherical",
    "aggregation": "last_two",
    "cutoff_kpa": 600.0,
}


def test_every_shipped_preset_stands_on_its_page_with_its_hash() -> None:
    """The page pins the hashes: a changed preset is seen there, and needs another name."""
    row = r"^\| `([\w.]+)` \|.*\| `([0-9a-f]{12})` \|$"
    listed = dict(re.findall(row, PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert listed == {name: p.content_sha256[:12] for name, p in presets().items()}


@pytest.mark.parametrize("name", presets())
def test_the_page_says_what_a_preset_does(name: str) -> None:
    shipped = preset(name)
    page = PAGE.read_text(encoding="utf-8")
    cells = page.partition(f"| `{name}` |")[2].partition("\n")[0].split("|")
    said = [
        shipped.probe_area_cm2,
        shipped.target_rate_kpa_s,
        shipped.trials,
        shipped.interval_s,
        shipped.cutoff_kpa,
    ]
    assert [float(cell.strip()) for cell in cells[:5]] == said


def test_a_hash_follows_everything_that_is_done() -> None:
    assert {field.name for field in fields(Preset)} == ONLY_WORDS | set(OTHER)
    shipped = preset("dfns")
    hashes = {replace(shipped, **{key: value}).content_sha256 for key, value in OTHER.items()}
    assert len(hashes | {shipped.content_sha256}) == len(OTHER) + 1


def test_a_hash_does_not_follow_words() -> None:
    shipped = preset("dfns")
    renamed = replace(shipped, name="clinic-50", title="Ours", source="us")
    assert renamed.content_sha256 == shipped.content_sha256


def test_a_protocol_of_ones_own_is_named_and_hashed() -> None:
    own = custom_preset(
        "clinic-30", probe_area_cm2=1.0, target_rate_kpa_s=35.0, trials=4, interval_s=45.0
    )
    assert own.source == "own protocol"
    assert own.content_sha256 not in {shipped.content_sha256 for shipped in presets().values()}


@pytest.mark.parametrize(("name", "why"), [("", "needs a name"), ("dfns", "is a shipped preset")])
def test_one_without_a_name_or_under_a_name_that_others_know_is_refused(
    name: str, why: str
) -> None:
    with pytest.raises(ConfigurationError, match=why):
        custom_preset(name, probe_area_cm2=1.0, target_rate_kpa_s=35.0, trials=3, interval_s=30.0)


@pytest.mark.parametrize("name", presets())
def test_what_is_recorded_under_a_preset_carries_its_protocol(name: str) -> None:
    shipped = preset(name)
    context = RecordingContext.from_dict(shipped.sidecar())
    assert replace(context.protocol, trials=shipped.trials) == shipped.protocol
    assert context.extra["preset_sha256"] == shipped.content_sha256
