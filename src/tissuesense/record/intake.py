"""What a client brings: complaints, posture, daily life, consent, and what to be careful with.

Every type here is a statement of the record: checked when it is made, never changed afterwards.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from tissuesense.core.errors import UsageError
from tissuesense.core.site import ComplaintKind, Side
from tissuesense.record.checks import check_nrs, check_text


class PainQuality(enum.StrEnum):
    """How a mark of a pain drawing feels."""

    ACHE = "ache"
    BURNING = "burning"
    STABBING = "stabbing"
    NUMB = "numb"
    TINGLING = "tingling"


class BodyView(enum.StrEnum):
    """Which of the two drawings of the body."""

    FRONT = "front"
    BACK = "back"


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnMark:
    """One touch of a pain drawing.

    Attributes
    ----------
    x, y
        Place on the body map's view in its own coordinates, as `anatomy.body_map` states them.
    """

    view: BodyView
    x: float
    y: float
    quality: PainQuality = PainQuality.ACHE


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """Why the client comes, in one of five kinds, in the client's own words and numbers.

    Attributes
    ----------
    region
        Where, in words: "left hand, thumb side".
    side
        None: both, or not said.
    nrs_now, nrs_worst, nrs_mean_24h
        Numeric rating scale, 0 none to 10 worst imaginable; None: not asked.
    onset
        Since when, in words.
    """

    kind: ComplaintKind
    region: str = ""
    side: Side | None = None
    nrs_now: int | None = None
    nrs_worst: int | None = None
    nrs_mean_24h: int | None = None
    onset: str = ""
    better_with: str = ""
    worse_with: str = ""
    note: str = ""
    drawing: tuple[DrawnMark, ...] = ()

    def __post_init__(self) -> None:
        for name in ("nrs_now", "nrs_worst", "nrs_mean_24h"):
            check_nrs(name, getattr(self, name))
        for name in ("region", "onset", "better_with", "worse_with", "note"):
            check_text(name, getattr(self, name))


class PostureView(enum.StrEnum):
    """From where posture was looked at."""

    FRONT = "front"
    LEFT = "left"
    RIGHT = "right"
    BACK = "back"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostureObservation:
    """One thing seen of how the client stands or sits.

    Attributes
    ----------
    finding
        Such as forward_head; the anatomy catalogue lists those that it knows muscles for.
    degree
        0 not seen, 1 slight, 2 clear, 3 marked.
    """

    finding: str
    view: PostureView | None = None
    side: Side | None = None
    degree: int = 1
    note: str = ""

    def __post_init__(self) -> None:
        check_text("finding", self.finding, required=True)
        check_text("note", self.note)
        if self.degree not in range(len(DEGREE_WORDS)):
            raise UsageError(f"A posture's degree is 0, 1, 2 or 3, not {self.degree}.")


DEGREE_WORDS = ("not seen", "slight", "clear", "marked")


class LifeTopic(enum.StrEnum):
    """Which part of the day a factor belongs to."""

    ERGONOMICS = "ergonomics"
    TRAINING = "training"
    SLEEP = "sleep"
    ROUTINE = "routine"


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyLife:
    """One answer about daily life, with the therapist's remark on it.

    Attributes
    ----------
    habit
        Such as desk_work, where the anatomy catalogue knows it; may be empty.
    question, question_version
        What was asked, and which wording of it.
    """

    topic: LifeTopic
    answer: str
    habit: str = ""
    question: str = ""
    question_version: str = ""
    remark: str = ""

    def __post_init__(self) -> None:
        check_text("answer", self.answer, required=True)
        for name in ("habit", "question", "question_version", "remark"):
            check_text(name, getattr(self, name))


class ConsentPurpose(enum.StrEnum):
    """What a consent is for."""

    TREATMENT = "treatment"
    MEASUREMENT = "measurement"
    RESEARCH = "research"
    SHARING = "sharing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A consent given or, with `given` False, withdrawn; withdrawing deletes nothing by itself.

    Attributes
    ----------
    text_version, text_sha256
        Which text the client saw.
    how
        Such as "signed on paper".
    """

    purpose: ConsentPurpose
    given: bool
    on: date | None = None
    text_version: str = ""
    text_sha256: str = ""
    how: str = ""

    def __post_init__(self) -> None:
        for name in ("text_version", "text_sha256", "how"):
            check_text(name, getattr(self, name))


class Answer(enum.StrEnum):
    """An answer of a screen; not asked is not no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


SCREEN_VERSION = "1"
SCREEN_ITEMS: Mapping[str, str] = MappingProxyType(
    {
        "anticoagulant": "takes blood thinners or bruises easily",
        "fracture": "recent or suspected fracture",
        "dvt_sign": "swollen, warm, painful calf or known clot",
        "open_skin": "open or infected skin",
        "neuropathy": "loss of feeling at a site",
        "pregnancy": "pregnant",
        "recent_surgery": "surgery within three months",
        "osteoporosis": "osteoporosis",
        "implanted_device": "implanted device at or near a site",
        "inflammation": "acute inflammation, fever or infection",
        "cancer": "cancer under treatment",
        "other": "something else to be careful with",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenAnswer:
    """One item of the screen."""

    item: str
    answer: Answer
    detail: str = ""

    def __post_init__(self) -> None:
        if self.item not in SCREEN_ITEMS:
            raise UsageError(
                f"The screen has no item '{self.item}'.", hint=f"Items: {', '.join(SCREEN_ITEMS)}."
            )
        check_text("detail", self.detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContraindicationScreen:
    """What to be careful with, asked before anyone presses.

    Attributes
    ----------
    ceiling_kpa
        A lower limit of pressure that the therapist sets for this client; None: that of the site.
    blocked_sites
        Sites that are not to be pressed at all.
    """

    answers: tuple[ScreenAnswer, ...]
    version: str = SCREEN_VERSION
    ceiling_kpa: float | None = None
    blocked_sites: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_text("version", self.version, required=True)
        items = [answer.item for answer in self.answers]
        if len(set(items)) != len(items):
            raise UsageError("The screen answers an item twice.")
        if self.ceiling_kpa is not None and not 0 < self.ceiling_kpa <= _MOST_KPA:
            raise UsageError(
                f"ceiling_kpa is above 0 and at most {_MOST_KPA}, not {self.ceiling_kpa}."
            )

    @property
    def cautions(self) -> tuple[str, ...]:
        """What was answered with yes, in words, details with it."""
        return tuple(
            SCREEN_ITEMS[a.item] + (f" ({a.detail})" if a.detail else "")
            for a in self.answers
            if a.answer is Answer.YES
        )


_MOST_KPA = 2000.0
