"""What every printed report says of the plan it was made from."""

from __future__ import annotations

from setpiece.schedule.days import counted, shoot_days
from setpiece.schedule.model import Plan
from setpiece.schedule.paper import A4, LETTER
from setpiece.script.eighths import pages


def paper_size(plan: Plan) -> tuple[float, float]:
    """Letter where money is dollars of North America, A4 elsewhere [pt]."""
    return LETTER if plan.cost.currency.upper() in ("USD", "CAD") else A4


def note(plan: Plan) -> str:
    """The foot of a page. No money: these papers go to the whole unit."""
    days = shoot_days(plan)
    total = sum(d.eighths for d in days)
    return f"{counted(len(days), 'shooting day')}, {pages(total)} pages"
