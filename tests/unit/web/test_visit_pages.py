"""What hands find and do is kept as it is touched, and never overwritten."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.web.visit_screen import PLACE, Screen, screen_over, text_of

from tissuesense.record.notes import Meaning
from tissuesense.record.visit import Block, VisitId
from tissuesense.services.care import sign


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    """Give a screen with an open visit of two sites."""
    with screen_over(tmp_path / "store") as shown:
        yield shown


def test_a_visit_goes_on_at_the_first_open_step(screen: Screen) -> None:
    assert screen.get(screen.base).headers["location"] == f"{screen.base}/feel"
    screen.post(f"{screen.base}/feel", PLACE | {"tenderness": "2"})
    assert screen.get(screen.base).headers["location"] == f"{screen.base}/measure"


def test_what_is_felt_is_one_finding_however_often_it_is_touched(screen: Screen) -> None:
    touched: dict[str, str] = dict(PLACE)
    for name, value in (
        ("tenderness", "2"),
        ("tone", "-1"),
        ("refers", "yes"),
        ("taut_band", "no"),
    ):
        touched[name] = value
        assert screen.post(f"{screen.base}/feel", touched, json=True).status_code == 200
    (found,) = screen.record().manual_findings
    assert (found.tenderness, found.tone, found.refers, found.taut_band) == (2, -1, True, False)
    assert found.seen_value_first is False
    every = [entry for entry in screen.record().entries if entry.kind == "palpation"]
    assert len(every) == 4
    assert not any(entry.reason for entry in every)


def test_the_same_touch_twice_is_written_once(screen: Screen) -> None:
    for _ in range(2):
        screen.post(f"{screen.base}/feel", PLACE | {"tenderness": "1"})
    assert len([e for e in screen.record().entries if e.kind == "palpation"]) == 1


def test_a_grade_that_changes_after_its_site_was_measured_says_so(screen: Screen) -> None:
    screen.post(f"{screen.base}/feel", PLACE | {"tenderness": "1"})
    screen.measure()
    assert "measured since" in text_of(screen.get(f"{screen.base}/feel"))
    screen.post(f"{screen.base}/feel", PLACE | {"tenderness": "1", "note": "as before"})
    assert screen.record().manual_findings[0].seen_value_first is False
    screen.post(f"{screen.base}/feel", PLACE | {"tenderness": "3", "note": "as before"})
    assert screen.record().manual_findings[0].seen_value_first is True
    screen.post(f"{screen.base}/feel", PLACE | {"side": "right", "tenderness": "0"})
    assert screen.record().manual_findings[-1].seen_value_first is False


@pytest.mark.parametrize("page", ["summary", "trend", "report", "measurement"])
def test_what_is_felt_after_a_page_showed_the_value_says_so(screen: Screen, page: str) -> None:
    measurement = screen.measure()
    paths = {
        "summary": f"{screen.base}/summary",
        "measurement": f"{screen.base}/measurements/{measurement}",
        "trend": f"/clients/{screen.client}/trend",
        "report": f"/clients/{screen.client}/reports/visits/{screen.visit}.html",
    }
    assert screen.get(paths[page]).status_code == 200
    assert "was shown first" in text_of(screen.get(f"{screen.base}/feel"))
    screen.post(f"{screen.base}/feel", PLACE | {"tenderness": "1"})
    assert screen.record().manual_findings[0].seen_value_first is True


def test_a_hidden_value_is_not_on_the_page_and_nothing_is_claimed_of_it(screen: Screen) -> None:
    screen.measure()
    page = screen.get(f"{screen.base}/feel")
    assert "measured before it was felt" in text_of(page)
    assert " kPa" not in page.text
    screen.post(f"{screen.base}/feel", PLACE | {"tenderness": "1"})
    (found,) = screen.record().manual_findings
    assert found.seen_value_first is None
    assert found.found_at >= screen.record().measurements[0].measurement.measured_at


def test_palpation_after_treatment_stands_beside_that_of_before(screen: Screen) -> None:
    screen.post(f"{screen.base}/feel", PLACE | {"tenderness": "3"})
    screen.post(f"{screen.base}/feel", PLACE | {"tenderness": "1", "block": "post"})
    before, after = screen.record().manual_findings
    assert (before.block, before.tenderness) == (Block.PRE, 3)
    assert (after.block, after.tenderness) == (Block.POST, 1)


def test_after_signing_a_change_needs_a_reason_and_loses_nothing_typed(screen: Screen) -> None:
    screen.post(f"{screen.base}/feel", PLACE | {"tenderness": "2"})
    _sign(screen)
    changed = PLACE | {"tenderness": "1", "note": "typed with oily hands"}
    refused = screen.post(f"{screen.base}/feel", changed)
    assert refused.status_code == 422
    assert "typed with oily hands" in refused.text
    assert screen.record().manual_findings[0].tenderness == 2
    assert screen.post(f"{screen.base}/feel", changed | {"reason": "misread"}).status_code == 303
    old, new = [e for e in screen.record().entries if e.kind == "palpation"]
    assert (old.statement.tenderness, new.statement.tenderness) == (2, 1)
    assert (new.supersedes, new.reason) == (old.id, "misread")


def test_a_cleared_site_keeps_what_stood_there_in_the_ledger(screen: Screen) -> None:
    screen.post(f"{screen.base}/feel", PLACE | {"tenderness": "2", "texture": "ropy"})
    screen.post(f"{screen.base}/feel", PLACE | {"clear": "yes"})
    (found,) = screen.record().manual_findings
    assert (found.tenderness, found.texture) == (None, "")
    assert len([e for e in screen.record().entries if e.kind == "palpation"]) == 2


def test_a_site_that_was_not_felt_has_its_reason_once(screen: Screen) -> None:
    for why in ("not_done", "refused"):
        screen.post(f"{screen.base}/not-felt", PLACE | {"why": why})
    (left_out,) = screen.record().statements("not_done")
    assert (left_out.what, left_out.reason) == ("left trapezius upper, by hand", "refused")
    assert "refused" in text_of(screen.get(f"{screen.base}/feel"))


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("Upper trapezius", "Upper trapezius, left"), ("scalenes", "Scalene muscles, right")],
)
def test_a_muscle_is_added_by_its_name(screen: Screen, typed: str, shown: str) -> None:
    page = screen.get(f"{screen.base}/feel", params={"site": typed, "side": ""})
    assert shown in text_of(page)


def test_an_unknown_muscle_is_told_with_what_is_near(screen: Screen) -> None:
    page = screen.get(f"{screen.base}/feel", params={"site": "trapesius upper"})
    assert "not in the catalogue" in text_of(page)
    assert "trapezius_upper" in page.text


def test_a_movement_stated_again_takes_its_own_place(screen: Screen) -> None:
    moved = {"joint": "neck", "movement": "rotation", "side": "left", "active_deg": "52,5"}
    graded = moved | {"ashworth": "1+", "quality": "2", "r1_deg": "30", "r2_deg": "55"}
    screen.post(f"{screen.base}/joints", moved)
    screen.post(f"{screen.base}/joints", graded)
    (found,) = screen.record().statements("joint")
    assert (found.active_deg, found.ashworth, found.tardieu.r2_minus_r1_deg) == (52.5, "1+", 25)
    assert "52" in text_of(screen.get(f"{screen.base}/feel?part=joints"))


def test_a_movement_that_is_refused_is_shown_as_typed(screen: Screen) -> None:
    typed = {"joint": "neck", "movement": "rotation", "side": "left", "active_deg": "much"}
    refused = screen.post(f"{screen.base}/joints", typed)
    assert refused.status_code == 422
    assert 'value="much"' in refused.text
    assert "is a number" in text_of(refused)


def test_the_time_of_a_treatment_is_the_records_own(screen: Screen) -> None:
    begun = {"place": "trapezius_upper/left", "technique": "nmt_ischemic"}
    screen.post(f"{screen.base}/treat", begun)
    screen.clock.advance(75)
    assert "1:15" in text_of(screen.get(f"{screen.base}/treat"))
    (entry,) = screen.record().current("dose")
    dose = f"{screen.base}/doses/{entry.id}"
    screen.post(dose, {"nrs_during": "6", "intensity": "deep", "note": "let go slowly"}, json=True)
    screen.clock.advance(15)
    # The address of the page that is still open names what was written first.
    screen.post(dose, {"stop": "yes"})
    (kept,) = screen.record().statements("dose")
    assert (kept.seconds, kept.nrs_during, kept.intensity) == (90, 6, "deep")
    assert (kept.note, kept.good_pain) == ("let go slowly", True)


def test_beginning_another_muscle_ends_the_one_before(screen: Screen) -> None:
    for side in ("left", "right"):
        screen.post(
            f"{screen.base}/treat", {"place": f"trapezius_upper/{side}", "technique": "mfr"}
        )
        screen.clock.advance(40)
    first, second = screen.record().statements("dose")
    assert (first.seconds, second.seconds) == (40, None)


def test_a_treatment_without_a_muscle_is_refused_in_words(screen: Screen) -> None:
    refused = screen.post(f"{screen.base}/treat", {"technique": "mfr"})
    assert refused.status_code == 422
    assert not screen.record().statements("dose")


def test_the_bars_of_time_are_had_as_numbers(screen: Screen) -> None:
    screen.post(f"{screen.base}/treat", {"place": "trapezius_upper/left", "technique": "mfr"})
    screen.clock.advance(33)
    (entry,) = screen.record().current("dose")
    screen.post(f"{screen.base}/doses/{entry.id}", {"stop": "yes"})
    table = screen.get(f"{screen.base}/treat/plots/time.csv")
    assert table.headers["content-type"].startswith("text/csv")
    assert ",33.0," in table.text
    drawn = screen.get(f"{screen.base}/treat/plots/time.svg")
    assert drawn.text.startswith("<svg")
    assert "style=" not in drawn.text


@pytest.mark.parametrize(
    "path",
    [
        "feel", "treat", "summary", "feel?part=joints", "feel?block=post",
        "feel?site=%00%3Cscript%3E", "treat?site=%F0%9F%92%A9",
    ],
)  # fmt: skip
def test_pages_let_no_inline_style_or_script_in(screen: Screen, path: str) -> None:
    screen.post(f"{screen.base}/feel", PLACE | {"tenderness": "2", "note": "<script>x</script>"})
    page = screen.get(f"{screen.base}/{path}")
    assert page.status_code == 200
    for unwanted in (" style=", "<style", "onclick", "<script>"):
        assert unwanted not in page.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/visits/V-nonsense/feel", 422),
        ("/visits/V-7QK4Z0A0", 422),
        ("/visits/../../etc/summary", 404),
        ("/clients/TS-00000/reports", 422),
    ],
)
def test_a_wrong_address_is_told_and_breaks_nothing(screen: Screen, path: str, status: int) -> None:
    assert screen.get(path).status_code in {status, 404}


@pytest.mark.parametrize(
    "fields",
    [
        {"site": "", "side": "left"},
        {"site": "../x", "side": "left"},
        PLACE | {"tenderness": "9"},
        PLACE | {"tenderness": "many"},
        PLACE | {"block": "later"},
        PLACE | {"note": "x" * 30_000},
    ],
)
def test_what_no_record_can_hold_is_refused(screen: Screen, fields: dict[str, str]) -> None:
    assert screen.post(f"{screen.base}/feel", fields).status_code == 422
    assert not screen.record().manual_findings


def _sign(screen: Screen) -> None:
    desk = screen.house.desk
    screen.at(
        lambda store: sign(
            store, VisitId(screen.visit), signer="M. Example", meaning=Meaning.AUTHOR,
            clock=desk.clock, rng=desk.rng,
        )
    )  # fmt: skip
