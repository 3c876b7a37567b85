"""The two files that a schedule begins with: a breakdown to look through, a cal.toml to fill in."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

from setpiece.errors import InputError
from setpiece.media.atomic import whole_file
from setpiece.schedule.breakdown import break_down
from setpiece.schedule.breakdown_csv import write_breakdown_csv
from setpiece.schedule.model import Breakdown
from setpiece.script import read_script

_CALENDAR = """# When the unit works, what it costs, everybody's deal. Amounts are written 1250.50.
title = {title}
currency = "EUR"

[calendar]
start = {start}                  # first day of shooting
# end = {end}                  # last day that is possible
days_off = ["Saturday", "Sunday"]
# country = "ES"                    # its public holidays are days off; "ES-MD" for a region
# holidays = [{start}]             # more days off
# work_on = [{start}]              # shot although a day off
pages = "5"                         # most pages a day; eighths are written "4 3/8"
hours = 11                          # of shooting a day, company moves included
# overtime = 2                      # hours that a day may run over
# overtime_rate = 1100              # the unit's, an hour; else 1.5 of unit_day / hours
# overtime_step = 15                # minutes; each step that is begun is paid
turnaround = 12                     # hours from wrap to call
day_call = "07:00"
night_call = "18:00"
# split_days = true                 # day and night exteriors of one place may share a day, around
                                    # sunset; needs latitude and longitude
unit_day = 8000                     # crew and kit, each working day from first to last
move_cost = 1500                    # each change of place
move_minutes = 60
minor_hours = 8
stunt_rest = 1                      # whole days between two stunts of one performer
# wet = [0.3, 0.3, 0.25, 0.25, 0.2, 0.1, 0.05, 0.05, 0.15, 0.25, 0.3, 0.3]   # chance a month
# timezone = "Europe/Madrid"        # of sunrise and sunset on the call sheets
# latitude = 40.4168
# longitude = -3.7038
# base = "unit base, address"

[defaults]                          # of every deal below that says nothing else
rate = 500                          # a day of work
hold_rate = 250                     # a day on hold

# A deal also knows: minor = true, hours = 8, away = ["2027-05-03..2027-05-07"], first, last,
# drop_days = 10 (a gap that long may be dropped and picked up), travel_days = 1.
{performers}
# Places with the same `place` need no company move between them. A location also knows: fee,
# latitude, longitude, permits = ["2027-05-03..2027-05-14"], closed, hospital, address, parking.
{locations}
# [second_unit]                     # for strips with 2 in the column unit of the breakdown: a board
# unit_day = 3000                   # of its own; what is not said here is as in [calendar]
# start = {start}

# [[equipment]]
# name = "crane"                    # as in the column gear of the breakdown
# rate = 900
# minimum = 2

# [[strip]]                         # what the breakdown says of a scene may be overruled here
# id = "12"
# after = ["11"]                    # scenes that must be shot before
# locked_date = {start}
"""


def write_new(
    script: Path, folder: Path, today: date | None = None
) -> tuple[Breakdown, list[Path]]:
    """Break a script down and write `breakdown.csv` and `cal.toml` into `folder`.

    today: the proposed start is the first Monday eight weeks from it. Files that are there are
    never overwritten. Raises ScriptError, InputError and StoreError.
    """
    paths = [folder / "breakdown.csv", folder / "cal.toml"]
    for path in paths:
        if path.exists():
            raise InputError(f"{path}: is there already; name another folder with --out.")
    found = break_down(read_script(script), script.name)
    day = (today or date.today()) + timedelta(weeks=8)
    start = day + timedelta(-day.weekday() % 7)
    weeks = -(-sum(s.eighths for s in found.strips) // 200) + 2
    text = _CALENDAR.format(
        title=_quoted(found.title or script.stem), start=start, end=start + timedelta(weeks=weeks),
        performers="".join(
            f"\n[[performer]]\nname = {_quoted(p.name)}\nnumber = {_quoted(p.number)}\n"
            for p in sorted(found.performers, key=lambda p: int(p.number))
        ),
        locations="".join(
            f"\n[[location]]\nname = {_quoted(x.name)}\nplace = {_quoted(x.site)}\n"
            for x in found.locations
        ),
    )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    write_breakdown_csv(found, paths[0])
    with whole_file(paths[1]) as part:
        part.write_text(text, encoding="utf-8")
    return found, paths


def _quoted(text: str) -> str:
    """A TOML string: JSON's escapes are TOML's, and DEL is escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
