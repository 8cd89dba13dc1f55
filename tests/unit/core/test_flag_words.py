"""Every flag has words of its own; one that is not ours is shown as it is."""

import pytest

from tissuesense.core.flag_words import flag_words
from tissuesense.core.quality import QualityFlag


@pytest.mark.parametrize("flag", QualityFlag)
def test_every_flag_has_words_of_its_own(flag: QualityFlag) -> None:
    assert flag_words(flag) not in {flag, flag.replace("_", " ")}


def test_a_flag_of_another_package_is_shown_as_it_is() -> None:
    assert flag_words("shaky_bench") == "shaky bench"
