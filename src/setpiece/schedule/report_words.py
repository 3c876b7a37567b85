"""How scheduling programs' reports write things: days, pages, cast, scene numbers, categories."""

from __future__ import annotations

import re
from datetime import date

from setpiece.schedule.days import MONTHS
from setpiece.script.model import Category

END_OF_DAY = re.compile(
    r"\bend\s+(?:of\s+)?(?:shoot(?:ing)?\s+)?day\s*#?\s*(\d{1,3})\b", re.IGNORECASE
)
BONEYARD = re.compile(r"^\W*(?:boneyard|unscheduled|scenes not scheduled|omitted)\b", re.IGNORECASE)
BANNER = re.compile(r"^\W*company\s+move\b", re.IGNORECASE)
SETTING = re.compile(
    r"^(INT\.?\s?/\s?EXT|EXT\.?\s?/\s?INT|I/E|E/I|INT|EXT)\.?(?=\s|$|-)[\s-]*(.*)$", re.IGNORECASE
)
PAGES = re.compile(
    r"^(?:pages?:?|pgs\.?:?)?\s*((?:\d{1,3}\s+)?[0-7]/8|\d{1,3})\s*(pgs?\.?|pages?)?$",
    re.IGNORECASE,
)
SCENE = re.compile(r"^(?:scenes?|sc\.?)\s*(?:#|nos?\.?)?\s*:?\s*(.*)$", re.IGNORECASE)
SCENE_AND_SIDE = re.compile(
    r"^(\S{1,14}(?:\s?,\s?\S{1,8})*)\s+((?:INT|EXT|I/E|E/I)\b.*)$", re.IGNORECASE
)
_SCENE_NO = r"[A-Z]{0,3}\d{1,4}(?:[.-]\d{1,4})?[A-Z]{0,3}(?:\s?pt\.?\s?\d*(?:\s?(?:/|of)\s?\d+)?)?"
NUMBER = re.compile(rf"^{_SCENE_NO}(?:\s?[,&]\s?{_SCENE_NO})*$")
NUMBER_AND_MORE = re.compile(rf"^({_SCENE_NO}(?:\s?[,&]\s?{_SCENE_NO})*)(?:[,:\s]\s*(\S.*))?$")
_ONE = r"\d{1,3}[A-Z]?(?:\.\d{1,2})?"
CAST = re.compile(rf"^(?:(?:c|cast|id)\s*:\s*)?({_ONE}(?:\s*,\s*(?:{_ONE})?)*)$", re.IGNORECASE)
LEGEND = re.compile(r"^(\d{1,3}[A-Z]?)\s*[.)]\s*(\S.*)$")
TIME = re.compile(
    r"^(?:est\.?(?:\s*time)?:?\s*)?(\d{0,2}):([0-5]\d)(?:\s*h(?:rs?|ours?)?)?$", re.IGNORECASE
)
SCRIPT_DAY = re.compile(r"^(?:D|N|FB|DAY|NIGHT)?\s?\d{1,3}[A-Z]?$", re.IGNORECASE)
# what stands behind the time of day: "D2 2 3/8 pgs A Unit", "2 3/8", "3", "D4"
AFTER_LIGHT = re.compile(
    r"^(?:(?P<story>(?:D|N|FB)\d{1,3}[A-Z]?|\d{1,3}(?=\s+\d{1,3}\s+[0-7]/8\b))(?:\s+|$))?"
    r"(?:(?P<pages>(?:\d{1,3}\s+)?[0-7]/8|\d{1,3})(?:\s*(?:pgs?|pages?)\.?)?(?:\s+|$))?"
    r"(?P<unit>(?:\w{1,12}\s)?Unit\b.{0,20})?$",
    re.IGNORECASE,
)
SHEET = re.compile(r"^int\s?/\s?ext\s*:", re.IGNORECASE)  # of a breakdown sheet, one a page
LABEL = re.compile(
    r"^(synopsis|location|set|sequence|unit|comments?|script day|script page|sheet|day/night"
    r"|int\s?/\s?ext|page count|scene description|description)\s*(?:#|nos?\.?)?\s*:\s*(.*)$",
    re.IGNORECASE,
)
COLUMNS = frozenset((
    "scene", "scenes", "sheet", "i/e", "int/ext", "set", "d/n", "day/night", "pages", "pgs", "time",
    "est. time", "cast", "cast id", "location", "synopsis", "description",
))  # fmt: skip
CATEGORIES: dict[str, Category | str] = {
    "cast members": "people", "cast": "people", "principal cast": "people",
    "background actors": "crowds", "background": "crowds", "extras": "crowds",
    "atmosphere": "crowds", "other parts": "cast", "stunts": "stunts", "vehicles": "vehicles",
    "picture vehicles": "vehicles", "props": "props", "special effects": "effects",
    "effects": "effects", "mechanical effects": "effects", "wardrobe": "wardrobe",
    "costumes": "wardrobe", "makeup/hair": "makeup", "makeup": "makeup", "hair": "makeup",
    "animals": "animals", "livestock": "animals", "animal wranglers": "animals",
    "set dressing": "dressing", "greenery": "dressing", "greens": "dressing",
    "art department": "dressing", "sound": "sound", "music": "sound", "visual effects": "vfx",
    "vfx": "vfx", "special equipment": "equipment", "camera": "equipment", "grip": "equipment",
    "lighting": "equipment", "electric": "equipment", "security": "other",
    "picture cars": "vehicles", "featured background": "crowds", "episodic cast": "people",
    "featured background actors": "crowds", "bg": "crowds", "costume": "wardrobe",
    "make up": "makeup", "hair/makeup": "makeup", "make-up/hair": "makeup", "weapons": "props",
    "spfx": "effects", "sfx": "effects", "video playback": "sound", "production": "other",
    "practical screen content": "props", "location notes": "other", "misc": "other",
    "cast #": "number", "cast id": "number", "name": "name",
    "additional labor": "other", "miscellaneous": "other", "notes": "other", "other": "other",
}  # fmt: skip
_MONTH = {name[:n].casefold(): k for k, name in enumerate(MONTHS, 1) for n in (3, 4, len(name))}
_DATES = (
    re.compile(r"(?P<m>[A-Za-z]{3,9})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})"),
    re.compile(r"(?P<d>\d{1,2})(?:st|nd|rd|th)?\s+(?P<m>[A-Za-z]{3,9})\.?,?\s+(?P<y>\d{4})"),
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})"),
)


def date_in(text: str) -> date | None:
    """The date of "Monday, May 4, 2026", "4 May 2026" or "2026-05-04". Dates in figures alone, with
    strokes, are read differently on two sides of an ocean, and are not read here."""
    for form in _DATES:
        for found in form.finditer(text):
            month = found["m"].casefold()
            number = int(month) if month.isdigit() else _MONTH.get(month)
            if number is None:
                continue
            try:
                return date(int(found["y"]), number, int(found["d"]))
            except ValueError:
                continue
    return None


def eighths_of(text: str) -> int | None:
    """13 of "1 5/8", "1 5/8 pgs", "Pages: 1 5/8"; None of anything else."""
    found = PAGES.match(text.strip())
    if not found:
        return None
    words = found[1].split()
    whole = int(words[0]) if "/" not in words[0] else 0
    part = int(words[-1][0]) if "/" in words[-1] else 0
    return 8 * whole + part


def total_in(text: str) -> int | None:
    """Eighths of the "Total Pages: 3 1/8" of a day's end."""
    found = re.search(
        r"total\s*(?:pages?|pgs\.?)?\s*:?\s*((?:\d{1,3}\s+)?[0-7]/8|\d{1,3})\b", text, re.IGNORECASE
    )
    return eighths_of(found[1]) if found else None
