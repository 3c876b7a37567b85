"""The Universal Schedule Standard: what a .uss file is made of, and what of it we hold to.

Written from the standard's documentation (UniversalScheduleStandard 1.0 and its list of category
numbers). A reader has to be milder than a writer: programs leave keys out or put null.
"""

from __future__ import annotations

import json
import math
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from setpiece.errors import InputError
from setpiece.script.model import Category

LARGEST = 30_000_000  # bytes: a feature with three hundred scenes has under one million
MOST = 20_000  # of any kind of object
VERSION = "1.0.0"
SET, INT_EXT, DAY_NIGHT, SCRIPT_DAY, UNIT, SEQUENCE, LOCATION, CAST = 0, 1, 2, 3, 4, 5, 6, 100
UCID: dict[Category, tuple[int, str]] = {
    "crowds": (101, "Background Actors"), "stunts": (102, "Stunts"), "vehicles": (103, "Vehicles"),
    "props": (104, "Props"), "effects": (105, "Special Effects"), "wardrobe": (106, "Wardrobe"),
    "makeup": (107, "Makeup/Hair"), "animals": (108, "Animals"), "sound": (112, "Sound"),
    "dressing": (114, "Set Dressing"), "equipment": (117, "Special Equipment"),
    "vfx": (119, "Visual Effects"), "other": (123, "Miscellaneous"),
}  # fmt: skip
# Categories of the standard that a breakdown sheet of ours has no place of its own for.
NEAREST: dict[int, Category] = {
    109: "animals", 110: "equipment", 111: "sound", 113: "dressing", 115: "dressing",
    120: "effects",
}  # fmt: skip


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    return "" if value is None else str(value) if isinstance(value, int | float) else value


def _list(value: Any) -> Any:
    return [] if value is None else value


Text = Annotated[str, BeforeValidator(_text)]


class _Object(BaseModel):
    """Keys of others' own (`_like_this`) and of later versions are let by."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class UssEvent(_Object):
    date: Text = ""
    type: Text = "event"
    name: Text = ""


Events = Annotated[list[UssEvent], BeforeValidator(_list), Field(max_length=MOST)]
Texts = Annotated[list[str], BeforeValidator(_list), Field(max_length=MOST)]
Weekdays = Annotated[list[int], BeforeValidator(_list), Field(max_length=100)]


class UssCategory(_Object):
    id: Text
    name: Text = ""
    ucid: int = 124


class UssElement(_Object):
    id: Text
    category: Text = ""
    name: Text = ""
    elementId: Text = ""
    daysOff: Weekdays = []
    dropDayCount: int | float | None = None
    isDrop: bool | None = True
    events: Events = []


class UssBreakdown(_Object):
    id: Text
    type: Literal["scene", "banner", "day"] = "scene"
    scene: Text = ""
    description: Text = ""
    comments: Text = ""
    bannerText: Text = ""
    elements: Texts = []
    pages: float | None = None
    duration: float | None = None


class UssBoard(_Object):
    id: Text = ""
    name: Text = ""
    breakdownIds: Annotated[
        list[str | list[str]], BeforeValidator(_list), Field(max_length=MOST)
    ] = []


class UssStripboard(_Object):
    id: Text = ""
    name: Text = ""
    calendar: Text = ""
    boards: Annotated[list[UssBoard], BeforeValidator(_list), Field(max_length=200)] = []


class UssCalendar(_Object):
    id: Text = ""
    name: Text = ""
    daysOff: Weekdays = []
    events: Events = []


class Uss(_Object):
    name: Text = ""
    project: Text = ""
    source: Text = ""
    ussVersion: Text = ""
    breakdowns: Annotated[list[UssBreakdown], Field(max_length=MOST)]
    categories: Annotated[list[UssCategory], Field(max_length=MOST)]
    elements: Annotated[list[UssElement], Field(max_length=5 * MOST)]
    stripboards: Annotated[list[UssStripboard], BeforeValidator(_list), Field(max_length=500)] = []
    calendars: Annotated[list[UssCalendar], BeforeValidator(_list), Field(max_length=500)] = []


def parse_uss(data: bytes, name: str) -> Uss:
    """The file as objects.

    Raises InputError: too large, not JSON in UTF-8, not the standard's object, or a value of the
    wrong kind, with the place where it stands.
    """
    if len(data) > LARGEST:
        raise InputError(f"{name}: {len(data) / 1e6:.0f} MB; a schedule has under 30 MB.")
    try:
        found = json.loads(data.decode("utf-8-sig"), parse_constant=_no_number)
    except UnicodeDecodeError:
        raise InputError(f"{name}: is not UTF-8, as the standard asks; export it again.") from None
    except RecursionError:
        raise InputError(f"{name}: is nested too deeply to be a schedule.") from None
    except ValueError as error:
        raise InputError(f"{name}: is not JSON, as .uss files are ({error}).") from None
    if not isinstance(found, dict) or not isinstance(found.get("universalScheduleStandard"), dict):
        raise InputError(f"{name}: holds no universalScheduleStandard object; is it a .uss file?")
    try:
        return Uss.model_validate(found["universalScheduleStandard"])
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(x) for x in first["loc"][:4])
        raise InputError(f"{name}: {where}: {first['msg'].lower()}. Export it again.") from None


def finite(value: float | None) -> float:
    """0 for what is no number to count with; no larger than can be counted with."""
    return min(max(value, -1e12), 1e12) if value is not None and math.isfinite(value) else 0.0


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number in JSON")
