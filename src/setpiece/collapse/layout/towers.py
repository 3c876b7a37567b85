"""Towers in tiers: pagodas, lanterns, stepped spires."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from setpiece.collapse.layout.model import Prism, Roof
from setpiece.collapse.layout.shapes import silhouette
from setpiece.collapse.layout.target import Target, make_target, scores
from setpiece.render.camera import Camera

F64 = NDArray[np.float64]
_SIDES = 8
_FINE = 560


def is_tower(outline: F64, width: int, height: int) -> bool:
    """Is this outline (n, 2) [px] symmetric about an upright axis, with two eaves or more."""
    camera = Camera.from_angles(width, width, height, eye_height=0.0)
    profile = _profile(make_target(outline, camera, _FINE))
    return profile is not None and len(_eaves(profile[2])) >= 2


def fit_tower(target: Target, yaw: float) -> list[Prism] | None:
    """Tiers, lowest first, in units of the distance to the tower's axis; or None.

    A tower is an outline that is symmetric about an upright axis and has at least two eaves,
    that is bulges of its width over height. Every eave becomes the skirt roof of the tier below.
    """
    profile = _profile(target)
    if profile is None:
        return None
    rows, axis, half = profile
    eaves = _eaves(half)
    if len(eaves) < 2:
        return None
    best: tuple[float, list[Prism]] | None = None
    # what a corner adds to the width depends on how the polygon is turned
    for turn in (0.0, np.pi / _SIDES / 2, np.pi / _SIDES):
        for widen in (0.97, 1.0, 1.04):
            prisms = _tiers(target.camera, rows, axis, half * widen, eaves, turn)
            if not prisms:
                continue
            iou, _, cost = scores(target, silhouette(prisms, target.camera))
            if iou > 0.75 and (best is None or cost < best[0]):
                best = cost, prisms
    return None if best is None else best[1]


def _profile(target: Target) -> tuple[F64, float, F64] | None:
    """(rows, axis column, half width per row) of a symmetric outline, or None."""
    mask = target.mask > 0.5
    rows = np.nonzero(mask.any(1))[0]
    if len(rows) < 40:
        return None
    left = mask[rows].argmax(1).astype(float)
    right = mask.shape[1] - mask[rows][:, ::-1].argmax(1).astype(float)
    full = (mask[rows].sum(1) / (right - left)).mean()
    half = (right - left) / 2
    axis = float(np.average((left + right) / 2, weights=half))
    lean = float(np.average(np.abs((left + right) / 2 - axis), weights=half) / half.max())
    tall = len(rows) / (2 * half.max())
    if full < 0.95 or lean > 0.09 or tall < 0.8 or target.cut_left or target.cut_right:
        return None
    return rows.astype(float) + 0.5, axis, np.asarray(gaussian_filter1d(half, 1.5))


def _eaves(half: F64) -> list[int]:
    from scipy.signal import find_peaks  # half a second, which a layout that is given does not need

    peaks, _ = find_peaks(np.r_[half, half[-1] * 0.5], prominence=0.045 * half.max(), distance=8)
    wide = half[peaks] > 0.45 * half.max()
    return [int(p) for p, w in zip(peaks, wide, strict=True) if w and p < len(half) * 0.97]


def _tiers(
    camera: Camera, rows: F64, axis: float, half: F64, eaves: list[int], turn: float
) -> list[Prism]:
    """Prisms from the profile; the axis stands at distance 1."""
    rays = camera.rays(np.stack([np.full(len(rows), axis), rows], -1))
    flat = np.hypot(rays[:, 0], rays[:, 1])
    points = rays / flat[:, None]
    z = points[:, 2]
    centre = points[len(points) // 2, :2]
    depth = (points @ camera.rotation.T)[:, 2]
    phi = np.pi / _SIDES
    # widest extent across the line of sight of a polygon of circumradius 1 turned by `turn`
    reach = max(abs(np.cos(turn + k * 2 * phi)) for k in range(_SIDES))
    radius = half / camera.focal * depth / reach
    across = np.array([-centre[1], centre[0]])
    heading = np.arctan2(across[1], across[0])
    foot = len(rows) - 1

    # between two eaves: the wall, and where the lower skirt begins
    walls, skirts = [], []
    for k, e in enumerate(eaves):
        end = eaves[k + 1] if k + 1 < len(eaves) else foot
        span = np.arange(e + 1, end + 1)
        low = span[int(np.argmin(radius[span]))] if len(span) else e
        if k + 1 < len(eaves):
            inner = radius[span]
            wall = float(np.percentile(inner, 30))
            below = np.arange(low, end + 1)
            grown = below[radius[below] > wall + 0.25 * (radius[end] - wall)]
            skirt = int(grown[0]) if len(grown) else end
        else:
            wall = float(np.percentile(radius[span], 45)) if len(span) else float(radius[e])
            skirt = foot
        walls.append(wall)
        skirts.append(skirt)
    out = []
    for k, e in enumerate(eaves):
        rim = float(radius[e])
        wall = min(walls[k], rim)
        above = walls[k - 1] if k else 0.0
        start = z[skirts[k - 1]] if k else z[_shoulder(radius[: e + 1])]
        if k == 0:
            above = float(radius[_shoulder(radius[: e + 1])])
        slope = float((start - z[e]) / max(rim - above, 0.02 * rim))
        slope = float(np.clip(slope, np.tan(np.radians(8)), np.tan(np.radians(60))))
        base = float(z[skirts[k]])
        top = float(z[e]) + slope * (rim - wall)
        if top - base < 1e-3:
            continue
        roof = Roof(kind="pyramid", pitch=float(np.degrees(np.arctan(slope))))
        roof.overhang = min(rim - wall, 4.0)
        out.append(_prism(centre, wall, heading + turn, base, top - base, roof))
    tip = _shoulder(radius[: eaves[0] + 1])
    if tip > 3 and out:
        knob = float(np.median(radius[:tip]))
        out.insert(0, _prism(centre, knob, heading + turn, float(z[tip]) - 0.3 * knob,
                             float(z[0] - z[tip]) + 0.3 * knob, Roof()))  # fmt: skip
    return out[::-1]


def _shoulder(radius: F64) -> int:
    """Index where a finial ends and the roof begins to widen for good."""
    thin = np.nonzero(radius < 0.24 * radius.max())[0]
    return int(thin[-1]) if len(thin) else 0


def _prism(
    centre: F64, radius: float, heading: float, base: float, height: float, roof: Roof
) -> Prism:
    angle = heading + np.arange(_SIDES) * 2 * np.pi / _SIDES
    ring = centre + radius * np.stack([np.cos(angle), np.sin(angle)], -1)
    return Prism.model_construct(
        footprint=[(float(x), float(y)) for x, y in ring], base=base, height=height, storeys=1,
        roof=roof, openings=[], construction="timber",
    )  # fmt: skip
