"""Every device model in the table has its vectors, its page and a simulator that it can read."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tissuesense.core.errors import LocalProtocolError
from tissuesense.devices import catalog
from tissuesense.devices.codec import Codec, Command, Encoder, ForceReading, WireSample
from tissuesense.devices.registry import DEVICES

ROOT = Path(__file__).parents[2]
CATALOG = Path(catalog.__path__[0])
FOLDERS = {"tissuesense-link": "link"}  # our own wire, whose home is more than vectors
DEVICE_FILES = sorted(path for path in CATALOG.glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("source", DEVICE_FILES, ids=lambda path: path.stem)
def test_every_device_file_is_in_the_table(source: Path) -> None:
    named = {target.partition(":")[0].rpartition(".")[2] for target in DEVICES.targets().values()}
    assert source.stem in named


@pytest.mark.parametrize("model", DEVICES)
def test_every_row_is_named_as_its_profile(model: str) -> None:
    assert DEVICES[model].model == model


@pytest.mark.parametrize("kind", ["valid", "invalid"])
@pytest.mark.parametrize("model", DEVICES)
def test_every_device_has_vectors(model: str, kind: str) -> None:
    folder = FOLDERS.get(model, model)
    assert list((ROOT / "firmware_interfaces" / folder / "vectors" / kind).glob("*.json"))


def test_no_vectors_lie_about_of_a_model_that_is_gone() -> None:
    folders = {path.parents[1].name for path in ROOT.glob("firmware_interfaces/*/vectors/valid")}
    assert folders == {FOLDERS.get(model, model) for model in DEVICES}


@pytest.mark.parametrize("model", DEVICES)
def test_every_device_has_a_page_that_shows_its_url_and_names_its_sources(model: str) -> None:
    page = (ROOT / "docs" / "reference" / "devices" / f"{model}.md").read_text(encoding="utf-8")
    profile = DEVICES[model]
    assert f"model={model}" in page
    for parameter in profile.parameters:
        assert f"`{parameter}=" in page
    assert f"Confidence: {profile.confidence}" in page
    assert profile.tried_on_hardware or "Never tried on hardware" in page
    for source in profile.sources.values():
        assert source in page


@pytest.mark.parametrize("model", DEVICES)
def test_every_profile_tells_a_user_what_the_table_shows(model: str) -> None:
    profile = DEVICES[model]
    assert profile.title
    assert profile.notes
    assert profile.sources
    assert profile.push_sign in {"positive", "negative"}
    assert set(profile.parameters) <= {
        "baud",
        "unit",
        "invert",
        "sensitivity_mv_v",
        "capacity_n",
        "rate_hz",
    }


@pytest.mark.parametrize("invert", [False, True])
@pytest.mark.parametrize("model", DEVICES)
def test_every_device_reads_its_own_simulator(model: str, invert: bool) -> None:
    profile = DEVICES[model]
    if invert and "invert" not in profile.parameters:
        return
    parameters = replace(profile.example_parameters, invert=invert)
    codec, encoder = profile.codec(parameters), profile.encoder(parameters)
    with suppress(LocalProtocolError):  # polled, or it talks unasked
        encoder.reply(codec.encode(Command.START))
    for index, force_n in enumerate((0.0, 12.345, -3.21, 199.999)):
        if force_n < profile.least_n:
            continue
        sample = WireSample(t_s=index * 0.1, force_n=force_n)
        (reading,) = codec.receive(_sent(encoder, codec, sample, polled=_polled(model)), 0.0)
        assert isinstance(reading, ForceReading)
        assert reading.force_n == pytest.approx(force_n, abs=0.51 * profile.resolution_n)
        has_clock = profile.clock_period_s is not None
        assert reading.t_device_s == (pytest.approx(sample.t_s) if has_clock else None)


def _polled(model: str) -> bool:
    serial = DEVICES[model].serial
    return serial is not None and serial.poll_interval_s is not None


def _sent(encoder: Encoder, codec: Codec, sample: WireSample, *, polled: bool) -> bytes:
    unasked = encoder.samples([sample])
    return encoder.reply(codec.encode(Command.READ)) if polled else unasked
