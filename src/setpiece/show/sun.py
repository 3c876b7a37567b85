"""Where the sun stands at a moment and a place, and when it rises and sets there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

import numpy as np

HORIZON = -0.833  # upper limb on the horizon, 34' of refraction [degrees]
CIVIL = -6.0  # civil twilight: a camera sees without lamps down to here


@dataclass(frozen=True)
class SunTimes:
    """A day's light. None: the sun does not reach that height that day (polar day or night).

    first_light, last_light: begin and end of civil twilight. noon_elevation: [degrees].
    """

    first_light: datetime | None
    sunrise: datetime | None
    noon: datetime
    sunset: datetime | None
    last_light: datetime | None
    noon_elevation: float

    @property
    def hours(self) -> float:
        """From sunrise to sunset; 0 or 24 where it does neither."""
        if self.sunrise is None or self.sunset is None:
            return 24.0 if self.noon_elevation > HORIZON else 0.0
        return (self.sunset - self.sunrise).total_seconds() / 3600.0


def sun_times(day: date, latitude: float, longitude: float, zone: tzinfo = UTC) -> SunTimes:
    """First light, sunrise, noon, sunset and last light of a local day.

    latitude, longitude: degrees, north and east positive. zone: of `day` and of the results,
    which are rounded to the minute. Within two minutes of an almanac below the polar circles,
    on a level horizon; hills are not known.
    """
    middle = datetime.combine(day, time(12), zone).astimezone(UTC)
    # The mean sun is over the meridian at 12 h - longitude / 15; the equation of time is +-17 min.
    mean = datetime.combine(day, time(12), UTC) - timedelta(hours=longitude / 15.0)
    while mean - middle > timedelta(hours=12):
        mean -= timedelta(days=1)
    while middle - mean > timedelta(hours=12):
        mean += timedelta(days=1)

    def height(when: datetime) -> float:
        return sun_position(when, latitude, longitude)[1]

    noon = _highest(height, mean - timedelta(minutes=30), mean + timedelta(minutes=30))
    half = timedelta(hours=12)

    def crossing(level: float, later: bool) -> datetime | None:
        end = noon + half if later else noon - half
        if not height(end) < level < height(noon):
            return None
        return _minute(_falls_to(height, level, noon, end).astimezone(zone))

    return SunTimes(
        crossing(CIVIL, False), crossing(HORIZON, False), _minute(noon.astimezone(zone)),
        crossing(HORIZON, True), crossing(CIVIL, True), height(noon),
    )  # fmt: skip


def _highest(height: Callable[[datetime], float], low: datetime, high: datetime) -> datetime:
    while high - low > timedelta(seconds=20):
        third = (high - low) / 3
        if height(low + third) < height(high - third):
            low += third
        else:
            high -= third
    return low + (high - low) / 2


def _falls_to(
    height: Callable[[datetime], float], level: float, above: datetime, below: datetime
) -> datetime:
    while abs(below - above) > timedelta(seconds=10):
        middle = above + (below - above) / 2
        if height(middle) > level:
            above = middle
        else:
            below = middle
    return above + (below - above) / 2


def _minute(when: datetime) -> datetime:
    return (when + timedelta(seconds=30)).replace(second=0, microsecond=0)


def sun_position(when: datetime, latitude: float, longitude: float) -> tuple[float, float]:
    """(azimuth clockwise from north, elevation above the horizon) of the sun [degrees].

    when: with a time zone (a naive time is taken as UTC). latitude, longitude: degrees, north
    and east positive. Low-precision formulas of J. Meeus, "Astronomical Algorithms" (2nd ed.,
    chapters 13 and 25), as in NOAA's solar calculator: within 0.05 degrees from 1900 to 2100,
    with refraction left out.
    """
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    days = (when - datetime(2000, 1, 1, 12, tzinfo=UTC)).total_seconds() / 86400.0
    t = days / 36525.0
    mean_longitude = 280.46646 + t * (36000.76983 + t * 0.0003032)
    anomaly = np.radians(357.52911 + t * (35999.05029 - t * 0.0001537))
    centre = (
        (1.914602 - t * (0.004817 + t * 0.000014)) * np.sin(anomaly)
        + (0.019993 - t * 0.000101) * np.sin(2 * anomaly)
        + 0.000289 * np.sin(3 * anomaly)
    )
    node = np.radians(125.04 - 1934.136 * t)
    apparent = np.radians(mean_longitude + centre - 0.00569 - 0.00478 * np.sin(node))
    tilt = np.radians(23.439291 - t * 0.0130042 + 0.00256 * np.cos(node))
    right_ascension = np.arctan2(np.cos(tilt) * np.sin(apparent), np.cos(apparent))
    declination = np.arcsin(np.sin(tilt) * np.sin(apparent))
    sidereal = np.radians(280.46061837 + 360.98564736629 * days + longitude)
    hour = sidereal - right_ascension
    lat = np.radians(latitude)
    up = np.sin(lat) * np.sin(declination) + np.cos(lat) * np.cos(declination) * np.cos(hour)
    north = np.cos(lat) * np.sin(declination) - np.sin(lat) * np.cos(declination) * np.cos(hour)
    east = -np.cos(declination) * np.sin(hour)
    azimuth = float(np.degrees(np.arctan2(east, north)) % 360.0)
    return azimuth, float(np.degrees(np.arcsin(np.clip(up, -1, 1))))
