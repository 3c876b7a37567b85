"""What a shooting plan is made of, to every module that plans, prices or prints one.

Money is in cents (`money.py`), lengths of scenes in eighths of a page, times of day in minutes
after midnight (a wrap after midnight is over 1440), durations in minutes, dates are dates.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from setpiece.errors import InputError
from setpiece.schedule.money import Cents
from setpiece.script.model import Category

Setting = Literal["INT", "EXT", "INT/EXT"]
Light = Literal["D", "N", "DAWN", "DUSK"]
Hours = Literal["day", "night", "split"]  # when the unit works: split, into the dark
Part = Literal["crew", "overtime", "work", "hold", "travel", "locations", "moves", "equipment",
               "weather"]  # fmt: skip
Status = Literal["optimal", "feasible", "partial", "given"]
Name = Annotated[str, Field(min_length=1, max_length=300)]
Minute = Annotated[int, Field(ge=0, lt=1440)]
MINUTES_AN_EIGHTH = {"INT": 14, "INT/EXT": 16, "EXT": 17}  # five pages fill an 11-hour day or so
MEAL_AFTER = 360  # minutes: nobody works longer without a meal
LONGEST = 730  # days from first to last of a shoot


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DateRange(_Frozen):
    """From one date to another, both included."""

    first: date
    last: date

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"{self.first} to {self.last} ends before it begins; swap the two")
        return self

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first}..{self.last}"


class Performer(_Frozen):
    """One of the cast, and the terms of their deal.

    `number` is the board ID. `rate` is paid for a day of work, `hold_rate` (default: the rate) for
    a working day of the calendar between two days of work; `travel_days` at `rate` are paid before
    the first day and after the last, and again around a drop. Where a gap between two days of work
    has at least `drop_days` calendar days in it, they may be dropped and picked up, once a picture
    and where that is cheaper; None: never. `hours` is the most they are in front of the camera a
    day; a minor's default is the calendar's. `first` and `last` are the contract's dates.
    """

    name: Name
    number: str = Field("", max_length=20)
    rate: Cents = 0
    hold_rate: Cents | None = None
    minor: bool = False
    hours: float | None = Field(None, gt=0, le=24)
    away: tuple[DateRange, ...] = ()
    first: date | None = None
    last: date | None = None
    drop_days: int | None = Field(None, ge=1, le=365)
    travel_days: int = Field(0, ge=0, le=14)

    @property
    def holding(self) -> int:
        """What a hold day costs, in cents."""
        return self.rate if self.hold_rate is None else self.hold_rate


class Strip(_Frozen):
    """A scene, or a part of one, as the board shows it.

    `id` is the stable name ("12A"), `scene` the script's number, `position` its place in script
    order. `set` is what the slugline says, `location` where it is shot (default: the set). `cast`
    are names of performers. `elements` are the rest of the breakdown sheet, by category;
    `unconfirmed` those of them ("props: lantern") that nobody has confirmed yet. `after` must be
    shot before this one. `unit` 2 is the second unit's (`second_unit.py`). `cover`: may be shot on
    a wet day instead; `weather`: needs a dry one.
    """

    id: Annotated[str, Field(min_length=1, max_length=60)]
    scene: str = Field("", max_length=60)
    position: int = Field(0, ge=0)
    heading: str = Field("", max_length=500)
    synopsis: str = Field("", max_length=2000)
    setting: Setting = "INT"
    set: str = Field("", max_length=300)
    location: str = Field("", max_length=300)
    light: Light = "D"
    eighths: int = Field(1, ge=1, le=800)
    minutes: int = Field(0, ge=0, le=60_000, description="0: by pages and setting")
    cast: tuple[Name, ...] = ()
    elements: dict[Category, tuple[str, ...]] = {}
    unconfirmed: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    after_date: date | None = None
    before_date: date | None = None
    locked_date: date | None = None
    cover: bool = False
    weather: bool = False
    equipment: tuple[Name, ...] = ()
    stunt: bool = False
    unit: Literal[1, 2] = 1
    notes: str = Field("", max_length=2000)

    @model_validator(mode="before")
    @classmethod
    def _defaults(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        data = dict(data)
        data["location"] = data.get("location") or data.get("set") or "UNKNOWN"
        if not data.get("minutes") and isinstance(data.get("eighths", 1), int):
            each = MINUTES_AN_EIGHTH.get(data.get("setting", "INT"), 14)
            data["minutes"] = each * data.get("eighths", 1) * (3 if data.get("stunt") else 2) // 2
        return data

    @property
    def hours(self) -> Literal["day", "night"] | None:
        """When it has to be shot: inside, and at dawn and dusk, either will do."""
        if self.setting == "INT" or self.light in ("DAWN", "DUSK"):
            return None
        return "night" if self.light == "N" else "day"


class Location(_Frozen):
    """Where something is shot. `place` is the site or town: the company moves between places
    (default: the name). `permits` empty: any day. `fee` is for each day it is used."""

    name: Name
    place: str = Field("", max_length=300)
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)
    permits: tuple[DateRange, ...] = ()
    closed: tuple[DateRange, ...] = ()
    fee: Cents = 0
    hospital: str = Field("", max_length=500)
    address: str = Field("", max_length=500)
    parking: str = Field("", max_length=500)

    @property
    def site(self) -> str:
        return self.place or self.name


class Equipment(_Frozen):
    """A hire by the day: `rate` for each day it is used, and at least `minimum` days."""

    name: Name
    rate: Cents = 0
    minimum: int = Field(0, ge=0, le=365)


class Holiday(_Frozen):
    date: date
    name: str = Field("", max_length=200)


class Calendar(_Frozen):
    """When the unit works, and what a day of it costs.

    `days_off` are weekdays, Monday 0. The unit is paid `unit_day` for every working day from
    `start` to the last day of shooting, shot or not. A day takes at most `page_limit` eighths and
    `hours` of shooting, company moves included (`move_minutes` each); a meal of `meal_minutes`
    comes on top. It may run over by `overtime` hours; each step of `overtime_step` minutes that is
    begun then costs its share of `overtime_rate`, an hour's (default: one and a half of what the
    unit's day costs an hour). Call is `day_call`, or `night_call` where a night exterior is shot;
    from wrap to call are at least `turnaround` hours. `split_days`: day and night exteriors of one
    place may share a day, which is called so that the sun sets on the meal between them. Each
    change of place costs `move_cost`, overnight too. `wet` is the chance of a wet day for each
    month; a day that needs a dry one and has no cover set is charged that share of `weather_loss`
    (default: `unit_day`). `stunt_rest`: whole days between two stunts of one performer. `currency`
    is of all money.
    """

    start: date
    end: date | None = None
    days_off: tuple[Annotated[int, Field(ge=0, le=6)], ...] = (5, 6)
    country: str = Field("", max_length=20)
    holidays: tuple[Holiday, ...] = ()
    work_on: tuple[date, ...] = ()
    hours: float = Field(11, gt=0, le=20)
    overtime: float = Field(0, ge=0, le=12)
    overtime_rate: Cents | None = None
    overtime_step: int = Field(15, ge=1, le=240)
    meal_minutes: int = Field(60, ge=0, le=240)
    turnaround: float = Field(12, ge=0, le=48)
    page_limit: int = Field(40, ge=1, le=800)
    day_call: Minute = 7 * 60
    night_call: Minute = 18 * 60
    unit_day: Cents = 0
    move_cost: Cents = 0
    move_minutes: int = Field(60, ge=0, le=600)
    equipment: tuple[Equipment, ...] = ()
    minor_hours: float = Field(8, gt=0, le=24)
    minors_at_night: bool = False
    split_days: bool = False
    stunt_rest: int = Field(0, ge=0, le=30)
    wet: tuple[Annotated[float, Field(ge=0, le=1)], ...] = (0.0,) * 12
    weather_loss: Cents | None = None
    timezone: str = Field("UTC", max_length=60)
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)
    base: str = Field("", max_length=300)
    currency: str = Field("EUR", min_length=1, max_length=10)

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if len(self.wet) != 12:
            raise ValueError("wet: write twelve chances of a wet day, one a month, from 0 to 1")
        if self.end and self.end < self.start:
            raise ValueError(f"end {self.end} is before start {self.start}; swap the two")
        if self.hours + self.overtime > 24:
            raise ValueError("hours and overtime are more than a day has; lower one of them")
        if next(self.working_days(), None) is None:
            raise ValueError(
                "days_off and holidays leave no working day; take a weekday out of days_off, or "
                "name dates in work_on"
            )
        return self

    @property
    def normal_minutes(self) -> int:
        """Of shooting, after which overtime begins."""
        return round(60 * self.hours)

    @property
    def overtime_price(self) -> int:
        """Cents of a step of overtime; none where no overtime is agreed."""
        if not self.overtime:
            return 0
        hour = self.overtime_rate
        if hour is None:
            hour = round(1.5 * self.unit_day / self.hours)
        return round(hour * self.overtime_step / 60)

    def works(self, day: date) -> bool:
        """Whether the unit works on that date."""
        if day in self.work_on:
            return True
        return day.weekday() not in self.days_off and all(h.date != day for h in self.holidays)

    def working_days(self) -> Iterator[date]:
        """Working dates from the start on, to the end or for two years."""
        for n in range(LONGEST):
            day = self.start + timedelta(n)
            if self.end and day > self.end:
                return
            if self.works(day):
                yield day


class Breakdown(_Frozen):
    """Everything that is to be shot, in script order. `remarks`: what a person should look at."""

    title: str = Field("", max_length=300)
    strips: tuple[Strip, ...] = ()
    performers: tuple[Performer, ...] = ()
    locations: tuple[Location, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def by_id(self) -> dict[str, Strip]:
        return {s.id: s for s in self.strips}

    @property
    def cast(self) -> dict[str, Performer]:
        return {p.name: p for p in self.performers}

    @property
    def sites(self) -> dict[str, str]:
        """The place of each location that strips name."""
        known = {x.name: x.site for x in self.locations}
        return {s.location: known.get(s.location, s.location) for s in self.strips}

    def checked(self, source: str = "breakdown") -> Breakdown:
        """The same, with ids made distinct and with a performer and a location for every name that
        strips use; `remarks` says what was added. Call it once after reading a file.

        Raises InputError for what cannot be mended: no strips, an `after` that names no strip or
        goes in a circle, two performers or locations of one name. `source` is the file's name.
        """
        from setpiece.schedule.checked import checked

        return checked(self, source)


class Day(_Frozen):
    """One day of the board: strips in the order they are shot. `call` and `wrap` are minutes after
    midnight of `date`; `cover` are strips that could be shot instead where it is wet."""

    date: date
    strips: tuple[str, ...] = ()
    hours: Hours = "day"
    call: int = 0
    wrap: int = 0
    locations: tuple[str, ...] = ()
    cover: tuple[str, ...] = ()


class Cost(_Frozen):
    """What a schedule costs, in cents. `cast` is what each performer is paid: work, hold, travel.
    `moves` counts company moves, `holds` the hold days of all performers together."""

    parts: dict[Part, int] = {}
    cast: dict[str, int] = {}
    currency: str = "EUR"
    moves: int = 0
    holds: int = 0

    @property
    def total(self) -> int:
        return sum(self.parts.values())


class Plan(_Frozen):
    """A schedule with its price and with what no schedule goes below (`bound`, cents).

    status: optimal (bound = cost), feasible, partial (`unscheduled` found no day), given (an order
    that was read, not looked for). `script_order` and `greedy` are what those would have cost,
    None where they found no room for every strip. `broken` are rules that a given order breaks,
    in words. `seconds` of CPU.
    """

    breakdown: Breakdown
    calendar: Calendar
    days: tuple[Day, ...] = ()
    cost: Cost = Cost()
    bound: int = 0
    status: Status = "given"
    unscheduled: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    seconds: float = 0.0
    script_order: Cost | None = None
    greedy: Cost | None = None

    @property
    def gap(self) -> float:
        """How far the cost may be above the cheapest, as a share of the cost."""
        total = self.cost.total
        return max(0.0, (total - self.bound) / total) if total else 0.0

    @property
    def dates(self) -> dict[str, date]:
        """The date of each strip that has one."""
        return {i: d.date for d in self.days for i in d.strips}


def fail(source: str, what: str) -> InputError:
    """An error about a file: which, and what to do."""
    return InputError(f"{source}: {what}")
