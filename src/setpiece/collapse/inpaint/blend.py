"""Seams between pasted pieces, taken out in the gradient domain."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

STRONG, CALM = 0.03, 0.16  # step that is still taken out in texture; what more where all is smooth
CUT_OFF, TOO_FAR = 0.12, 0.35  # step that neither of two pieces has: none of it stays, up to this
SHORT = 1.5  # [px]
LENGTH, ROUNDS = 0.07, 250  # of the longer side: over which steps are spread

F32 = NDArray[Any]  # float32; OpenCV's stubs do not say so


@njit(cache=True, nogil=True, fastmath=True)
def _wanted(img, hole, pick, ya, xa, yb, xb, c, seam, sky):
    """Difference b - a that the pasted pieces ask for between neighbours a and b.

    Where both come from one piece this is the plate's own difference. Where they do not, it is
    the mean of what the two pieces would have gone on with, unless the step is large against
    `seam` and one of the pieces has it there too: then it stays, for it is an edge of things.
    Where neither has it, a shore or a bank was cut off, and only rough texture hides that. A very
    large step is a wall's end all the same, as one from sky to land is, and what borders on the
    hole may stand before it, as a tree does.
    """
    h, w = hole.shape
    dy, dx = yb - ya, xb - xa
    say, sax = (pick[ya, xa, 0], pick[ya, xa, 1]) if hole[ya, xa] else (ya, xa)
    sby, sbx = (pick[yb, xb, 0], pick[yb, xb, 1]) if hole[yb, xb] else (yb, xb)
    step = img[sby, sbx, c] - img[say, sax, c]
    if sby - say == dy and sbx - sax == dx:
        return step
    total, n = np.float32(0.0), 0
    strange = abs(step)  # how far it is from what either piece has there
    if 0 <= say + dy < h and 0 <= sax + dx < w and not hole[say + dy, sax + dx]:
        on = img[say + dy, sax + dx, c] - img[say, sax, c]
        total, n, strange = total + on, n + 1, min(strange, abs(step - on))
    if 0 <= sby - dy < h and 0 <= sbx - dx < w and not hole[sby - dy, sbx - dx]:
        on = img[sby, sbx, c] - img[sby - dy, sbx - dx, c]
        total, n, strange = total + on, n + 1, min(strange, abs(step - on))
    if n == 0:
        return np.float32(0.0)
    smooth = total / n
    # a step just where the hole ends is the hole's, unless the texture is rough
    off = (step - smooth) / (seam if hole[ya, xa] and hole[yb, xb] else np.float32(3.0) * seam)
    off = off * off * off * off
    keep = off / (np.float32(1.0) + off)
    if hole[ya, xa] and hole[yb, xb] and abs(sky[ya, xa] - sky[yb, xb]) < np.float32(0.5):
        cut = min(strange / np.float32(CUT_OFF), np.float32(1.0))
        cut *= min(max(np.float32(TOO_FAR - abs(step)) * np.float32(10), np.float32(0)), 1)
        keep *= np.float32(1.0) - cut * cut
    return smooth * (1 - keep) + step * keep


@njit(cache=True, nogil=True, fastmath=True)
def blend(img, hole, pick, seam, length, rounds, sky):
    """Solve for the picture in `hole` whose differences are those of the pasted pieces, in place.

    A screened Poisson equation (P. Perez et al., "Poisson image editing", SIGGRAPH 2003; S. Darabi
    et al., "Image melding", SIGGRAPH 2012) with the plate as the boundary, by over-relaxation.

    img: (h, w, c) with the pieces pasted. hole: (h, w) uint8. pick: (h, w, 2) int32, the source of
    every hole pixel. seam: (h, w) the step that is still taken out; see `seams`. length: (h, w)
    distance [px] over which a step is spread. rounds: of relaxation. sky: (h, w) 0..1, what is.
    """
    h, w, channels = img.shape
    right = np.zeros(img.shape, np.float32)
    down = np.zeros(img.shape, np.float32)
    count = 0
    for y in range(h):
        for x in range(w):
            if hole[y, x]:
                count += 1
            if x + 1 < w and (hole[y, x] or hole[y, x + 1]):
                for c in range(channels):
                    right[y, x, c] = _wanted(img, hole, pick, y, x, y, x + 1, c, seam[y, x], sky)
            if y + 1 < h and (hole[y, x] or hole[y + 1, x]):
                for c in range(channels):
                    down[y, x, c] = _wanted(img, hole, pick, y, x, y + 1, x, c, seam[y, x], sky)
    places = np.empty((count, 2), np.int32)
    k = 0
    for y in range(h):
        for x in range(w):
            if hole[y, x]:
                places[k, 0] = y
                places[k, 1] = x
                k += 1
    pasted = img.copy()
    relax = np.float32(1.85)
    for _ in range(rounds):
        for k in range(count):
            y, x = places[k]
            hold = np.float32(1.0) / (length[y, x] * length[y, x])
            n = np.float32(0.0)
            if x > 0:
                n += 1
            if x + 1 < w:
                n += 1
            if y > 0:
                n += 1
            if y + 1 < h:
                n += 1
            inverse = np.float32(1.0) / (n + hold)
            for c in range(channels):
                v = hold * pasted[y, x, c]
                if x > 0:
                    v += img[y, x - 1, c] + right[y, x - 1, c]
                if x + 1 < w:
                    v += img[y, x + 1, c] - right[y, x, c]
                if y > 0:
                    v += img[y - 1, x, c] + down[y - 1, x, c]
                if y + 1 < h:
                    v += img[y + 1, x, c] - down[y, x, c]
                img[y, x, c] += relax * (v * inverse - img[y, x, c])


def paste(img: F32, hole: NDArray[np.bool_], pick: NDArray[np.int32]) -> None:
    """Write into `hole` of `img` (h, w, c) in place what lies at `pick` (h, w, 2) [y, x], and take
    the seams out of its first three channels. A fourth, if there is one, says what is sky, 0..1.
    """
    img[hole] = img[pick[hole, 0], pick[hole, 1]]
    colours = np.ascontiguousarray(img[..., :3])
    seam = seams(colours)
    length = _reach(seam, LENGTH * max(hole.shape))
    sky = np.ascontiguousarray(img[..., 3]) if img.shape[2] > 3 else np.zeros_like(seam)
    blend(colours, hole.astype(np.uint8), pick, seam, length, ROUNDS, sky)
    img[..., :3] = colours


def seams(img: NDArray[Any]) -> NDArray[Any]:
    """Step (h, w) that is taken for a seam: large in calm parts, small where texture hides it.

    In foliage or masonry a softened step would show as a smear, a hard one does not show.
    """
    grey = img[..., :3].mean(-1)
    detail = np.abs(cv2.Laplacian(grey, cv2.CV_32F, ksize=1))
    # clipped, so that a lone step does not make its own surroundings rough
    rough = cv2.GaussianBlur(np.minimum(detail, 0.05), (0, 0), 3.0)
    return (STRONG + CALM * np.exp(-((rough / 0.03) ** 2))).astype(np.float32)


def _reach(seam: NDArray[Any], length: float) -> NDArray[Any]:
    """Distance (h, w) [px] over which steps are spread: `length` where it is calm, a pixel or two
    in rough texture, which hides a step but not the cast that spreading it would leave."""
    calm = (seam - STRONG) / CALM
    return np.asarray(SHORT + length * calm, np.float32)


def compile_kernels() -> None:
    """Call the kernels once on tiny data."""
    hole = np.zeros((6, 6), np.uint8)
    hole[2, 2] = 1
    blend(
        np.zeros((6, 6, 4), np.float32),
        hole,
        np.zeros((6, 6, 2), np.int32),
        np.ones((6, 6), np.float32),
        np.full((6, 6), 9, np.float32),
        1,
        np.zeros((6, 6), np.float32),
    )
