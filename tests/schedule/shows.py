"""Small shows for the scheduler's tests, drawn by hypothesis or written out."""

from __future__ import annotations

import random
from datetime import date, timedelta

from hypothesis import strategies as st

from setpiece.schedule.model import (
    Breakdown,
    Calendar,
    DateRange,
    Equipment,
    Location,
    Performer,
    Strip,
)  # fmt: skip

START = date(2026, 5, 4)  # a Monday


def day(n: int) -> date:
    return START + timedelta(n)


def calendar(**more: object) -> Calendar:
    given = {
        "start": START, "unit_day": 800_000, "move_cost": 100_000, "latitude": 45.0,
        "wet": (0.3,) * 12, "stunt_rest": 1,
        "equipment": (Equipment(name="crane", rate=50_000, minimum=2),), **more,
    }  # fmt: skip
    return Calendar.model_validate(given)


# Hours that go on into the night, and are paid for.
LATE = {
    "hours": 7, "overtime": 3, "overtime_rate": 90_000, "overtime_step": 20, "split_days": True,
    "longitude": 9.0, "timezone": "Europe/Rome",
}  # fmt: skip


def calendars() -> st.SearchStrategy[Calendar]:
    """Without and with overtime and split days."""
    return st.sampled_from([calendar(), calendar(**LATE), calendar(split_days=True)])


def strip(name: str, cast: str = "", **more: object) -> Strip:
    """Strip `1` with the cast `"AB"`."""
    return Strip.model_validate({"id": name, "cast": tuple(cast), "eighths": 8, **more})


@st.composite
def breakdowns(draw: st.DrawFn, most: int = 9) -> Breakdown:
    """Anything that may clash, and most of the time does not."""
    count = draw(st.integers(2, most))
    people = "ABCDE"
    strips = []
    for n in range(count):
        stunt = draw(st.integers(0, 9)) == 0
        strips.append(Strip(
            id=str(n + 1), position=n + 1, eighths=draw(st.integers(1, 14)),
            set=f"Set {draw(st.integers(1, 4))}",
            setting=draw(st.sampled_from(["INT", "EXT"])),
            light=draw(st.sampled_from(["D", "D", "D", "N", "DUSK"])),
            cast=tuple(draw(st.lists(st.sampled_from(people), max_size=3, unique=True))),
            after=(str(n),) if n and draw(st.integers(0, 5)) == 0 else (),
            stunt=stunt, weather=draw(st.booleans()), cover=draw(st.booleans()),
            equipment=("crane",) if draw(st.integers(0, 4)) == 0 else (),
        ))  # fmt: skip
    performers = []
    for n, name in enumerate(people):
        first = draw(st.integers(0, 20))
        performers.append(Performer(
            name=name, rate=draw(st.integers(0, 300_000)),
            hold_rate=draw(st.none() | st.integers(0, 200_000)),
            away=(DateRange(first=day(first), last=day(first + 2)),) if n % 2 else (),
            drop_days=draw(st.none() | st.integers(1, 6)), travel_days=n % 2,
            hours=draw(st.none() | st.floats(6, 10)), minor=n == 4,
        ))  # fmt: skip
    places = tuple(
        Location(name=f"Set {n}", place=f"Town {(n + 1) // 2}", fee=20_000 * n) for n in range(1, 5)
    )
    return Breakdown(
        strips=tuple(strips), performers=tuple(performers), locations=places
    ).checked()  # fmt: skip


def small() -> Breakdown:
    return Breakdown(
        strips=(
            strip("1", "A", set="Bar"), strip("2", "AB", set="Street", setting="EXT"),
            strip("3", "B", set="Street", setting="EXT", light="N"), strip("4", "A", set="Bar"),
            strip("5", "AC", set="Bar", eighths=30), strip("6", "C", set="Bar", eighths=30),
        ),
        performers=(
            Performer(name="A", rate=100_000), Performer(name="B", rate=50_000),
            Performer(name="C", rate=70_000),
        ),
    ).checked()  # fmt: skip


def crowd(strips: int) -> Breakdown:
    """Many players in a few towns, by day and night: more than a few seconds prove."""
    dice = random.Random(7)
    people = "ABCDEFGHIJ"
    rows = tuple(
        Strip(
            id=str(n + 1), position=n + 1, eighths=dice.randint(4, 20),
            set=f"Set {dice.randint(1, 6)}", setting=dice.choice(["INT", "EXT"]),
            light=dice.choice("DDN"), cast=tuple(sorted(dice.sample(people, dice.randint(1, 4)))),
        )
        for n in range(strips)
    )  # fmt: skip
    cast = tuple(Performer(name=p, rate=40_000 * (n + 1)) for n, p in enumerate(people))
    places = tuple(
        Location(name=f"Set {n}", place=f"Town {(n + 1) // 2}", fee=20_000) for n in range(1, 7)
    )
    return Breakdown(strips=rows, performers=cast, locations=places).checked()
