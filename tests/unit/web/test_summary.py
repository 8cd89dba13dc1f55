"""The summary says of a change what its error allows, and a signature speaks for what it saw."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.report.practice import VISIT, felt, noted, stated, view_of
from tests.unit.web.visit_screen import PLACE, Screen, screen_over, text_of

from tissuesense.core.recording import RecordingKind
from tissuesense.core.site import Side
from tissuesense.record.history import MeasurementRecord, VisitRecord
from tissuesense.record.measurement import MeasurementId
from tissuesense.record.visit import Block, Intent
from tissuesense.report.change_words import Size
from tissuesense.services.visit_summary import Line, summary_of
from tissuesense.web.language import language
from tissuesense.web.summary_plots import summary_plots

BEFORE_KPA = [298.0, 300.0, 302.0]
PASSPHRASE = "a sentence that is easy to keep"  # noqa: S105 - of a store that lives for a second


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    """Give a screen with an open visit of two sites."""
    with screen_over(tmp_path / "store") as shown:
        yield shown


def _measured(block: Block, presses: list[float]) -> MeasurementRecord:
    mean = sum(presses) / len(presses)
    record = stated(
        RecordingKind.PPT, "threshold_kpa", presses, session=("ppt_kpa", mean, 0.01 * mean)
    )
    taken = replace(record.measurement, block=block, id=MeasurementId(f"M-{block}"))
    return replace(record, measurement=taken)


def _visit(times: float, *, presses: int = 3, intent: Intent = Intent.MEDICAL) -> VisitRecord:
    """Return a visit whose threshold is so many times as high after treatment."""
    before = BEFORE_KPA[:presses]
    return VisitRecord(
        visit=replace(VISIT, intent=intent),
        entries=noted(felt("trapezius_upper", Side.LEFT)),
        measurements=(
            _measured(Block.PRE, before),
            _measured(Block.POST, [times * kpa for kpa in before]),
        ),
    )


def _line(record: VisitRecord) -> Line:
    (site,) = summary_of(view_of(record)).sites
    (line,) = site.lines
    return line


def test_the_words_turn_at_the_minimal_detectable_change() -> None:
    change = _line(_visit(1.05)).change
    assert change is not None
    assert change.mdc_percent is not None
    fall, rise = change.mdc_percent
    for percent, way, size in (
        (rise * 0.97, None, Size.WITHIN),
        (rise * 1.03, True, Size.BEYOND),
        (fall * 0.97, None, Size.WITHIN),
        (fall * 1.03, False, Size.BEYOND),
    ):
        found = _line(_visit(1 + percent / 100)).change
        assert found is not None
        assert found.size is size
        assert found.percent == pytest.approx(percent)
        assert found.difference == pytest.approx(300 * percent / 100)
        if way is not None:
            assert found.higher is way


def test_one_press_is_not_enough_to_tell_a_change() -> None:
    line = _line(_visit(2.0, presses=1))
    assert line.change is not None
    assert line.change.size is Size.TOO_FEW
    assert line.change.difference is None
    assert line.change.percent is None


def test_a_relaxation_visit_claims_nothing() -> None:
    found = summary_of(view_of(_visit(2.0, intent=Intent.RELAXATION)))
    assert found.sites == ()
    assert not found.clinical


def test_the_plot_of_before_and_after_has_the_numbers_of_the_table() -> None:
    view = view_of(_visit(2.0))
    summary = summary_of(view)
    (plot,), maps = summary_plots(view, summary, language("en"))
    (row,) = plot.rows
    assert row[1:5] == (300.0, 3.0, 600.0, 6.0)
    assert row[5:7] == pytest.approx((300.0, 100.0))
    assert row[-1] == "larger than measurement error"
    assert "larger than measurement error" in plot.svg
    assert "style=" not in plot.inline
    assert plot.inline.count("<title>") == plot.inline.count("</title>")
    assert [one.name for one in maps] == ["body-before", "body-change"]


def test_the_page_says_the_sentence_before_the_table(screen: Screen) -> None:
    screen.post(f"{screen.base}/feel", PLACE | {"tenderness": "2", "tone": "1"})
    screen.measure(seed=1)
    screen.measure(Block.POST, seed=1)
    told = text_of(screen.get(f"{screen.base}/summary"))
    assert told.index("within measurement error") < told.index("Hand and sensor")
    assert "winces, tone firm" in told
    for column in ("Hand", "Sensor", "Other side", "Change", "In words"):
        assert column in told


def test_every_plot_of_the_page_is_had_in_every_form(screen: Screen) -> None:
    screen.post(f"{screen.base}/feel", PLACE | {"tenderness": "2"})
    screen.measure()
    screen.measure(Block.POST)
    plots = f"{screen.base}/summary/plots"
    ramps = "ramps.csv?site=trapezius_upper&side=left"
    for name in ("before-after-ppt-kpa.svg", "before-after-ppt-kpa.csv", "body-before.svg", ramps):
        answer = screen.get(f"{plots}/{name}")
        assert answer.status_code == 200, name
        assert "attachment" in answer.headers["content-disposition"]
    picture = screen.get(f"{plots}/ramps.png?site=trapezius_upper&side=left")
    assert picture.content.startswith(b"\x89PNG")
    assert screen.get(f"{plots}/nothing.svg").status_code == 404
    assert screen.get(f"{plots}/ramps.svg?site=soleus&side=left").status_code == 404


def test_the_objective_part_is_proposed_kept_as_touched_and_never_lost(screen: Screen) -> None:
    screen.post(f"{screen.base}/feel", PLACE | {"tenderness": "2"})
    page = screen.get(f"{screen.base}/summary")
    assert "by hand: winces." in page.text
    note = {"subjective": "slept <b>badly</b>", "objective": "as I say", "plan": "again on Friday"}
    assert screen.post(f"{screen.base}/note", note, json=True).status_code == 200
    assert screen.record().latest("note").objective == "as I say"
    shown = screen.get(f"{screen.base}/summary")
    assert "slept &lt;b&gt;badly&lt;/b&gt;" in shown.text
    assert "since the objective part was written" in text_of(shown)
    screen.post(f"{screen.base}/note/objective", {})
    assert "by hand: winces." in screen.record().latest("note").objective
    assert screen.record().latest("note").plan == "again on Friday"


def test_a_signature_speaks_for_what_stood_there_and_not_for_the_amendment(
    screen: Screen,
) -> None:
    screen.post(f"{screen.base}/feel", PLACE | {"tenderness": "2"})
    screen.post(f"{screen.base}/note", {"assessment": "tender on the left"})
    signed = screen.post(f"{screen.base}/sign", {"signer": "M. Example", "meaning": "author"})
    assert signed.status_code == 303
    page = text_of(screen.get(f"{screen.base}/summary"))
    assert "all that stands here" in page
    assert "amended" not in page
    changed = {"assessment": "tender on both sides"}
    refused = screen.post(f"{screen.base}/note", changed)
    assert refused.status_code == 422
    assert "tender on both sides" in refused.text
    assert screen.record().latest("note").assessment == "tender on the left"
    screen.post(f"{screen.base}/note", changed | {"reason": "read the wrong line"})
    page = text_of(screen.get(f"{screen.base}/summary"))
    assert "as they stood then; not for 1 later entry" in page
    for told in ("amended", "tender on the left", "tender on both sides", "read the wrong line"):
        assert told in page
    report = screen.get(f"/clients/{screen.client}/reports/visits/{screen.visit}.html")
    for told in ("amended", "tender on the left", "tender on both sides", "read the wrong line"):
        assert told in report.text


def test_what_is_signed_is_what_the_page_proposed(screen: Screen) -> None:
    screen.post(f"{screen.base}/feel", PLACE | {"tenderness": "1"})
    screen.post(f"{screen.base}/sign", {"signer": "M. Example"})
    assert "says it is tender" in screen.record().latest("note").objective


def test_signing_needs_a_name(screen: Screen) -> None:
    refused = screen.post(f"{screen.base}/sign", {"signer": " ", "meaning": "review"})
    assert refused.status_code == 422
    assert "needs a name" in text_of(refused)
    assert not screen.record().statements("signature")


def test_signing_an_encrypted_record_needs_its_passphrase_again(tmp_path: Path) -> None:
    with screen_over(tmp_path / "store", passphrase=PASSPHRASE) as screen:
        signing = {"signer": "M. Example", "meaning": "author"}
        for wrong in ("", "something else"):
            refused = screen.post(f"{screen.base}/sign", signing | {"passphrase": wrong})
            assert refused.status_code == 422
            assert "Nothing was signed" in text_of(refused)
            assert not screen.record().statements("signature")
            assert "M. Example" in refused.text
        signed = screen.post(f"{screen.base}/sign", signing | {"passphrase": PASSPHRASE})
        assert signed.status_code == 303
        (signature,) = screen.record().statements("signature")
        assert signature.signer == "M. Example"


def test_numbers_computed_again_stand_beside_the_old_ones(screen: Screen) -> None:
    measurement = screen.measure()
    before = screen.record().measurements[0]
    page = f"{screen.base}/measurements/{measurement}"
    assert "Computed once" in text_of(screen.get(page))
    screen.clock.advance(60)
    screen.post(f"{screen.base}/again", {})
    after = screen.record().measurements[0]
    assert after.computed[: len(before.computed)] == before.computed
    assert len(after.computed) == 2 * len(before.computed)
    assert after.measurement.trace_sha256 == before.measurement.trace_sha256
    told = text_of(screen.get(page))
    assert f"0 of {len(before.computed)} numbers differ" in told
    assert before.measurement.trace_sha256 in told
    assert told.count(before.computed[0].method.estimator_version) >= 2


def test_a_measurement_is_struck_out_with_a_reason_and_stays(screen: Screen) -> None:
    measurement = screen.measure()
    page = f"{screen.base}/measurements/{measurement}"
    assert screen.post(f"{page}/void", {"why": " "}).status_code == 422
    assert screen.record().measurements[0].void is None
    screen.post(f"{page}/void", {"why": "wrong shoulder"})
    void = screen.record().measurements[0].void
    assert void is not None
    assert void.why == "wrong shoulder"
    summary = text_of(screen.get(f"{screen.base}/summary"))
    assert "Struck out" in summary
    assert "wrong shoulder" in summary
    assert "Struck out" in text_of(screen.get(page))


def test_a_closed_visit_is_amended_and_not_rewritten(screen: Screen) -> None:
    screen.post(f"{screen.base}/note", {"plan": "weekly"})
    screen.post(f"{screen.base}/close", {})
    assert screen.post(f"{screen.base}/note", {"plan": "monthly"}).status_code == 422
    assert screen.post(f"{screen.base}/close", {}).status_code == 409


def test_refusals_of_a_script_come_as_json(screen: Screen) -> None:
    answer = screen.post(f"{screen.base}/note", {"plan": "x" * 30_000}, json=True)
    assert answer.status_code == 422
    assert "longer" in json.loads(answer.text)["error"]["message"]
