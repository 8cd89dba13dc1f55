"""What was asked at intake, as questionnaires, and what was answered."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

from tissuesense.export.fhir.chart import Chart, Stated
from tissuesense.export.fhir.codes import answer_code, coding
from tissuesense.export.fhir.elements import Json, moment, present, quantity, resource, words
from tissuesense.record.intake import (
    DEGREE_WORDS,
    SCREEN_ITEMS,
    SCREEN_VERSION,
    Answer,
    ContraindicationScreen,
    DailyLife,
    PostureObservation,
)

_STRING, _CHOICE, _WHOLE, _AMOUNT = "string", "choice", "integer", "quantity"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """One questionnaire: its items by link id, each with text and type."""

    title: str
    items: Mapping[str, tuple[str, str]]
    version: str = "1"

    def url(self, name: str) -> str:
        return f"urn:tissuesense:questionnaire:{name}"


FORMS: Mapping[str, _Form] = MappingProxyType(
    {
        "screen": _Form(
            title="What to be careful with",
            version=SCREEN_VERSION,
            items={
                **{
                    name.replace("_", "-"): (asked, _CHOICE) for name, asked in SCREEN_ITEMS.items()
                },
                "ceiling": ("Lower limit of pressure that the therapist sets", _AMOUNT),
                "blocked-site": ("Sites that are not to be pressed", _STRING),
                "version": ("Version of the screen that was asked", _STRING),
            },
        ),
        "posture": _Form(
            title="Posture",
            items={
                "finding": ("What was seen", _STRING),
                "view": ("From where", _STRING),
                "side": ("Which side", _STRING),
                "degree": (
                    ", ".join(f"{degree} {said}" for degree, said in enumerate(DEGREE_WORDS)),
                    _WHOLE,
                ),
                "note": ("Note", _STRING),
            },
        ),
        "daily-life": _Form(
            title="Daily life",
            items={
                "topic": ("Part of the day", _STRING),
                "question": ("What was asked", _STRING),
                "question-version": ("Which wording of it", _STRING),
                "answer": ("Answer", _STRING),
                "habit": ("Habit of the anatomy catalogue", _STRING),
                "remark": ("The therapist's remark", _STRING),
            },
        ),
    }
)


def screen(chart: Chart, stated: Stated) -> Iterator[Json]:
    """Yield what was answered of the contraindication screen; what was not asked has no answer."""
    said: ContraindicationScreen = stated.statement
    answers: dict[str, list[Json]] = {
        answer.item.replace("_", "-"): [
            {"valueCoding": coding(answer_code("answer", answer.answer))}
            | present(item=_detail(answer.item, answer.detail))
        ]
        for answer in said.answers
    }
    if said.ceiling_kpa is not None:
        answers["ceiling"] = [{"valueQuantity": quantity(said.ceiling_kpa, "kPa")}]
    answers["blocked-site"] = _strings(*said.blocked_sites)
    answers["version"] = _strings(said.version)
    yield _response(chart, stated, "screen", answers)


def _detail(item: str, detail: str) -> list[Json]:
    link_id = f"{item.replace('_', '-')}-detail"
    return [{"linkId": link_id, "answer": said}] if (said := _strings(detail)) else []


def posture(chart: Chart, stated: Stated) -> Iterator[Json]:
    """Yield one thing seen of how the client stands or sits."""
    said: PostureObservation = stated.statement
    answers = {
        "finding": _strings(said.finding),
        "view": _strings(said.view or ""),
        "side": _strings(said.side or ""),
        "degree": [{"valueInteger": said.degree}],
        "note": _strings(said.note),
    }
    yield _response(chart, stated, "posture", answers)


def daily_life(chart: Chart, stated: Stated) -> Iterator[Json]:
    """Yield one answer about daily life."""
    said: DailyLife = stated.statement
    answers = {
        "topic": _strings(said.topic),
        "question": _strings(said.question),
        "question-version": _strings(said.question_version),
        "answer": _strings(said.answer),
        "habit": _strings(said.habit),
        "remark": _strings(said.remark),
    }
    yield _response(chart, stated, "daily-life", answers)


def _response(chart: Chart, stated: Stated, name: str, answers: Mapping[str, list[Json]]) -> Json:
    form = FORMS[name]
    chart.shared.once("Questionnaire", form.url(name), partial(_questionnaire, form))
    return resource(
        "QuestionnaireResponse",
        stated.root,
        meta=stated.meta,
        identifier=stated.identifier,
        questionnaire=f"{form.url(name)}|{form.version}",
        status="amended" if stated.amended else "completed",
        subject=chart.patient,
        authored=moment(stated.entry.recorded_at),
        author=chart.actor(stated),
        item=[
            {"linkId": link_id, "text": form.items[link_id][0], "answer": given}
            for link_id, given in answers.items()
            if given
        ],
    )


def _questionnaire(form: _Form, url: str) -> Json:
    return {
        "url": url,
        "version": form.version,
        "title": form.title,
        "status": "active",
        "subjectType": ["Patient"],
        "item": [_item(link_id, *asked) for link_id, asked in form.items.items()],
    }


def _item(link_id: str, text: str, kind: str) -> Json:
    item: Json = {"linkId": link_id, "text": text, "type": kind}
    if kind == _CHOICE:
        item["answerOption"] = [
            {"valueCoding": coding(answer_code("answer", answer))} for answer in Answer
        ]
        item["item"] = [{"linkId": f"{link_id}-detail", "text": "Detail", "type": _STRING}]
    if link_id == "blocked-site":
        item["repeats"] = True
    return item


def _strings(*texts: Any) -> list[Json]:  # noqa: ANN401 - texts and members of enums of text
    return [{"valueString": said} for text in texts if (said := words(str(text)))]
