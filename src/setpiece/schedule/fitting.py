"""A board that is being filled: which strip fits on which day next to what is there already."""

from __future__ import annotations

from setpiece.schedule.coded import Coded
from setpiece.schedule.model import MEAL_AFTER


class Board:
    """Strips (by number) on days (by number). Every move that `fits` keeps all rules."""

    def __init__(self, coded: Coded) -> None:
        self.c = coded
        self.book = coded.book
        self.on: list[list[int]] = [[] for _ in coded.dates]
        self.day: dict[int, int] = {}
        self._behind: list[list[int]] = [[] for _ in coded.strips]
        for s, earlier in enumerate(coded.after):
            for o in earlier:
                self._behind[o].append(s)

    def put(self, strip: int, day: int) -> None:
        self.on[day].append(strip)
        self.day[strip] = day

    def take(self, strip: int) -> int:
        day = self.day.pop(strip)
        self.on[day].remove(strip)
        return day

    def fits(self, strip: int, day: int) -> bool:
        """Whether all rules hold with the strip on that day. The strip must not be on the board."""
        if day not in self.c.allowed[strip]:
            return False
        if any(self.day.get(o, -1) > day for o in self.c.after[strip]):
            return False
        if any(self.day.get(o, day) < day for o in self._behind[strip]):
            return False
        together = [*self.on[day], strip]
        return (
            self._day_holds(together, day)
            and self._rested(strip, day)
            and self._calls(together, day)
        )

    def _day_holds(self, together: list[int], day: int) -> bool:
        c, book = self.c, self.book
        strips = c.strips
        if book.on(book.pages) and sum(strips[s].eighths for s in together) > (
            book.calendar.page_limit
        ):
            return False
        if book.on(book.hours) and self.load(together) > book.day_minutes:
            return False
        needs = {c.needs[s] for s in together}
        if {1, -1} <= needs and book.on(book.light):
            if book.sunset(c.dates[day]) is None or len({c.place[s] for s in together}) > 1:
                return False
            if sum(strips[s].minutes for s in together if c.needs[s] != 1) > MEAL_AFTER:
                return False
            if any(c.needs[o] == 1 > c.needs[s] for s in together for o in c.after[s]
                   if o in together):  # fmt: skip
                return False
        sun = book.sunlight(c.dates[day])
        if sun is not None and book.on(book.sun):
            for kind, most in ((-1, sun), (1, 1440 - sun)):
                if sum(strips[s].minutes for s in together if c.needs[s] == kind) > most:
                    return False
        if 1 in needs and any(p in c.no_nights for s in together for p in c.whose[s]):
            return False
        return all(
            sum(strips[s].minutes for s in together if p in c.whose[s]) <= most
            for p, most in c.limits
        )

    def load(self, together: list[int]) -> int:
        """Minutes of shooting, with a move between each two places."""
        moves = len({self.c.place[s] for s in together}) - 1
        return sum(self.c.strips[s].minutes for s in together) + max(moves, 0) * (
            self.book.calendar.move_minutes
        )

    def _rested(self, strip: int, day: int) -> bool:
        c, rest = self.c, self.book.calendar.stunt_rest
        if not rest or not c.strips[strip].stunt:
            return True
        for p in c.whose[strip]:
            for other in c.stunts[p]:
                at = self.day.get(other)
                if other != strip and at is not None and at != day:
                    apart = abs((c.dates[at] - c.dates[day]).days)
                    if apart <= rest:
                        return False
        return True

    def _calls(self, together: list[int], day: int) -> bool:
        """Turnaround on both sides. Days that need neither sun nor dark may be called by either."""
        book, c = self.book, self.c
        if not book.on(book.turnaround):
            return True
        lo, hi = max(0, day - 3), min(len(c.dates), day + 4)
        shot = [
            (d, together if d == day else self.on[d])
            for d in range(lo, hi)
            if d == day or self.on[d]
        ]
        meal, calendar = book.calendar.meal_minutes, book.calendar
        wrap: int | None = None  # after midnight of the window's first day
        for d, strips in shot:
            needs, load = {c.needs[s] for s in strips}, self.load(strips)
            minor = any(p in c.no_nights for s in strips for p in c.whose[s])
            dusk = book.sunset(c.dates[d]) if needs >= {1, -1} else None
            if dusk is not None:
                dark = sum(c.strips[s].minutes for s in strips if c.needs[s] == 1)
                calls = [dusk - (load - dark)]
            elif 1 in needs:
                calls = [calendar.night_call]
            elif -1 in needs or minor:
                calls = [calendar.day_call]
            else:
                calls = [calendar.day_call, calendar.night_call]
            midnight = 1440 * (c.dates[d] - c.dates[0]).days
            calls = [x for x in calls if wrap is None or midnight + x - wrap >= book.rest_minutes]
            if not calls:
                return False
            wrap = midnight + calls[0] + load + meal
        return True
