"""What leaves the room: movies, contact sheet, breakdown, USD and OTIO, from the frames' EXRs."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.collapse.breakdown import frames_seen, write_breakdown
from setpiece.collapse.frame_files import finished_picture
from setpiece.collapse.make import fragments_of, light_of, motion_of
from setpiece.collapse.motion import Motion
from setpiece.collapse.shards import LETS_GO
from setpiece.media.burnin import make_burnin
from setpiece.media.colour import to_display
from setpiece.media.editorial import write_otio
from setpiece.media.exr import read_exr, to_half
from setpiece.media.movie import MovieWriter
from setpiece.media.sheet import contact_sheet, save_jpeg
from setpiece.media.usd import write_usd
from setpiece.show import TakeFolder

if TYPE_CHECKING:
    from setpiece.collapse.shot import Stages

Picture = NDArray[Any]
FIRST = 1001
COOL = np.array([0.85, 0.95, 1.1], np.float32)  # of the sky on clay
SHEET = 12  # pictures on the contact sheet
BREAKDOWN_WIDTH = 960
STEPS = 7  # layers of the breakdown
LAYERS = ("rgba", "N", "dust", "crypto_fragment00")


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
    small = (min(w, BREAKDOWN_WIDTH) // 2 * 2, round(min(w, BREAKDOWN_WIDTH) * h / w) // 2 * 2)
    palette = _palette(len(pieces))
    sun = np.array(light_of(s).direction, np.float32)
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
    # The layers in between are shown for a second each: only those frames are drawn.
    explained = set[int]().union(*frames_seen(STEPS, fps=fps, frames=frames)[2:-1], {0})
    with tempfile.TemporaryDirectory(dir=take.path, prefix=".layers-") as scratch:
        kept = {
            name: np.lib.format.open_memmap(
                Path(scratch) / f"{name}.npy", "w+", np.uint8, (frames, small[1], small[0], 3)
            )
            for name in ("fall", "light", "dust", "final")
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
                layers = {}
                if picture is None or f in explained:
                    layers = read_exr(take.frame(FIRST + f), layers=LAYERS)
                    picture = layers["rgba"][..., :3]
                shown = to_display(picture)
                h264.add(shown)
                prores.add(shown)
                if f in sheet_frames:
                    tiles.append((f"{FIRST + f}   {f / float(fps):.2f} s", shown.copy()))
                tiny = cv2.resize(shown, small, interpolation=cv2.INTER_AREA)
                kept["final"][f] = _bytes(tiny)
                if f in explained:
                    for name, view in _views(layers, tiny, palette, sun, small).items():
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
        drawn = cv2.imread(str(s.folders["layout"] / "layout.png"))
        assert drawn is not None, "the layout stage always draws it"
        # Only the picture: the panel of text below it is for approval.
        plan = drawn[: round(drawn.shape[1] * h / w), :, ::-1]
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


def _palette(count: int) -> NDArray[np.float32]:
    """A colour for each piece, and grey for none (last)."""
    rng = np.random.default_rng(11)
    hue = rng.random(count)
    wheel = 0.5 + 0.5 * np.cos(6.2832 * (hue[:, None] + np.array([0.0, 0.33, 0.67])))
    colours = 0.35 + 0.45 * wheel * (0.7 + 0.3 * rng.random((count, 1)))
    return np.concatenate([colours, [[0.2, 0.2, 0.2]]]).astype(np.float32)


def _views(
    layers: dict[str, Picture],
    small: Picture,
    palette: Picture,
    sun: Picture,
    size: tuple[int, int],
) -> dict[str, NDArray[np.uint8]]:
    """The small pictures of the breakdown, uint8, display-referred. small: the final one."""
    w, h = size
    tall, wide = layers["N"].shape[:2]
    near = np.ix_(np.arange(h) * tall // h, np.arange(w) * wide // w)
    normal = layers["N"][near].astype(np.float32)
    first = layers["crypto_fragment00"][..., :2][near]
    # The id is a hash: any of its bits picks a colour.
    key = np.ascontiguousarray(first[..., 0], np.float32).view(np.uint32) % (len(palette) - 1)
    dust = cv2.resize(layers["dust"].astype(np.float32), size, interpolation=cv2.INTER_AREA)
    smoke = to_display(to_half(np.maximum(dust[..., :3], 0)))
    out = {name: np.empty((h, w, 3), np.uint8) for name in ("fall", "light", "dust")}
    _draw(
        normal, key, np.ascontiguousarray(first[..., 1]), dust, smoke, small, palette, sun, COOL,
        out["fall"], out["light"], out["dust"],
    )  # fmt: skip
    return out


@njit(cache=True, nogil=True)
def _draw(normal, key, cover, dust, smoke, small, palette, sun, cool, fall, light, cloud):
    one, half = np.float32(1), np.float32(0.5)
    for y in range(fall.shape[0]):
        for x in range(fall.shape[1]):
            n = normal[y, x]
            there = abs(n[0]) + abs(n[1]) + abs(n[2]) > 0.1 and cover[y, x] > 0.05
            facing = min(max(n[0] * sun[0] + n[1] * sun[1] + n[2] * sun[2], np.float32(0)), one)
            sky = half + half * n[2]
            a = min(max(dust[y, x, 3], np.float32(0)), one)
            for c in range(3):
                dim = 0.35 * small[y, x, c] + 0.04
                piece, clay = dim, dim
                if there:
                    piece = palette[key[y, x], c] * (0.45 + 0.35 * facing + 0.3 * sky)
                    clay = 0.16 + 0.55 * facing + 0.22 * sky * cool[c]
                smoky = smoke[y, x, c] * math.sqrt(a) + (1 - a) * 0.6 * clay
                fall[y, x, c] = np.uint8(min(max(piece, 0.0), 1.0) * 255 + 0.5)
                light[y, x, c] = np.uint8(min(max(clay, 0.0), 1.0) * 255 + 0.5)
                cloud[y, x, c] = np.uint8(min(max(smoky, 0.0), 1.0) * 255 + 0.5)


def _bytes(picture: Picture) -> NDArray[np.uint8]:
    """0..1 to eight bits."""
    return np.asarray(cv2.convertScaleAbs(picture, alpha=255), np.uint8)
