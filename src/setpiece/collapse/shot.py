"""A collapse from top to bottom: brief, layout, light, prep, fracture, fall, dust, debris,
frames (render and comp), deliver.

Each stage's result is kept under `<out>/.work`, keyed by all it depends on; the same command
after Ctrl-C, a full disk or a change of mind goes on from the last stage that still holds.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from setpiece.collapse.brief import Brief, load_brief, save_brief
from setpiece.collapse.brief_reader import read_brief
from setpiece.collapse.layout import Layout, load_layout
from setpiece.collapse.request import Request
from setpiece.farm import StageDesk, Watcher, hash_file, hash_source, key_of
from setpiece.media.plate import Plate, open_plate

if TYPE_CHECKING:
    from setpiece.collapse.motion import Motion
    from setpiece.show import TakeResult

# Raised when a stage's result would differ for the same inputs: old results are then not reused.
STAGE_VERSION = {
    "brief": 1,
    "layout": 9,
    "prep": 11,
    "fracture": 9,
    "fall": 15,
    "dust": 8,
    "debris": 10,
    "frames": 31,
}


@dataclass(frozen=True)
class Stages:
    """Everything that is settled before frames are made, and the folders it lies in.

    until: dust is made for so many frames only (None: for all).
    """

    request: Request
    plate: Plate
    fps: Fraction
    brief: Brief
    layout: Layout
    folders: dict[str, Path]
    until: int | None = None


def collapse(
    plate: str | Path,
    brief: str = "",
    *,
    out: str | Path = "takes",
    watcher: Watcher | None = None,
    workers: int | None = None,
    database: str | None = None,
    keep_work: bool = False,
    preview: bool = False,
    again: bool = True,
    **options: Any,
) -> TakeResult:
    """Bring down the building in `plate` as `brief` says; returns the finished take.

    plate: photograph, numbered sequence or movie (locked-off camera).
    brief: English, Italian or Spanish.
    out: folder of takes. workers: processes (None: one for each core).
    database: URL of the show's database (None: `show.db` in `out`).
    keep_work: keep dust caches and other intermediate files after delivery.
    preview: make a small, quick frame of the fall first and say where it is.
    again: make a new version even where this very order made a take in `out` before; False gives
        that take back.
    options: fields of `Request` (outline, lines, lens, height, frames, size, quality, seed, ...).

    Raises InputError (and its kinds) for what cannot be used, StageError where a stage fails,
    StoreError where disk or database refuse.
    """
    from setpiece.collapse.publish import publish
    from setpiece.show import open_store

    request = Request.check(plate=Path(plate), brief=brief, **options)
    desk = StageDesk(Path(out) / ".work", watcher)
    if database is not None or (Path(out) / "show.db").is_file():
        # A database that refuses is said now, not after the long work.
        open_store(database or Path(out) / "show.db")
    if not again:
        from setpiece.collapse.order import made_before

        found = made_before(request, Path(out))
        if found is not None:
            desk.watcher.say(f"This order has been carried out already: {found.folder}")
            return found
    if preview:
        from setpiece.collapse.preview import first_look

        first_look(request, desk)
    stages = run_stages(request, desk)
    frames_folder = make_frames(stages, desk, workers)
    result = publish(stages, desk, frames_folder, Path(out), database)
    if not keep_work:
        for name in ("dust", "frames"):
            shutil.rmtree(_folder_of(desk, name), ignore_errors=True)
    return result


def plan(request: Request, desk: StageDesk) -> Stages:
    """Brief and layout only: what a person looks at before anything slow runs."""
    plate = open_plate(
        request.plate, colorspace=request.colorspace, fps=request.fps, size=request.size
    )
    fps = request.fps or (plate.fps if not plate.still else Fraction(24))
    plate_key = key_of(hash_source(plate.path), request.size, request.colorspace)

    brief_key = key_of(
        STAGE_VERSION["brief"],
        request.brief,
        request.brief_model,
        str(fps),
        hash_file(request.brief_file) if request.brief_file else None,
    )
    brief = desk.run(
        "brief",
        brief_key,
        partial(_make_brief, request, fps),
        lambda d: load_brief(d / "brief.toml"),
    )
    if brief.not_understood:
        desk.watcher.say("Not understood: " + ", ".join(brief.not_understood))
    desk.watcher.say(brief.words())

    strokes = request.model_dump(
        mode="json",
        include={
            "outline", "lines", "walls", "lens", "height", "storeys", "bays", "roof",
            "eye_height", "shadow", "sun", "foreground_shapes",
        },
    )  # fmt: skip
    # An edited layout brings the light that lies beside it.
    light = request.layout.with_name("light.toml") if request.layout else None
    layout_key = key_of(
        STAGE_VERSION["layout"],
        plate_key,
        strokes,
        hash_file(request.layout) if request.layout else None,
        hash_file(light) if light is not None and light.is_file() else None,
        request.frames if not plate.still else 1,
    )
    from setpiece.collapse.planning import make_plan

    desk.run("layout", layout_key, partial(make_plan, request, plate), lambda d: d)
    folder = _folder_of(desk, "layout")
    layout = load_layout(folder / "layout.toml")
    for note in layout.notes:
        desk.watcher.say(note)
    return Stages(
        request, plate, fps, brief, layout, {"brief": _folder_of(desk, "brief"), "layout": folder}
    )


def run_stages(
    request: Request, desk: StageDesk, telling: Callable[[Motion], int] | None = None
) -> Stages:
    """Everything before the frames, in order.

    telling: chooses the one frame of the fall that will be made; there is no dust after it.
    """
    from setpiece.collapse import make

    s = plan(request, desk)
    layout_key = _key_of(desk, "layout")
    final = request.quality == "final"

    prep_key = key_of(
        STAGE_VERSION["prep"],
        layout_key,
        [hash_file(p) if p else None for p in (request.foreground, request.clean_plate)],
        request.frames if not s.plate.still else 1,
        request.seed,
    )
    s = _stage(s, desk, "prep", prep_key, make.prep)

    fracture_key = key_of(
        STAGE_VERSION["fracture"],
        prep_key,
        request.fragments,
        request.seed,
        s.brief.failure_storeys,
    )
    s = _stage(s, desk, "fracture", fracture_key, make.fracture)

    motion_words = s.brief.model_dump(
        mode="json", exclude={"text", "language", "not_understood", "dust", "debris", "shake"}
    )
    fall_key = key_of(
        STAGE_VERSION["fall"], fracture_key, motion_words, request.frames, str(s.fps), request.seed
    )
    s = _stage(s, desk, "fall", fall_key, make.fall)

    if telling is not None:  # two more: dust is moved on by the frame after
        s = replace(s, until=telling(make.motion_of(s)) + 2)
    until = [] if s.until is None else [s.until]
    dust_key = key_of(STAGE_VERSION["dust"], fall_key, s.brief.dust, final, request.size, *until)
    s = _stage(s, desk, "dust", dust_key, make.dust)

    debris_key = key_of(STAGE_VERSION["debris"], fall_key, s.brief.debris, request.size)
    return _stage(s, desk, "debris", debris_key, make.debris)


def make_frames(stages: Stages, desk: StageDesk, workers: int | None) -> Path:
    """Render and comp every frame; returns the folder of EXRs (finished frames are kept)."""
    from setpiece.collapse.frames import render_frames

    r = stages.request
    key = key_of(
        STAGE_VERSION["frames"],
        _key_of(desk, "dust"),
        _key_of(desk, "debris"),
        stages.brief.shake,
        r.quality,
        r.size,
        r.frames,
        r.seed,
    )
    return desk.run(
        "frames", key, partial(render_frames, stages, workers), lambda d: d, keep_partial=True
    )


def _stage(stages: Stages, desk: StageDesk, name: str, key: str, make: Any) -> Stages:
    """Run one stage that reads the earlier folders and writes its own."""
    folder = desk.run(name, key, partial(make, stages), lambda d: d)
    notes = folder / "notes.txt"
    if notes.is_file():
        desk.watcher.say(notes.read_text(encoding="utf-8"))
    return replace(stages, folders={**stages.folders, name: folder})


def _make_brief(request: Request, fps: Fraction, folder: Path, _progress: Any, _meter: Any) -> None:
    if request.brief_file is not None:
        brief = load_brief(request.brief_file)
    elif request.brief_model is not None:
        from setpiece.collapse.brief_server import ask_server

        brief = ask_server(request.brief, request.brief_model)
    else:
        brief = read_brief(request.brief, fps=fps)
    save_brief(brief, folder / "brief.toml")


def _folder_of(desk: StageDesk, name: str) -> Path:
    return next(r.folder for r in reversed(desk.records) if r.name == name)


def _key_of(desk: StageDesk, name: str) -> str:
    return next(r.key for r in reversed(desk.records) if r.name == name)
