"""What the hypertonia index is given back as."""

from dataclasses import dataclass
from typing import Any

from tissuesense.analysis.sides.words import ReferenceKind, State, index_sentence
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, quantity_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One measured quantity, site against reference.

    Attributes
    ----------
    log_ratio
        Natural logarithm of geometric mean at the site / geometric mean at the reference; None
        where one of the two has fewer than two repeats and no uncertainty was stated.
    sd
        Standard uncertainty of `log_ratio`.
    weight
        In the index; 0 for one that is shown only. The weights that count add to 1.
    percent
        How much more than at the reference.
    flags
        `trial_spread`: its repeats scatter more than good ones do.
    """

    name: str
    log_ratio: float | None
    sd: float | None
    weight: float
    percent: float | None
    n_site: int
    n_reference: int
    flags: tuple[QualityFlag, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HypertoniaIndex:
    """What the components say together.

    Attributes
    ----------
    percent
        How much higher the site is than its reference, with uncertainty; None when the state is
        "not enough data" or "components disagree".
    state
        "higher" or "lower" where the 95 % interval leaves out 0.
    components
        Every component that was given on either side, in the order of `COMPONENTS`.
    mdc_percent
        Smallest rise between two such comparisons that is more than the scatter of their repeats,
        at 95 %.
    mdc_between_visits_percent
        The same for comparisons of two visits: placing and people differ from day to day.
    between_visits_is_prior
        That rests on published figures and not on repeated sessions of one's own.
    leave_one_out_percent
        Lowest and highest index with one component left out; None with fewer than two.
    repeats
        Fewest repeats of a component that counts, at the site and at the reference.
    """

    percent: Estimate | None
    state: State
    components: tuple[Component, ...]
    mdc_percent: float | None
    leave_one_out_percent: tuple[float, float] | None
    flags: tuple[QualityFlag, ...]
    reference_kind: ReferenceKind = "other side"
    mdc_between_visits_percent: float | None = None
    between_visits_is_prior: bool = True
    repeats: tuple[int, int] = (0, 0)

    @property
    def sentence(self) -> str:
        """The result in words: what was measured, against what, how sure."""
        return index_sentence(self.state, self.percent, self.reference_kind, self.repeats)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, null where nothing can be said."""
        return {
            "percent": quantity_json(self.percent),
            "state": self.state,
            "sentence": self.sentence,
            "reference": self.reference_kind,
            "mdc_percent": self.mdc_percent,
            "mdc_between_visits_percent": self.mdc_between_visits_percent,
            "between_visits_is_prior": self.between_visits_is_prior,
            "leave_one_out_percent": self.leave_one_out_percent and [*self.leave_one_out_percent],
            "components": [
                {
                    "name": part.name,
                    "percent": part.percent,
                    "weight": part.weight,
                    "n_site": part.n_site,
                    "n_reference": part.n_reference,
                    "flags": [str(flag) for flag in part.flags],
                }
                for part in self.components
            ],
            "flags": [str(flag) for flag in self.flags],
        }


def withheld(
    state: State, flag: QualityFlag, components: tuple[Component, ...], kind: ReferenceKind
) -> HypertoniaIndex:
    """Return an index that gives no figure, and why."""
    return HypertoniaIndex(
        percent=None,
        state=state,
        components=components,
        mdc_percent=None,
        leave_one_out_percent=None,
        flags=(flag,),
        reference_kind=kind,
    )
