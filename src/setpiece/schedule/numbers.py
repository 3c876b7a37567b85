"""A coded show as arrays, for compiled kernels (`tally`)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from setpiece.schedule.coded import Coded
from setpiece.schedule.cost import may_cover, weather_price

I64 = NDArray[np.int64]
FAR = 1 << 40  # no limit
WORD = 62  # sites in an int64


class Numbers(NamedTuple):
    """By strip: eighths, minutes, needs, place, loc, wet, gear (bits), stunt; cast_at, cast: who
    is in it, as a compressed list; adds: what it adds to a day's sums (`tally`); word, bit: its
    site as a bit; allowed (strips, days). By performer: rate, hold, trips (cents a journey both
    ways), drop (days, 0 never), most (minutes a day), early (no nights), resting. By day: ordinal,
    sun (minutes), rain (cents). covers (strips, days): may be shot instead; cover: the strips that
    may. before: (n, 2) strips in order; pairs_at, pairs: the same by strip, as a compressed list of
    (other, whether that comes first). roles_at, roles: strips of each performer. fee by location,
    hire (n, 2): rate and least days. limits: page limit, minutes of a day, move minutes, light
    counts, sun counts, turnaround counts, stunt rest; minutes before overtime, of a step of it, of
    the meal, of rest; calls by day and by night. dusk: by day, sunset in minutes, -1 where no day
    is split. money: unit day, move, a step of overtime."""

    eighths: I64
    minutes: I64
    needs: I64
    place: I64
    loc: I64
    wet: I64
    gear: I64
    stunt: I64
    cast_at: I64
    cast: I64
    adds: I64
    word: I64
    bit: I64
    allowed: NDArray[np.bool_]
    rate: I64
    hold: I64
    trips: I64
    drop: I64
    most: I64
    early: I64
    resting: I64
    ordinal: I64
    sun: I64
    rain: I64
    covers: NDArray[np.bool_]
    cover: I64
    before: I64
    pairs_at: I64
    pairs: I64
    roles_at: I64
    roles: I64
    fee: I64
    hire: I64
    limits: I64
    dusk: I64
    money: I64


def numbers(coded: Coded) -> Numbers:
    """Arrays of a show in its window."""
    book, c, strips = coded.book, coded.book.calendar, coded.strips
    days = len(coded.dates)
    deals = [book.cast[n] for n in coded.names]
    locations = list(dict.fromkeys(s.location for s in strips))
    fees = {x.name: x.fee for x in book.breakdown.locations}
    gear = [e for e in c.equipment if e.rate]
    most = dict(coded.limits)
    sun = [book.sunlight(d) if book.on(book.sun) else None for d in coded.dates]

    def ints(values) -> I64:  # type: ignore[no-untyped-def]
        return np.array(list(values), np.int64)

    allowed = np.zeros((len(strips), days), bool)
    covers = np.zeros((len(strips), days), bool)
    for s, strip in enumerate(strips):
        allowed[s, sorted(coded.allowed[s])] = True
        if strip.cover and not strip.after:
            covers[s] = [may_cover(book.breakdown, strip, d) for d in coded.dates]
    before = ints((o, s) for s, earlier in enumerate(coded.after) for o in earlier).reshape(-1, 2)
    pairs: list[list[tuple[int, int]]] = [[] for _ in strips]
    for o, s in before:
        pairs[s].append((int(o), 1))
        pairs[o].append((int(s), 0))
    return Numbers(
        ints(s.eighths for s in strips), ints(s.minutes for s in strips), ints(coded.needs),
        ints(coded.place), ints(locations.index(s.location) for s in strips),
        ints(s.weather for s in strips),
        ints(sum(1 << i for i, e in enumerate(gear) if e.name in s.equipment) for s in strips),
        ints(s.stunt for s in strips), ints(np.cumsum([0, *(len(w) for w in coded.whose)])),
        ints(p for w in coded.whose for p in w), ints(
            (1, s.eighths, s.minutes, s.minutes * (need < 0), s.minutes * (need > 0), s.weather,
             sum(p in coded.no_nights for p in cast))
            for s, need, cast in zip(strips, coded.needs, coded.whose, strict=True)
        ).reshape(-1, 7), ints(x // WORD for x in coded.place),
        ints(1 << x % WORD for x in coded.place), allowed,
        ints(p.rate for p in deals), ints(p.holding for p in deals),
        ints(2 * p.travel_days * p.rate for p in deals), ints(p.drop_days or 0 for p in deals),
        ints(most.get(i, FAR) for i in range(len(deals))),
        ints(i in coded.no_nights for i in range(len(deals))),
        ints(bool(x) for x in coded.stunts), ints(d.toordinal() for d in coded.dates),
        ints(FAR if x is None else x for x in sun),
        ints(weather_price(c, d) for d in coded.dates), covers,
        ints(s for s in range(len(strips)) if covers[s].any()), before,
        ints(np.cumsum([0, *(len(x) for x in pairs)])),
        ints(x for own in pairs for x in own).reshape(-1, 2),
        ints(np.cumsum([0, *(len(x) for x in coded.roles)])),
        ints(s for own in coded.roles for s in own),
        ints(fees.get(n, 0) for n in locations),
        ints((e.rate, e.minimum) for e in gear).reshape(-1, 2),
        ints((c.page_limit if book.on(book.pages) else FAR,
              book.day_minutes if book.on(book.hours) else FAR, c.move_minutes,
              book.on(book.light), book.on(book.sun), book.on(book.turnaround), c.stunt_rest,
              c.normal_minutes, c.overtime_step, c.meal_minutes, book.rest_minutes, c.day_call,
              c.night_call)),
        ints(-1 if x is None else x for x in map(book.sunset, coded.dates)),
        ints((c.unit_day, c.move_cost, c.overtime_price)),
    )  # fmt: skip
