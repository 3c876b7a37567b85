"""On which days a player works, waits, or is let go: the codes of a day out of days.

A first day is SW, a last one WF, a lone one SWF; a day of the unit between on which they do not
work is held (H). Who is dropped is dropped after WD and picked up on PW, unpaid between. What is
held and who is dropped is what the price says (`deal.engage`), so that the two never differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from setpiece.schedule.cost import engagements
from setpiece.schedule.days import by_number
from setpiece.schedule.deal import Engagement
from setpiece.schedule.model import Performer, Plan


@dataclass(frozen=True)
class Attendance:
    """One player's row. `codes`: by date; a date without one is free."""

    performer: Performer
    engagement: Engagement
    codes: dict[date, str]

    @property
    def work(self) -> int:
        return len(self.engagement.worked)

    @property
    def hold(self) -> int:
        return len(self.engagement.held)

    @property
    def travel(self) -> int:
        """Days: there and back, twice where they are dropped."""
        return self.performer.travel_days * (4 if self.engagement.dropped else 2)

    @property
    def first(self) -> date:
        return self.engagement.worked[0]

    @property
    def last(self) -> date:
        return self.engagement.worked[-1]


def day_out_of_days(plan: Plan) -> tuple[Attendance, ...]:
    """Players who work, by board ID."""
    shot = sorted((d for d in plan.days if d.strips), key=lambda d: d.date)
    deals = engagements(plan.breakdown, plan.calendar, shot)
    rows = by_number(p for p in plan.breakdown.performers if deals[p.name].worked)
    return tuple(Attendance(p, deals[p.name], _codes(deals[p.name])) for p in rows)


def _codes(deal: Engagement) -> dict[date, str]:
    codes = dict.fromkeys(deal.held, "H")
    dropped, again = deal.dropped or (None, None)
    for day in deal.worked:
        head = "S" if day == deal.worked[0] else "P" if day == again else ""
        tail = "F" if day == deal.worked[-1] else "D" if day == dropped else ""
        codes[day] = f"{head}W{tail}"
    return codes
