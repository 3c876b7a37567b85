"""A plan as a Universal Schedule Standard file (.uss), for other scheduling programs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from setpiece.media.atomic import whole_file
from setpiece.schedule.days import called, light_word, shoot_days, unscheduled
from setpiece.schedule.model import Performer, Plan, Strip
from setpiece.schedule.uss_model import (
    CAST,
    DAY_NIGHT,
    INT_EXT,
    LOCATION,
    SET,
    UCID,
    VERSION,
)

_SCENE = {SET: "Set", INT_EXT: "INT/EXT", DAY_NIGHT: "Day/Night", LOCATION: "Location"}


def write_uss(plan: Plan, path: Path, made: datetime | None = None) -> Path:
    """Breakdown, cast, board with days and boneyard, calendar. `made`: default now.

    Ids are hashes of what they stand for, so that the same scene has the same one in every export.
    What the standard has no key for (rates, permits, locks) is left out: see docs/schedule-out.md.
    Raises StoreError (the disk).
    """
    stamp = (made or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    text = json.dumps(
        {"universalScheduleStandard": _File(plan, stamp).whole()}, ensure_ascii=False, indent=1,
        allow_nan=False,
    )  # fmt: skip
    with whole_file(path) as part:
        part.write_text(text, encoding="utf-8")
    return path


class _File:
    def __init__(self, plan: Plan, stamp: str) -> None:
        self.plan, self.stamp = plan, stamp
        shot = [d.date for d in plan.days if d.strips]
        self.end = max(shot, default=plan.calendar.start) + timedelta(60)
        self.elements: dict[tuple[int, str], dict[str, Any]] = {}

    def whole(self) -> dict[str, Any]:
        plan, title = self.plan, self.plan.breakdown.title or "Untitled"
        breakdowns = [self._breakdown(s) for s in plan.breakdown.strips]
        used = dict.fromkeys(ucid for ucid, _ in self.elements)
        names = {**_SCENE, CAST: "Cast Members", **dict(UCID.values())}
        return {
            "id": self.id("file", title),
            "author": None, "company": None, "created": self.stamp, "episode": None,
            "episodeName": None, "description": None, "name": title, "project": title,
            "schedColor": None, "schedDate": None, "scriptColor": None, "scriptDate": None,
            "season": None, "source": "Setpiece", "ussVersion": VERSION,
            "breakdowns": breakdowns,
            "categories": [
                {"id": self.id("category", ucid), "created": self.stamp, "name": names[ucid],
                 "ucid": ucid}
                for ucid in sorted(used)
            ],
            "elements": list(self.elements.values()),
            "stripboards": [self._stripboard()] if plan.days else [],
            "calendars": [self._calendar()] if plan.days else [],
        }  # fmt: skip

    def id(self, *what: object) -> str:
        """Twelve bytes in hex, as the standard likes them."""
        words = "\n".join(map(str, (self.plan.breakdown.title, *what)))
        return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:24]

    def _breakdown(self, s: Strip) -> dict[str, Any]:
        light = light_word(s.light).upper()
        found = [self._element(INT_EXT, s.setting), self._element(SET, s.set or "UNKNOWN"),
                 self._element(DAY_NIGHT, light), self._element(LOCATION, s.location)]  # fmt: skip
        people = self.plan.breakdown.cast
        found += [self._element(CAST, n, people.get(n)) for n in s.cast]
        for category, items in s.elements.items():
            if category in UCID:
                found += [self._element(UCID[category][0], item) for item in items]
        found += [self._element(UCID["crowds"][0], item) for item in s.elements.get("cast", ())]
        found += [self._element(UCID["equipment"][0], item) for item in s.equipment]
        return {
            "id": self.id("strip", s.id), "bannerText": None, "comments": s.notes or None,
            "created": self.stamp, "description": s.synopsis or None,
            "elements": list(dict.fromkeys(found)), "pages": s.eighths / 8,
            "scene": called(s), "scriptPage": None, "duration": s.minutes * 60_000,
            "type": "scene",
        }  # fmt: skip

    def _element(self, ucid: int, name: str, performer: Performer | None = None) -> str:
        made = self.id("element", ucid, name)
        if (ucid, name) not in self.elements:
            drop = performer.drop_days if performer else None
            self.elements[ucid, name] = {
                "id": made, "category": self.id("category", ucid), "created": self.stamp,
                "daysOff": [], "dropDayCount": drop or 0,
                "elementId": performer.number if performer else None,
                "events": list(self._away(performer)) if performer else [],
                "isDood": ucid == CAST, "isDrop": drop is not None or performer is None,
                "isHold": True, "isIdLock": performer is not None, "linkedElements": [],
                "name": name,
            }  # fmt: skip
        return made

    def _away(self, p: Performer) -> Iterator[dict[str, Any]]:
        """Each date on which a player is not there, until some weeks after the shoot."""
        for span in p.away:
            day = max(span.first, self.plan.calendar.start)
            while day <= min(span.last, self.end):
                yield self._event(day, "dayOff", "dayOff", p.name)
                day += timedelta(1)

    def _event(self, day: date, kind: str, name: str | None, whose: str) -> dict[str, Any]:
        stamp = f"{day.isoformat()}T00:00:00.000Z"
        made = self.id("event", whose, day, kind)
        return {"id": made, "date": stamp, "type": kind, "name": name}

    def _stripboard(self) -> dict[str, Any]:
        days = [[self.id("strip", s.id) for s in d.strips] for d in shoot_days(self.plan)]
        rest = [self.id("strip", s.id) for s in unscheduled(self.plan)]
        return {
            "id": self.id("stripboard"),
            "boards": [
                {"id": self.id("board", "stripboard"), "name": "stripboard", "breakdownIds": days},
                {"id": self.id("board", "boneyard"), "name": "boneyard", "breakdownIds": rest},
            ],
            "calendar": self.id("calendar"), "name": "Shooting plan",
        }  # fmt: skip

    def _calendar(self) -> dict[str, Any]:
        """The standard counts dates along: each date between that is not shot on is a day off."""
        c = self.plan.calendar
        shot = [d.date for d in shoot_days(self.plan)]
        first, last = (shot[0], shot[-1]) if shot else (c.start, c.start)
        holidays = {h.date for h in c.holidays}
        works = [d.weekday() for d in shot]
        off = sorted(d for d in c.days_off if d not in works)
        events = [self._event(first, "start", None, "show")]
        for n in range((last - first).days + 1):
            day = first + timedelta(n)
            if day not in shot and day.weekday() not in off:
                name = "holiday" if day in holidays else "dayOff"
                events.append(self._event(day, "dayOff", name, "show"))
        return {
            "id": self.id("calendar"), "daysOff": sorted((d + 1) % 7 for d in off),
            "events": events, "name": "Shooting calendar",
        }  # fmt: skip
