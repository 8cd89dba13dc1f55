"""What a card of the intake states, as the flat JSON that its kind of statement is read from."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from starlette.datastructures import FormData

from tissuesense.anatomy.body_map.shapes import View
from tissuesense.anatomy.catalogue import catalogue
from tissuesense.anatomy.pattern import Ground
from tissuesense.core.errors import UsageError
from tissuesense.record.consent_texts import CONSENT_TEXTS, TEXT_VERSION
from tissuesense.record.intake import (
    SCREEN_ITEMS,
    BodyView,
    ConsentPurpose,
    DrawnMark,
    PainQuality,
)
from tissuesense.services.filling_in import RATINGS
from tissuesense.web.body_pick import on_body, place_named
from tissuesense.web.forms import number_in, stated_in, text_of
from tissuesense.web.intake_cards import OPEN_QUESTIONS, QUESTION_VERSION, topic_of

_MOST_MARKS = 200


def complaint(form: FormData) -> dict[str, Any]:
    """Return a complaint with its drawing."""
    words = ("kind", "region", "side", "onset", "better_with", "worse_with", "note")
    stated = stated_in(form, *words, *RATINGS, numbers=RATINGS)
    return stated | {"drawing": _drawing(form)}


def posture(form: FormData) -> dict[str, Any]:
    """Return how far something of the posture is seen."""
    return stated_in(form, "finding", "view", "side", "degree", "note", numbers=("degree",))


def daily_life(form: FormData) -> dict[str, Any]:
    """Return an answer about a habit, or one in words."""
    stated = stated_in(form, "remark")
    habit, topic = text_of(form, "habit"), text_of(form, "topic")
    if topic:
        asked = {t.value: question for t, question in OPEN_QUESTIONS.items()}
        if topic not in asked:
            raise UsageError("There is no such question.")
        answer = text_of(form, "answer")
        if not answer:
            raise UsageError("The answer is empty.", hint="Write a word, or leave it as it was.")
        known = {"habit": habit} if habit else {}
        return stated | known | {
            "topic": topic, "question": asked[topic], "question_version": QUESTION_VERSION,
            "answer": answer,
        }  # fmt: skip
    patterns = {pattern.id: pattern for pattern in catalogue().patterns_of(Ground.HABIT)}
    if habit not in patterns:
        raise UsageError("There is no such habit in the catalogue.")
    has = text_of(form, "has")
    if has not in {"yes", "no"}:
        raise UsageError("Say yes or no first.")
    return stated | {
        "topic": topic_of(habit).value,
        "habit": habit if has == "yes" else "",
        "question": patterns[habit].name,
        "question_version": QUESTION_VERSION,
        "answer": (text_of(form, "answer") if has == "yes" else "") or has,
    }


def screen(form: FormData) -> dict[str, Any]:
    """Return what to be careful with; what nobody asked is left out, for that is no no."""
    answers = [
        {"item": item, "answer": answer, "detail": text_of(form, f"detail-{item}")}
        for item in SCREEN_ITEMS
        if (answer := text_of(form, f"answer-{item}"))
    ]
    blocked = [site for site in form.getlist("blocked") if isinstance(site, str) and site]
    if unknown := set(blocked) - set(catalogue().muscles):
        raise UsageError(f"{len(unknown)} of the sites are not in the catalogue.")
    ceiling = text_of(form, "ceiling_kpa")
    limit = {"ceiling_kpa": number_in(ceiling, "the limit in kPa")} if ceiling else {}
    return limit | {"answers": answers, "blocked_sites": blocked}


def consent(form: FormData) -> dict[str, Any]:
    """Return a consent given or withdrawn, with the text that was shown."""
    given = text_of(form, "given")
    if given not in {"yes", "no"}:
        raise UsageError("Say whether it is given.")
    stated = stated_in(form, "purpose", "on", "how")
    try:
        text = CONSENT_TEXTS[ConsentPurpose(stated.get("purpose", ""))]
    except ValueError:
        raise UsageError("There is no such purpose of a consent.") from None
    shown = hashlib.sha256(text.encode()).hexdigest()
    return stated | {
        "given": given == "yes", "text_version": TEXT_VERSION, "text_sha256": shown
    }  # fmt: skip


READ: Mapping[str, Callable[[FormData], dict[str, Any]]] = {
    "complaint": complaint,
    "posture": posture,
    "daily_life": daily_life,
    "screen": screen,
    "consent": consent,
}


def _drawing(form: FormData) -> list[dict[str, Any]]:
    marks = [_mark(value) for value in form.getlist("mark") if isinstance(value, str)]
    gone = text_of(form, "remove")
    if gone.isdecimal() and int(gone) < len(marks):
        del marks[int(gone)]
    if text_of(form, "add"):
        place = place_named(text_of(form, "place"))
        if place is None:
            raise UsageError("Choose a place of the body first.")
        view, x, y = place
        marks.append({"view": view.value, "x": x, "y": y, "quality": _quality(form)})
    if len(marks) > _MOST_MARKS:
        raise UsageError(f"A drawing has at most {_MOST_MARKS} marks.")
    return marks


def marks_typed(form: FormData) -> Iterator[DrawnMark]:
    """Yield the marks of a form that can be read, whatever else in it cannot."""
    for value in form.getlist("mark"):
        with suppress(UsageError, ValueError):
            mark = _mark(value if isinstance(value, str) else "")
            yield DrawnMark(
                view=BodyView(mark["view"]),
                x=mark["x"],
                y=mark["y"],
                quality=PainQuality(mark["quality"]),
            )


def _quality(form: FormData) -> str:
    return text_of(form, "quality") or "ache"


def _mark(value: str) -> dict[str, Any]:
    parts = value.split(",")
    try:
        view, x, y, quality = View(parts[0]), float(parts[1]), float(parts[2]), parts[3]
    except (ValueError, IndexError):
        raise UsageError("A mark of the drawing cannot be read.") from None
    if not on_body(view, x, y):
        raise UsageError("A mark lies beside the body.", hint="Tap on the body.")
    return {"view": view.value, "x": round(x, 1), "y": round(y, 1), "quality": quality}
