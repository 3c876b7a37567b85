"""What of a take a person edits or another program opens: lists, blocked scenes, set pieces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from setpiece.farm import Meter, map_frames
from setpiece.ledger.costs import Rate
from setpiece.ledger.estimate import load_estimate
from setpiece.media.atomic import whole_file
from setpiece.previs.cast_file import cast_text
from setpiece.previs.model import Boards
from setpiece.previs.set_piece import bid_text, set_pieces
from setpiece.previs.table import table_text
from setpiece.previs.tell import scenes_of
from setpiece.show import slug

if TYPE_CHECKING:
    from setpiece.previs.make import Stages


def write_lists(s: Stages, folder: Path) -> None:
    """boards.json, shots.csv and cast.toml. Raises StoreError."""
    with whole_file(folder / "boards.json") as part:
        part.write_text(s.boards.model_dump_json(indent=1), encoding="utf-8")
    with whole_file(folder / "cast.toml") as part:
        part.write_text(cast_text(s.boards), encoding="utf-8")
    with whole_file(folder / "shots.csv") as part:
        part.write_text(table_text(s.boards), encoding="utf-8")


def write_set_pieces(s: Stages, folder: Path) -> int:
    """A `collapse` brief for each building that comes down, and bids both ways; how many there are.

    Raises InputError where the estimate cannot be read, StoreError.
    """
    asked = {scene.position for scene in s.scenes}
    part = s.script.model_copy(
        update={"scenes": tuple(x for x in s.script.scenes if x.position in asked)}
    )
    pieces = set_pieces(part, load_estimate(), rate=Rate.from_environment())
    for n, piece in enumerate(pieces, 1):
        name = f"{slug(piece.scene, 'scene')}_{n:02d}.txt"
        with whole_file(folder / "set_pieces" / name) as file:
            file.write_text(piece.brief + "\n", encoding="utf-8")
    if pieces:
        with whole_file(folder / "set_pieces" / "bids.csv") as file:
            file.write_text(bid_text(pieces), encoding="utf-8")
    return len(pieces)


def write_scenes(
    s: Stages, folder: Path, meter: Meter, *, workers: int | None, done: Callable[[float], None]
) -> None:
    """A USD layer for each scene and each shot under `usd/`; `done` is told the share that is
    written. Raises StoreError."""
    count = sum(bool(shots) for _, shots in scenes_of(s.boards))
    written = 0

    def tell(_scene: int, _value: object, cpu: float) -> None:
        nonlocal written
        meter.add_worker(cpu)
        written += 1
        done(written / count)

    map_frames(_open, _write, _Job(folder, s.request.fps), range(count), workers=workers, done=tell)


@dataclass(frozen=True)
class _Job:
    folder: Path
    fps: Fraction


def _open(job: _Job) -> tuple[_Job, Boards]:
    return job, Boards.model_validate_json((job.folder / "boards.json").read_bytes())


def _write(room: tuple[_Job, Boards], index: int) -> None:
    from setpiece.previs.stage import Stage
    from setpiece.previs.usd import write_scene_usd, write_shot_usd

    job, boards = room
    staging, shots = [x for x in scenes_of(boards) if x[1]][index]
    where = job.folder / "usd" / f"{staging.position:03d}_{slug(staging.number)}"
    where.mkdir(parents=True)
    built, scene = Stage(staging), where / "scene.usdc"
    write_scene_usd(scene, staging, built)
    for shot in shots:
        path = where / f"{slug(shot.id, 'shot').upper()}.usdc"
        write_shot_usd(path, staging, shot, scene, job.fps, built)
