"""Who is in care, who sent them and why, as it was written down."""

from collections.abc import Iterable, Iterator

from tissuesense.core.dates import day
from tissuesense.record.care import Episode, Modality, PrescriberCode, Referral
from tissuesense.report.course_view import CourseView
from tissuesense.report.document import Block, Facts, say
from tissuesense.report.registry import Section
from tissuesense.report.words import plural

_Rows = Iterator[tuple[str, str]]
_LETTER = {
    True: "letter of medical necessity on file",
    False: "no letter of medical necessity on file",
    None: "letter of medical necessity not asked for",
}


def write(view: CourseView) -> tuple[Block, ...]:
    """Return who and why, by pseudonym unless the identity was asked for."""
    rows = (*_person(view), *_order(view.record.latest("referral")), *_care(view))
    return (Facts(tuple((name, say(text)) for name, text in rows if text)),)


def _person(view: CourseView) -> _Rows:
    who = view.identity
    if who is None:
        yield "Client", view.record.client.id
    else:
        born = "" if who.birth_date is None else f"born {day(who.birth_date)}"
        yield "Client", ", ".join(filter(None, (view.record.client.id, who.name, born)))
        member = f"member number {who.member_number}" if who.member_number else ""
        yield "Insurer", ", ".join(filter(None, (who.insurer, member)))
    if view.practice is not None:
        yield "Practice", ", ".join(filter(None, (view.practice.name, view.practice.address)))


def _order(referral: Referral | None) -> _Rows:
    if referral is None:
        yield "Referral", "none on record"
        return
    letter = _LETTER[referral.letter_of_medical_necessity]
    yield "Referred by", f"{referral.prescriber}, {day(referral.on)}; {letter}"
    yield "Condition", f"{referral.condition} (in the prescriber's words)"
    yield "Codes", _codes(referral.codes)
    asked = ", ".join(filter(None, (referral.frequency, referral.duration)))
    modalities = _modalities(referral.modalities)
    yield "Frequency ordered", "; ".join(filter(None, (asked or "not stated", modalities)))
    yield "Payer note", referral.payer_note


def _care(view: CourseView) -> _Rows:
    for episode in view.record.statements("episode"):
        yield "Episode", _episode(episode)
        yield "Codes", _codes(episode.codes)
    visits = [record.visit.opened_at for record in view.care]
    if visits:
        period = " to ".join(dict.fromkeys((day(visits[0]), day(visits[-1]))))
        yield "Period", f"{period}, {plural(len(visits), 'visit')}"


def _episode(episode: Episode) -> str:
    closed = "" if episode.closed_on is None else f" to {day(episode.closed_on)}"
    since = f"; since {episode.onset}" if episode.onset else ""
    return f"{episode.title}, from {day(episode.opened_on)}{closed}{since}"


def _codes(codes: Iterable[PrescriberCode]) -> str:
    """Return codes as they were supplied, and by whom; none is ever inferred."""
    return "; ".join(
        f"{code.code}{f' {code.text}' if code.text else ''} "
        f"({code.system}; supplied by {code.supplied_by})"
        for code in codes
    )


def _modalities(modalities: Iterable[Modality]) -> str:
    return ", ".join(modalities)


SECTION = Section(title="Who and why", write=write)
