"""Claim: settings are kept whole or not at all, and nothing that is not ours is taken for them."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.core.errors import ConfigurationError, FileWriteError, UsageError
from tissuesense.services.app_settings import AppSettings, KeptSettings, PressureUnit


def test_what_was_changed_is_there_the_next_time(tmp_path: Path) -> None:
    file = tmp_path / "config" / "settings.json"
    KeptSettings(file).change(gauge_url="sim:?subject=relaxed", sounds=True, preset="dfns")
    again = KeptSettings(file)
    assert again.now == AppSettings(gauge_url="sim:?subject=relaxed", sounds=True, preset="dfns")
    assert again.trouble == ""
    assert [path.name for path in file.parent.iterdir()] == ["settings.json"]


def test_without_a_place_nothing_is_written(tmp_path: Path) -> None:
    kept = KeptSettings()
    kept.change(language="de")
    assert kept.now.language == "de"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"gauge_url": "nonsense"},
        {"gauge_url": "sim:?subject=relaxed" + "&" * 600},
        {"backup_folder": "/media/\x07"},
        {"preset": "of nobody"},
        {"idle_lock_minutes": -1},
        {"idle_lock_minutes": 10_000},
    ],
)
def test_a_refused_change_changes_nothing(tmp_path: Path, changed: dict[str, Any]) -> None:
    file = tmp_path / "settings.json"
    kept = KeptSettings(file)
    kept.change(language="fr")
    before = file.read_bytes()
    with pytest.raises((UsageError, ConfigurationError)):
        kept.change(**changed)
    assert kept.now == AppSettings(language="fr")
    assert file.read_bytes() == before


def test_a_folder_that_refuses_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "in the way").write_text("a file")
    kept = KeptSettings(tmp_path / "in the way" / "settings.json")
    with pytest.raises(FileWriteError):
        kept.change(language="fr")
    assert kept.now == AppSettings()


USUAL = AppSettings().to_dict()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "[]",
        "[" * 10_000,
        "null",
        json.dumps(USUAL | {"schema": "tissuesense.settings/2"}),
        json.dumps(USUAL | {"clients": ["TS-3ET9E"]}),
        json.dumps(USUAL | {"sounds": 1}),
        json.dumps(USUAL | {"idle_lock_minutes": True}),
        json.dumps(USUAL | {"idle_lock_minutes": 2.5}),
        json.dumps(USUAL | {"pressure_unit": "psi"}),
        json.dumps(USUAL | {"gauge_url": "serial:"}),
        json.dumps(USUAL | {"language": "x" * 30_000}),
    ],
)
def test_a_file_that_is_not_as_it_was_written_is_said_and_left_alone(
    tmp_path: Path, text: str
) -> None:
    file = tmp_path / "settings.json"
    file.write_text(text)
    kept = KeptSettings(file)
    assert kept.now == AppSettings()
    assert "could not be read" in kept.trouble
    assert file.read_text() == text
    kept.change(sounds=True)
    assert kept.trouble == ""
    assert KeptSettings(file).now.sounds


def test_the_file_holds_nothing_but_settings(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    KeptSettings(file).change(sounds=False)
    assert set(json.loads(file.read_text())) == {
        "schema", "gauge_url", "button_url", "preset", "pressure_unit", "language", "sounds",
        "idle_lock_minutes", "backup_folder",
    }  # fmt: skip


@given(st.floats(1.0, 2000.0), st.floats(0.1, 5.0))
def test_units_are_the_same_pressure(kpa: float, area_cm2: float) -> None:
    force_n = PressureUnit.N.of_kpa(kpa, area_cm2=area_cm2)
    assert force_n * 10.0 / area_cm2 == pytest.approx(kpa)
    assert PressureUnit.KGF_CM2.of_kpa(98.0665) == pytest.approx(1.0)
    assert PressureUnit.KGF_CM2.of_kpa(kpa, area_cm2=area_cm2) == pytest.approx(kpa / 98.0665)
    assert PressureUnit.KPA.of_kpa(kpa, area_cm2=area_cm2) == kpa
