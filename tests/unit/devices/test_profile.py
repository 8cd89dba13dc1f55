"""What a user sets in a device URL means the same for every model."""

import pytest

from tissuesense.core.errors import ConfigurationError
from tissuesense.devices.profile import WireParameters


def test_nothing_stated_assumes_nothing() -> None:
    assert WireParameters().assumed_newton_per_unit is None
    assert WireParameters().sign == 1.0


def test_a_stated_unit_is_converted() -> None:
    assert WireParameters(unit="kgf").assumed_newton_per_unit == 9.80665


def test_a_unit_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="MPa"):
        _ = WireParameters(unit="MPa").assumed_newton_per_unit


def test_a_model_that_needs_a_unit_says_so() -> None:
    with pytest.raises(ConfigurationError, match="sauter-fh") as raised:
        WireParameters().required_newton_per_unit("sauter-fh")
    assert "unit=N" in raised.value.hint
