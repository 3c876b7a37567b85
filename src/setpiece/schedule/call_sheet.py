"""What a day's call sheet says, before it is laid out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from setpiece.schedule.attendance import Attendance, day_out_of_days
from setpiece.schedule.cost import minutes_of
from setpiece.schedule.daylight import zone_named
from setpiece.schedule.days import (
    ShootDay,
    called,
    clock,
    location_of,
    shoot_days,
    time_of_day,
)
from setpiece.schedule.model import MEAL_AFTER, Location, Performer, Plan, Strip
from setpiece.schedule.shooting_schedule import TITLES
from setpiece.show.sun import SunTimes, sun_times

MAKE_UP, PICK_UP = timedelta(minutes=60), timedelta(minutes=45)  # before set, before make-up
COVERS = 3  # cover sets that are named
LUNCH_AFTER = timedelta(minutes=MEAL_AFTER)


@dataclass(frozen=True)
class Scene:
    """A strip with the time at which it is likely begun."""

    strip: Strip
    begins: datetime


@dataclass(frozen=True)
class CastCall:
    performer: Performer
    status: str  # SW, W, H, WF ...
    pick_up: datetime | None
    make_up: datetime | None
    on_set: datetime | None  # None: held, not called
    note: str = ""


@dataclass(frozen=True)
class CallSheet:
    """One day. `sun` and `after` are None where neither a place nor the calendar says where on
    earth it is."""

    title: str
    day: ShootDay
    call: datetime
    lunch: datetime | None
    wrap: datetime
    scenes: tuple[Scene, ...]
    cast: tuple[CastCall, ...]
    places: tuple[tuple[str, Location | None], ...]
    sun: SunTimes | None
    after: SunTimes | None  # of the next date: a night is shot towards its sunrise
    base: str
    notes: tuple[str, ...]
    needs: tuple[tuple[str, str], ...]  # category, "item (2, 5A)"
    advance: ShootDay | None


def call_sheets(plan: Plan) -> tuple[CallSheet, ...]:
    """One for every shooting day, in order."""
    days, rows = shoot_days(plan), day_out_of_days(plan)
    return tuple(
        _sheet(plan, day, days[n + 1] if n + 1 < len(days) else None, rows)
        for n, day in enumerate(days)
    )


def _sheet(
    plan: Plan, day: ShootDay, following: ShootDay | None, rows: tuple[Attendance, ...]
) -> CallSheet:
    zone = zone_of(plan)
    midnight = datetime.combine(day.date, time(), zone)
    call = midnight + timedelta(minutes=day.day.call)
    wrap = midnight + timedelta(minutes=day.day.wrap)  # of a night: on the next date
    scenes, lunch = _times(day, call, wrap, plan)
    places = tuple((name, location_of(plan, name)) for name in day.locations)
    return CallSheet(
        plan.breakdown.title, day, call, lunch, wrap, scenes,
        tuple(_cast(day, scenes, rows, plan)), places, _sun(plan, day.date, places, zone),
        _sun(plan, day.date + timedelta(days=1), places, zone),
        plan.calendar.base, tuple(_notes(day, plan)), tuple(_needs(day)), following,
    )  # fmt: skip


def zone_of(plan: Plan) -> tzinfo:
    """The calendar's time zone; UTC where it names none that is known."""
    return zone_named(plan.calendar.timezone)


def _times(
    day: ShootDay, call: datetime, wrap: datetime, plan: Plan
) -> tuple[tuple[Scene, ...], datetime | None]:
    """Scenes one after another from the call, company moves between them, and a meal between two
    scenes, after six hours at the latest; of a split day at sunset, before what needs the dark."""
    meal = timedelta(minutes=plan.calendar.meal_minutes)
    split = day.day.hours == "split"
    eats = bool(meal) and (split or wrap - call > LUNCH_AFTER)
    sites, before = plan.breakdown.sites, ""
    now, lunch, out = call, None, []
    for strip in day.strips:
        site = sites.get(strip.location, strip.location)
        if before and site != before:
            now += timedelta(minutes=plan.calendar.move_minutes)
        before, long = site, timedelta(minutes=strip.minutes)
        late = strip.hours == "night" if split else now > call and now + long - call > LUNCH_AFTER
        if eats and lunch is None and late:
            lunch, now = now, now + meal
        out.append(Scene(strip, now))
        if eats and not split and lunch is None and now + long - call > LUNCH_AFTER:
            lunch, now = call + LUNCH_AFTER, now + meal  # in the middle of a long one
        now += long
    return tuple(out), lunch


def _cast(
    day: ShootDay, scenes: tuple[Scene, ...], rows: tuple[Attendance, ...], plan: Plan
) -> Iterator[CastCall]:
    for row in rows:
        status = row.codes.get(day.date)
        if status is None:
            continue
        begins = next((s.begins for s in scenes if row.performer.name in s.strip.cast), None)
        hours = row.performer.hours
        if hours is None and row.performer.minor:
            hours = plan.calendar.minor_hours
        note = "minor, " if row.performer.minor else ""
        note += f"{hours:g} h on set at most" if hours is not None else ""
        if begins is None:
            yield CastCall(row.performer, status, None, None, None, "held, not called")
        else:
            chair = begins - MAKE_UP
            yield CastCall(row.performer, status, chair - PICK_UP, chair, begins, note)


def _sun(
    plan: Plan, day: date, places: tuple[tuple[str, Location | None], ...], zone: tzinfo
) -> SunTimes | None:
    """At the first place of the day that is on the map, else at the calendar's."""
    found = [(p.latitude, p.longitude) for _, p in places if p is not None]
    for latitude, longitude in (*found, (plan.calendar.latitude, plan.calendar.longitude)):
        if latitude is not None and longitude is not None:
            return sun_times(day, latitude, longitude, zone)
    return None


def _notes(day: ShootDay, plan: Plan) -> Iterator[str]:
    minutes = minutes_of(plan.breakdown, plan.calendar, day.day) - plan.calendar.normal_minutes
    if plan.calendar.overtime and minutes > 0:
        begins = day.day.wrap - minutes
        yield f"Overtime planned: {clock(minutes)} h, from {time_of_day(begins)}"
    for strip, words in day.moves.items():
        yield f"{words}, before scene {next(called(s) for s in day.strips if s.id == strip)}"
    for words, strips in (
        ("Stunts", [s for s in day.strips if s.stunt]),
        ("Needs dry weather", [s for s in day.strips if s.weather]),
        ("Short light", [s for s in day.strips if s.light in ("DAWN", "DUSK")]),
    ):  # fmt: skip
        if strips:
            yield f"{words}: scene {', '.join(called(s) for s in strips)}"
    minors = [p.name for p in day.cast if p.minor]
    if minors:
        yield f"Minors on set: {', '.join(minors)}"
    if day.cover:
        named = [f"{called(s)} {s.setting} {s.set}" for s in day.cover[:COVERS]]
        more = len(day.cover) - COVERS
        rest = f"; and {more} more" if more > 0 else ""
        yield f"Cover set{'s' if len(day.cover) > 1 else ''}: scene {'; '.join(named)}{rest}"


def _needs(day: ShootDay) -> Iterator[tuple[str, str]]:
    """What departments bring, each thing once, with the scenes that need it."""
    found: dict[tuple[str, str], list[str]] = {}
    for s in day.strips:
        for category, items in s.elements.items():
            for item in items:
                found.setdefault((TITLES[category], item), []).append(called(s))
        for item in s.equipment:
            found.setdefault((TITLES["equipment"], item), []).append(called(s))
    for title in TITLES.values():
        named = [f"{i} ({', '.join(scenes)})" for (t, i), scenes in found.items() if t == title]
        if named:
            yield title, ", ".join(named)
