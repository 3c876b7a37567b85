"""A plan as the tables that the board's page prices and checks an order by."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from setpiece.schedule.colours import strip_colour
from setpiece.schedule.cost import may_cover, weather_price
from setpiece.schedule.days import (
    called,
    clock,
    light_word,
    long_date,
    numbered,
    unscheduled,
)
from setpiece.schedule.model import MEAL_AFTER, Plan, Strip
from setpiece.schedule.rules import Rule, Rulebook
from setpiece.schedule.shooting_schedule import groups
from setpiece.script.eighths import pages
from setpiece.show import slug

SPARE = 5  # free working days after the last, to drag strips to
PARTS = {
    "crew": "Unit", "overtime": "Unit, overtime", "work": "Cast, work", "hold": "Cast, hold",
    "travel": "Cast, travel",
    "locations": "Locations", "moves": "Company moves", "equipment": "Equipment",
    "weather": "Weather, expected",
}  # fmt: skip


def page_data(plan: Plan) -> dict[str, Any]:
    """JSON for the page. Days are counted from the calendar's start; money is in cents."""
    calendar, book = plan.calendar, Rulebook(plan.breakdown, plan.calendar)
    count = {d: (d - calendar.start).days for d in _dates(plan)}
    people = numbered(plan)
    place = {p.name: n for n, p in enumerate(people)}
    shot = {d.date: d.strips for d in plan.days}
    rules: dict[Rule, int] = {}
    sites = plan.breakdown.sites
    strips = [_strip(s, plan, book, place, count, rules, sites) for s in plan.breakdown.strips]
    return {
        "title": plan.breakdown.title or "Untitled",
        "slug": slug(plan.breakdown.title) or "board",
        "currency": calendar.currency,
        "bound": plan.bound,
        "parts": PARTS,
        "calendar": _calendar(plan, book, max(count.values(), default=0)),
        "days": [
            {
                "n": n, "date": d.isoformat(), "words": long_date(d), "works": calendar.works(d),
                "wet": weather_price(calendar, d), "sun": book.sunlight(d),
                "sunset": book.sunset(d),
                "strips": list(shot.get(d, ())),
            }
            for d, n in count.items()
        ],
        "boneyard": [s.id for s in unscheduled(plan)],
        "strips": strips,
        "rules": [{"kind": r.kind, "subject": r.subject, "words": r.words} for r in rules],
        "performers": [
            {
                "name": p.name, "number": p.number, "rate": p.rate, "holding": p.holding,
                "drop_days": p.drop_days, "travel_days": p.travel_days, "minor": p.minor,
                "most_minutes": book.most_minutes(p),
            }
            for p in people
        ],
        "fees": {x.name: x.fee for x in plan.breakdown.locations},
        "equipment": [e.model_dump() for e in calendar.equipment],
    }  # fmt: skip


def _calendar(plan: Plan, book: Rulebook, last: int) -> dict[str, Any]:
    c = plan.calendar
    return {
        "start": 0, "start_date": c.start.isoformat(),
        "end": (c.end - c.start).days if c.end else None,
        "end_date": c.end.isoformat() if c.end else "",
        "working": [n for d in c.working_days() if (n := (d - c.start).days) <= last],
        "unit_day": c.unit_day, "move_cost": c.move_cost, "move_minutes": c.move_minutes,
        "page_limit": c.page_limit, "day_minutes": book.day_minutes,
        "normal_minutes": c.normal_minutes, "overtime_step": c.overtime_step,
        "overtime_price": c.overtime_price,
        "meal_minutes": c.meal_minutes, "meal_after": MEAL_AFTER,
        "turnaround": round(60 * c.turnaround),
        "day_call": c.day_call, "night_call": c.night_call, "stunt_rest": c.stunt_rest,
        "minors_at_night": c.minors_at_night,
    }  # fmt: skip


def _dates(plan: Plan) -> list[date]:
    """Working days of the shoot and a few after it, and whatever else is shot on."""
    shot = {d.date for d in plan.days if d.strips}
    last = max(shot, default=plan.calendar.start)
    out, spare = set(shot), SPARE
    for day in plan.calendar.working_days():
        if day > last:
            spare -= 1
        if spare < 0:
            break
        out.add(day)
    if plan.calendar.end and plan.calendar.end <= last:  # room to see what a longer shoot costs
        out |= {last + timedelta(n) for n in range(1, SPARE + 1)}
    return sorted(out)


def _strip(
    s: Strip, plan: Plan, book: Rulebook, place: dict[str, int], count: dict[date, int],
    rules: dict[Rule, int], sites: dict[str, str],
) -> dict[str, Any]:  # fmt: skip
    colour = strip_colour(s.setting, s.light)
    bars = {}
    for d, n in count.items():
        found = [rules.setdefault(r, len(rules)) for r in book.bars(s, d)]
        if found:
            bars[n] = found
    covers = None
    if s.cover and not s.after:
        covers = [n for d, n in count.items() if may_cover(plan.breakdown, s, d)]
    return {
        "id": s.id, "scene": called(s), "heading": s.heading, "set": s.set,
        "synopsis": s.synopsis[:300], "setting": s.setting, "light_word": light_word(s.light),
        "eighths": s.eighths, "pages": pages(s.eighths), "minutes": s.minutes,
        "time": clock(s.minutes), "hours": s.hours, "location": s.location,
        "site": sites[s.location],
        "cast": sorted(place[n] for n in set(s.cast) if n in place),
        "equipment": list(s.equipment), "weather": s.weather, "covers": covers,
        "stunt": s.stunt, "locked": s.locked_date.isoformat() if s.locked_date else "",
        "after": list(s.after), "bars": bars, "fill": colour.fill, "edge": colour.edge,
        "sheet": groups(s, plan),
    }  # fmt: skip
