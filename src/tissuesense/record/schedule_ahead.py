"""The days on which visits would fall if a plan were kept, to look at before it is kept."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from tissuesense.record.care import CarePlan
from tissuesense.record.schedule import schedule

_NEXT_DAY = timedelta(days=1)


def visits_ahead(
    plan: CarePlan, kept: Collection[date], *, today: date, most: int
) -> Iterator[date]:
    """Yield the days of the next visits, each within the days that its phase allows.

    The early and the late end of a phase's interval take turns: 2 visits a week are 3 and 4 days
    apart, and stay 2 a week.
    """
    kept, here, early = list(kept), max(today, plan.starts_on), True
    for _ in range(most):
        due = schedule(plan, kept, today=here).due
        if due is None:
            return
        day = max(due.first if early else due.last, here)
        yield day
        if day == date.max:
            return
        kept, here, early = [*kept, day], day + _NEXT_DAY, not early
