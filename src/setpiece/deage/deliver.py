"""What leaves the room: EXRs and their layers, movies, before and after, OTIO."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from setpiece.deage.brief import FIRST
from setpiece.deage.frames import NAMES
from setpiece.deage.measure import FlowError, touched_outside
from setpiece.deage.prepare import Tracked, load
from setpiece.media.burnin import make_burnin
from setpiece.media.colour import to_display
from setpiece.media.editorial import write_otio
from setpiece.media.exr import read_exr
from setpiece.media.movie import MovieWriter
from setpiece.media.sheet import contact_sheet, save_jpeg, save_png
from setpiece.show import TakeFolder

if TYPE_CHECKING:
    from setpiece.deage.shot import Stages

SHEET = 6  # moments on the before-and-after sheet


@dataclass(frozen=True)
class Delivered:
    """What was measured while everything was written, from the files themselves.

    untouched: pixels changed outside the matte. facts: of each frame. flows: of each person.
    """

    untouched: int
    facts: list[dict[str, Any]]
    flows: dict[str, float | None]


def deliver(
    s: Stages, take: TakeFolder, frames: Path, progress: Callable[[float], None]
) -> Delivered:
    """Write everything but take.json into the take's folder. frames: where they were made."""
    count, plate = s.plate.frames, s.plate
    _bring(frames, take, count)
    tracked = [load(p) for p in sorted(s.folders["track"].glob("person*.npz"))]
    flows = {t.person.name: FlowError() for t in tracked}
    telling = _telling(tracked, count)
    tiles: list[tuple[str, NDArray[Any]]] = []
    untouched = 0
    with ExitStack() as stack:
        add = _movies(s, take, stack) if count > 1 else None
        for i in range(count):
            source = plate.read(i)
            layers = read_exr(take.frame(FIRST + i), layers=("rgba", "matte"))
            untouched += touched_outside(source, layers["rgba"], layers["matte"])
            before, after = to_display(source), to_display(layers["rgba"][..., :3])
            if not s.request.test:  # the mark stands still while the face moves
                _measure(flows, tracked, i, before, after)
            if add is not None:
                add(after)
            if i in telling:
                tiles += _pair(tracked, i, before, after, telling[i])
            if count == 1:
                save_png(take.path / f"{take.stem}.png", after)
            progress((i + 1) / count)
    title = " ".join((s.request.show, s.request.sequence, s.request.shot_name))
    if tiles:
        sheet = contact_sheet(tiles, columns=4, title=f"{title}   {s.request.task}: before, after")
        save_jpeg(take.path / "before_after.jpg", sheet, 92)
    if count > 1:
        write_otio(
            take.path / f"{take.stem}.otio", name=take.stem, fps=plate.fps, frames=count,
            movie=f"{take.stem}.mp4", exr_stem=take.stem,
            metadata={"task": s.request.task},
        )  # fmt: skip
    facts = [json.loads((frames / f"{FIRST + i}.json").read_text()) for i in range(count)]
    return Delivered(untouched, facts, {name: f.ratio for name, f in flows.items()})


def _bring(frames: Path, take: TakeFolder, count: int) -> None:
    """EXRs into the take under their own names: linked where the disk can, else copied."""
    (take.path / "exr").mkdir()
    ways = [(frames / f"{FIRST + i}.exr", take.frame(FIRST + i)) for i in range(count)]
    for name in NAMES:
        if (frames / name).is_dir():
            folder = take.path / "layers" / name
            folder.mkdir(parents=True)
            ways += [
                (frames / name / f"{FIRST + i}.exr", folder / f"{take.stem}_{name}.{FIRST + i}.exr")
                for i in range(count)
            ]
    for source, target in ways:
        try:
            os.link(source, target)
        except OSError:
            shutil.copyfile(source, target)


def _movies(s: Stages, take: TakeFolder, stack: ExitStack) -> Callable[[NDArray[np.float32]], None]:
    count, fps, size = s.plate.frames, s.plate.fps, (s.plate.width, s.plate.height)
    shot = " ".join((s.request.show, s.request.sequence, s.request.shot_name))
    note = "" if not s.request.test else "TEST - NOT CLEARED"
    burn = make_burnin(
        shot, f"{s.request.task} v{take.version:03d}", fps=fps, last_frame=FIRST + count - 1,
        note=note,
    )  # fmt: skip
    slate = {
        "show": s.request.show,
        "shot": f"{s.request.sequence} {s.request.shot_name}",
        "take": f"v{take.version:03d}",
        "brief": in_words(s),
        "date": date.today().isoformat(),
        "frames": f"{FIRST}-{FIRST + count - 1}",
        "fps": f"{float(fps):.6g}",
        "size": f"{size[0]}x{size[1]}",
        "colour": "linear Rec.709 in the EXRs, Rec.709 here",
        "picture": to_display(read_exr(take.frame(FIRST), layers=("rgba",))["rgba"][..., :3]),
    }
    h264 = stack.enter_context(
        MovieWriter(
            take.path / f"{take.stem}.mp4", size, fps, codec="h264", slate=slate, burnin=burn
        )
    )
    prores = stack.enter_context(
        MovieWriter(
            take.path / f"{take.stem}.mov", size, fps, codec="prores", slate=slate, burnin=burn
        )
    )

    def add(picture: NDArray[np.float32]) -> None:
        h264.add(picture)
        prores.add(picture)

    return add


def in_words(s: Stages) -> str:
    """The order as one line."""
    parts = []
    for p in s.request.people:
        low, high = p.span
        span = f"{high:g}" if low == high else f"{low:g} to {high:g}"
        parts.append(f"{p.name} {span.lstrip('-')} years {'younger' if high > 0 else 'older'}")
    kept = f"; regions {s.request.regions}" if s.request.regions else ""
    return "; ".join(parts) + kept


def _telling(tracked: list[Tracked], count: int) -> dict[int, str]:
    """Frames for the sheet, spread over those that are altered: frame -> whose."""
    out: dict[int, str] = {}
    each = max(SHEET // max(len(tracked), 1), 1)
    for t in tracked:
        altered = np.flatnonzero(t.person.weight > 0)
        if len(altered):
            for k in np.linspace(0, len(altered) - 1, min(each, len(altered))).astype(int):
                out.setdefault(int(altered[k]), t.person.name)
    return out


def _pair(
    tracked: list[Tracked], frame: int, before: NDArray[Any], after: NDArray[Any], name: str
) -> list[tuple[str, NDArray[Any]]]:
    t = next(t for t in tracked if t.person.name == name)
    aligned = t.aligned(frame)
    if aligned is None:
        return []
    return [
        (f"{FIRST + frame}   {name}   {word}", np.clip(aligned.crop(p), 0, 1))
        for word, p in (("before", before), ("after", after))
    ]


def _measure(
    flows: dict[str, FlowError], tracked: list[Tracked], frame: int, before: NDArray[Any],
    after: NDArray[Any],
) -> None:  # fmt: skip
    for t in tracked:
        aligned = t.aligned(frame)
        if aligned is None or t.person.weight[frame] < 1:
            flows[t.person.name].gap()
        else:
            flows[t.person.name].add(int(t.person.shot[frame]), aligned, before, after)
