"""The terminal's guide says one word, shows pace and presses, and keeps the value to itself."""

from dataclasses import replace

import pytest

from tissuesense.cli.ramp_guide import dots, drawn, ramp_guide, rate_bar
from tissuesense.guidance.view import Cue, GuideView, Phase
from tissuesense.services.measure import MeasureProgress


def progress(
    view: GuideView, *, rest_s: float = 0.0, linked: bool = True, paced: bool = True
) -> MeasureProgress:
    return MeasureProgress(
        view=view,
        paced=paced,
        judged=(True, False),
        wanted=3,
        sentence="Too fast. Press slower. Again.",
        rest_s=rest_s,
        linked=linked,
    )


def ramp(cue: Cue = Cue.GOOD, **more: float) -> GuideView:
    return GuideView(phase=Phase.RAMP, cue=cue, force_n=31.4, **more)  # type: ignore[arg-type] # numbers only


def shown(state: MeasureProgress, kpa_per_n: float | None = None) -> str:
    return drawn(state, site="left thenar", keys="s: end", kpa_per_n=kpa_per_n).plain


@pytest.mark.parametrize("cue", Cue)
def test_every_cue_is_a_word_with_a_shape_of_its_own(cue: Cue) -> None:
    line = shown(progress(ramp(cue))).strip().splitlines()[0]
    assert line.split(maxsplit=1)[1] == cue.upper()
    others = [shown(progress(ramp(c))).strip()[0] for c in Cue if c is not cue]
    assert line[0] not in others


def test_the_running_value_is_hidden_unless_asked_for() -> None:
    assert "314" not in shown(progress(ramp()))
    assert "314 kPa" in shown(progress(ramp()), kpa_per_n=10.0)


@pytest.mark.parametrize(
    ("error", "place"), [(-1.5, 0), (-1.0, 0), (0.0, 20), (1.0, 40), (3.0, 40)]
)
def test_the_needle_stands_where_the_pace_is(error: float, place: int) -> None:
    assert rate_bar(error).removeprefix("slow ").index("◆") == place


def test_without_a_pace_there_is_no_needle() -> None:
    assert "◆" not in rate_bar(None)
    assert "[" not in shown(progress(ramp(), paced=False))


def test_the_brackets_enclose_what_is_good() -> None:
    good, fast = rate_bar(0.15), rate_bar(0.30)
    assert good.index("[") < good.index("◆") < good.index("]")
    assert fast.index("◆") > fast.index("]")


def test_presses_are_filled_struck_or_still_to_come() -> None:
    assert dots(progress(ramp())) == "● ✕ ○ ○   1 of 3"


def test_rest_lost_link_and_limit_are_said_beside_the_word() -> None:
    armed = GuideView(phase=Phase.ARMED, cue=Cue.PRESS)
    assert "press again in 12 s" in shown(progress(armed, rest_s=12.3))
    assert "not sending" in shown(progress(ramp(), linked=False))
    assert "90 % of the limit" in shown(progress(ramp(near_limit=0.9)))


def test_the_sentence_after_the_press_is_there() -> None:
    assert "Too fast. Press slower. Again." in shown(progress(ramp()))


def test_what_is_no_press_is_shown_with_its_own_words() -> None:
    told = ("142 kPa", "at this level 12 s")
    treating = GuideView(phase=Phase.ACTIVE, cue=Cue.TREAT, told=told)
    lines = shown(replace(progress(treating, paced=False), item="application")).splitlines()
    assert lines[1].split(maxsplit=1)[1] == "TREAT   142 kPa"
    assert lines[2].strip() == "at this level 12 s"
    settling = GuideView(phase=Phase.SETTLING, cue=Cue.WAIT)
    assert "keep off the skin" in shown(replace(progress(settling), item="application"))
    assert "hold still" in shown(replace(progress(settling), item="tap"))


def test_a_log_says_each_sentence_once_and_numbers_what_was_judged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    states = [
        replace(progress(ramp()), judged=(), said=0, sentence=""),
        replace(progress(ramp()), judged=(True,), said=1, sentence="Accepted.", item="tap"),
        replace(progress(ramp()), judged=(True,), said=1, sentence="Accepted.", item="tap"),
        replace(progress(ramp()), judged=(True,), said=2, sentence="That was no tap.", item="tap"),
        replace(progress(ramp()), judged=(True, True), said=3, sentence="Accepted.", item="tap"),
    ]
    with ramp_guide("left thenar", keys="", kpa_per_n=None) as show:
        for state in states:
            show(state)
    assert capsys.readouterr().err.splitlines() == [
        "Tap 1: Accepted.",
        "That was no tap.",
        "Tap 2: Accepted.",
    ]


def test_a_log_says_stop_once_for_each_time_beyond_the_limit(
    capsys: pytest.CaptureFixture[str],
) -> None:
    beyond = GuideView(phase=Phase.ACTIVE, cue=Cue.STOP, alarm=True)
    with ramp_guide("left thenar", keys="", kpa_per_n=None) as show:
        for view in (ramp(), beyond, beyond, ramp(), beyond):
            show(progress(view))
    assert capsys.readouterr().err.count("STOP") == 2
