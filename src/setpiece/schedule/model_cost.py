"""What a plan costs, in the constraint model's terms, and what no plan goes below.

Of every schedule the objective is what `cost.evaluate` says, or less where a strip must come after
another at another place on the same day (the way back is not counted): a bound on one is a bound on
the other.
"""

from __future__ import annotations

from typing import Any

from setpiece.schedule.bounds import Least
from setpiece.schedule.cost import may_cover, weather_price
from setpiece.schedule.model_cp import Model, any_of, on


def add_cost(m: Model, least: Least) -> None:
    """Put the objective together, in cents, with what each part of it is at least."""
    c, book = m.c, m.c.book
    days = range(len(c.dates))
    calendar = book.calendar
    m.cp.add(sum(m.open) >= least.days)
    terms: list[Any] = [calendar.unit_day * sum(m.open), _overtime(m)]
    for p in range(len(c.names)):
        terms.append(_pay(m, p, least))
    for strips, rate in least.talent:
        spans = [
            book.cast[c.names[p]].holding * (sum(m.begun[p]) + sum(m.ahead[p]) - len(days))
            for p in strips
        ]
        m.cp.add(sum(spans) >= rate)
    fees = {x.name: x.fee for x in book.breakdown.locations}
    for name, count in least.locations.items():
        strips = [s for s, strip in enumerate(c.strips) if strip.location == name]
        if len(strips) and fees.get(name):
            there = [any_of(m, on(m, strips, d), f"loc{name}.{d}") for d in days]
            m.cp.add(sum(there) >= count)
            terms.append(fees[name] * sum(there))
    for i, count in enumerate(least.sites):
        m.cp.add(sum(m.at[i]) >= count)
    terms += [_moves(m), _equipment(m), _weather(m)]
    m.objective = sum(terms)
    m.cp.add(m.objective >= least.total)
    m.cp.minimize(m.objective)


def _overtime(m: Model) -> Any:
    book = m.c.book
    step, price = book.calendar.overtime_step, book.calendar.overtime_price
    most = book.day_minutes - book.calendar.normal_minutes
    if not book.on(book.hours):
        most = 7 * 1440
    if not price or most <= 0:
        return 0
    steps = []
    for load in m.load:
        steps.append(m.cp.new_int_var(0, -(-most // step), ""))
        m.cp.add(step * steps[-1] >= load - book.calendar.normal_minutes)
    return price * sum(steps)


def _pay(m: Model, p: int, least: Least) -> Any:
    c = m.c
    deal = c.book.cast[c.names[p]]
    days = range(len(c.dates))
    span = sum(m.begun[p]) + sum(m.ahead[p]) - len(c.dates)
    work = sum(m.works[p])
    m.cp.add(work >= least.work[p])
    m.cp.add(span >= work)
    trips = 2 * deal.travel_days * deal.rate
    total = deal.rate * work + deal.holding * (span - work) + trips
    if deal.drop_days is None or not deal.holding:
        return total
    gaps = []
    for i in days:
        for j in range(i, len(c.dates)):
            if i == 0 or j + 1 >= len(c.dates):
                continue
            long_enough = (c.dates[j + 1] - c.dates[i - 1]).days - 1 >= deal.drop_days
            saving = deal.holding * (j - i + 1) - trips
            if long_enough and saving > 0:
                g = m.cp.new_bool_var(f"drop{p}.{i}.{j}")
                m.cp.add_implication(g, m.works[p][i - 1])
                m.cp.add_implication(g, m.works[p][j + 1])
                for k in range(i, j + 1):
                    m.cp.add_implication(g, m.works[p][k].negated())
                gaps.append((g, saving))
    if gaps:
        m.cp.add_at_most_one([g for g, _ in gaps])
        total -= sum(saving * g for g, saving in gaps)
    return total


def _moves(m: Model) -> Any:
    """Changes of place: a place's days of use, less those on which the unit is there already."""
    cp, c = m.cp, m.c
    price = c.book.calendar.move_cost
    places, days = range(len(c.sites)), range(len(c.dates))
    if len(places) < 2 or not price:
        return 0
    stays: list[Any] = []
    rests: list[list[Any]] = []  # where the unit is when a day ends
    for d in days:
        rests.append([cp.new_bool_var(f"rest{i}.{d}") for i in places])
        cp.add_exactly_one(rests[d])
        one = cp.new_bool_var(f"one{d}")  # a single place today
        cp.add(sum(m.at[i][d] for i in places) <= 1).only_enforce_if(one)
        for i in places:
            cp.add_implication(rests[d][i], m.at[i][d]).only_enforce_if(m.used[d])
            if not d:
                continue
            cp.add_implication(rests[d - 1][i], rests[d][i]).only_enforce_if(m.used[d].negated())
            stay = cp.new_bool_var(f"stay{i}.{d}")
            cp.add_implication(stay, m.at[i][d])
            cp.add_implication(stay, rests[d - 1][i])
            cp.add_bool_or([stay.negated(), rests[d][i].negated(), one])
            stays.append(stay)
    moves = sum(m.at[i][d] for i in places for d in days) - sum(stays) - 1
    cp.add(moves >= len(places) - 1)
    return price * moves


def _equipment(m: Model) -> Any:
    c = m.c
    total: Any = 0
    for e in c.book.calendar.equipment:
        strips = [s for s, strip in enumerate(c.strips) if e.name in strip.equipment]
        if not strips or not e.rate:
            continue
        used = [any_of(m, on(m, strips, d), f"eq{e.name}.{d}") for d in range(len(c.dates))]
        hired = m.cp.new_int_var(max(e.minimum, 1), max(e.minimum, len(used)), f"hired{e.name}")
        m.cp.add(hired >= sum(used))
        total += e.rate * hired
    return total


def _weather(m: Model) -> Any:
    c, calendar = m.c, m.c.book.calendar
    wet = [s for s, strip in enumerate(c.strips) if strip.weather]
    cover = [s for s, strip in enumerate(c.strips) if strip.cover and not strip.after]
    total: Any = 0
    for d, day in enumerate(c.dates):
        price = weather_price(calendar, day)
        strips = on(m, wet, d)
        if not price or not strips:
            continue
        later = [
            m.y[s][d].negated()
            for s in cover
            if may_cover(c.book.breakdown, c.strips[s], day) and d + 1 < len(c.dates)
        ]
        bare = m.cp.new_bool_var(f"bare{d}")
        m.cp.add_bool_or([bare, any_of(m, strips, f"wet{d}").negated(), *later])
        total += price * bare
    return total
