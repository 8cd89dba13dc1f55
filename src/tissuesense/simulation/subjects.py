"""Invented people with known tissue: what is true of each at each site and side."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from tissuesense.core.errors import ConfigurationError
from tissuesense.core.site import Side
from tissuesense.simulation.course import STEADY, Course
from tissuesense.simulation.tissue import PowerLaw, Tissue


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteTruth:
    """One site of one side of one person.

    Attributes
    ----------
    threshold_kpa
        Median pressure pain threshold.
    tolerance_kpa
        Median pressure that the person would bear.
    spread_ln
        Standard deviation of either from press to press, natural logarithm.
    firmness
        How much firmer than that of an ordinary body the muscle is here, by which `tissue` is
        stiffened already.
    """

    threshold_kpa: float
    tolerance_kpa: float
    spread_ln: float
    firmness: float
    tissue: Tissue

    def changed(self, by: Course) -> "SiteTruth":
        """Return the same place after a change."""
        return replace(
            self,
            threshold_kpa=self.threshold_kpa * by.threshold,
            tolerance_kpa=self.tolerance_kpa * by.threshold,
            firmness=self.firmness * by.firmness,
            tissue=self.tissue.stiffened(by.firmness),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A person, as factors on an ordinary body.

    Attributes
    ----------
    words
        Who this is, one sentence.
    threshold, firmness
        Factor on every site.
    threshold_at, firmness_at
        Further factor at a place.
    exponent_at
        What is added to the stiffening exponent at a place.
    course_at
        Where a place is heading under care; one that is not named stays as it is.
    """

    words: str
    threshold: float = 1.0
    firmness: float = 1.0
    threshold_at: Mapping[tuple[str, Side], float] = field(default_factory=dict)
    firmness_at: Mapping[tuple[str, Side], float] = field(default_factory=dict)
    exponent_at: Mapping[tuple[str, Side], float] = field(default_factory=dict)
    course_at: Mapping[tuple[str, Side], Course] = field(default_factory=dict)
    spread_ln: float = 0.08


@dataclass(frozen=True, slots=True, kw_only=True)
class _OrdinarySite:
    threshold_kpa: float
    k_n: float
    exponent: float


_TOLERANCE_OVER_THRESHOLD = 1.7
# Muscle under a thumb-sized tip: two relaxation times, a quarter of the force lost in a few
# seconds; of the order that quasi-linear fits of limbs give (tau 0.05 to 9 s).
_EQUILIBRIUM = 0.65
_BRANCHES = ((0.20, 0.4), (0.15, 3.0))

# Thresholds near the middle of published ranges for healthy adults; depth 8 mm gives 10 to 20 N.
# Those from the suboccipitals on are this program's assumptions, of the same order.
SITES: Mapping[str, _OrdinarySite] = MappingProxyType(
    {
        "trapezius_upper": _OrdinarySite(threshold_kpa=320.0, k_n=0.55, exponent=1.6),
        "levator_scapulae": _OrdinarySite(threshold_kpa=290.0, k_n=0.70, exponent=1.5),
        "tibialis_anterior": _OrdinarySite(threshold_kpa=470.0, k_n=1.10, exponent=1.4),
        "suboccipitals": _OrdinarySite(threshold_kpa=260.0, k_n=0.65, exponent=1.5),
        "pectoralis_minor": _OrdinarySite(threshold_kpa=270.0, k_n=0.50, exponent=1.6),
        "infraspinatus": _OrdinarySite(threshold_kpa=330.0, k_n=0.60, exponent=1.5),
        "erector_spinae_lumbar": _OrdinarySite(threshold_kpa=440.0, k_n=0.80, exponent=1.5),
        "gluteus_medius": _OrdinarySite(threshold_kpa=420.0, k_n=0.75, exponent=1.5),
    }
)
SIDES = (Side.LEFT, Side.RIGHT)

_LEFT_SHOULDER = (("trapezius_upper", Side.LEFT), ("levator_scapulae", Side.LEFT))
_RIGHT_SHIN = ("tibialis_anterior", Side.RIGHT)

SUBJECTS: Mapping[str, Subject] = MappingProxyType(
    {
        "relaxed": Subject(words="Nothing to find: both sides alike, ordinary thresholds."),
        "tender_left": Subject(
            words="The left neck and shoulder hurt at little more than half the pressure.",
            threshold_at=dict.fromkeys(_LEFT_SHOULDER, 0.58),
        ),
        "firm_left": Subject(
            words="The left neck and shoulder are much firmer, and no more tender.",
            firmness_at=dict.fromkeys(_LEFT_SHOULDER, 1.45),
            exponent_at=dict.fromkeys(_LEFT_SHOULDER, 0.10),
        ),
        "tender_firm_left": Subject(
            words="The left neck and shoulder are both tender and firm.",
            threshold_at=dict.fromkeys(_LEFT_SHOULDER, 0.62),
            firmness_at=dict.fromkeys(_LEFT_SHOULDER, 1.40),
        ),
        "tender_everywhere": Subject(
            words="Everything hurts early, also far from the neck: widespread tenderness.",
            threshold=0.5,
        ),
        "high_threshold": Subject(
            words="Pain comes late; at the right shin not before the usual limit of 1000 kPa.",
            threshold=1.9,
            firmness=1.1,
            threshold_at={_RIGHT_SHIN: 1.8},
        ),
        "desk_worker": Subject(
            words="Left neck tender and firm, easing over weeks of care; the right one much less.",
            threshold_at={
                ("trapezius_upper", Side.LEFT): 0.42,
                ("levator_scapulae", Side.LEFT): 0.52,
                ("suboccipitals", Side.LEFT): 0.62,
                ("trapezius_upper", Side.RIGHT): 0.85,
            },
            firmness_at=dict.fromkeys(_LEFT_SHOULDER, 1.5),
            course_at={
                ("trapezius_upper", Side.LEFT): Course(threshold=1.60, firmness=0.86),
                ("levator_scapulae", Side.LEFT): Course(threshold=1.30, firmness=0.95),
                ("suboccipitals", Side.LEFT): Course(threshold=1.10),
            },
        ),
        "rounded_shoulders": Subject(
            words="Left chest and shoulder blade tender and firm; the chest eases, the blade less.",
            threshold_at={
                ("pectoralis_minor", Side.LEFT): 0.50,
                ("infraspinatus", Side.LEFT): 0.60,
                ("pectoralis_minor", Side.RIGHT): 0.80,
            },
            firmness_at={
                ("pectoralis_minor", Side.LEFT): 1.60,
                ("infraspinatus", Side.LEFT): 1.25,
                ("pectoralis_minor", Side.RIGHT): 1.30,
            },
            course_at={
                ("pectoralis_minor", Side.LEFT): Course(threshold=1.85, firmness=0.66),
                ("infraspinatus", Side.LEFT): Course(threshold=1.15, firmness=0.95),
            },
        ),
        "runner": Subject(
            words="Low back tender on the right and easing; the left hip grows more tender.",
            threshold=1.1,
            threshold_at={("erector_spinae_lumbar", Side.RIGHT): 0.60},
            firmness_at={("erector_spinae_lumbar", Side.RIGHT): 1.35},
            course_at={
                ("erector_spinae_lumbar", Side.RIGHT): Course(threshold=1.25, firmness=0.92),
                ("gluteus_medius", Side.LEFT): Course(threshold=0.58),
            },
        ),
    }
)


def subject_named(name: str) -> Subject:
    """Return a subject.

    Raises
    ------
    ConfigurationError
        When there is none of this name.
    """
    if name not in SUBJECTS:
        raise _unknown("subject", name, SUBJECTS)
    return SUBJECTS[name]


def site_truth(subject: str, site: str, side: Side, *, week: float = 0.0) -> SiteTruth:
    """Return what is true of a subject at a place, `week` weeks after care began.

    Raises
    ------
    ConfigurationError
        When the subject, the site or the side is not simulated.
    """
    person = subject_named(subject)
    if site not in SITES:
        raise _unknown("site", site, SITES)
    if side not in SIDES:
        raise _unknown("side", side, SIDES)
    place, ordinary = (site, side), SITES[site]
    threshold = ordinary.threshold_kpa * person.threshold * person.threshold_at.get(place, 1.0)
    firmness = person.firmness * person.firmness_at.get(place, 1.0)
    tissue = Tissue(
        elastic=PowerLaw(
            k_n=ordinary.k_n, exponent=ordinary.exponent + person.exponent_at.get(place, 0.0)
        ),
        equilibrium=_EQUILIBRIUM,
        branches=_BRANCHES,
    )
    usual = SiteTruth(
        threshold_kpa=threshold,
        tolerance_kpa=threshold * _TOLERANCE_OVER_THRESHOLD,
        spread_ln=person.spread_ln,
        firmness=firmness,
        tissue=tissue.stiffened(firmness),
    )
    return usual.changed(person.course_at.get(place, STEADY).at(week))


def _unknown(noun: str, name: str, known: Iterable[str]) -> ConfigurationError:
    names = sorted(known)
    return ConfigurationError(
        f"There is no simulated {noun} '{name}'.", hint=f"Known: {', '.join(names)}.", known=names
    )
