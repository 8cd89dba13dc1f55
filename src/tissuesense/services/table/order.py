"""What is to be measured in one go: the sites in their order, and how."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tissuesense.core.errors import UsageError
from tissuesense.core.recording import RecordingKind
from tissuesense.core.site import BodySite
from tissuesense.record.client import ClientId
from tissuesense.record.visit import Block, VisitId
from tissuesense.services.measure_plan import MeasurePlan, plan_measurement
from tissuesense.transport.url import parse_device_url, simulated_at

_LINGER_S = 5.0
_USUAL_PAUSE_S = 6.0


class SiteOrder(enum.StrEnum):
    """In which order the sites come."""

    LISTED = "listed"
    RANDOM = "random"
    SIDE_BY_SIDE = "side_by_side"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOrder:
    """One round of measuring.

    Attributes
    ----------
    device
        URL of the gauge.
    button
        URL of the button that the client holds; None: a key stands for it.
    stated
        Keys of a side-car that hold for every site.
    rest_s
        Between two presses at one spot; None: what the protocol says.
    pause_s
        From one site to the next, to move the hands.
    blinded
        True where nobody at the screen is to learn a value: not even the frames hold the force.
    """

    client: ClientId
    visit: VisitId
    block: Block
    sites: tuple[BodySite, ...]
    kind: RecordingKind
    device: str
    button: str | None = None
    preset: str | None = None
    trials: int | None = None
    stated: tuple[tuple[str, Any], ...] = ()
    rest_s: float | None = None
    pause_s: float = _USUAL_PAUSE_S
    linger_s: float = _LINGER_S
    blinded: bool = False

    def __post_init__(self) -> None:
        if not self.sites:
            raise UsageError("No site was chosen.", hint="Choose at least one.")
        if len(set(self.sites)) != len(self.sites):
            raise UsageError("A site stands in the round twice.")

    def plan(self, site: BodySite) -> MeasurePlan:
        """Return the plan for one site.

        Raises
        ------
        UsageError, ConfigurationError
            As `plan_measurement` does.
        """
        stated = dict(self.stated) | {
            "kind": self.kind,
            "site": site.name,
            "side": str(site.side),
        }
        plan = plan_measurement(stated, trials=self.trials, preset_name=self.preset)
        dose = self.kind is RecordingKind.DOSE
        return replace(
            plan,
            linger_s=0.0 if dose else self.linger_s,
            rest_s=plan.rest_s if self.rest_s is None else self.rest_s,
        )

    def check(self) -> None:
        """Refuse what could not be measured, before anybody stands at the table in vain.

        Raises
        ------
        UsageError, ConfigurationError
            When a plan cannot be made, or an address of the gauge or of the button cannot be read.
        """
        for site in self.sites:
            self.plan(site)
        for url in (self.device, self.button):
            if url is not None:
                parse_device_url(url)

    def url(self, site: BodySite, rng: np.random.Generator) -> str:
        """Return the gauge's URL; a simulated one is set on the site, and no two rounds are alike.

        After a treatment the simulated tissue is a treated one.
        """
        url = simulated_at(self.device, site, self.kind)
        if not url.startswith("sim:"):
            return url
        if "seed=" not in url:
            url = f"{url}&seed={int(rng.integers(1, 2**31))}"
        rate = self.plan(site).stated.target_rate_kpa_s
        if rate is not None and "target_rate_kpa_s=" not in url:
            url = f"{url}&target_rate_kpa_s={rate:g}"  # the simulated hand is told it, too
        treated = self.block is Block.POST and "treated=" not in url
        return f"{url}&treated=1" if treated else url


def in_order(
    sites: Sequence[BodySite], how: SiteOrder, rng: np.random.Generator
) -> tuple[BodySite, ...]:
    """Return the sites in the order in which they are to come.

    Side by side, the two sides of a muscle follow one another, so that they are compared fresh.
    """
    if how is SiteOrder.RANDOM:
        return tuple(sites[i] for i in rng.permutation(len(sites)))
    if how is SiteOrder.SIDE_BY_SIDE:
        first = {site.name: i for i, site in reversed(list(enumerate(sites)))}
        return tuple(sorted(sites, key=lambda site: first[site.name]))
    return tuple(sites)
