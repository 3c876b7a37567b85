"""A rectangular block with a roof, as the fit moves it about: its prism, and what it covers."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.layout.model import Prism, Roof
from setpiece.collapse.layout.shapes import even_longer
from setpiece.render.camera import Camera

F64 = NDArray[np.float64]
_NEAR = 0.05


@dataclass(frozen=True)
class Block:
    """A rectangular block in units of the distance to its reference point, camera at (0, 0, 0).

    Attributes:
        x, y, z: the foot's corner nearest to the camera (or the middle of a frontal wall).
        yaw: of the first axis [radians]. left, right: extent along it from (x, y).
        depth: extent along the second axis. height: of the walls.
        roof: kind; pitch [degrees]; overhang; ridge: True along the first axis.
    """

    x: float
    y: float
    z: float
    yaw: float
    left: float
    right: float
    depth: float
    height: float
    roof: str = "flat"
    pitch: float = 0.0
    overhang: float = 0.0
    ridge: bool = True

    def corners(self) -> F64:
        """Footprint (4, 2), counter-clockwise; edge 0 is the front along the first axis."""
        u = np.array([np.cos(self.yaw), np.sin(self.yaw)])
        v = np.array([-u[1], u[0]])
        o = np.array([self.x, self.y])
        return np.array(
            [o - u * self.left, o + u * self.right, o + u * self.right + v * self.depth,
             o - u * self.left + v * self.depth]
        )  # fmt: skip

    @property
    def total(self) -> float:
        """Height with the roof."""
        if self.roof == "flat":
            return self.height
        across = self.depth if self.ridge else self.left + self.right
        if self.roof in ("hip", "pyramid"):
            across = min(self.depth, self.left + self.right)
        return self.height + float(np.tan(np.radians(self.pitch))) * across / 2

    def prism(self, scale: float = 1.0, ground: float | None = None) -> Prism:
        """As a prism; z is measured from `ground` (by default from the camera)."""
        base = (self.z - (ground if ground is not None else 0.0)) * scale
        wide = even_longer(self.left + self.right, self.depth)
        roof = Roof(
            kind=self.roof,  # type: ignore[arg-type]
            pitch=float(np.clip(self.pitch, 0, 75)),
            overhang=float(np.clip(self.overhang * scale, 0, 4)),
            ridge="long" if wide == self.ridge else "short",
        )
        footprint = [(float(a), float(b)) for a, b in self.corners() * scale]
        return Prism.model_construct(
            footprint=footprint, base=base, height=self.height * scale, storeys=1, roof=roof,
            openings=[], construction="frame",
        )  # fmt: skip


def block_cover(block: Block, camera: Camera) -> NDArray[np.uint8]:
    """Coverage (height, width) 0..255 of a block; what `silhouette` says of its prism, sooner.

    Walls and roof are two convex bodies (a gable's eaves two more flat pieces), and what the
    camera sees of a convex body is the hull of its corners. Thousands of blocks are tried.
    """
    out = np.zeros((camera.height, camera.width), np.uint8)
    middle = np.array(camera.centre) - 0.5
    limit = 20.0 * max(camera.width, camera.height)
    for part in _bodies(block):
        local = (part - camera.position) @ camera.rotation.T
        depth = local[:, 2]
        if depth.max() <= _NEAR:
            continue
        if depth.min() < _NEAR:  # the part before the camera: corners, and where edges pass it
            local = _before(local)
            depth = local[:, 2]
        pixels = local[:, :2] / depth[:, None] * camera.focal + middle
        pixels = np.clip(pixels, -limit, limit)
        hull = cv2.convexHull(np.round(pixels * 16).astype(np.int32))
        cv2.fillPoly(out, [hull], 255, cv2.LINE_8, 4)
    return out


def _before(local: F64) -> F64:
    """Points of a convex body's part that lies before the near plane."""
    near, far = local[local[:, 2] < _NEAR], local[local[:, 2] >= _NEAR]
    t = (_NEAR - near[:, None, 2]) / (far[None, :, 2] - near[:, None, 2])
    cut = near[:, None] + (far[None] - near[:, None]) * t[..., None]
    return np.concatenate([far, cut.reshape(-1, 3)])


def _bodies(b: Block) -> list[F64]:
    """Corners of convex bodies that fill what the prism of the block fills, eaves included."""
    p = b.corners()
    low, high, o = b.z, b.z + b.height, float(np.clip(b.overhang, 0, 4))
    walls = np.concatenate([np.c_[p, np.full(4, low)], np.c_[p, np.full(4, high)]])
    u = np.array([np.cos(b.yaw), np.sin(b.yaw)])
    v = np.array([-u[1], u[0]])
    wide = np.array([-u - v, u - v, u + v, -u + v])
    if b.roof == "flat":
        return [walls, np.c_[p + wide * o, np.full(4, high)]] if o > 0 else [walls]
    slope = float(np.tan(np.radians(np.clip(b.pitch, 3.0, 72.0))))
    size = (b.left + b.right, b.depth)
    along = b.ridge if b.roof == "gable" else size[0] >= size[1]
    half = (size[1] if along else size[0]) / 2
    eaves = np.c_[p + wide * o, np.full(4, high - slope * o)]
    centre = p.mean(0)
    if b.roof == "pyramid":
        return [walls, np.vstack([eaves, [*centre, high + slope * min(size) / 2]])]
    reach, way = (size[0] / 2, u) if along else (size[1] / 2, v)
    top = high + slope * half
    if b.roof == "hip":
        ridge = [[*(centre + s * way * (reach - half)), top] for s in (-1, 1)]
        return [walls, np.vstack([eaves, ridge])]
    walls = np.vstack([walls, [[*(centre + s * way * reach), top] for s in (-1, 1)]])
    ends = np.array([[*(centre + s * way * (reach + o)), top] for s in (-1, 1)])
    sides = ((0, 1), (2, 3)) if along else ((1, 2), (3, 0))
    return [walls, *(np.vstack([eaves[list(side)], ends]) for side in sides)]
