"""Where the sun stands, and when it rises and sets, against almanacs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from setpiece.show.sun import CIVIL, HORIZON, sun_position, sun_times


@pytest.mark.parametrize(
    ("when", "place", "azimuth", "elevation"),
    [
        # noon at Greenwich, the equator at an equinox, and the worked example of NREL's algorithm
        (datetime(2024, 6, 20, 12, 1, tzinfo=UTC), (51.4779, 0.0), 180.0, 61.96),
        (datetime(2024, 12, 21, 11, 58, tzinfo=UTC), (51.4779, 0.0), 180.0, 15.08),
        (datetime(2024, 3, 20, 12, 7, tzinfo=UTC), (0.0, 0.0), None, 89.85),
        (datetime(2003, 10, 17, 19, 30, 30, tzinfo=UTC), (39.742476, -105.1786), 194.34, 39.87),
    ],
)
def test_sun_position(
    when: datetime, place: tuple[float, float], azimuth: float | None, elevation: float
) -> None:
    a, e = sun_position(when, *place)
    assert e == pytest.approx(elevation, abs=0.15)
    if azimuth is not None:
        assert a == pytest.approx(azimuth, abs=0.5)


@pytest.mark.parametrize(
    ("day", "place", "zone", "rise", "set_"),
    [
        # published tables of the places' observatories, on summer time where that is kept
        (date(2024, 6, 20), (51.5074, -0.1278), "Europe/London", "04:43", "21:21"),
        (date(2024, 12, 21), (40.7128, -74.0060), "America/New_York", "07:17", "16:32"),
        (date(2024, 12, 21), (-33.8688, 151.2093), "Australia/Sydney", "05:41", "20:05"),
        (date(2024, 3, 20), (64.1466, -21.9426), "Atlantic/Reykjavik", "07:26", "19:45"),
    ],
)
def test_sunrise_and_sunset(
    day: date, place: tuple[float, float], zone: str, rise: str, set_: str
) -> None:
    times = sun_times(day, *place, ZoneInfo(zone))
    for found, said in ((times.sunrise, rise), (times.sunset, set_)):
        assert found is not None
        assert found.date() == day
        hours, minutes = map(int, said.split(":"))
        assert abs(found.hour * 60 + found.minute - hours * 60 - minutes) <= 2


def test_where_the_sun_stays_up_or_down_there_is_no_sunrise() -> None:
    oslo = ZoneInfo("Europe/Oslo")
    summer = sun_times(date(2024, 6, 21), 69.65, 18.96, oslo)
    winter = sun_times(date(2024, 12, 21), 69.65, 18.96, oslo)
    assert (summer.sunrise, summer.sunset, summer.hours) == (None, None, 24.0)
    assert (winter.sunrise, winter.sunset, winter.hours) == (None, None, 0.0)
    assert winter.first_light is not None  # blue light all the same
    assert winter.last_light is not None


@settings(max_examples=60, deadline=None)
@given(
    day=st.dates(date(2000, 1, 1), date(2090, 12, 31)),
    latitude=st.floats(-64, 64),
    longitude=st.floats(-180, 180),
)
def test_times_are_when_the_sun_stands_at_those_heights(
    day: date, latitude: float, longitude: float
) -> None:
    times = sun_times(day, latitude, longitude)
    for found, height in (
        (times.first_light, CIVIL),
        (times.sunrise, HORIZON),
        (times.sunset, HORIZON),
        (times.last_light, CIVIL),
    ):
        if found is not None:
            assert sun_position(found, latitude, longitude)[1] == pytest.approx(height, abs=0.16)
    if times.sunrise and times.sunset:
        assert times.sunrise < times.noon < times.sunset
    assert abs(times.noon - datetime(day.year, day.month, day.day, 12, tzinfo=UTC)) <= timedelta(
        hours=12, minutes=20
    )
