"""The collapses that the dust model learns from, and those it never sees.

Every one is a building of its own, falls its own way and has its own sun. Three are held out
whole: one lit from the side, one from behind, one from the front.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from setpiece.collapse.brief import Brief
from setpiece.collapse.brief_reader import read_brief
from setpiece.collapse.fall import fall
from setpiece.collapse.fracture import fracture, load_fragments, save_fragments
from setpiece.collapse.fragments import Fragments
from setpiece.collapse.layout.model import CameraModel, Layout, Opening, Prism
from setpiece.collapse.motion import Motion, load_motion, save_motion
from setpiece.collapse.structure import strengthen
from setpiece.render.camera import Camera
from setpiece.render.light import Light

FPS = Fraction(24)
PIECES = 320
SIZE = (768, 432)  # of the picture
STOREY = 3.2  # m


@dataclass(frozen=True)
class Collapse:
    """name, split: "train", "watch" (chooses when to stop) or "held" (only ever measured on).
    storeys; width, depth [m] of the building, turned by `turn` degrees; distance [m] to it;
    lens: focal length over the width of the picture. sun: degrees from behind the camera, clockwise
    from above, and above the horizon. say: the brief. frames: of the shot. like: name of a
    collapse that this is under another sun."""

    name: str
    split: str
    storeys: int
    width: float
    depth: float
    turn: float
    distance: float
    lens: float
    sun: tuple[float, float]
    say: str
    frames: int = 72
    like: str = ""

    @property
    def brief(self) -> Brief:
        return read_brief(self.say, fps=FPS)

    @property
    def camera(self) -> Camera:
        return self.layout.view()

    @property
    def light(self) -> Light:
        a, e = np.radians(self.sun)
        towards = (math.sin(a) * math.cos(e), -math.cos(a) * math.cos(e), math.sin(e))
        return Light(direction=(float(towards[0]), float(towards[1]), float(towards[2])))

    @property
    def layout(self) -> Layout:
        """The building and a camera that holds it, with room for the cloud."""
        width, height = SIZE
        top = self.storeys * STOREY
        t = math.radians(self.turn)
        c, s = math.cos(t), math.sin(t)
        corners = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
        footprint = [
            (x * self.width / 2 * c - y * self.depth / 2 * s,
             self.distance + x * self.width / 2 * s + y * self.depth / 2 * c)
            for x, y in corners
        ]  # fmt: skip
        openings = []
        for face, length in enumerate((self.width, self.depth) * 2):
            n = max(int(length / 3.4), 1)
            pitch = length / n
            openings += [
                Opening(face=face, left=(i + 0.25) * pitch, right=(i + 0.75) * pitch,
                        bottom=k * STOREY + 0.9, top=k * STOREY + 2.5)
                for i in range(n) for k in range(self.storeys)
            ]  # fmt: skip
        tilt = math.degrees(math.atan2(0.36 * top, self.distance))
        model = CameraModel(focal=self.lens * width, tilt=tilt, eye_height=1.7)
        prism = Prism(
            footprint=footprint, height=top, storeys=self.storeys, openings=openings,
            construction="frame",
        )  # fmt: skip
        box = np.array([[x, y, z] for x, y in footprint for z in (0.0, top)])
        view = Camera.from_angles(model.focal, width, height, eye_height=1.7, tilt=tilt)
        p, _ = view.project(box)
        (x0, y0), (x1, y1) = p.min(0), p.max(0)
        outline = [(float(x), float(y)) for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))]
        return Layout(size=SIZE, camera=model, outline=outline, prisms=[prism])


_FALLS = (
    Collapse("tower", "train", 12, 20, 16, 24, 88, 0.95, (35, 42),
             "At 0.2 s the ground floor fails, it pancakes."),
    Collapse("slab", "train", 7, 40, 13, -18, 78, 0.85, (-70, 35),
             "At 0.2 s it fails on the left and runs to the right, heavy dust."),
    Collapse("corner", "train", 9, 22, 22, 42, 80, 1.0, (150, 30),
             "At 0.2 s it topples to the right, wind from the left."),
    Collapse("house", "train", 4, 15, 12, 12, 36, 0.95, (60, 55),
             "At 0.2 s it implodes, heavy dust."),
    Collapse("block", "train", 8, 28, 18, -33, 72, 0.9, (110, 28),
             "At 0.2 s the third floor gives way, it pancakes, light wind from the right."),
    Collapse("wide", "train", 5, 46, 14, 8, 66, 0.8, (-25, 24),
             "At 0.2 s the right side falls, the left side stays up."),
    Collapse("mill", "train", 6, 30, 24, 30, 64, 0.9, (-140, 38),
             "At 0.2 s it folds in the middle, very heavy dust."),
    Collapse("high", "train", 16, 22, 22, -12, 104, 0.95, (85, 48),
             "At 0.2 s it implodes, wind from the left."),
    Collapse("front", "train", 8, 24, 15, 3, 60, 0.85, (-95, 40),
             "At 0.2 s it topples towards us, heavy dust."),
    Collapse("lane", "watch", 6, 20, 14, -25, 54, 0.95, (125, 33),
             "At 0.2 s the ground floor fails, it pancakes."),
    Collapse("hotel", "held", 10, 34, 16, 20, 84, 0.9, (90, 36),
             "At 0.2 s it fails on the right and runs to the left, heavy dust."),
    Collapse("depot", "held", 5, 26, 20, -38, 56, 0.95, (165, 32),
             "At 0.2 s it implodes, light wind from the left."),
    Collapse("office", "held", 11, 22, 18, 35, 82, 1.0, (20, 45),
             "At 0.2 s it topples to the left."),
)  # fmt: skip

# The same falls once more, with the sun on the other side.
COLLAPSES = _FALLS + tuple(
    replace(c, name=f"{c.name}2", like=c.name, sun=(c.sun[0] + 145, 75 - c.sun[1]))
    for c in _FALLS
    if c.split == "train"
)


def pieces_of(c: Collapse, folder: Path) -> tuple[Fragments, Motion]:
    """Its pieces and their motion, from `folder` where they were made before."""
    stored = folder / "fragments.npz", folder / "motion.npz"
    if not all(p.is_file() for p in stored):
        folder.mkdir(parents=True, exist_ok=True)
        layout = c.layout
        pieces = fracture(layout, count=PIECES, seed=1, focus=c.brief.failure_storeys or None)
        motion = fall(pieces, strengthen(pieces, layout), c.brief, frames=c.frames, fps=FPS, seed=1)
        save_fragments(stored[0], pieces)
        save_motion(stored[1], motion)
    return load_fragments(stored[0]), load_motion(stored[1])
