"""Synthetic shows for `bench/schedule.py`: film-like, of one seed each."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from setpiece.schedule.model import (
    Breakdown,
    Calendar,
    DateRange,
    Equipment,
    Location,
    Performer,
    Strip,
)  # fmt: skip

START = date(2026, 5, 4)


def calendar() -> Calendar:
    """A crew of forty in spring: 18,000 a day, five days a week."""
    return Calendar(
        start=START, unit_day=1_800_000, move_cost=250_000, hours=11, page_limit=40,
        equipment=(Equipment(name="crane", rate=120_000, minimum=2),), stunt_rest=1,
        wet=(0.3,) * 12, weather_loss=600_000, latitude=50.0,
    )  # fmt: skip


def show(strips: int, seed: int) -> Breakdown:
    """Few leads in most scenes, many small parts; locations with days and nights; a minor, leads
    who are away, a permit, stunts, a crane, scenes that follow others, cover sets."""
    dice = np.random.default_rng(seed)
    parts = strips // 4 + 4
    sites = max(4, strips // 9)
    popularity = 1.0 / np.arange(1, parts + 1) ** 1.1
    weight = 1.0 / np.arange(1, sites + 1) ** 0.8
    leaning = [dice.permutation(parts) for _ in range(sites)]
    rows = []
    for n in range(strips):
        site = int(dice.choice(sites, p=weight / weight.sum()))
        local = popularity.copy()
        local[leaning[site][: parts // 3]] *= 4
        size = int(dice.choice([1, 2, 3, 4, 6], p=[0.2, 0.35, 0.25, 0.13, 0.07]))
        cast = dice.choice(parts, size, replace=False, p=local / local.sum())
        setting = "EXT" if site % 2 else "INT"
        light = "N" if dice.random() < 0.3 and (setting == "INT" or 5 not in cast) else "D"
        stunt = bool(dice.random() < 0.04)
        rows.append(
            Strip(
                id=str(n + 1),
                scene=str(n + 1),
                position=n + 1,
                setting=setting,
                set=f"Place {site + 1}",
                light=light,
                eighths=int(dice.integers(2, 9 if stunt else 21)),
                cast=tuple(f"P{p + 1}" for p in sorted(cast)),
                weather=setting == "EXT" and dice.random() < 0.4,
                cover=setting == "INT" and dice.random() < 0.2,
                stunt=stunt,
                equipment=("crane",) if dice.random() < 0.05 else (),
                after=(str(n),) if n and dice.random() < 0.04 else (),
            )
        )
    performers = []
    for p in range(parts):
        rate = 400_000 if p < 2 else 150_000 if p < 6 else 60_000
        away = ()
        if p in (1, 3):
            first = START + timedelta(int(dice.integers(3, max(4, strips // 4))))
            away = (DateRange(first=first, last=first + timedelta(3)),)
        performers.append(
            Performer(
                name=f"P{p + 1}",
                rate=rate,
                hold_rate=rate // 2 if p < 6 else rate,
                away=away,
                minor=p == 5,
                drop_days=14 if p >= 6 and p % 3 == 0 else None,
            )
        )
    places = tuple(
        Location(name=f"Place {i + 1}", place=f"Town {i // 2 + 1}", fee=100_000 + 50_000 * (i % 3))
        for i in range(sites)
    )
    return Breakdown(
        title=f"synthetic {strips}", strips=tuple(rows), performers=tuple(performers),
        locations=places,
    ).checked()  # fmt: skip
