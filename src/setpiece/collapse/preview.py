"""A first look within seconds: one small frame of the fall, made with few pieces."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from setpiece.collapse.request import Request

if TYPE_CHECKING:
    from setpiece.collapse.motion import Motion
    from setpiece.farm import StageDesk

PIECES = 260
SIZE = (640, 360)


def first_look(request: Request, desk: StageDesk) -> Path:
    """Make `preview.jpg` of the moment an eighth of the fall is done; returns its path.

    Runs every stage small (260 pieces, 640x360, draft dust) and keeps nothing but the picture and
    the small stages, which the same command finds again.
    """
    from setpiece.collapse import frames, shot
    from setpiece.collapse.frame_files import FIRST
    from setpiece.collapse.make import motion_of
    from setpiece.farm import StageDesk as Desk
    from setpiece.farm import key_of
    from setpiece.media.colour import to_display
    from setpiece.media.exr import read_exr
    from setpiece.media.sheet import save_jpeg

    small = request.model_copy(
        update={
            "fragments": PIECES,
            "size": (min(request.size[0], SIZE[0]), min(request.size[1], SIZE[1])),
            "quality": "draft",
            "frames": min(request.frames, 96),
        }
    )
    files = (request.plate, request.brief_file, request.layout, request.foreground,
             request.clean_plate)  # fmt: skip
    key = key_of(small.model_dump(mode="json"), [_state(f) for f in files])
    picture = desk.work / f"preview-{key}.jpg"
    desk.watcher.begin("preview", picture.is_file())
    if not picture.is_file():
        quiet = Desk(desk.work / "preview")
        stages = shot.run_stages(small, quiet, _telling)
        telling = _telling(motion_of(stages))
        folder = desk.work / "preview"
        frames.make_frame(frames.open_shot((stages, folder)), telling)
        exr = folder / f"{FIRST + telling}.exr"
        shown = to_display(read_exr(exr, layers=("rgba",))["rgba"][..., :3].astype(np.float32))
        save_jpeg(picture, shown)
        exr.unlink()
    desk.watcher.end("preview", 0.0)
    desk.watcher.say(f"First look: {picture}")
    return picture


def _telling(motion: Motion) -> int:
    """The frame in which an eighth of the fall is done: dust does not hide yet what comes down."""
    drop = motion.position[0, :, 2].mean() - motion.position[:, :, 2].mean(1)
    early = int(np.searchsorted(drop, 0.12 * drop.max())) if drop.max() > 0.1 else 0
    return min(early, motion.frames - 1)


def _state(path: Path | None) -> tuple[int, int] | None:
    """Size and time of a file: a plate or layout changed in place asks for a new picture."""
    if path is None or not path.is_file():
        return None
    found = path.stat()
    return found.st_size, found.st_mtime_ns
