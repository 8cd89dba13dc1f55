"""A client's story is entered and read from the shell, in words and as JSON."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from tests.unit.cli.shell import Shell
from tests.unit.services.told import ABOUT_A_CLIENT, ABOUT_THE_PRACTICE, IN_A_VISIT

from tissuesense.record.statements import KINDS

PHASES = [
    {"per_week": 2, "per_week_to": 3, "weeks": 3},
    {"per_week": 1, "weeks": 4},
    {"every_weeks": 5, "every_weeks_to": 6},
]


def entered(shell: Shell, client: str, kind: str, /, **stated: Any) -> str:  # noqa: ANN401 - JSON
    return shell.done("clients", "enter", client, kind, said=stated).out.strip()


@pytest.mark.parametrize("kind", sorted(ABOUT_A_CLIENT))
def test_every_kind_about_a_client_can_be_entered(shell: Shell, client: str, kind: str) -> None:
    answer = shell.done("clients", "enter", client, kind, "--json", said=ABOUT_A_CLIENT[kind])
    (entry,) = answer.json["entries"]
    assert entry["kind"] == kind
    assert (
        entry["body"].items()
        >= {
            key: value for key, value in ABOUT_A_CLIENT[kind].items() if not isinstance(value, list)
        }.items()
    )


def test_kinds_are_listed_and_explained_by_a_schema(shell: Shell) -> None:
    listed = {row["kind"] for row in shell.done("clients", "kinds", "--json").json["kinds"]}
    assert listed == {kind for kind, row in KINDS.items() if row.entered}
    assert "nrs_now" in shell.done("clients", "kinds", "complaint").json["properties"]
    assert shell("clients", "kinds", "feeling").code == 2


def test_identity_is_shown_on_purpose_only(shell: Shell) -> None:
    who = {"identity": {"name": "Ann Example"}, "profile": {"birth_year": 1980}}
    new = shell.done("clients", "add", "--plain", said=who)
    client = new.out.strip()
    assert "beside the name" not in new.err
    assert "Ann" not in shell.done("clients", "show", client).out
    assert shell.done("clients", "show", client, "--json").json["identity"] is None
    assert "Ann Example" in shell.done("clients", "show", client, "--identity").out
    told = shell.done("clients", "show", client, "--identity", "--json").json
    assert told["identity"]["name"] == "Ann Example"
    looks = [s for s in told["statements"] if s["kind"] == "identity_read"]
    assert looks


def test_plan_is_kept_and_says_what_is_due(shell: Shell, client: str) -> None:
    stated = {"phases": PHASES, "goals": [{"text": "a day without headache"}]}
    answer = shell.done("clients", "plan", client, said=stated)
    assert answer.out == "2 to 3 visits a week, week 1 of 3; due today\n"
    told = shell.done("clients", "show", client, "--json").json["plan"]
    assert told["phases"] == [
        "2 to 3 visits a week",
        "1 visit a week",
        "a visit every 5 to 6 weeks",
    ]
    assert told["kept"] == 0


def test_story_is_words_in_eighty_columns(shell: Shell, client: str) -> None:
    for kind, stated in ABOUT_A_CLIENT.items():
        entered(shell, client, kind, **stated)
    shell.done("clients", "plan", client, said={"phases": PHASES, "starts_on": "2026-01-05"})
    shell.done("visit", "open", "--client", client)
    out = shell.done("clients", "show", client).out
    assert max(map(len, out.splitlines())) <= 80
    words = " ".join(out.split())
    for told in (
        "Careful: takes blood thinners",
        "at most 300 kPa",
        "then a visit every 5 to 6 weeks",
        "right-handed",
        "forward head, clear",
        "Dr. A. Example",
        "treatment: given 5 January 2026",
    ):
        assert told in re.sub(r"\s+", " ", words), told
    assert not re.search(r"[{}\[\]]|None|True", out)  # no raw data among the words


def test_complaint_that_is_told_again_is_one_row_with_its_ratings(
    shell: Shell, client: str
) -> None:
    for rating, region in (
        (6, "back of the head"),
        (4, "Back of the  head"),
        (2, "back of the head"),
    ):
        entered(shell, client, "complaint", kind="headache", region=region, nrs_now=rating)
    entered(shell, client, "complaint", kind="pain", region="left shoulder", nrs_now=5)
    out = shell.done("clients", "show", client).out
    assert "6, 4, 2" in out
    assert out.count("Headache, ") == 1
    assert "Pain, left shoulder" in out


def test_amended_entry_is_marked_with_its_reason(shell: Shell, client: str) -> None:
    goal = entered(shell, client, "goal", text="less pain")
    told = entered(shell, client, "complaint", kind="headache", nrs_now=9)
    for entry, change in ((goal, {"text": "no pain"}), (told, {"kind": "pain", "nrs_now": 6})):
        shell.done("visit", "amend", entry, "--reason", "a slip", said=change)
    words = " ".join(shell.done("clients", "show", client).out.split())
    assert words.count("(amended:") == 2
    assert "no pain (amended: a slip)" in words
    assert "Pain" in words
    assert "Headache" not in words


def test_blocked_site_is_not_offered_for_pressing(shell: Shell, client: str) -> None:
    entered(shell, client, "complaint", kind="headache", region="back of the head")
    entered(shell, client, "screen", answers=[], blocked_sites=["suboccipitals"])
    told = shell.done("clients", "show", client, "--json").json["where_to_begin"]
    assert {row["muscle"]: row["press"] for row in told}["suboccipitals"] is False
    assert "screen blocks it" in " ".join(shell.done("clients", "show", client).out.split())


def test_unknown_site_is_kept_as_typed_and_said(shell: Shell, client: str) -> None:
    answer = shell.done(
        "clients", "enter", client, "screen", "--json",
        said={"answers": [], "blocked_sites": ["splenius_capitus", "masseter"]},
    )  # fmt: skip
    assert answer.json["entries"][0]["body"]["blocked_sites"] == ["splenius_capitus", "masseter"]
    assert "splenius_capitis" in answer.err
    assert answer.err.count("kept as typed") == 1


@pytest.mark.parametrize("kind", [*IN_A_VISIT, *ABOUT_THE_PRACTICE])
def test_what_belongs_elsewhere_is_sent_there(shell: Shell, client: str, kind: str) -> None:
    answer = shell(
        "clients", "enter", client, kind, said={**IN_A_VISIT, **ABOUT_THE_PRACTICE}[kind]
    )
    assert answer.code == 2
    assert "tissuesense " in answer.err


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('{"kind": "sore"}', "headache"),
        ('{"kind": "pain", "nrs_now": 11}', "0 to 10"),
        ('{"kind": "pain", "nrs": 3}', "no 'nrs'"),
        ("[]", "one JSON object"),
        ("{", "not JSON"),
        ('{"kind": "pain", "note": ' + "[" * 50_000, "nested too deeply"),
    ],
    ids=["kind", "scale", "key", "list", "broken", "deep"],
)
def test_what_cannot_be_read_is_refused_in_words(
    shell: Shell, client: str, said: str, told: str
) -> None:
    answer = shell("clients", "enter", client, "complaint", said=said)
    assert (answer.code, answer.out) == (2, "")
    assert told in answer.err
    assert "Traceback" not in answer.err


def test_mistyped_and_unknown_clients_are_refused_without_repeating_them(
    shell: Shell, client: str
) -> None:
    assert shell("clients", "show", "Ann Example").code == 2
    assert "Ann" not in shell("clients", "show", "Ann Example").err
    unknown = "TS-7QK47"
    assert client != unknown
    assert shell("clients", "show", unknown).code == 1


def test_practice_is_stated_shown_and_makes_the_store(shell: Shell) -> None:
    stated = {"practice": {"name": "Example Practice"}, "practitioners": [{"name": "M. Example"}]}
    first = shell.done("clients", "practice", "--plain", said=stated)
    assert "Example Practice" in first.out
    assert "stands there already" in shell.done("clients", "practice", said=stated).err
    told = shell.done("clients", "practice", "--json").json
    assert told["practice"]["name"] == "Example Practice"
    assert [each["name"] for each in told["practitioners"]] == ["M. Example"]


def test_where_there_is_no_store_reading_says_so(shell: Shell) -> None:
    answer = shell("clients", "show", "TS-7QK47")
    assert answer.code == 1
    assert "'tissuesense clients add' makes one" in answer.err


def test_passphrase_is_changed_and_recovered_from_a_script(shell: Shell) -> None:
    first, second = "a first sentence", "a second sentence"
    with shell.monkeypatch.context() as environment:
        environment.setenv("TISSUESENSE_PASSPHRASE", first)
        new = shell.done("clients", "add")
        code = re.search(r"shown this once: (\S+)", new.err)
        assert code is not None
        environment.setenv("TISSUESENSE_NEW_PASSPHRASE", second)
        assert "another one" in shell.done("clients", "passphrase", "--change").err
        refused = shell("clients")
        assert refused.code == 2
        assert "clients passphrase --recover" in refused.err
        environment.setenv("TISSUESENSE_PASSPHRASE", second)
        shell.done("clients")
        environment.setenv("TISSUESENSE_RECOVERY_CODE", code[1])
        environment.setenv("TISSUESENSE_NEW_PASSPHRASE", first)
        shell.done("clients", "passphrase", "--recover")
        environment.setenv("TISSUESENSE_PASSPHRASE", first)
        renewed = shell.done("clients", "passphrase", "--new-recovery-code", "--json").json
        assert renewed["recovery_code"] != code[1]
        assert shell("clients", "passphrase", "--recover").code == 2


@pytest.mark.parametrize("switches", [[], ["--change", "--recover"]], ids=str)
def test_passphrase_wants_one_thing_to_do(shell: Shell, switches: list[str]) -> None:
    assert shell("clients", "passphrase", *switches).code == 2


def test_what_is_due_follows_from_the_visits_kept(shell: Shell, client: str) -> None:
    shell.done(
        "clients", "plan", client, said={"phases": [{"every_weeks": 5, "every_weeks_to": 6}]}
    )
    shell.done("visit", "open", "--client", client)
    told = shell.done("clients", "show", client, "--json").json["plan"]
    opened = shell.done("clients", "show", client, "--json").json["visits"][0]["opened_at"]
    day = date.fromisoformat(opened[:10])
    assert told["due_first"] == (day + timedelta(days=35)).isoformat()
    assert told["due_last"] == (day + timedelta(days=42)).isoformat()
