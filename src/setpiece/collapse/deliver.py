"""What leaves the room: movies, contact sheet, breakdown, USD and OTIO, from the frames' EXRs."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.breakdown import write_breakdown
from setpiece.collapse.frame_files import finished_picture, finished_views
from setpiece.collapse.make import fragments_of, light_of, motion_of
from setpiece.collapse.motion import Motion
from setpiece.collapse.shards import LETS_GO
from setpiece.collapse.views import LAYERS, NAMES, Views
from setpiece.media.burnin import make_burnin
from setpiece.media.colour import to_display
from setpiece.media.editorial import write_otio
from setpiece.media.exr import read_exr
from setpiece.media.movie import MovieWriter
from setpiece.media.sheet import contact_sheet, save_jpeg
from setpiece.media.usd import write_usd
from setpiece.show import TakeFolder

if TYPE_CHECKING:
    from setpiece.collapse.shot import Stages

Picture = NDArray[Any]
FIRST = 1001
SHEET = 12  # pictures on the contact sheet


def deliver(
    s: Stages, take: TakeFolder, frames_folder: Path, progress: Callable[[float], None]
) -> list[str]:
    """Write everything but take.json into the take's folder; returns the names of the files.

    frames_folder: where the frames were made. No EXR is read twice, most not at all. The take's
    folder must already hold `exr/<stem>.1001.exr` and so on.
    """
    frames, fps = s.request.frames, s.fps
    w, h = s.plate.width, s.plate.height
    motion, pieces = motion_of(s), fragments_of(s)
    last = FIRST + frames - 1
    shot = " ".join((s.request.show, s.request.sequence, s.request.shot_name))
    burn = make_burnin(shot, f"collapse v{take.version:03d}", fps=fps, last_frame=last)
    sheet_frames = telling_frames(motion, frames, SHEET)
    views = Views.of(w, h, len(pieces), frames, fps, np.array(light_of(s).direction))
    small = views.size
    opening = read_exr(take.frame(FIRST), layers=("rgba",))["rgba"][..., :3]
    first = to_display(opening)
    slate = {
        "show": s.request.show,
        "shot": f"{s.request.sequence} {s.request.shot_name}",
        "take": f"v{take.version:03d}",
        "brief": s.brief.words(),
        "date": date.today().isoformat(),
        "frames": f"{FIRST}-{last}",
        "fps": f"{float(fps):.6g}",
        "size": f"{w}x{h}",
        "colour": "linear Rec.709 in the EXRs, Rec.709 here",
        "picture": first,
    }
    tiles: list[tuple[str, Picture]] = []
    with tempfile.TemporaryDirectory(dir=take.path, prefix=".layers-") as scratch:
        kept = {
            name: np.lib.format.open_memmap(
                Path(scratch) / f"{name}.npy", "w+", np.uint8, (frames, small[1], small[0], 3)
            )
            for name in (*NAMES, "final")
        }
        with (
            MovieWriter(
                take.path / f"{take.stem}.mp4", (w, h), fps, codec="h264", slate=slate, burnin=burn
            ) as h264,
            MovieWriter(
                take.path / f"{take.stem}.mov", (w, h), fps, codec="prores", slate=slate,
                burnin=burn,
            ) as prores,
        ):  # fmt: skip
            for f in range(frames):
                picture: Picture | None = finished_picture(frames_folder, f)
                drawn = finished_views(frames_folder, f)
                layers = {}
                if picture is None or (drawn is None and f in views.wanted):
                    layers = read_exr(take.frame(FIRST + f), layers=LAYERS)
                    picture = layers["rgba"][..., :3]
                shown = to_display(picture)
                h264.add(shown)
                prores.add(shown)
                if f in sheet_frames:
                    tiles.append((f"{FIRST + f}   {f / float(fps):.2f} s", shown.copy()))
                tiny = cv2.resize(shown, small, interpolation=cv2.INTER_AREA)
                kept["final"][f] = _bytes(tiny)
                if f in views.wanted:
                    drawn = views.draw(layers, tiny) if drawn is None else drawn
                    for name, view in zip(NAMES, drawn, strict=True):
                        kept[name][f] = view
                progress(0.7 * (f + 1) / frames)
        words = shorten(s.brief.words(), 90, placeholder=" ...")
        save_jpeg(
            take.path / "contact_sheet.jpg",
            contact_sheet(
                tiles,
                title=f"{shot}   collapse v{take.version:03d}   {words}",
            ),
        )
        paper = cv2.imread(str(s.folders["layout"] / "layout.png"))
        assert paper is not None, "the layout stage always draws it"
        # Only the picture: the panel of text below it is for approval.
        plan = paper[: round(paper.shape[1] * h / w), :, ::-1]
        plan = cv2.resize(plan, small, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        rest = kept["fall"][0].astype(np.float32) / 255

        @lru_cache(maxsize=1 if s.plate.still else 0)
        def plate(frame: int) -> Picture:
            return cv2.resize(to_display(s.plate.read(frame)), small, interpolation=cv2.INTER_AREA)

        def layer(name: str) -> Callable[[int], Picture]:
            return lambda f: kept[name][f].astype(np.float32) / 255

        write_breakdown(
            take.path / "breakdown.mp4",
            [
                ("Plate", lambda f: plate(0 if s.plate.still else f)),
                ("Layout", lambda f: plan),
                (f"Fracture: {len(pieces)} pieces", lambda f: rest),
                ("Fall", layer("fall")),
                ("Light", layer("light")),
                ("Dust", layer("dust")),
                ("Final", layer("final")),
            ],
            fps=fps,
            frames=frames,
            progress=lambda f: progress(0.7 + 0.2 * f),
        )
        kept.clear()
    write_usd(
        take.path / f"{take.stem}.usdc",
        mesh=pieces.mesh,
        position=motion.position[:frames],
        rotation=motion.rotation[:frames],
        rest=motion.rest,
        fps=fps,
        camera=s.layout.view(),
        names=[f"fragment_{i:05d}" for i in range(len(pieces))],
        gone=motion.pane_break + np.float32(LETS_GO / 2),
    )
    write_otio(
        take.path / f"{take.stem}.otio",
        name=take.stem,
        fps=fps,
        frames=frames,
        movie=f"{take.stem}.mp4",
        exr_stem=take.stem,
        metadata={"brief": s.brief.text, "seed": s.request.seed},
    )
    progress(1.0)
    return sorted(p.name for p in take.path.iterdir() if not p.name.startswith("."))


def telling_frames(motion: Motion, frames: int, count: int) -> list[int]:
    """Frames for a contact sheet: one before, then closer together where more is happening."""
    count = min(count, frames)
    travel = np.linalg.norm(np.diff(motion.position[: frames + 1], axis=0), axis=2).mean(1)
    # A share of even spacing keeps the quiet ends in.
    weight = travel / max(float(travel.sum()), 1e-9) * 0.55 + 0.45 / frames
    way = np.concatenate([[0.0], np.cumsum(weight)])[:-1]
    way /= max(float(way[-1]), 1e-9)
    picks = np.searchsorted(way, np.linspace(0, 1, count), side="left")
    chosen = sorted(set(np.clip(picks, 0, frames - 1).tolist()))
    spare = [f for f in range(frames) if f not in chosen]
    while len(chosen) < count:  # two picks fell on one frame
        chosen.append(spare.pop(len(spare) // 2))
    return sorted(chosen)


def _bytes(picture: Picture) -> NDArray[np.uint8]:
    """0..1 to eight bits."""
    return np.asarray(cv2.convertScaleAbs(picture, alpha=255), np.uint8)
