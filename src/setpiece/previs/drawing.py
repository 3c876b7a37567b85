"""Every panel drawn, on all cores, and kept: a shot that has not changed is never drawn again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from setpiece.engines import Engine, Guides, open_engine
from setpiece.farm import Meter, key_of, map_frames
from setpiece.media.burnin import to_bytes
from setpiece.previs.arrows import draw_arrows
from setpiece.previs.model import Boards, Shot, Staging
from setpiece.previs.panel import draw_frame, draw_panel, furnish, guides, through
from setpiece.previs.picture_file import save_panel
from setpiece.previs.set_piece import falls_in
from setpiece.previs.tell import SIZE, scenes_of

VERSION = 5  # raised when the same shot would be drawn otherwise
STEPS, MOST_STEPS = 2.5, 9  # drawings a second of a move with somebody, and at most

_FIRST = 1e-3  # part of a shot: as it begins, and not as its panel shows it


@dataclass(frozen=True)
class Drawn:
    """Files of one shot: the panel with its furniture; the camera's frame alone, and at the end of
    a move (else None). between: on the way, evenly, where the camera goes along with somebody."""

    panel: Path
    start: Path
    end: Path | None
    between: tuple[Path, ...] = ()

    def there(self) -> bool:
        files = (self.panel, self.start, self.end, *self.between)
        return all(f is None or f.is_file() for f in files)


@dataclass(frozen=True)
class _Job:
    boards: Path
    store: Path
    keys: tuple[str, ...]
    style: str
    engine: Mapping[str, Any]


def shot_key(staging: Staging, shot: Shot, style: str, engine: str) -> str:
    """Changes with whatever a panel shows."""
    return key_of(
        VERSION, staging.model_dump(mode="json"), shot.model_dump(mode="json"), style, engine, SIZE
    )


def travels(shot: Shot) -> bool:
    """Whether the camera ends elsewhere, or looks elsewhere, than it begins."""
    return shot.camera.at(1.0) != shot.camera.at(0.0)


def comes_down(staging: Staging, shot: Shot) -> bool:
    """Whether the shot is for what comes down while it lasts."""
    return any(
        fall.prop.item == shot.prop
        and fall.share(shot.start) < 1.0
        and fall.share(shot.start + shot.seconds) > 0.0
        for fall in falls_in(staging)
    )


def files_of(key: str, staging: Staging, shot: Shot, store: Path) -> Drawn:
    moves = travels(shot) or comes_down(staging, shot)
    return Drawn(
        store / f"{key}.panel.jpg", store / f"{key}.start.jpg",
        store / f"{key}.end.jpg" if moves else None,
        tuple(store / f"{key}.way{k + 1}.jpg" for k in range(on_the_way(staging, shot))),
    )  # fmt: skip


def on_the_way(staging: Staging, shot: Shot) -> int:
    """How many drawings a move wants between its ends: none where one is carried to the other;
    where the camera goes along with somebody, who walks is drawn anew, and so is what falls."""
    drawn = shot.camera.follows or comes_down(staging, shot)
    return min(max(round(shot.seconds * STEPS) - 1, 0), MOST_STEPS) if drawn else 0


def draw_all(
    boards_file: Path,
    store: Path,
    style: str,
    engine: Mapping[str, Any],
    *,
    workers: int | None,
    progress: Callable[[float], None],
    meter: Meter,
) -> list[Drawn]:
    """Draw what is not there yet; files of every shot, in order.

    engine: options of `open_engine`. The same shot gives the same file on any number of workers.
    Raises InputError, StageError (an engine), StoreError.
    """
    boards = Boards.model_validate_json(boards_file.read_bytes())
    shots = _flat(boards)
    engine_key = open_engine(**engine).key()
    keys = [shot_key(staging, shot, style, engine_key) for staging, shot in shots]
    drawn = [files_of(k, *both, store) for k, both in zip(keys, shots, strict=True)]
    missing = [i for i, d in enumerate(drawn) if not d.there()]
    done = len(shots) - len(missing)

    def tell(_index: int, _value: Any, cpu: float) -> None:
        nonlocal done
        done += 1
        meter.add_worker(cpu)
        progress(done / len(shots))

    store.mkdir(parents=True, exist_ok=True)
    if missing:
        job = _Job(boards_file, store, tuple(keys), style, engine)
        # An engine elsewhere draws one picture after the other; more of us would only queue.
        alone = engine.get("name", "native") != "native"
        map_frames(_open, _draw, job, missing, workers=1 if alone else workers, done=tell)
    return drawn


@dataclass(frozen=True)
class _Room:
    job: _Job
    shots: Sequence[tuple[Staging, Shot]]
    engine: Engine


def _open(job: _Job) -> _Room:
    boards = Boards.model_validate_json(job.boards.read_bytes())
    return _Room(job, _flat(boards), open_engine(**job.engine))


def _flat(boards: Boards) -> list[tuple[Staging, Shot]]:
    return [(staging, shot) for staging, shots in scenes_of(boards) for shot in shots]


def _draw(room: _Room, index: int) -> None:
    staging, shot = room.shots[index]
    files = files_of(room.job.keys[index], staging, shot, room.job.store)
    style = room.job.style
    if room.engine.name != "native":
        start = _finished(room.engine, staging, shot, style, index, 0.0)
        save_panel(files.start, start)
        if files.end is not None:
            save_panel(files.end, _finished(room.engine, staging, shot, style, index, 1.0))
        for k, path in enumerate(files.between, 1):
            part = k / (len(files.between) + 1)
            save_panel(path, _finished(room.engine, staging, shot, style, index, part))
        arrowed = draw_arrows(start, staging, shot, through(shot.camera, SIZE[0]))
        save_panel(files.panel, furnish(arrowed, staging, shot, SIZE))
        return
    # A panel of a fall shows its middle; the animatic begins where it begins.
    first = _FIRST if comes_down(staging, shot) else 0.0
    save_panel(files.start, draw_frame(staging, shot, SIZE[0], style, first))
    save_panel(files.panel, draw_panel(staging, shot, SIZE, style))
    if files.end is not None:
        save_panel(files.end, draw_frame(staging, shot, SIZE[0], style, 1.0))
    for k, path in enumerate(files.between, 1):
        part = k / (len(files.between) + 1)
        save_panel(path, draw_frame(staging, shot, SIZE[0], style, part))


def _finished(
    engine: Engine, staging: Staging, shot: Shot, style: str, seed: int, part: float
) -> NDArray[np.uint8]:
    """The camera's frame as an engine draws it from our depth, normals and lines."""
    picture = draw_frame(staging, shot, SIZE[0], style, part).astype(np.float32) / np.float32(255)
    seen = guides(staging, shot, SIZE[0], part)
    told = Guides(picture, seen.depth, seen.normal, seen.line, prompt(staging, shot), seed)
    return to_bytes(engine.draw(told))


def prompt(staging: Staging, shot: Shot) -> str:
    """A shot in the words that picture models know; names of characters mean nothing to them."""
    place = staging.set
    where = f"{'interior' if place.interior else 'exterior'}, {place.place or place.kind}"
    sizes = {"ECU": "extreme close-up", "CU": "close-up", "MCU": "medium close-up",
             "MS": "medium shot", "MLS": "medium long shot", "LS": "long shot",
             "ELS": "extreme long shot"}  # fmt: skip
    people = [f for f in staging.at(shot.moment) if f.name in shot.subjects]
    who = f"{len(people)} people" if len(people) > 1 else "one person" if people else ""
    acts = " ".join(staging.beats[k].words for k in shot.beats[:2]
                    if k < len(staging.beats) and staging.beats[k].what != "speech")  # fmt: skip
    parts = (sizes[shot.size], who, where, place.time.casefold(), place.weather, acts[:200])
    return ", ".join(p for p in parts if p)


def read_picture(path: Path) -> NDArray[np.uint8]:
    """A picture file as uint8 (h, w, 3), display-referred."""
    from PIL import Image

    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))
