"""Where the plate is sky."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.layout.pictures import U8, exposed8, guided, straight_edges

_WORK = 480


def sky_mask(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """Soft mask (h, w) 0..1 of the sky that is joined to the frame's top.

    image: (h, w, 3) float32 scene-linear Rec.709.

    Smooth regions at the top seed a quadratic colour surface in Lab; what fits it and is joined
    to the seed is sky; GrabCut (Rother et al., SIGGRAPH 2004) decides the border, a guided filter
    softens it. A plate without sky gives zeros.
    """
    h, w = image.shape[:2]
    small = exposed8(image, _WORK)
    mask = _decide(small)
    if mask is None:
        return np.zeros((h, w), np.float32)
    longest = min(1280, max(h, w))
    fine = exposed8(image, longest)
    fh, fw = fine.shape[:2]
    grey = cv2.cvtColor(fine, cv2.COLOR_RGB2GRAY).astype(np.float32) / np.float32(255)
    up = cv2.resize(mask, (fw, fh), interpolation=cv2.INTER_LINEAR)
    soft = guided(grey, up, max(3, int(0.006 * fw)), 4e-4)
    soft = np.clip((soft - 0.15) / 0.7, 0, 1).astype(np.float32)
    if (fh, fw) != (h, w):
        soft = cv2.resize(soft, (w, h), interpolation=cv2.INTER_LINEAR)
    return np.asarray(soft, np.float32)


def _decide(small: U8) -> NDArray[np.float32] | None:
    h, w = small.shape[:2]
    rgb = small.astype(np.float32)
    lab = cv2.cvtColor(rgb / 255, cv2.COLOR_RGB2Lab)
    light = cv2.GaussianBlur(lab[..., 0], (0, 0), 1)
    gradient = np.hypot(
        cv2.Sobel(light, cv2.CV_32F, 1, 0, ksize=3), cv2.Sobel(light, cv2.CV_32F, 0, 1, ksize=3)
    ) / np.float32(8)
    texture = cv2.blur(gradient, (9, 9))
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    # Green or strongly warm and dark is never sky; sunset clouds are warm but bright.
    never = (blue + 4 < green) | ((red > blue + 25) & (lab[..., 0] < 88))
    row = np.arange(h)[:, None] / h
    seed = (texture < 2.0) & (row < 0.6) & ~never & (lab[..., 0] > 25)
    _, parts = cv2.connectedComponents(seed.astype(np.uint8))
    names, counts = np.unique(parts[: max(2, h // 40)], return_counts=True)
    keep = [n for n, c in zip(names, counts, strict=True) if n > 0 and c > 0.02 * w]
    keep = [n for n in keep if (parts == n).sum() > 0.004 * h * w]
    seed = np.isin(parts, keep)
    if seed.sum() < 0.01 * h * w:
        return None
    mask = _grow(lab, gradient, seed, never)
    # A pale wall that fills the frame looks like an overcast sky, but it has structure below.
    if mask[-max(2, h // 50) :].mean() > 0.5:
        return None
    cut = np.where(mask, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    cut[cv2.erode(mask.astype(np.uint8), np.ones((7, 7))) > 0] = cv2.GC_FGD
    cut[never] = cv2.GC_BGD
    cut[cv2.dilate(mask.astype(np.uint8), np.ones((41, 41))) == 0] = cv2.GC_BGD
    front = np.isin(cut, [cv2.GC_FGD, cv2.GC_PR_FGD])
    if front.any() and not front.all():
        cv2.setRNGSeed(0)
        bgr = np.ascontiguousarray(small[..., ::-1])
        cv2.grabCut(bgr, cut, None, np.zeros((1, 65)), np.zeros((1, 65)), 3, cv2.GC_INIT_WITH_MASK)
    found = np.isin(cut, [cv2.GC_FGD, cv2.GC_PR_FGD])
    return (found & ~_shafts(found, small)).astype(np.float32)


def _shafts(sky: NDArray[np.bool_], small: U8) -> NDArray[np.bool_]:
    """What was taken for sky and is built: a white chimney before a white sky. Sky has no straight
    level edge in it, and does not stand between two straight upright ones down to the roof."""
    h, w = sky.shape
    level, upright = np.zeros((h, w), np.uint8), np.zeros((h, w), np.uint8)
    for x0, y0, x1, y1 in straight_edges(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)):
        ends = (round(float(x0)), round(float(y0))), (round(float(x1)), round(float(y1)))
        lean = np.degrees(np.arctan2(abs(x1 - x0), abs(y1 - y0)))
        if lean > 70 and np.hypot(x1 - x0, y1 - y0) > 0.025 * w:
            cv2.line(level, *ends, 1, 3)
        elif lean < 10 and np.hypot(x1 - x0, y1 - y0) > 0.03 * h:
            cv2.line(upright, *ends, 1, 1)
    disc = np.ones((7, 7), np.uint8)
    apart = cv2.erode((sky & (level == 0)).astype(np.uint8), disc)
    count, parts, stats, _ = cv2.connectedComponentsWithStats(apart)
    upright = cv2.dilate(upright, np.ones((3, 9), np.uint8))
    out = np.zeros_like(sky)
    for i in range(1, count):
        x, y, wide, tall, _ = stats[i]
        if y <= 2 or wide > 0.25 * w or tall < 0.08 * h or wide > 2 * tall:
            continue
        rows = np.arange(y, y + tall)
        mine = parts[y : y + tall] == i
        left, right = mine.argmax(1), w - 1 - mine[:, ::-1].argmax(1)
        held = [float(upright[rows, np.clip(at, 0, w - 1)].mean()) for at in (left - 4, right + 4)]
        if max(held) > 0.5 and min(held) > 0.2:
            out |= cv2.dilate((parts == i).astype(np.uint8), np.ones((11, 11), np.uint8)) > 0
            out[y:, max(x - 3, 0) : x + wide + 3] = True  # down to the roof that it stands on
    return np.asarray(out & sky)


def _grow(
    lab: NDArray[np.float32],
    gradient: NDArray[np.float32],
    seed: NDArray[np.bool_],
    never: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Pixels that fit a quadratic surface through the seed's colours and are joined to it."""
    h, w = seed.shape
    y, x = np.mgrid[0:h, 0:w]
    x, y = (x / w - 0.5).ravel(), (y / h).ravel()
    terms = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], -1)
    colour = lab.reshape(-1, 3)
    mask = seed.ravel().copy()
    for _ in range(4):
        surface = np.linalg.lstsq(terms[mask], colour[mask], rcond=None)[0]
        rest = colour - terms @ surface
        sigma = np.maximum(np.sqrt((rest[mask] ** 2).mean(0)), [2.5, 1.2, 1.5])
        near = np.sqrt(((rest / sigma) ** 2).mean(1)) < 2.6
        fits = (near & ~never.ravel() & (gradient.ravel() < 7)).reshape(h, w)
        opened = cv2.morphologyEx(fits.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3)))
        _, parts = cv2.connectedComponents(opened)
        keep = np.unique(parts[seed])
        grown = np.isin(parts, keep[keep > 0]).ravel()
        mask = grown if grown.sum() >= 0.5 * mask.sum() else mask | grown
    return mask.reshape(h, w)
