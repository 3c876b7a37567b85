"""Seconds and money of every stage of every take."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, Field
from sqlalchemy import select

from setpiece.errors import InputError
from setpiece.ledger.models import Cost
from setpiece.media.atomic import whole_file
from setpiece.show.models import Shot, Show, Take
from setpiece.show.store import Store


class Rate(BaseModel):
    """What an hour of one core costs. The default is a common cloud price, to be overridden."""

    per_core_hour: float = Field(0.05, ge=0)
    currency: str = Field("USD", min_length=3, max_length=3)

    @staticmethod
    def from_environment() -> Rate:
        """SETPIECE_RATE="0.08 EUR" in the environment, else the default."""
        text = os.environ.get("SETPIECE_RATE", "").split()
        if not text:
            return Rate()
        try:
            return Rate(
                per_core_hour=float(text[0]), currency=text[1].upper() if text[1:] else "USD"
            )
        except ValueError as error:
            raise InputError(
                f"SETPIECE_RATE={' '.join(text)!r} is not a price per core-hour: "
                'write for instance "0.08 EUR".'
            ) from error


@dataclass(frozen=True)
class StageCost:
    """One stage: wall seconds, CPU seconds (all workers), peak memory [MB of all processes]."""

    stage: str
    seconds: float
    cpu_seconds: float
    peak_mb: float
    reused: bool = False

    def money(self, rate: Rate) -> float:
        """CPU time at the rate; a stage reused from an earlier take costs nothing again."""
        return 0.0 if self.reused else self.cpu_seconds / 3600.0 * rate.per_core_hour


def cost_rows(take_id: int, stages: Sequence[StageCost], rate: Rate) -> list[Cost]:
    """A row per stage, to be added to a transaction; a reused stage took nothing again."""
    return [
        Cost(
            take_id=take_id,
            stage=s.stage,
            seconds=0.0 if s.reused else s.seconds,
            cpu_seconds=0.0 if s.reused else s.cpu_seconds,
            peak_mb=s.peak_mb,
            cost=s.money(rate),
            currency=rate.currency,
            rate=rate.per_core_hour,
        )
        for s in stages
    ]


def read_costs(store: Store, show: str | None = None) -> list[dict[str, object]]:
    """Every stage of every take, oldest first, as plain rows."""
    with store.session() as session:
        query = (
            select(Cost, Take, Shot, Show)
            .join(Take, Cost.take_id == Take.id)
            .join(Shot, Take.shot_id == Shot.id)
            .join(Show, Shot.show_id == Show.id)
            .order_by(Cost.id)
        )
        if show is not None:
            query = query.where(Show.name == show)
        return [
            {
                "show": sh.name,
                "sequence": st.sequence,
                "shot": st.name,
                "task": t.task,
                "version": t.version,
                "stage": c.stage,
                "seconds": round(c.seconds, 3),
                "cpu_seconds": round(c.cpu_seconds, 3),
                "peak_mb": round(c.peak_mb, 1),
                "cost": round(c.cost, 6),
                "currency": c.currency,
                "made": c.made.isoformat(),
            }
            for c, t, st, sh in session.execute(query)
        ]


def write_csv(rows: Sequence[dict[str, object]], path: Path) -> None:
    """The rows of `read_costs` as a CSV file, written whole or not at all."""
    with whole_file(path) as part, part.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, fieldnames=list(rows[0]) if rows else ["show"])
        writer.writeheader()
        writer.writerows(rows)
