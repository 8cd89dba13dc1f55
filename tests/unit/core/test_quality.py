"""The flags are the stable words of the public contract."""

import re

import pytest

from tissuesense.core.quality import QualityFlag, QualitySummary

# Section 4 of the public contract, first paragraph.
CONTRACT = """\
rate_mean rate_cv nonlinear dwell dip slip overshoot late_release early_release preload off_axis
clip drop sample_rate marker_far trial_spread double_peak plateau drift censored overload duplicates
spikes gap creep hand_drift no_hold poor_fit too_few
"""


@pytest.mark.parametrize("word", CONTRACT.split())
def test_every_flag_of_the_contract_is_there(word: str) -> None:
    assert QualityFlag(word) == word


@pytest.mark.parametrize("flag", QualityFlag)
def test_a_flag_is_a_lower_case_word(flag: QualityFlag) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", flag)


@pytest.mark.parametrize("flag", QualityFlag)
def test_a_flag_prints_as_its_word(flag: QualityFlag) -> None:
    assert f"{flag}" == flag.value


def test_nothing_happened_unless_something_is_said() -> None:
    assert QualitySummary() == QualitySummary(gaps=(), rejected_frames=0, duplicates=0, flags=())
