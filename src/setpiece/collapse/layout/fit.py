"""One upright block, with its roof, whose silhouette is the outline."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares, minimize

from setpiece.collapse.layout.block import Block, block_cover
from setpiece.collapse.layout.target import Target, scores

F64 = NDArray[np.float64]
#: What a pitched roof must gain over a flat one where nobody asked for it.
_ROOF_PRICE = 0.06


def fit_block(
    target: Target,
    fine: Target,
    yaw: float,
    yaw_sigma: float,
    roof: str | None,
    pitch: float | None,
    eye_over_height: float | None,
    corner: F64 | None = None,
) -> Block:
    """The block whose silhouette fits best; settled on `target`, polished on the larger `fine`.

    yaw: of the first axis, from the vanishing points; either axis may be the front. roof: kind
    asked for, or None for a flat one and a gable in trial. eye_over_height: prior of the
    camera's height over the building's. corner: upright edge (2, 2), in frame widths, on which
    the near corner lies.
    """
    best: tuple[float, Block] | None = None
    # where the frame cuts the top off, no roof can be seen
    kinds = [roof] if roof else ["flat"] if target.cut_top else ["flat", "gable"]
    trials: list[tuple[float, Block]] = []
    for kind in kinds:
        for start in _starts(target, yaw):
            for block in _variants(start, kind, pitch):
                trials.append(
                    _improve(target, block, yaw_sigma, pitch, eye_over_height, 140, corner=corner)
                )
    # a roof must earn its place: gables fit noise in flat outlines
    trials.sort(key=lambda t: t[0] + (_price(t[1]) if roof is None else 0.0))
    for cost, block in trials[:3]:
        cost, block = _improve(target, block, yaw_sigma, pitch, eye_over_height, 500, corner=corner)
        cost += _price(block) if roof is None or block.roof == "flat" else 0.0
        if best is None or cost < best[0]:
            best = cost, block
    assert best is not None
    block = best[1]
    for reach in (0.2, 0.12, 0.07, 0.03):  # restarts: the simplex stalls in narrow valleys
        block = _improve(fine, block, yaw_sigma, pitch, eye_over_height, 240, reach, corner)[1]
    return _snapped(fine, block)


def _snapped(target: Target, block: Block) -> Block:
    """A flat block moved so that its corners meet the outline's, where most of them are near."""
    drawn = target.outline
    size = 0.012 * target.camera.width
    if block.roof != "flat" or block.overhang > 0 or len(drawn) > 8:
        return block

    def corners(b: Block) -> F64:
        p = b.corners()
        points = np.concatenate([np.c_[p, np.full(4, z)] for z in (b.z, b.z + b.height)])
        return target.camera.project(points)[0]

    if not len(drawn):
        return block
    apart = np.hypot(*(drawn[:, None] - corners(block)[None]).transpose(2, 0, 1))
    pairs = [(i, int(apart[i].argmin())) for i in range(len(drawn)) if apart[i].min() < size]
    if len(pairs) < max(5, len(drawn) - 1) or len({k for _, k in pairs}) < len(pairs):
        return block
    rows, names = [i for i, _ in pairs], [k for _, k in pairs]
    width = block.left + block.right

    def made(p: F64) -> Block:
        return replace(
            block, x=block.x + p[0], z=block.z + p[1],
            left=block.left * (1 + p[2]) if block.left else 0.0,
            right=block.right * (1 + p[2]) if block.right else 0.0,
            depth=block.depth * (1 + p[3]), height=block.height * (1 + p[4]),
            yaw=block.yaw + 0.1 * p[5],
        )  # fmt: skip

    def miss(p: F64) -> F64:
        return np.concatenate([(corners(made(p))[names] - drawn[rows]).ravel(), [width * p[5]]])

    moved = made(least_squares(miss, np.zeros(6), max_nfev=40).x)
    now, then = (scores(target, block_cover(b, target.camera))[2] for b in (moved, block))
    return moved if now < then + 0.003 else block


def _price(block: Block) -> float:
    if block.roof != "flat":
        return _ROOF_PRICE
    return 0.5 * _ROOF_PRICE if block.overhang > 0.02 * block.height else 0.0


def _variants(start: Block, kind: str, pitch: float | None) -> list[Block]:
    """A start with the roofs of this kind that are worth a trial."""
    if kind == "flat":
        return [start, replace(start, height=0.9 * start.height, overhang=0.12 * start.height)]
    angle = pitch or 35.0
    return [
        replace(start, roof=kind, ridge=ridge, pitch=angle, height=share * start.height)
        for ridge in ((True, False) if kind == "gable" else (True,))
        for share in (0.45, 0.7)
    ]


def _starts(target: Target, yaw: float) -> list[Block]:
    """Blocks of about the outline's size, seen on the corner or from the front."""
    camera, mask = target.camera, target.mask
    rows = np.nonzero(mask.max(1) > 0.5)[0]
    cols = np.nonzero(mask.max(0) > 0.5)[0]
    x0, x1, y0, y1 = cols[0], cols[-1] + 1, rows[0], rows[-1] + 1
    out = []
    quarter = np.pi / 2
    turned = (yaw + quarter / 2) % quarter - quarter / 2  # -45..45 degrees
    for share in (0.15, 0.5, 0.85):
        u = x0 + share * (x1 - x0)
        column = np.nonzero(mask[:, int(np.clip(u, x0, x1 - 1))] > 0.5)[0]
        foot = column[-1] + 1 if len(column) else y1
        ray = camera.rays(np.array([u, foot]))
        ray = ray / max(np.hypot(ray[0], ray[1]), 1e-6)
        tall = (y1 - y0) / camera.focal
        for psi in (turned, turned + quarter if turned < 0 else turned - quarter):
            # the front's normal must look at the camera: the second axis leads away from it
            if np.cos(psi) * ray[1] - np.sin(psi) * ray[0] < 0.05:
                continue
            width = (x1 - x0) / camera.focal / max(abs(np.cos(psi)), 0.5)
            left, right = share * width, (1 - share) * width
            if abs(psi) > np.radians(12):
                # on the corner: the front runs to one side of it, the depth to the other
                left, right = (0.0, max(right, 0.1 * width)) if psi > 0 else (left, 0.0)
            out.append(
                Block(
                    float(ray[0]), float(ray[1]), float(ray[2]), float(psi),
                    max(float(left), 0.0), max(float(right), 0.0), 0.7 * float(width), float(tall),
                )
            )  # fmt: skip
    return out


def _corner_miss(block: Block, target: Target, corner: F64) -> float:
    """Mean squared distance of the nearest of the block's upright edges that face the camera, in
    frame widths."""
    c = block.corners()
    near = c[np.argmin(np.hypot(c[:, 0], c[:, 1]))]
    ends = np.array([[*near, block.z], [*near, block.z + block.height]])
    pixels, depth = target.camera.project(ends)
    if depth.min() <= 0.01:
        return 1.0
    p = (pixels - target.pad) / (target.camera.width - 2 * target.pad)
    way = p[1] - p[0]
    n = np.array([-way[1], way[0]]) / max(float(np.hypot(*way)), 1e-9)
    return float((((corner - p[0]) @ n) ** 2).mean())


def _improve(
    target: Target,
    block: Block,
    yaw_sigma: float,
    pitch: float | None,
    eye_over_height: float | None,
    evaluations: int,
    reach: float = 1.0,
    corner: F64 | None = None,
) -> tuple[float, Block]:
    sigma = float(np.clip(yaw_sigma, np.radians(0.3), np.radians(8)))
    pitched = block.roof != "flat"
    tallest = 1.15 * float(np.ptp(np.nonzero(target.mask.max(1) > 0.5)[0])) / target.camera.focal
    tallest *= float(np.hypot(block.x, block.y))
    overhangs = not pitched and not target.cut_top and block.overhang > 0

    def made(p: F64) -> Block:
        distance = 1.0
        x = block.x + p[0] * distance
        size = np.exp(np.clip(p[3:6], -4, 4))
        left, right = block.left, block.right
        width = left + right
        if left == 0 or right == 0:
            left, right = left * size[0], right * size[0]
        else:
            left, right = left + width * (size[0] - 1) / 2, right + width * (size[0] - 1) / 2
        return replace(
            block, x=x, z=block.z + p[1], yaw=block.yaw + p[2] * sigma,
            left=left, right=right, depth=block.depth * size[1], height=block.height * size[2],
            pitch=float(np.clip(block.pitch + p[6] * 10, 8, 72)) if pitched else 0.0,
            overhang=float(np.clip(block.overhang + p[7] * block.height, 0, 0.35 * block.height))
            if pitched else 0.0 if not overhangs else
            float(np.clip(block.overhang + p[6] * 0.3 * block.height, 0, 0.3 * block.height)),
        )  # fmt: skip

    def cost(p: F64) -> float:
        b = made(p)
        value = scores(target, block_cover(b, target.camera))[2]
        width = b.left + b.right
        value += 0.004 * p[2] ** 2 + 0.004 * np.log(b.depth / (0.7 * width)) ** 2
        if target.cut_top:  # it goes on beyond the frame, but not far
            value += 0.02 * np.log(b.total / tallest) ** 2
        else:
            value += 0.002 * np.log(b.total / width) ** 2
        if pitched:
            wanted, stiff = (pitch, 0.004) if pitch else (38.0, 0.0002)
            value += stiff * (b.pitch - wanted) ** 2
        value += 0.02 * (b.overhang / b.height) ** 2 + 0.005 * b.overhang / b.height
        if corner is not None:
            value += 30 * _corner_miss(b, target, corner)
        if b.z > -1e-3:
            value += 20 * (b.z + 1e-3)
        if eye_over_height is not None:
            value += 0.05 * np.log(max(-b.z, 1e-3) / b.total / eye_over_height) ** 2
        return float(value)

    n = 8 if pitched else 7 if overhangs else 6
    step = np.array([0.04, 0.03, 0.5, 0.25, 0.35, 0.2, 0.8, 0.08])[:n] * reach
    simplex = np.vstack([np.zeros(n), np.diag(step)])
    found = minimize(
        cost, np.zeros(n), method="Nelder-Mead",
        options={"initial_simplex": simplex, "maxfev": evaluations, "xatol": 1e-4, "fatol": 1e-5},
    )  # fmt: skip
    return float(found.fun), made(found.x)
