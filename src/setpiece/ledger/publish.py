"""The last step of every department: a take gets its record, its credentials and its name.

The take is there from the moment it has its name; its rows for the ledger lie in it until the
database has them (see `ledger.entry`).
"""

from __future__ import annotations

import json
import os
import platform
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol, TypeVar

from setpiece.errors import SetpieceError, StoreError
from setpiece.farm import Meter, StageDesk
from setpiece.ledger.costs import Rate, StageCost
from setpiece.ledger.entry import Entry, PlateFacts, leave_entry, settle, settle_all
from setpiece.ledger.keys import open_key
from setpiece.ledger.manifest import label
from setpiece.ledger.provenance import Provenance
from setpiece.show import TakeFolder, TakeResult, new_take_folder, open_store

Made = TypeVar("Made")
CHARGED = "charged"  # lies in a stage's folder once a take has paid for it


class Source(Protocol):
    """What a take was made from: a plate, or a script (`native`, `frames`: of the pictures)."""

    @property
    def path(self) -> Path: ...

    @property
    def native(self) -> tuple[int, int]: ...

    @property
    def frames(self) -> int: ...

    @property
    def colorspace(self) -> str: ...


@dataclass(frozen=True)
class Order:
    """What a take was made for: its place in the show, the words, seed and plate it came from."""

    show: str
    sequence: str
    shot: str
    task: str
    brief: str
    seed: int
    plate: Source
    fps: Fraction


def publish_take(
    order: Order,
    desk: StageDesk,
    out: Path,
    database: str | Path | None,
    *,
    fill: Callable[[TakeFolder, Meter], Made],
    facts: Callable[[TakeFolder, Made], dict[str, Any]],
    provenance: Callable[[dict[str, Any]], Provenance],
    shown: Callable[[TakeFolder], str],
) -> TakeResult:
    """Put a take together under a hidden name, then give it its own. Costs go to the ledger.

    fill: writes the pictures, and tells the meter what its workers took. facts: what take.json says
    of them beside what was spent; it has "plate" with its "sha256", and "checks". provenance: of
    that record. shown: name of the file to watch.

    Raises StoreError where disk or database refuse; a half-made take is then removed.
    """
    store = open_store(database or out / "show.db")
    for complaint in settle_all(store, out):  # of runs that stopped before their last step
        desk.watcher.say(complaint)
    names = (order.show, order.sequence, order.shot)
    newest = store.last_version(*names, order.task)
    take = new_take_folder(out, *names, order.task, at_least=newest + 1)
    try:
        desk.watcher.begin("deliver", False)
        with Meter() as meter:
            made = fill(take, meter)
        usage = meter.usage
        costs = [
            StageCost(
                x.name, x.usage.seconds, x.usage.cpu_seconds, x.usage.peak_mb,
                # What a run that was cut short made is charged to the take it was made for.
                reused=x.reused and (x.folder / CHARGED).is_file(),
            )
            for x in desk.records
        ]  # fmt: skip
        costs.append(StageCost("deliver", usage.seconds, usage.cpu_seconds, usage.peak_mb))
        rate = Rate.from_environment()
        record = {**facts(take, made), **_spent(costs, rate)}
        text = json.dumps(record, indent=2, default=float)
        (take.path / "take.json").write_text(text, encoding="utf-8")
        leave_entry(_entry(order, take, record, costs, rate), take.path)
        _label(desk, take, provenance, record)
        take = take.publish()
    except OSError as error:
        shutil.rmtree(take.path, ignore_errors=True)
        raise StoreError(
            f"{error.filename or take.path}: cannot be written while delivering "
            f"({error.strerror or error}). Free some room or give another folder with --out; "
            "finished frames are kept and the same command goes on from there."
        ) from error
    except BaseException:
        shutil.rmtree(take.path, ignore_errors=True)
        raise
    for x in desk.records:
        with suppress(OSError):  # at worst the next take pays for it once more
            (x.folder / CHARGED).touch()
    try:
        settle(store, take.path)
    except StoreError as error:
        raise StoreError(
            f"{error} The take is whole in {take.path}; the next run into {out}, or "
            f"`setpiece costs --out {out}`, brings it into the ledger."
        ) from error
    desk.watcher.end("deliver", usage.seconds)
    return TakeResult(take.path, take.path / shown(take), record["checks"], record)


def _spent(costs: list[StageCost], rate: Rate) -> dict[str, Any]:
    """What take.json says of time, memory and money."""
    return {
        "stages": [
            {
                "stage": c.stage, "seconds": round(c.seconds, 2),
                "cpu_seconds": round(c.cpu_seconds, 2), "peak_mb": round(c.peak_mb),
                "cost": round(c.money(rate), 6), "reused": c.reused,
            }
            for c in costs
        ],
        "cost": {
            "total": round(sum(c.money(rate) for c in costs), 6), "currency": rate.currency,
            "per_core_hour": rate.per_core_hour,
        },
        "machine": {"cores": os.cpu_count(), "processor": platform.machine()},
    }  # fmt: skip


def _entry(
    order: Order, take: TakeFolder, record: dict[str, Any], costs: list[StageCost], rate: Rate
) -> Entry:
    plate = order.plate
    return Entry(
        show=order.show, sequence=order.sequence, shot=order.shot, task=order.task,
        version=take.version, brief=order.brief[:4000], seed=order.seed,
        plate=PlateFacts(
            path=str(plate.path), sha256=record["plate"]["sha256"],
            width=plate.native[0], height=plate.native[1], frames=plate.frames,
            fps=str(order.fps), colorspace=plate.colorspace,
        ),
        stages=costs, rate=rate,
    )  # fmt: skip


def _label(
    desk: StageDesk,
    take: TakeFolder,
    provenance: Callable[[dict[str, Any]], Provenance],
    record: dict[str, Any],
) -> None:
    """Sign what was made. A take is not lost for want of a key: it says so and goes on."""
    try:
        label(take.path, provenance(record), open_key(), take.stem)
    except SetpieceError as error:
        again = f"setpiece ledger label {take.path.with_name(take.stem)}"
        desk.watcher.say(f"The take carries no content credentials: {error} Later: {again}")
