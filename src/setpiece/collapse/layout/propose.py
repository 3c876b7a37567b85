"""A first outline where the artist drew none."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.layout.pictures import U8, exposed8
from setpiece.collapse.layout.sky import sky_mask
from setpiece.errors import NoBuilding

_WORK = 720
_ADVICE = "Draw the outline of the building that should fall (--outline)."
#: A building worth a shot takes this share of the frame.
_LEAST = 0.06


def propose_outline(image: NDArray[np.float32]) -> tuple[NDArray[np.float64], list[str]]:
    """Outline (n, 2) [px] of the most building-like thing in the plate, and notes.

    Straight upright and level edges that lie close together, off the sky, the greenery and the
    ground, mark walls; GrabCut grows them to the silhouette.

    Raises:
        NoBuilding: nothing in the plate looks enough like one (the reason is named).
    """
    small = exposed8(image, _WORK)
    h, w = small.shape[:2]
    sky = cv2.resize(sky_mask(image), (w, h), interpolation=cv2.INTER_AREA) > 0.5
    green = _greenery(small)
    usable = ~sky & ~green
    structure = _structure(small, usable)
    walls = (structure > 0.42) & usable
    k = max(3, int(0.02 * w)) | 1
    walls = cv2.morphologyEx(walls.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((k, k), np.uint8))
    walls = cv2.morphologyEx(walls, cv2.MORPH_OPEN, np.ones((k, k), np.uint8))
    _, parts, stats, _ = cv2.connectedComponentsWithStats(walls)
    if len(stats) < 2:
        raise NoBuilding(
            f"The plate shows no walls: no upright and level edges together. {_ADVICE}"
        )
    share = stats[1:, cv2.CC_STAT_AREA] / (h * w)
    # what stands against the sky and high in the frame is rather a building than a car or a road
    rank = share * [_standing(parts == i + 1, sky) for i in range(len(share))]
    best = int(np.argmax(rank))
    if share[best] < _LEAST or rank[best] < 0.6 * _LEAST:
        raise NoBuilding(
            f"The plate shows no building to speak of: what looks most like one takes "
            f"{share[best]:.0%} of the frame. {_ADVICE}"
        )
    mask = _grown(small, parts == best + 1, sky, green)
    if mask.mean() < _LEAST:
        raise NoBuilding(f"No building stands out clearly from what is around it. {_ADVICE}")
    outline = _polygon(mask) * [image.shape[1] / w, image.shape[0] / h]
    notes = ["The outline was proposed by the program: check it, or draw it with --outline."]
    touching = sum(
        bool(side.mean() > 0.25) for side in (mask[:, 0], mask[:, -1], mask[0], mask[-1])
    )
    if touching >= 2 or _solidity(mask) < 0.8 or (green & mask).mean() > 0.1:
        notes.append("It is unsure: the building runs out of the frame or into its neighbours.")
    return outline, notes


def _greenery(small: U8) -> NDArray[np.bool_]:
    """Leaves and grass by excess green (Woebbecke et al., Trans. ASAE 1995)."""
    f = cv2.GaussianBlur(small.astype(np.float32), (0, 0), 2.0)
    excess = (2 * f[..., 1] - f[..., 0] - f[..., 2]) / (f.sum(-1) + 1)
    return np.asarray(excess > 0.05)


def _structure(small: U8, usable: NDArray[np.bool_]) -> NDArray[np.float32]:
    """0..1: how densely straight upright and level edges lie around each pixel, both kinds."""
    h, w = usable.shape
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(grey)[0]
    fields = np.zeros((2, h, w), np.float32)
    for x0, y0, x1, y1 in found.reshape(-1, 4) if found is not None else []:
        size = float(np.hypot(x1 - x0, y1 - y0))
        if size < 0.016 * w:
            continue
        mx, my = int((x0 + x1) / 2), int((y0 + y1) / 2)
        if not usable[min(my, h - 1), min(mx, w - 1)]:
            continue
        lean = np.degrees(np.arctan2(abs(x1 - x0), abs(y1 - y0)))
        kind = 0 if lean < 14 else 1 if lean > 50 else -1
        if kind >= 0:
            ends = (round(float(x0)), round(float(y0))), (round(float(x1)), round(float(y1)))
            cv2.line(fields[kind], *ends, 1.0, 1)
    sigma = 0.028 * w
    dense = np.stack([cv2.GaussianBlur(f, (0, 0), sigma) for f in fields])
    return np.asarray(np.clip(np.sqrt(dense[0] * dense[1]) / 0.06, 0, 1), np.float32)


def _standing(part: NDArray[np.bool_], sky: NDArray[np.bool_]) -> float:
    """0..1: does it rise, or lie along the bottom like a road or a car."""
    rows = np.nonzero(part.any(1))[0] / len(part)
    tall = float(rows[-1] - rows[0])
    return float(np.clip(tall / 0.3, 0, 1) * np.clip((0.75 - rows[0]) / 0.35, 0, 1))


def _grown(
    small: U8, seed: NDArray[np.bool_], sky: NDArray[np.bool_], green: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """The silhouette around the seed: GrabCut (Rother et al., SIGGRAPH 2004)."""
    h, w = seed.shape
    k = max(3, int(0.035 * w)) | 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (k, k))
    near = cv2.dilate(seed.astype(np.uint8), disc, iterations=2) > 0
    sure = cv2.erode(seed.astype(np.uint8), disc) > 0
    cut = np.full((h, w), cv2.GC_BGD, np.uint8)
    cut[near] = cv2.GC_PR_BGD
    cut[seed] = cv2.GC_PR_FGD
    cut[sure] = cv2.GC_FGD
    cut[sky | (green & ~sure)] = cv2.GC_BGD
    front = np.isin(cut, [cv2.GC_FGD, cv2.GC_PR_FGD])
    if front.any() and not front.all():
        cv2.setRNGSeed(0)
        bgr = np.ascontiguousarray(small[..., ::-1])
        cv2.grabCut(bgr, cut, None, np.zeros((1, 65)), np.zeros((1, 65)), 4, cv2.GC_INIT_WITH_MASK)
    found = np.isin(cut, [cv2.GC_FGD, cv2.GC_PR_FGD]).astype(np.uint8)
    found = cv2.morphologyEx(found, cv2.MORPH_CLOSE, disc)
    found = cv2.morphologyEx(found, cv2.MORPH_OPEN, disc)
    _, parts, stats, _ = cv2.connectedComponentsWithStats(found)
    if len(stats) < 2:
        return np.asarray(seed)
    one = (parts == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))).astype(np.uint8)
    contours, _ = cv2.findContours(one, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(one, contours, -1, 1, -1)  # windows are part of it
    return np.asarray(one > 0)


def _solidity(mask: NDArray[np.bool_]) -> float:
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    hull = cv2.convexHull(np.concatenate(contours))
    return float(mask.sum() / max(cv2.contourArea(hull), 1.0))


def _polygon(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Few points around a mask; they reach the frame where the mask does."""
    h, w = mask.shape
    wide = cv2.copyMakeBorder(mask.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    contours, _ = cv2.findContours(wide, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    contour = max(contours, key=cv2.contourArea)
    points = cv2.approxPolyDP(contour, 0.004 * max(h, w), True)[:, 0].astype(float) - 0.5
    points[:, 0] = np.where(points[:, 0] > w - 1.6, w, np.where(points[:, 0] < 1, 0, points[:, 0]))
    points[:, 1] = np.where(points[:, 1] > h - 1.6, h, np.where(points[:, 1] < 1, 0, points[:, 1]))
    return points
