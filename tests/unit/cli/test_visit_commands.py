"""A visit goes from opening to signature in JSON, and what comes late is said to be late."""

import re

import pytest
from tests.unit.cli.shell import Shell
from tests.unit.services.told import SITE

from tissuesense.core.clock import SystemClock

PLACE = ("--site", "trapezius_upper", "--side", "left")
GAUGE = "sim:?subject=tender_left&seed=1&speed=0"


def measured(shell: Shell, client: str, *words: str) -> str:
    measure = ("measure", "--device", GAUGE, "--client", client, "--json", "--trials", "2")
    answer = shell.done(*measure, *(words or PLACE))
    return str(answer.json["saved"]["measurement"])


def test_options_and_input_say_the_same(shell: Shell, visit: str) -> None:
    typed = shell.done("visit", "finding", "--visit", visit, *PLACE, "--tenderness", "2").json
    piped = shell.done("visit", "finding", said={"visit": visit, **SITE, "tenderness": 2}).json
    for answer in (typed, piped):
        del answer["entry"], answer["found_at"]
    assert typed == piped


def test_option_goes_before_the_input(shell: Shell, visit: str) -> None:
    stated = {"visit": visit, **SITE, "tenderness": 2}
    assert shell.done("visit", "finding", "--tenderness", "1", said=stated).json["tenderness"] == 1


def test_joint_is_a_finding_of_its_own_kind(shell: Shell, visit: str) -> None:
    moved = {"visit": visit, "joint": "neck", "movement": "rotation", "side": "left"}
    assert shell.done("visit", "finding", said={**moved, "ashworth": "1+"}).json["kind"] == "joint"


def test_unknown_site_is_kept_as_typed_and_said(shell: Shell, visit: str) -> None:
    words = ("visit", "finding", "--visit", visit, "--site", "trapezius_uper", "--side", "left")
    answer = shell.done(*words, "--tenderness", "1")
    assert answer.json["site"] == "trapezius_uper"
    assert "trapezius_upper" in answer.err


def test_whole_visit_stands_in_what_is_shown(shell: Shell, client: str, visit: str) -> None:
    shell.done("visit", "finding", "--visit", visit, *PLACE, "--tenderness", "2", "--tone", "1")
    before = measured(shell, client)
    shell.done("visit", "treat", "--visit", visit, *PLACE, "--technique", "mfr", "--nrs", "6")
    after = measured(shell, client)
    shell.done("visit", "skip", "--visit", visit, "--what", "right side", "--reason", "refused")
    note = shell.done("visit", "note", "--visit", visit, "--subjective", "Headache").json
    assert "winces" in note["objective"]
    assert "pain threshold before treatment" in note["objective"]
    assert "pain threshold after treatment" in note["objective"]
    shell.done("visit", "sign", "--visit", visit, "--signer", "M. Example")
    shell.done("visit", "close", "--visit", visit)
    shown = shell.done("visit", "show", visit).json
    assert [m["block"] for m in shown["measurements"]] == ["pre", "post"]
    assert [m["id"] for m in shown["measurements"]] == [before, after]
    kinds = [statement["kind"] for statement in shown["statements"]]
    assert kinds == ["visit", "palpation", "dose", "not_done", "note", "signature", "closed"]


def test_block_that_is_stated_goes_before_the_usual_one(
    shell: Shell, client: str, visit: str
) -> None:
    measured(shell, client, *PLACE, "--block", "post")
    shown = shell.done("visit", "show", visit).json
    assert [m["block"] for m in shown["measurements"]] == ["post"]


def test_late_entry_is_allowed_and_said(shell: Shell, visit: str) -> None:
    early = shell.done("visit", "note", "--visit", visit, "--subjective", "x")
    shell.done("visit", "close", "--visit", visit)
    late = shell.done("visit", "note", "--visit", visit, "--subjective", "y")
    assert "late entry" not in early.err
    assert "late entry" in late.err
    assert late.json["supersedes"] == early.json["entry"]
    signed = shell.done("visit", "sign", "--visit", visit, "--signer", "M. Example")
    assert "late entry" not in signed.err
    assert shell("visit", "close", "--visit", visit).code == 1


def test_measuring_heeds_the_screen_before_it_starts(shell: Shell, client: str, visit: str) -> None:
    screen = {
        "answers": [{"item": "anticoagulant", "answer": "yes"}],
        "ceiling_kpa": 90,
        "blocked_sites": ["masseter"],
    }
    shell.done("clients", "enter", client, "screen", said=screen)
    held = shell("measure", "--device", GAUGE, "--client", client, *PLACE, "--json")
    assert held.err.index("blood thinners") < held.err.index("Press")
    assert "ends at 90 kPa" in held.err
    (trial,) = held.json["trials"]
    assert "censored" in trial["flags"]
    blocked = ("--site", "masseter", "--side", "left")
    refused = shell("measure", "--device", GAUGE, "--client", client, *blocked)
    assert (refused.code, refused.out) == (1, "")
    assert "screen blocks it" in refused.err
    assert len(shell.done("visit", "show", visit).json["measurements"]) == 1


def test_muscle_for_the_hands_alone_is_not_measured(shell: Shell, client: str) -> None:
    hands = ("--site", "sternocleidomastoid", "--side", "left")
    refused = shell("measure", "--device", GAUGE, "--client", client, *hands)
    assert refused.code == 1
    assert "carotid" in refused.err


def test_struck_out_measurement_is_shown_and_not_counted(
    shell: Shell, client: str, visit: str
) -> None:
    kept = measured(shell, client)
    void = ("visit", "void", "--visit", visit, "--measurement", kept)
    assert shell(*void).code == 2  # a reason is asked for
    shell.done(*void, "--why", "wrong side")
    (shown,) = shell.done("visit", "show", visit).json["measurements"]
    assert shown["void"]["why"] == "wrong side"
    assert re.search(r"V-\S+ .* 0 +0 +open", shell.done("clients", "show", client).out)


def test_imported_numbers_are_listed_with_the_id_that_strikes_them_out(
    shell: Shell, client: str
) -> None:
    names = "Measurement time;Iteration;Object;Side;Stiffness\n"
    table = f"{names}14.03.2025;1;Infraspinatus;Right;251\n"
    (shell.folder / "myoton.csv").write_text(table, encoding="utf-8")
    shell.done("import", "--format", "myoton", "--client", client, str(shell.folder / "myoton.csv"))
    (listed,) = shell.done("clients", "--json").json["clients"]
    assert listed["sites"] == ["infraspinatus"]
    (found,) = shell.done("clients", "show", client, "--json").json["imported"]
    assert (found["site"], found["void"]) == ("infraspinatus", None)
    assert found["id"] in shell.done("clients", "show", client).out

    void = ("visit", "void", "--visit", found["visit"], "--measurement", found["id"])
    shell.done(*void, "--why", "another person's")
    (listed,) = shell.done("clients", "--json").json["clients"]
    assert listed["sites"] == []
    (found,) = shell.done("clients", "show", client, "--json").json["imported"]
    assert found["void"]["why"] == "another person's"


def test_what_a_verb_printed_can_be_changed_and_fed_back(shell: Shell, visit: str) -> None:
    words = ("visit", "treat", "--visit", visit, *PLACE, "--technique", "mfr", "--seconds", "90")
    treated = shell.done(*words).json
    amended = shell.done(
        "visit", "amend", treated["entry"], "--reason", "timed wrongly",
        said={**treated, "seconds": 95},
    ).json  # fmt: skip
    assert (amended["seconds"], amended["supersedes"]) == (95, treated["entry"])
    stated = shell.done("visit", "show", visit).json["statements"]
    assert [s["body"]["seconds"] for s in stated if s["kind"] == "dose"] == [90, 95]
    newest = next(s for s in stated if s["id"] == amended["entry"])
    again = shell.done(
        "visit", "amend", newest["id"], "--reason", "and again",
        said={**newest, "body": {**newest["body"], "seconds": 100}},
    )  # fmt: skip
    assert again.json["seconds"] == 100


def test_reason_of_what_was_left_out_can_be_amended(shell: Shell, visit: str) -> None:
    skip = ("visit", "skip", "--visit", visit, "--what", "x", "--reason", "refused")
    entry = shell.done(*skip).json["entry"]
    amend = ("visit", "amend", entry, "--reason", "misheard")
    assert shell.done(*amend, said={"reason": "too_painful"}).json["reason"] == "too_painful"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("visit", "finding", *PLACE), "--visit"),
        (("visit", "close", "--visit", "V-7QK4Z0A1"), "mistyped"),
        (("visit", "amend", "E-7QK4Z0A0BV"), "--from"),
        (("visit", "open", "--client", "nobody"), "client id"),
    ],
    ids=lambda words: words[1] if isinstance(words, tuple) else None,
)
def test_wrong_call_is_told_what_to_do(
    shell: Shell, visit: str, words: tuple[str, ...], told: str
) -> None:
    assert visit
    answer = shell(*words)
    assert (answer.code, answer.out) == (2, "")
    assert told in answer.err


@pytest.mark.parametrize(
    ("verb", "stated", "told"),
    [
        ("finding", {**SITE, "tenderness": 4}, "0, 1, 2 or 3"),
        ("treat", {**SITE, "technique": "cupping"}, "nmt_ischemic"),
        ("sign", {"signer": ""}, "signer"),
        ("sign", {"signer": "x", "meaning": "witness"}, "author"),
        ("skip", {"what": "x", "reason": "tired"}, "refused"),
        ("close", {"mood": "good"}, "mood"),
    ],
)
def test_wrong_value_is_told_what_would_be_right(
    shell: Shell, visit: str, verb: str, stated: dict[str, object], told: str
) -> None:
    answer = shell("visit", verb, said={"visit": visit, **stated})
    assert (answer.code, answer.out) == (2, "")
    assert told in answer.err


def test_relaxation_visit_is_recorded_and_claims_nothing(shell: Shell, client: str) -> None:
    opened = shell.done("visit", "open", "--client", client, "--intent", "relaxation").json
    visit = opened["visit"]
    assert opened["opened_at"][:10] == SystemClock().local_now().date().isoformat()
    shell.done("visit", "finding", "--visit", visit, *PLACE, "--tenderness", "2")
    measured(shell, client)
    note = shell.done("visit", "note", "--visit", visit, "--subjective", "slept badly").json
    assert note["objective"] == ""
    assert "relaxation" in shell.done("clients", "show", client).out
