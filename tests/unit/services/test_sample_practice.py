"""The sample practice is a whole story of care, the same from the same seed, and of nobody real."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from tissuesense.core.clock import ManualClock
from tissuesense.core.recording import RecordingKind
from tissuesense.record.at_the_table import Retake, SiteList
from tissuesense.record.client import ClientId
from tissuesense.record.document import record_json
from tissuesense.record.history import ClientRecord, MeasurementRecord, VisitRecord
from tissuesense.record.schedule import schedule
from tissuesense.record.statements import KINDS
from tissuesense.record.visit import Block, Intent
from tissuesense.services.records import load_client_record
from tissuesense.services.reproduce import reproduce
from tissuesense.services.sample_practice.build import build_sample_practice
from tissuesense.services.sample_practice.story import STORIES, Story, read_story
from tissuesense.store.opening import open_store

TODAY = date(2026, 4, 9)
MONDAY = date(2026, 1, 12)  # twelve weeks before the Monday of that week
WRITTEN_BY_THE_PROGRAM = {"client", "visit", "measurement", "analysis", "signature"}
NEVER_SAID = re.compile(r"\b(ab)?normal|diagnos|patholog|\brisk|\bcause|improve", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Built:
    folder: Path
    clients: tuple[ClientId, ...]
    records: tuple[ClientRecord, ...]
    kinds: frozenset[str]
    identities: tuple[str, ...]
    told: tuple[tuple[str, int, int], ...]


def build(folder: Path, stories: tuple[Story, ...], *, seed: int = 7) -> Built:
    told: list[tuple[str, int, int]] = []
    with open_store(folder, clock=ManualClock(), create=True, plain=True) as store:
        clients = build_sample_practice(
            store,
            rng=np.random.default_rng(seed),
            today=TODAY,
            progress=lambda *what: told.append(what),
            stories=stories,
        )
        entries = [e for c in clients for e in store.ledger.of_client(c, *KINDS)]
        practice = store.ledger.of_practice(*KINDS)
        return Built(
            folder,
            clients,
            tuple(load_client_record(store, client) for client in clients),
            frozenset(entry.kind for entry in (*entries, *practice)),
            tuple(e.statement.name for e in entries if e.kind == "identity"),
            tuple(told),
        )


@dataclass(frozen=True, slots=True)
class TakenBack:
    visit: VisitRecord
    said: Retake
    measured: MeasurementRecord


def quick(name: str) -> Story:
    """Return a story with one press where there are several."""
    story = read_story(name)
    return replace(story, measures={key: rows[:1] for key, rows in story.measures.items()})


def short(name: str, visits: int) -> Story:
    return replace(quick(name), visit=quick(name).visit[:visits])


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("practice") / "store"
    return build(folder, tuple(quick(name) for name in STORIES))


def visits(built: Built) -> Iterator[VisitRecord]:
    for record in built.records:
        yield from record.visits


def test_every_kind_of_statement_is_there(built: Built) -> None:
    entered = {name for name, kind in KINDS.items() if kind.entered}
    assert built.kinds >= entered | WRITTEN_BY_THE_PROGRAM


def test_the_clients_come_in_the_order_of_the_stories(built: Built) -> None:
    assert [len(record.visits) for record in built.records] == [
        len(read_story(name).visit) for name in STORIES
    ]
    assert built.records[0].latest("referral").letter_of_medical_necessity
    assert built.records[1].latest("referral") is None


def test_every_visit_is_on_a_working_day_before_this_week(built: Built) -> None:
    this_week = datetime.combine(TODAY - timedelta(days=TODAY.weekday()), datetime.min.time(), UTC)
    for visit in visits(built):
        opened = visit.visit.opened_at
        assert opened.weekday() < 5
        assert this_week - timedelta(weeks=12) <= opened < this_week


def test_hands_come_before_the_gauge(built: Built) -> None:
    for visit in visits(built):
        felt = [found.found_at for found in visit.manual_findings]
        pressed = [each.measurement.measured_at for each in visit.measurements]
        assert not felt or not pressed or max(felt) < min(pressed)


def test_the_sites_are_listed_before_anybody_feels_or_presses(built: Built) -> None:
    for visit in visits(built):
        kinds = [entry.kind for entry in visit.entries]
        examined = [kind for kind in kinds if kind in {"palpation", "joint", "measurement"}]
        if visit.visit.intent is Intent.MEDICAL:
            assert kinds.index("site_list") < kinds.index(examined[0])
            assert set(visit.latest("site_list").sites) >= set(visit.sites)
        else:
            assert "site_list" not in kinds


def test_where_no_gauge_is_set_on_a_site_is_listed_as_felt_only(built: Built) -> None:
    felt_only = 0
    for visit in visits(built):
        listed: SiteList | None = visit.latest("site_list")
        pressed = {each.measurement.site for each in visit.counting}
        felt_only += len(listed.felt_only) if listed else 0
        assert listed is None or set(listed.felt_only) == set(listed.sites) - pressed
    assert felt_only > 10


def taken_back(built: Built) -> TakenBack:
    (found,) = (
        TakenBack(visit, said, measured)
        for visit in visits(built)
        for said in visit.statements("retake")
        for measured in visit.measurements
        if measured.measurement.id == said.measurement
    )
    return found


def test_one_press_is_taken_back_and_another_one_made(built: Built) -> None:
    found = taken_back(built)
    assert found.said.why
    accepted = {
        each.index: each.accepted for each in found.measured.findings if each.item == "trial"
    }
    back = {each.index for each in found.measured.findings if "taken_back" in each.flags}
    assert back == {found.said.press}
    assert not accepted[found.said.press]
    assert sum(accepted.values()) == 3
    kinds = [entry.kind for entry in found.visit.entries]
    assert kinds.count("retake") == 1


def test_the_press_that_was_taken_back_comes_out_of_the_capture_again(built: Built) -> None:
    found = taken_back(built)
    with open_store(built.folder, clock=ManualClock()) as store:
        outcome = reproduce(store, found.measured.measurement.id)
    assert outcome.equal
    assert outcome.from_capture
    assert outcome.compared == len(found.measured.findings)


def test_every_visit_is_noted_signed_and_closed(built: Built) -> None:
    for visit in visits(built):
        assert visit.latest("note") is not None
        assert visit.latest("signature") is not None
        assert visit.latest("closed") is not None


def test_the_objective_part_says_what_was_found(built: Built) -> None:
    first = built.records[0].visits[0]
    objective = first.latest("note").objective
    assert "Trapezius upper, left, by hand: withdraws, tone hard." in objective
    assert re.search(
        r"Trapezius upper, left, pain threshold before treatment: \d+ kPa ±", objective
    )


def test_one_note_was_amended_and_both_stay_readable(built: Built) -> None:
    amended = [e for v in visits(built) for e in v.entries if e.kind == "note" and e.supersedes]
    assert len(amended) == 1
    assert amended[0].reason
    (visit,) = [v for v in visits(built) if amended[0] in v.entries]
    before = next(e for e in visit.entries if e.id == amended[0].supersedes)
    assert before.statement.plan != amended[0].statement.plan
    assert before.statement.objective == amended[0].statement.objective


def test_the_relaxation_visit_claims_nothing(built: Built) -> None:
    (visit,) = [v for v in visits(built) if v.visit.intent is Intent.RELAXATION]
    assert visit.measurements == ()
    assert visit.manual_findings == ()
    assert visit.latest("note").objective == ""
    assert visit.latest("note").assessment == ""


def test_a_dose_by_gauge_names_its_recording(built: Built) -> None:
    recorded = 0
    for visit in visits(built):
        by_id = {each.measurement.id: each.measurement for each in visit.measurements}
        for dose in visit.statements("dose"):
            if dose.measurement is not None:
                recorded += 1
                taken = by_id[dose.measurement]
                assert taken.kind is RecordingKind.DOSE
                assert taken.block is Block.TREATMENT
                assert taken.site == dose.site
    assert recorded >= 3


def test_one_measurement_is_struck_out_and_taken_again(built: Built) -> None:
    struck = [v for v in visits(built) if any(m.void is not None for m in v.measurements)]
    assert len(struck) == 1
    assert len(struck[0].counting) == len(struck[0].measurements) - 1


def test_the_plan_is_kept_but_for_one_week(built: Built) -> None:
    record = built.records[0]
    kept = [visit.visit.opened_at.date() for visit in record.visits]
    found = schedule(record.latest("care_plan"), kept, today=TODAY)
    assert [week for phase in found.phases for week in phase.missed_weeks] == [
        MONDAY + timedelta(days=35)
    ]
    assert found.due is not None
    assert found.due.first > TODAY


def test_a_later_plan_took_the_place_of_the_first(built: Built) -> None:
    plans = [e for e in built.records[2].entries if e.kind == "care_plan"]
    assert [plan.supersedes for plan in plans] == [None, plans[0].id]


def test_nothing_in_it_is_of_a_person(built: Built) -> None:
    assert all(name.startswith("Invented client ") for name in built.identities)
    text = repr([record_json(record) for record in built.records])
    assert "@" not in text
    assert all("invented" in visit.visit.practitioner for visit in visits(built))
    assert built.records[0].latest("referral").prescriber.endswith("(invented)")


@pytest.mark.parametrize("name", STORIES)
def test_the_stories_keep_to_the_words_of_the_practice(name: str) -> None:
    story = read_story(name)
    for visit in story.visit:
        said = (visit.reason, visit.subjective, visit.assessment, visit.plan, visit.free)
        assert not NEVER_SAID.search(" ".join(said))


@pytest.mark.parametrize("name", STORIES)
def test_every_row_of_a_story_has_one_value_for_each_visit(name: str) -> None:
    story = read_story(name)
    for track in (*story.told, *story.felt, *story.moved):
        rows = [value for value in track.values() if isinstance(value, list)]
        assert rows
        assert all(len(row) == len(story.visit) for row in rows)


def test_what_is_never_pressed_is_felt_by_hand_alone() -> None:
    story = read_story("numb_hand")
    assert any(track["site"] == "scalenes" for track in story.felt)
    pressed = [press.site.name for name in story.measures for press in story.presses(name)]
    assert "scalenes" not in pressed


def test_progress_counts_every_visit(built: Built) -> None:
    total = sum(len(record.visits) for record in built.records)
    assert [(done, of) for _, done, of in built.told] == [(k, total) for k in range(total)]


def test_the_same_seed_gives_the_same_record_and_another_one_other_ids(tmp_path: Path) -> None:
    stories = (short("runner", 1),)
    first, again, other = (
        build(tmp_path / name, stories, seed=seed) for name, seed in (("a", 7), ("b", 7), ("c", 8))
    )
    assert [record_json(r) for r in first.records] == [record_json(r) for r in again.records]
    assert first.clients != other.clients
    assert numbers(first) == numbers(other)


def numbers(built: Built) -> list[float | None]:
    return [
        finding.value
        for visit in visits(built)
        for each in visit.measurements
        for finding in each.findings
    ]
