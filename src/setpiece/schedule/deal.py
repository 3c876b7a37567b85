"""What one performer is paid, and when they are on hold or dropped."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from setpiece.schedule.model import Performer


@dataclass(frozen=True)
class Engagement:
    """A performer's days: `worked` and `held` dates, and the last day before and the first after
    the gap for which they are dropped (None: they are not). Pay in cents."""

    worked: tuple[date, ...] = ()
    held: tuple[date, ...] = ()
    dropped: tuple[date, date] | None = None
    work: int = 0
    hold: int = 0
    travel: int = 0

    @property
    def total(self) -> int:
        return self.work + self.hold + self.travel


def engage(performer: Performer, worked: Sequence[date], working: Sequence[date]) -> Engagement:
    """The cheapest reading of a deal.

    worked: dates on which they work, ascending. working: all dates on which the unit works. Between
    two days of work each of the unit's is held, but for the one gap in which dropping saves most.
    """
    if not worked:
        return Engagement()
    first, last, days = worked[0], worked[-1], set(worked)
    held = [d for d in working if first < d < last and d not in days]
    trips, best, gap = 2 * performer.travel_days * performer.rate, 0, None
    if performer.drop_days is not None:
        for a, b in itertools.pairwise(worked):
            if (b - a).days - 1 >= performer.drop_days:
                saved = performer.holding * sum(a < d < b for d in held) - trips
                if saved > best:
                    best, gap = saved, (a, b)
    if gap:
        held = [d for d in held if not gap[0] < d < gap[1]]
    return Engagement(
        tuple(worked), tuple(held), gap, performer.rate * len(worked),
        performer.holding * len(held), trips * (2 if gap else 1),
    )  # fmt: skip
