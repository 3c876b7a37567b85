"""A Universal Schedule Standard file (.uss) read as a breakdown, with the days it has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from setpiece.errors import InputError
from setpiece.schedule import uss_model as uss
from setpiece.schedule.imported import Imported, cut, in_days, light_of, setting_of, spans
from setpiece.schedule.model import LONGEST, Breakdown, Calendar, Day, Holiday, Performer, Strip
from setpiece.script.model import Category

_OURS: dict[int, Category] = {ucid: c for c, (ucid, _) in uss.UCID.items()}
_OURS |= uss.NEAREST


def read_uss(path: Path) -> Imported:
    """The first stripboard of the file, and everything that its breakdown sheets say.

    Raises InputError where the file is not one (see `parse_uss`), or has no scene.
    """
    try:
        if path.stat().st_size > uss.LARGEST:
            raise InputError(f"{path.name}: is over 30 MB; a schedule is smaller.")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}).") from None
    return _Reader(uss.parse_uss(data, path.name), path.name).read()


_Thing = TypeVar("_Thing", uss.UssCategory, uss.UssElement, uss.UssBreakdown)


def _first(things: list[_Thing]) -> dict[str, _Thing]:
    """By id; of two with the same one, the first counts, as the standard says."""
    out: dict[str, _Thing] = {}
    for thing in things:
        out.setdefault(thing.id, thing)
    return out


class _Reader:
    def __init__(self, file: uss.Uss, name: str) -> None:
        self.file, self.name = file, name
        self.remarks: list[str] = []
        categories = _first(file.categories)
        self.ucid = {i: c.ucid for i, c in categories.items()}
        self.titles = {i: cut(c.name, 60) for i, c in categories.items()}
        self.elements = _first(file.elements)
        for what, ids in (("element", [e.id for e in file.elements]),
                          ("category", [c.id for c in file.categories]),
                          ("breakdown", [b.id for b in file.breakdowns])):  # fmt: skip
            twice = sum(n - 1 for n in Counter(ids).values())
            if twice:
                self.remarks.append(f"{twice} {what} ids are used twice; the first one counts.")

    def read(self) -> Imported:
        scenes = list(_first(self.file.breakdowns).values())
        banners = sum(b.type == "banner" for b in scenes)
        if banners:
            self.remarks.append(f"{banners} banners are left out.")
        scenes = [b for b in scenes if b.type == "scene"]
        calendar = self._calendar()
        strips = [self._strip(b, n) for n, b in enumerate(scenes, 1)]
        whole = Breakdown(
            title=cut(self.file.project or self.file.name, 300), strips=tuple(strips),
            performers=tuple(self._performers(calendar)), remarks=tuple(self.remarks),
        ).checked(self.name)  # fmt: skip
        self.remarks = list(whole.remarks)
        place = {b.id: n for n, b in enumerate(scenes)}
        days: tuple[Day, ...] = ()
        groups = self._groups(place)
        if groups and calendar is None:
            self.remarks.append("The order has no start date, so it is not kept.")
        elif groups and calendar is not None:
            dates = [d for d, _ in zip(calendar.working_days(), groups, strict=False)]
            if len(dates) < len(groups):
                raise InputError(f"{self.name}: {len(groups)} days do not fit into two years.")
            days = in_days(groups, dates, whole.strips)
        whole = whole.model_copy(update={"remarks": tuple(dict.fromkeys(self.remarks))})
        return Imported(whole, days, calendar)

    def _strip(self, b: uss.UssBreakdown, n: int) -> Strip:
        by: dict[int, list[str]] = {}
        other: list[str] = []
        for e in dict.fromkeys(b.elements):
            element = self.elements.get(e)
            if element is None or not cut(element.name, 300):
                self.remarks.append(
                    f"Scene {cut(b.scene, 60) or n}: an element is not in the file."
                )
                continue
            ucid, words = self.ucid.get(element.category, -1), cut(element.name, 300)
            by.setdefault(ucid, []).append(words)
            known = ucid in _OURS or ucid == uss.CAST
            if not known and ucid not in (uss.SET, uss.INT_EXT, uss.DAY_NIGHT, uss.LOCATION):
                other.append(f"{self.titles.get(element.category) or 'Other'}: {words}")
        scene = cut(b.scene, 60)
        found: dict[Category, tuple[str, ...]] = {}
        for ucid, category in _OURS.items():
            if ucid in by:
                found[category] = tuple(dict.fromkeys((*found.get(category, ()), *by[ucid])))
        side, place = by.get(uss.INT_EXT, [""])[0], by.get(uss.SET, [""])[0]
        light = by.get(uss.DAY_NIGHT, [""])[0]
        notes = "; ".join(x for x in (cut(b.comments, 1000), *other) if x)
        return Strip(
            id=scene or f"S{n}", scene=scene, position=n,
            heading=cut(f"{side}. {place} - {light}", 500),
            synopsis=cut(b.description, 2000), setting=setting_of(side) or "INT", set=place,
            location=by.get(uss.LOCATION, [""])[0], light=light_of(light),
            eighths=self._eighths(b, scene or str(n)),
            minutes=min(round(max(uss.finite(b.duration), 0.0) / 60_000), 60_000),
            cast=tuple(dict.fromkeys(by.get(uss.CAST, ()))), elements=found,
            equipment=found.get("equipment", ()), stunt="stunts" in found,
            notes=notes[:2000],
        )  # fmt: skip

    def _eighths(self, b: uss.UssBreakdown, scene: str) -> int:
        count = round(8 * uss.finite(b.pages))
        if not 1 <= count <= 800:
            self.remarks.append(f"Scene {scene}: {b.pages} pages; taken as 1/8.")
            return 1
        return count

    def _performers(self, calendar: Calendar | None) -> Iterator[Performer]:
        seen: set[str] = set()
        numbers: set[str] = set()
        for e in self.elements.values():
            name = cut(e.name, 300)
            if self.ucid.get(e.category) != uss.CAST or not name or name in seen:
                continue
            seen.add(name)
            number = cut(e.elementId, 20)
            if number in numbers:
                self.remarks.append(f"{name}: board ID {number} is another's; a new one is given.")
                number = ""
            numbers.add(number)
            away = [d for v in e.events if v.type == "dayOff" and (d := self._date(v.date))]
            weekly = {d for d in e.daysOff if 0 <= d <= 6}
            if weekly and calendar is not None:
                away += [d for d in calendar.working_days() if (d.weekday() + 1) % 7 in weekly]
            elif weekly:
                self.remarks.append(f"{name}: weekdays off are not kept without a start date.")
            drop = uss.finite(e.dropDayCount)
            yield Performer(
                name=name, number=number, away=spans(away)[:500],
                drop_days=round(drop) if e.isDrop and 1 <= drop <= 365 else None,
            )  # fmt: skip

    def _calendar(self) -> Calendar | None:
        boards = {b.calendar for b in self.file.stripboards[:1]}
        chosen = [c for c in self.file.calendars if c.id in boards] or self.file.calendars
        if not chosen:
            return None
        events = chosen[0].events
        start = next((d for e in events if e.type == "start" and (d := self._date(e.date))), None)
        if start is None:
            return None
        off = {d: e.name for e in events if e.type == "dayOff" and (d := self._date(e.date))}
        end = start + timedelta(LONGEST)
        try:
            return Calendar(
                start=start,
                days_off=tuple(sorted({(d - 1) % 7 for d in chosen[0].daysOff if 0 <= d <= 6})),
                holidays=tuple(
                    Holiday(date=d, name=cut(n, 200)) for d, n in sorted(off.items())
                    if start <= d <= end
                ),
            )  # fmt: skip
        except ValidationError as error:
            raise InputError(f"{self.name}: calendar: {error.errors()[0]['msg']}.") from None

    def _groups(self, place: dict[str, int]) -> list[list[int]]:
        """Places of strips, a list a day; a strip that is named twice stays where it is first."""
        if not self.file.stripboards:
            return []
        boards = self.file.stripboards[0].boards
        main = next((b for b in boards if b.name.casefold() != "boneyard"), None)
        for b in boards:
            if b is not main and b.name.casefold() != "boneyard" and b.breakdownIds:
                self.remarks.append(f"Board {cut(b.name, 60)!r}: its strips are on no day here.")
        if main is None or not any(isinstance(x, list) for x in main.breakdownIds):
            return []
        seen: set[str] = set()
        groups: list[list[int]] = []
        for item in main.breakdownIds:
            fresh = [i for i in ([item] if isinstance(item, str) else item) if i in place]
            fresh = [i for i in dict.fromkeys(fresh) if i not in seen]
            seen.update(fresh)
            if isinstance(item, str) and groups:
                groups[-1] += [place[i] for i in fresh]
            else:
                groups.append([place[i] for i in fresh])
        return groups

    def _date(self, text: str) -> date | None:
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            self.remarks.append(f"{cut(text, 40)!r} is no date; left out.")
            return None
