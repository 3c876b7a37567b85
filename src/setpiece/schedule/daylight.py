"""How long the sun is up, for rules that count minutes of daylight."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, tzinfo
from zoneinfo import ZoneInfo

from setpiece.show.sun import sun_times


def daylight_minutes(latitude: float, day: date) -> int:
    """Minutes from sunrise to sunset at a latitude in degrees, within about five minutes.

    Declination after Cooper (Solar Energy 12, 1969); the sun's upper rim and refraction count, so
    that it rises at 0.833 degrees below the horizon. 0 in polar night, 1440 in polar day.
    """
    n = day.timetuple().tm_yday
    tilt = math.radians(23.45) * math.sin(2 * math.pi * (284 + n) / 365)
    at = math.radians(max(-89.9, min(89.9, latitude)))
    x = (math.sin(math.radians(-0.833)) - math.sin(at) * math.sin(tilt)) / (
        math.cos(at) * math.cos(tilt)
    )
    return round(1440 * math.acos(max(-1.0, min(1.0, x))) / math.pi)


def sunset_minute(day: date, latitude: float, longitude: float | None, timezone: str) -> int | None:
    """Minutes from midnight to sunset; None where the sun does not set on that date.

    Without a longitude the sun is taken to stand highest at twelve.
    """
    if longitude is None:
        up = daylight_minutes(latitude, day)
        return 720 + up // 2 if 0 < up < 1440 else None
    zone = zone_named(timezone)
    found = sun_times(day, latitude, longitude, zone).sunset
    if found is None:
        return None
    return round((found - datetime.combine(day, time(), zone)).total_seconds() / 60)


def zone_named(name: str) -> tzinfo:
    """The time zone; UTC where none of that name is known."""
    try:
        return ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):
        return UTC
