"""A plan with everything in it that a price or a rule looks at, and names from outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from setpiece.schedule.arrange import dress
from setpiece.schedule.check import check
from setpiece.schedule.cost import evaluate
from setpiece.schedule.model import (
    Breakdown,
    Calendar,
    DateRange,
    Day,
    Equipment,
    Holiday,
    Location,
    Performer,
    Plan,
    Strip,
)
from setpiece.schedule.rules import Rulebook

START = date(2026, 5, 4)
SCRIPT = "</script><script>window.evil = 1</script>"
NAMES = ("ANA", "BO <b>LI</b>", "ΝΕΦΕΛΗ", "Жанна Ёлкина", '=HYPERLINK("http://x")', "KID")


def breakdown() -> Breakdown:
    a, b, greek, russian, formula, kid = NAMES
    strips = (
        Strip(id="1", scene="1", set="KITCHEN", location="HOUSE", cast=(a, b), eighths=19,
              synopsis=f"They eat. {SCRIPT}", elements={"props": ("=cmd|' /C calc'!A0", "bread")}),
        Strip(id="2", scene="2", set="YARD", setting="EXT", location="HOUSE", cast=(a, kid),
              eighths=12, weather=True, elements={"animals": ("dog",), "vfx": ("ghost",)}),
        Strip(id="3", scene="3", set="STREET", setting="EXT", light="N", cast=(b, greek),
              eighths=21, stunt=True, equipment=("Crane",), elements={"stunts": ("fall",)}),
        Strip(id="4", scene="4", set="ROOF", setting="EXT", light="DUSK", cast=(a, greek, russian),
              eighths=5, equipment=("Crane", "Drone")),
        Strip(id="5", scene="5", set="CELLAR", location="HOUSE", light="N", cast=(russian,),
              eighths=9, cover=True),
        Strip(id="6A", scene="6A", set="CAR {{script}}", setting="INT/EXT", cast=(a, b, formula),
              eighths=16, after=("1",)),
        Strip(id="7", scene="7", set="STREET", setting="EXT", light="N", cast=(b,), eighths=8,
              stunt=True, before_date=START + timedelta(20)),
        Strip(id="8", scene="8", set="HARBOUR & QUAY", setting="EXT", light="DAWN", cast=(greek,),
              eighths=4, weather=True, after_date=START + timedelta(2)),
        Strip(id="9", scene="9", set="KITCHEN", location="HOUSE", cast=(a, kid, russian),
              eighths=30, minutes=500, locked_date=START + timedelta(8)),
        Strip(id="10", scene="10", set="ATTIC", cast=(formula,), eighths=6, cover=True),
        Strip(id="11", scene="11", set="FIELD", setting="EXT", cast=(a, b, kid), eighths=33),
        Strip(id="12", scene="12", set="FIELD", setting="EXT", cast=(b,), eighths=24, weather=True),
    )  # fmt: skip
    performers = (
        Performer(name=a, number="1", rate=120000, hold_rate=60000, drop_days=5, travel_days=1),
        Performer(name=b, number="2", rate=80000, away=(DateRange(first=START, last=START),)),
        Performer(name=greek, number="3", rate=50000, drop_days=4, hours=6),
        Performer(name=russian, number="10", rate=40000, first=START + timedelta(1)),
        Performer(name=formula, number="4", rate=10050, travel_days=2, drop_days=2),
        Performer(name=kid, number="5", rate=30000, minor=True),
    )
    locations = (
        Location(name="HOUSE", place="North", latitude=55.95, longitude=-3.19, fee=90000,
                 hospital="Royal Infirmary <1 mile>", address="1 High St", parking="Behind"),
        Location(name="STREET", place="North", fee=30050,
                 permits=(DateRange(first=START + timedelta(1), last=START + timedelta(18)),)),
        Location(name="FIELD", place="South", fee=12000,
                 closed=(DateRange(first=START + timedelta(9), last=START + timedelta(10)),)),
    )  # fmt: skip
    return Breakdown(
        title=f"The “Mill” {SCRIPT}", strips=strips, performers=performers, locations=locations
    ).checked()


LATE = {"hours": 9, "overtime": 2.5, "overtime_rate": 121_000, "split_days": True}


def calendar(**more: object) -> Calendar:
    return Calendar.model_validate(dict(
        start=START, end=START + timedelta(18), holidays=(Holiday(date=START + timedelta(7)),),
        unit_day=1_500_000, move_cost=250_000, move_minutes=75, stunt_rest=2, page_limit=40,
        equipment=(Equipment(name="Crane", rate=70_000, minimum=2),
                   Equipment(name="Drone", rate=25_033)),
        wet=(0.3, 0.3, 0.3, 0.3, 0.35, 0.2, 0.2, 0.2, 0.3, 0.4, 0.4, 0.4), timezone="Europe/London",
        latitude=55.95, longitude=-3.19, currency="GBP", base="The green", **more,
    ))  # fmt: skip


BOARD = {
    0: ("1", "5"), 1: ("2", "8"), 2: ("6A",), 3: ("3",), 4: ("4", "10"), 8: ("9",), 9: ("11",),
    11: ("7",),
}  # fmt: skip


def plan(board: Mapping[int, Sequence[str]] = BOARD, **more: object) -> Plan:
    """A board by days from the start, priced and checked; strips that it lacks are on no day.
    more: of the calendar."""
    book = Rulebook(breakdown(), calendar(**more))
    days = dress(book, [Day(date=START + timedelta(n), strips=tuple(s)) for n, s in board.items()])
    placed = {i for d in days for i in d.strips}
    return Plan(
        breakdown=book.breakdown, calendar=book.calendar, days=days,
        cost=evaluate(book.breakdown, book.calendar, days), bound=9_000_000,
        unscheduled=tuple(s.id for s in book.breakdown.strips if s.id not in placed),
        broken=tuple(b.words for b in check(book, days)),
    )  # fmt: skip
