"""Any statement of any kind: drawn from the fields of its dataclass, within its scales."""

import enum
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any, get_type_hints

from hypothesis import strategies as st
from tests.unit.record.strategies import local_times, numbers, sites, texts, times

from tissuesense.core.errors import UsageError
from tissuesense.record.at_the_table import Retake, SiteList
from tissuesense.record.care import CarePlan, Phase, PrescriberCode
from tissuesense.record.historic import HistoricMeasurement, HistoricQuantity
from tissuesense.record.intake import (
    SCREEN_ITEMS,
    Answer,
    ContraindicationScreen,
    DrawnMark,
    ScreenAnswer,
)
from tissuesense.record.scales import TardieuEntry
from tissuesense.record.statements import KINDS
from tissuesense.record.visit import Visit

_said = texts.filter(str.strip)
_days = st.dates(date(1900, 1, 1), date(2100, 1, 1))
_nrs = st.none() | st.integers(0, 10)
_angles = st.none() | st.floats(-360, 360)
_hashes = st.from_regex(r"[0-9a-f]{64}", fullmatch=True)
_rhythms = st.floats(0.5, 14)

# What a type alone does not say: scales, and texts that must not be blank.
_BY_NAME: Mapping[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("nrs_now", "nrs_worst", "nrs_mean_24h", "nrs_during"), _nrs),
    **dict.fromkeys(("active_deg", "passive_deg"), _angles),
    **dict.fromkeys(
        ("title", "prescriber", "condition", "finding", "answer", "joint", "movement", "what"),
        _said,
    ),
    **dict.fromkeys(("signer", "why", "reason", "system", "code", "supplied_by"), _said),
    "tenderness": st.none() | st.integers(0, 3),
    "tone": st.none() | st.integers(-2, 2),
    "degree": st.integers(0, 3),
    "birth_year": st.none() | st.integers(1900, 2100),
    "height_cm": st.none() | st.floats(30, 260),
    "mass_kg": st.none() | st.floats(1, 400),
    "retention_years": st.floats(0, 100),
    "seconds": st.none() | st.floats(0.1, 3600),
    "ceiling_kpa": st.none() | st.floats(1, 2000),
    "sessions_ordered": st.none() | st.integers(1, 99),
    "weeks": st.integers(1, 52),
    "opened_at": local_times,
}
_BY_TYPE: Mapping[Any, st.SearchStrategy[Any]] = {
    str: texts,
    float: numbers,
    float | None: st.none() | numbers,
    datetime: times,
    datetime | None: st.none() | times,
    date: _days,
    date | None: st.none() | _days,
}


def _fields(cls: type, **known: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw every field of a dataclass; what it refuses all the same is drawn again."""
    hints = get_type_hints(cls)
    drawn = {
        field.name: known[field.name]
        if field.name in known
        else _by_hint(field.name, hints[field.name])
        for field in fields(cls)
    }
    made = st.fixed_dictionaries(drawn).map(lambda values: _made(cls, values))
    return made.filter(lambda statement: statement is not None)


def _made(cls: type, values: dict[str, Any]) -> Any:  # noqa: ANN401 - any statement
    try:
        return cls(**values)
    except UsageError:
        return None


def _by_hint(name: str, hint: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - any type
    if name == "site" and hint is not str:
        return sites
    if isinstance(hint, enum.EnumType):
        return st.from_type(hint)
    if name in _BY_NAME:
        return _BY_NAME[name]
    if hint in _BY_TYPE:
        return _BY_TYPE[hint]
    is_id = getattr(hint, "__supertype__", None) is str
    return texts if is_id else st.from_type(hint)


phases = st.one_of(
    st.builds(Phase, per_week=_rhythms, weeks=st.integers(1, 52), name=texts),
    st.builds(Phase, every_weeks=st.floats(1, 50), weeks=st.integers(1, 52), name=texts),
    st.builds(Phase, per_week=st.just(2.0), per_week_to=st.just(3.0), weeks=st.just(4)),
)
answers = st.lists(
    st.builds(
        ScreenAnswer,
        item=st.sampled_from(sorted(SCREEN_ITEMS)),
        answer=st.sampled_from(Answer),
        detail=texts,
    ),
    unique_by=lambda answer: answer.item,
).map(tuple)
quantities = st.lists(
    st.builds(
        HistoricQuantity,
        name=st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True),
        values=st.lists(numbers, min_size=1, max_size=3).map(tuple),
        unit=_said,
        method=texts,
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda quantity: quantity.name,
).map(tuple)
_OWN: Mapping[type, Mapping[str, st.SearchStrategy[Any]]] = {
    CarePlan: {"phases": st.lists(phases, min_size=1, max_size=3).map(tuple)},
    ContraindicationScreen: {
        "answers": answers,
        "version": _said,
        "blocked_sites": st.lists(texts, max_size=2).map(tuple),
    },
    HistoricMeasurement: {
        "quantities": quantities,
        "source_sha256": _hashes,
        "probe_area_cm2": st.none() | st.floats(0.1, 10),
    },
    SiteList: {
        "sites": st.lists(sites, max_size=4, unique=True).map(tuple),
        "felt_only": st.just(()),
    },
    Retake: {"press": st.integers(1, 99), "measurement": _said},
    Visit: {"room_temperature_c": st.none() | numbers},
}

st.register_type_strategy(DrawnMark, _fields(DrawnMark))
st.register_type_strategy(PrescriberCode, _fields(PrescriberCode))
st.register_type_strategy(
    TardieuEntry,
    st.builds(TardieuEntry, quality=st.integers(0, 5), r1_deg=_angles, r2_deg=_angles),
)

# Raw numbers and samples have properties of their own: test_record_round_trip.
OF_FIELDS = sorted(KINDS.keys() - {"measurement", "analysis"})


def statements(kind: str) -> st.SearchStrategy[Any]:
    """Draw a statement of a kind."""
    cls = KINDS[kind].type
    own = dict(_OWN.get(cls, {}))
    if kind in ("goal", "identity", "client"):
        own |= {"text": _said} if kind == "goal" else {"name": texts}
    if kind == "practitioner":
        own |= {"name": _said}
    if kind == "client":
        own = {"created_at": times.map(lambda at: at.astimezone(UTC))}
    return _fields(cls, **own)
