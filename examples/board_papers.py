"""A board made by hand, priced, and handed out as the papers a production works by.

    python examples/board_papers.py papers                  # the script beside this file
    python examples/board_papers.py papers my.fountain --start 2026-09-07

puts the scenes of a script on days, place by place and light by light, and writes the board (a
page to drag strips on, and a PDF), one-liner, shooting schedule, day out of days, call sheets,
calendar file, table and .uss. `setpiece schedule` looks for a cheaper board than this one.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from setpiece.schedule.arrange import dress
from setpiece.schedule.breakdown import break_down
from setpiece.schedule.check import check
from setpiece.schedule.cost import evaluate
from setpiece.schedule.deliver import deliver
from setpiece.schedule.model import Breakdown, Calendar, Day, Location, Plan
from setpiece.schedule.money import cents, spoken
from setpiece.schedule.rules import Rulebook
from setpiece.script import read_script

LIMIT = 9  # eighths a day: a page and a bit, as two people with a boat do them


def by_place(breakdown: Breakdown, calendar: Calendar) -> list[Day]:
    """Nights apart from days, place after place, as many strips a day as the limit takes."""
    order = sorted(breakdown.strips, key=lambda s: (s.hours == "night", s.location, s.position))
    days: list[list[str]] = []
    before, eighths = None, LIMIT
    for strip in order:
        night = strip.hours == "night"
        if eighths + strip.eighths > LIMIT or night != before:
            days.append([])
            before, eighths = night, 0
        days[-1].append(strip.id)
        eighths += strip.eighths
    return [
        Day(date=d, strips=tuple(strips))
        for d, strips in zip(calendar.working_days(), days, strict=False)
    ]


def dressed_deals(breakdown: Breakdown) -> Breakdown:
    """What only people know: what the cast is paid, where a place is, and its hospital."""
    return breakdown.model_copy(
        update={
            "performers": tuple(
                p.model_copy(update={"rate": cents("450"), "drop_days": 10})
                for p in breakdown.performers
            ),
            "locations": tuple(
                Location(name=x.name, place="River", latitude=48.2, longitude=16.4,
                         hospital="County hospital, 3 Bank Road", address="Landing 2")
                for x in breakdown.locations
            ),
        }
    )  # fmt: skip


def main(words: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    own = Path(__file__).with_name("ferry.fountain")
    parser.add_argument("script", type=Path, nargs="?", default=own)
    parser.add_argument("--start", type=date.fromisoformat, default=date(2026, 9, 7))
    given = parser.parse_args(words)

    breakdown = dressed_deals(break_down(read_script(given.script)))
    calendar = Calendar(start=given.start, unit_day=cents("6000"), timezone="Europe/Vienna")
    book = Rulebook(breakdown, calendar)
    days = dress(book, by_place(breakdown, calendar))
    cost = evaluate(breakdown, calendar, days)
    broken = check(book, days)
    plan = Plan(
        breakdown=breakdown, calendar=calendar, days=days, cost=cost,
        broken=tuple(b.words for b in broken),
    )  # fmt: skip
    print(f"{len(days)} days, {spoken(cost.total, cost.currency)}, {cost.holds} hold days")
    for rule in plan.broken:
        print(f"Broken: {rule}")
    for path in deliver(plan, given.folder):
        print(path)


if __name__ == "__main__":
    main()
