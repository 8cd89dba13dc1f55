"""An estimator is a name, a version and a function: another package can add one."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, EntryPoints, entry_points
from types import ModuleType
from typing import Any
from unittest.mock import create_autospec

import numpy as np
import pytest

from tissuesense.analysis import analyse
from tissuesense.analysis.registry import ESTIMATORS
from tissuesense.analysis.result import Estimator, Finding
from tissuesense.core.quality import QualityFlag
from tissuesense.core.recording import Recording, RecordingContext, RecordingKind
from tissuesense.core.registry import Registry
from tissuesense.core.trace import Trace


@dataclass(frozen=True)
class Taps:
    """What a package of somebody else may give back."""

    flags: tuple[QualityFlag, ...] = (QualityFlag.POOR_FIT,)

    def to_dict(self) -> dict[str, Any]:
        return {"taps": []}

    def findings(self) -> Sequence[Finding]:
        return [Finding(item="tap", index=1, quantity="frequency_hz", value=15.0)]


def taps(recording: Recording) -> Taps:
    del recording
    return Taps()


@pytest.fixture
def another_package(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("their_taps")
    vars(module)["ESTIMATOR"] = Estimator(
        name="their_taps", version="0.3", kinds=frozenset({RecordingKind.TAP}), analyse=taps
    )
    monkeypatch.setitem(sys.modules, "their_taps", module)
    point = EntryPoint(
        name="their_taps", value="their_taps:ESTIMATOR", group="tissuesense.estimators"
    )
    metadata = create_autospec(entry_points, return_value=EntryPoints([point]))
    monkeypatch.setattr("tissuesense.core.registry.entry_points", metadata)
    table: Registry[Estimator] = Registry(
        "estimator", Estimator, ESTIMATORS.targets(), group="tissuesense.estimators"
    )
    monkeypatch.setattr(analyse, "ESTIMATORS", table)


@pytest.mark.usefixtures("another_package")
def test_an_estimator_of_another_package_analyses_when_it_is_named() -> None:
    trace = Trace(t_s=np.arange(3.0), acceleration_m_s2=np.zeros(3))
    recording = Recording(trace=trace, context=RecordingContext())
    found = analyse.analyze(recording, estimator="their_taps")
    assert analyse.analyze(recording).estimator.name == "tap"
    assert found.estimator.name == "their_taps"
    assert found.flags == (QualityFlag.POOR_FIT,)
    assert found.to_dict()["taps"] == []
    assert [finding.quantity for finding in found.findings()] == ["frequency_hz"]


def test_a_finding_is_accepted_and_without_flags_unless_said() -> None:
    finding = Finding(item="press", index=1, quantity="peak_n", value=3.0)
    assert finding.accepted
    assert finding.flags == ()
