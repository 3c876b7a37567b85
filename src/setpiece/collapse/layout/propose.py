"""A first outline where the artist drew none."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.layout.cut import binary_cut
from setpiece.collapse.layout.look import Look, look
from setpiece.collapse.layout.pictures import U8, exposed8, straight_edges
from setpiece.collapse.layout.sky import sky_mask
from setpiece.errors import NoBuilding

_WORK = 720
_ADVICE = "Draw the outline of the building that should fall (--outline)."
#: A building worth a shot takes this share of the frame.
_LEAST = 0.06
#: Share of the frame times density of straight edges below which it is a car or a fence.
_WEAKEST = 0.045
#: Share of the frame's width that a straight edge takes to be a ridge.
_RIDGE = 0.07
#: How far that ridge goes on beyond each end, of its length.
_ON = 0.8
#: Longer side of the picture that is cut [px].
_COARSE = 180


def propose_outline(image: NDArray[np.float32]) -> tuple[NDArray[np.float64], list[str]]:
    """Outline (n, 2) [px] of the most building-like thing in the plate, and notes.

    Straight upright and level edges that lie close together mark walls; sky, greenery and what
    lies below the walls' upright edges is none; a minimum cut between the two finds the border,
    whatever colours the building has.

    Raises:
        NoBuilding: nothing in the plate looks enough like one (the reason is named).
    """
    small = exposed8(image, _WORK)
    h, w = small.shape[:2]
    seen = look(small, cv2.resize(sky_mask(image), (w, h), interpolation=cv2.INTER_AREA) > 0.5)
    mask = _cut(small, seen)
    if mask is None:
        raise NoBuilding(
            f"The plate shows no walls: no upright and level edges together. {_ADVICE}"
        )
    share = float(mask.mean())
    # what stands against the sky and high in the frame is rather a building than a car or a road
    rank = share * _standing(mask, seen.sky)
    strength = share * float(seen.structure[mask].mean())
    if share < _LEAST or rank < 0.6 * _LEAST or strength < _WEAKEST:
        raise NoBuilding(
            f"The plate shows no building to speak of: what looks most like one takes "
            f"{share:.0%} of the frame and has few straight edges. {_ADVICE}"
        )
    mask = _squared(_roofed(mask, small, seen), seen.sky)
    outline = _polygon(mask) * [image.shape[1] / w, image.shape[0] / h]
    notes = ["The outline was proposed by the program: check it, or draw it with --outline."]
    notes += _doubts(mask, seen)
    return outline, notes


def _cut(small: U8, seen: Look) -> NDArray[np.bool_] | None:
    """The connected part that looks most like a building, at the size of `small`."""
    h, w = seen.sky.shape
    s = _COARSE / max(h, w)
    size = (round(w * s), round(h * s))

    def coarse(x: NDArray[Any]) -> NDArray[np.float32]:
        return cv2.resize(x.astype(np.float32), size, interpolation=cv2.INTER_AREA)

    colours = cv2.cvtColor(coarse(small) / 255, cv2.COLOR_RGB2Lab)
    gain = coarse(seen.gain())
    parts = cv2.connectedComponents(binary_cut(gain, colours, 1.5).astype(np.uint8))[1]
    worth = np.bincount(parts.ravel(), weights=gain.ravel())
    if len(worth) < 2 or worth[1:].max() <= 0:
        return None
    one = (parts == 1 + int(worth[1:].argmax())).astype(np.uint8)
    return np.asarray(cv2.resize(one, (w, h), interpolation=cv2.INTER_LINEAR) > 0)


def _roofed(mask: NDArray[np.bool_], small: U8, seen: Look) -> NDArray[np.bool_]:
    """With roofs that the cut took for leaves, shingles being as rough: what lies between the mask
    and a long straight ridge over it."""
    h, w = mask.shape
    top = np.where(mask.any(0), mask.argmax(0), -1)
    rows = np.arange(h)[:, None]
    out = mask.copy()
    for x0, y0, x1, y1 in straight_edges(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)):
        if abs(x1 - x0) < _RIDGE * w or abs(y1 - y0) > 0.35 * abs(x1 - x0):
            continue
        # A ridge is seen in parts: it goes on to both sides.
        reach = _ON * abs(x1 - x0)
        low, high = round(float(min(x0, x1) - reach)), round(float(max(x0, x1) + reach))
        columns = np.arange(max(low, 0), min(high, w))
        ridge = y0 + (columns - x0) * (y1 - y0) / (x1 - x0)
        between = np.zeros_like(mask)
        between[:, columns] = (rows >= ridge) & (rows < top[columns])
        if not between.any() or (top[columns] < 0).mean() > 0.2:
            continue
        other = (between & (seen.sky | seen.green)).sum() / between.sum()
        if other < 0.2 and between.sum() < 0.15 * mask.sum():
            out |= between & ~seen.sky
    return out


def _squared(mask: NDArray[np.bool_], sky: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Without ragged edges and holes, down to a straight foot behind what grows before it."""
    h, w = mask.shape
    pad = int(0.1 * w)

    def disc(share: float) -> U8:
        return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (int(share * w) | 1,) * 2)

    one = cv2.copyMakeBorder(mask.astype(np.uint8), *(pad,) * 4, cv2.BORDER_REPLICATE)
    one = cv2.morphologyEx(one, cv2.MORPH_CLOSE, disc(0.05))
    one = cv2.morphologyEx(one, cv2.MORPH_OPEN, disc(0.03))[pad:-pad, pad:-pad].copy()
    if not one.any():
        return mask
    parts, stats = cv2.connectedComponentsWithStats(one)[1:3]
    one = (parts == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))).astype(np.uint8)
    contours = cv2.findContours(one, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]
    cv2.drawContours(one, contours, -1, 1, -1)  # windows are part of it
    hull = np.zeros_like(one)
    cv2.fillConvexPoly(hull, cv2.convexHull(np.concatenate(contours)), 1)
    lowest = np.where(one.any(0), h - 1 - one[::-1].argmax(0), h)
    foot = (hull > 0) & (np.arange(h)[:, None] > lowest) & ~sky
    # a large bay is a courtyard, not a bush
    return np.asarray((one > 0) | foot if foot.sum() < 0.25 * one.sum() else one > 0)


def _doubts(mask: NDArray[np.bool_], seen: Look) -> list[str]:
    """Why the outline may be wrong, in words; nothing where it stands free."""
    h = len(mask)
    touching = sum(
        bool(side.mean() > 0.25) for side in (mask[:, 0], mask[:, -1], mask[0], mask[-1])
    )
    columns = np.nonzero(mask.any(0))[0]
    under = h - 1 - mask[::-1][:, columns].argmax(0) + int(0.03 * h)
    hidden = float(seen.green[np.minimum(under, h - 1), columns][under < h].sum() / len(columns))
    said = []
    if touching >= 2:
        said.append("it runs out of the frame or into its neighbours")
    if _solidity(mask) < 0.8:
        said.append("its shape is ragged")
    if (seen.green & mask).mean() > 0.1 or hidden > 0.3:
        said.append("trees hide part of it")
    return [f"It is unsure: {', '.join(said)}. Please draw --outline."] if said else []


def _standing(part: NDArray[np.bool_], sky: NDArray[np.bool_]) -> float:
    """0..1: does it rise, or lie along the bottom like a road or a car."""
    rows = np.nonzero(part.any(1))[0] / len(part)
    tall = float(rows[-1] - rows[0])
    return float(np.clip(tall / 0.3, 0, 1) * np.clip((0.75 - rows[0]) / 0.35, 0, 1))


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
