"""After a press there is one sentence that says what to do."""

import pytest

from tissuesense.core.errors import ConfigurationError
from tissuesense.core.quality import QualityFlag
from tissuesense.guidance.presets import preset, presets
from tissuesense.guidance.words import TOO_FAST, TOO_SLOW, verdict


@pytest.mark.parametrize("flag", QualityFlag)
def test_every_flag_makes_a_sentence(flag: QualityFlag) -> None:
    assert verdict(accepted=False, flags=[flag]).endswith(".")


def test_a_clean_press_is_accepted_in_one_word() -> None:
    assert verdict(accepted=True, flags=[]) == "Accepted."


def test_an_accepted_press_with_a_remark_says_which() -> None:
    assert verdict(accepted=True, flags=["dwell"]) == "Accepted; the hand paused while pressing."


@pytest.mark.parametrize(("rate_error", "sentence"), [(0.5, TOO_FAST), (-0.5, TOO_SLOW)])
def test_a_wrong_rate_says_in_which_direction(rate_error: float, sentence: str) -> None:
    assert verdict(accepted=False, flags=["rate_mean"], rate_error=rate_error) == sentence


def test_of_several_faults_the_gravest_is_said() -> None:
    said = verdict(accepted=False, flags=["nonlinear", "rate_mean", "slip"], rate_error=0.5)
    assert said == verdict(accepted=False, flags=["slip"])


@pytest.mark.parametrize("flag", ["bounce", "not_recovered", "no_swing", "short_record", "noisy"])
def test_after_a_tap_that_does_not_count_the_hand_is_told_what_to_do(flag: str) -> None:
    said = verdict(accepted=False, flags=[flag])
    assert said.endswith("Again.")
    assert not said.startswith("Not usable")


def test_the_known_presets_are_there_and_possible() -> None:
    assert set(presets()) >= {"dfns", "somedic30", "somedic40", "wagner1kg", "ndos5", "tmd0.5"}
    for protocol in presets().values():
        assert 20 <= protocol.target_rate_kpa_s <= 100
        assert protocol.trials >= 3
        assert protocol.source


def test_one_kilogram_force_a_second_on_one_square_centimetre() -> None:
    assert preset("wagner1kg").target_rate_kpa_s == 98.0665
    assert preset("tmd0.5").target_rate_kpa_s == pytest.approx(98.0665 / 2)


def test_an_unknown_preset_lists_the_known_ones() -> None:
    with pytest.raises(ConfigurationError) as refused:
        preset("dnfs")
    assert "dfns" in refused.value.known
    assert "dfns" in refused.value.hint
