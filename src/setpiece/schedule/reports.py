"""What every printed report says of the plan it was made from."""

from __future__ import annotations

from setpiece.schedule.days import shoot_days
from setpiece.schedule.model import Plan
from setpiece.schedule.money import spoken
from setpiece.schedule.paper import A4, LETTER
from setpiece.script.eighths import pages


def paper_size(plan: Plan) -> tuple[float, float]:
    """Letter where money is dollars of North America, A4 elsewhere [pt]."""
    return LETTER if plan.cost.currency.upper() in ("USD", "CAD") else A4


def note(plan: Plan) -> str:
    """The foot of a page: how long, how much, and how far from the best it may be."""
    days = shoot_days(plan)
    total = sum(d.eighths for d in days)
    words = f"{len(days)} shooting days, {pages(total)} pages"
    if plan.cost.total:
        words += f"; {spoken(plan.cost.total, plan.cost.currency)}"
    if plan.bound:
        words += f" (no plan is cheaper than {spoken(plan.bound, plan.cost.currency)})"
    return words
