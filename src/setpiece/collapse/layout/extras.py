"""Blocks beside and on the main one, for what it leaves uncovered."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from setpiece.collapse.layout.block import Block, block_cover
from setpiece.collapse.layout.model import Prism
from setpiece.collapse.layout.target import Target, scores

U8 = NDArray[np.uint8]
#: A part of the outline must be this large, of the whole, to get a block of its own.
_LEAST = 0.012
_MOST = 3


def add_blocks(main: Block, target: Target) -> list[Prism]:
    """The main block's prism, and chimneys, gables and wings flush with its front that cover
    what of the outline it leaves open. `target`: at working size."""
    prisms = [main.prism()]
    cover = block_cover(main, target.camera)
    for _ in range(_MOST):
        found = _open(target, cover)
        if found is None:
            break
        before = scores(target, cover)[2]
        best: tuple[float, Prism, U8] | None = None
        for roof in ("flat", "gable"):
            made = _fit(main, target, cover, found, roof)
            if made is not None and (best is None or made[0] < best[0] - 0.004):
                best = made
        if best is None or best[0] > before - 0.012:
            break
        prisms.append(best[1])
        cover = np.maximum(cover, best[2])
    return prisms


def _open(target: Target, cover: U8) -> tuple[float, float, float] | None:
    """(left, right, top) [px] of the largest part left open."""
    gap = ((target.mask > 0.5) & (cover < 128)).astype(np.uint8)
    gap = cv2.morphologyEx(gap, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(gap)
    if len(stats) < 2:
        return None
    k = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    x, y, w, _, area = (float(v) for v in stats[k])
    if area < _LEAST * target.area:
        return None
    return x, x + w, y


def _fit(
    main: Block, target: Target, cover: U8, box: tuple[float, float, float], roof: str
) -> tuple[float, Prism, U8] | None:
    camera = target.camera
    u = np.array([np.cos(main.yaw), np.sin(main.yaw)])
    n = np.array([-u[1], u[0]])
    # Seen on the corner, a narrow part is a chimney that stands on the roof, not on the front.
    corner = abs(np.degrees(main.yaw)) > 12 and roof == "flat" and main.roof != "flat"
    origin = np.array([main.x, main.y]) + n * (0.5 * main.depth if corner else 0.0)

    def on_front(x: float, y: float) -> tuple[float, float] | None:
        ray = camera.rays(np.array([x, y]))
        across = float(ray[:2] @ n)
        if across < 1e-4:
            return None
        t = float(origin @ n) / across
        return float((ray[:2] * t - origin) @ u), float(ray[2] * t)

    a, b = on_front(box[0], box[2]), on_front(box[1], box[2])
    if a is None or b is None or b[0] - a[0] < 1e-4:
        return None
    width, top = b[0] - a[0], max(a[1], b[1]) - main.z
    if top <= 0:
        return None
    depth = min(main.depth, max(width, 0.1 * main.depth))
    chimney = corner and width < 0.3 * (main.left + main.right)
    if corner and not chimney:
        return None
    lift = 0.9 * main.height if chimney else 0.0
    top -= lift
    if top <= 0:
        return None
    start = replace(
        main, x=float(origin[0]), y=float(origin[1]), z=main.z + lift,
        left=-a[0], right=b[0], depth=depth, height=top * (1 if roof == "flat" else 0.8),
        roof=roof, pitch=45.0, overhang=0.0, ridge=False,
    )  # fmt: skip

    def made(p: NDArray[np.float64]) -> Block:
        return replace(
            start,
            left=start.left + p[0] * width,
            right=start.right + p[1] * width,
            height=start.height * float(np.exp(np.clip(p[2], -1, 1))),
            pitch=float(np.clip(45 + 15 * p[3], 12, 70)) if roof == "gable" else 0.0,
        )

    def cost(p: NDArray[np.float64]) -> float:
        block = made(p)
        if block.left + block.right < 0.2 * width:
            return 9.0
        shape = block_cover(block, camera)
        return scores(target, cv2.max(cover, shape))[2] + 0.001 * float(p @ p)

    count = 4 if roof == "gable" else 3
    simplex = np.vstack([np.zeros(count), np.eye(count) * [0.3, 0.3, 0.12, 0.6][:count]])
    found = minimize(
        cost, np.zeros(count), method="Nelder-Mead",
        options={"initial_simplex": simplex, "maxfev": 160, "xatol": 1e-3, "fatol": 1e-4},
    )  # fmt: skip
    block = made(found.x)
    return float(found.fun), block.prism(), block_cover(block, camera)
