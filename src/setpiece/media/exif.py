"""What the camera wrote into a photograph: lens, moment, place and heading."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

_DIAGONAL_35MM = math.hypot(36.0, 24.0)


@dataclass(frozen=True)
class Exif:
    """What is known of how a picture was taken; None where the file does not say.

    Attributes:
        focal_35mm: focal length [mm] that gives the same view on a 36x24 mm frame.
        focal_mm: the lens' own focal length [mm].
        taken: when; it carries its offset from UTC where the file gives one (or can be worked
            out from the GPS clock), else it is the camera's local time without a zone.
        latitude: degrees, north is positive. longitude: degrees, east is positive.
        heading: where the lens points [degrees clockwise from north], as written: phones mostly
            write magnetic north, which differs from true north by the local declination.
        make: the camera's maker. model: its model.
    """

    focal_35mm: float | None = None
    focal_mm: float | None = None
    taken: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    heading: float | None = None
    make: str | None = None
    model: str | None = None


def read_exif(tags: Any) -> Exif:
    """Read a Pillow `Exif` table. Fields that are absent or nonsense become None; never raises."""
    shot = _table(tags, 0x8769)
    place = _table(tags, 0x8825)
    focal = _number(shot.get(37386), low=0.1, high=5000.0)
    return Exif(
        focal_35mm=_number(shot.get(41989), low=1.0, high=5000.0) or _from_sensor(shot, focal),
        focal_mm=focal,
        taken=_taken(tags, shot, place),
        latitude=_degrees(place.get(2), place.get(1), "S", 90.0),
        longitude=_degrees(place.get(4), place.get(3), "W", 180.0),
        heading=_number(place.get(17), low=0.0, high=360.0),
        make=_text(tags.get(271)),
        model=_text(tags.get(272)),
    )


def _table(tags: Any, offset: int) -> Mapping[int, Any]:
    try:
        return dict(tags.get_ifd(offset))
    except Exception:  # a damaged table is as good as none: a plate does not fail over its notes
        return {}


def _number(value: Any, low: float, high: float) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return number if low <= number <= high else None


def _text(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    text = "".join(letter for letter in value if letter.isprintable()).strip()
    return text[:80] or None


def _from_sensor(shot: Mapping[int, Any], focal: float | None) -> float | None:
    """Equivalent focal length from the sensor's own pixel pitch, where a camera writes that."""
    millimetres = {2: 25.4, 3: 10.0, 4: 1.0}.get(shot.get(41488, 2))
    sizes = [_number(shot.get(tag), low=1.0, high=1e6) for tag in (40962, 41486, 40963, 41487)]
    if focal is None or millimetres is None:
        return None
    width, across, height, down = (size or 0.0 for size in sizes)
    if not (width and across and height and down):
        return None
    diagonal = math.hypot(width / across, height / down) * millimetres
    return _number(focal * _DIAGONAL_35MM / diagonal, low=4.0, high=5000.0)


def _degrees(value: Any, side: Any, negative: str, limit: float) -> float | None:
    try:
        parts = [float(part) for part in value]
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    degrees = sum(part / 60**i for i, part in enumerate(parts[:3]))
    if not parts or not math.isfinite(degrees) or not 0.0 <= degrees <= limit:
        return None
    return -degrees if str(side).upper().startswith(negative) else degrees


def _taken(tags: Any, shot: Mapping[int, Any], place: Mapping[int, Any]) -> datetime | None:
    moment = _moment(shot.get(36867)) or _moment(shot.get(36868)) or _moment(tags.get(306))
    if moment is None:
        return None
    offset = _offset(shot.get(36881)) or _offset(shot.get(36880))
    if offset is None:
        offset = _offset_by_gps(moment, place)
    return moment if offset is None else moment.replace(tzinfo=timezone(offset))


def _moment(value: Any) -> datetime | None:
    try:
        return datetime.strptime(str(value).strip("\0 ")[:19], "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None


def _offset(value: Any) -> timedelta | None:
    try:
        sign = -1 if str(value)[0] == "-" else 1
        hours, minutes = str(value).strip("+- Z\0").split(":")
        offset = timedelta(hours=int(hours), minutes=int(minutes))
    except (ValueError, IndexError):
        return None
    return sign * offset if offset < timedelta(hours=15) else None


def _offset_by_gps(moment: datetime, place: Mapping[int, Any]) -> timedelta | None:
    """The camera's clock less the satellites', to the quarter hour that zones come in."""
    try:
        hour, minute, second = (int(float(part)) for part in place[7])
        day = datetime.strptime(str(place[29]).strip("\0 "), "%Y:%m:%d")
        universal = day + timedelta(hours=hour, minutes=minute, seconds=second)
    except (KeyError, TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    quarters = round((moment - universal) / timedelta(minutes=15))
    offset = quarters * timedelta(minutes=15)
    return offset if abs(offset) <= timedelta(hours=14) else None
