"""The edge of what stands in front: a matte cut a little off, and colours of what was behind."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.edges import edge_colours
from setpiece.collapse.inpaint.fields import disc, encode, guided_filter, luminance, pull_push

F32 = NDArray[np.float32]
REACH = 1 / 270  # of the picture's width, that a matte's edge may be off
SURE = 0.02  # deviation that even one colour has, in encoded values
WHOLE = 0.7  # of the way from background to front: a leaf's light side is no fringe
LEAST = 0.12  # share of the pixels around that must be of a side for its colours to be known


def refine_edge(image: F32, matte: F32) -> F32:
    """matte (h, w) with its edge moved by a few pixels to where the colours change.

    Both sides of the edge have a mean colour and a covariance of their own around every pixel
    (Ruzon and Tomasi, "Alpha estimation in natural images", 2000, with one cluster a side); a
    pixel goes to the likelier one. Where an edge is cut finer than that tells, leaf by leaf, or
    the two sides look alike, it stays as it is. image: (h, w, 3), scene-linear.
    """
    h, w = matte.shape
    r = _reach(matte)
    on = (matte > 0.5).astype(np.uint8)
    inside, outside = cv2.erode(on, disc(r)), cv2.erode(1 - on, disc(r))
    band = (inside == 0) & (outside == 0)
    if not band.any():
        return matte
    at = np.nonzero(band)
    seen = cv2.GaussianBlur(encode(image), (0, 0), 0.6)
    front, front_share = _unlikely(seen, inside.astype(np.float32), 3.0 * r, at)
    back, back_share = _unlikely(seen, outside.astype(np.float32), 3.0 * r, at)
    odds, known = np.zeros((h, w), np.float32), np.zeros((h, w), np.float32)
    odds[at] = np.clip(back - front, -8, 8)
    known[at] = np.clip(np.minimum(front_share, back_share) / LEAST - 1, 0, 1)
    given = np.clip(matte, 0.02, 0.98)
    odds = cv2.GaussianBlur(odds, (0, 0), 1.0) + 0.4 * np.log(given / (1 - given))
    told = (1 / (1 + np.exp(-odds))).astype(np.float32)
    told = np.where(band, told, matte).astype(np.float32)
    told = guided_filter(luminance(encode(image)), told, max(2, w // 540), 1e-3)
    trust = np.where(band, np.clip((r + 1 - _off(on)) / 2, 0, 1) * known, 0)
    trust *= _plain(matte, 2.0 * r)
    new = matte + trust * (np.clip((told - 0.1) / 0.8, 0, 1) - matte)
    return np.clip(new, 0, 1).astype(np.float32)


def _reach(matte: F32) -> int:
    """Pixels that the edge of a matte (h, w) may be off."""
    return max(2, round(matte.shape[1] * REACH))


def _behind(plate: F32, matte: F32) -> F32:
    """What the plate (h, w, 3) would show without what stands in front: its colours around it."""
    r = _reach(matte) // 2
    away = cv2.erode((matte < 0.02).astype(np.uint8), disc(r))
    if not away.any():
        return plate
    return np.asarray(pull_push(plate, away.astype(np.float32)), np.float32)


def front_colour(
    plate: F32, behind: F32, matte: F32, known: NDArray[np.bool_] | None = None
) -> F32:
    """Colour of what stands in front (h, w, 3), without what shows through its edge.

    behind: (h, w, 3) what the plate had behind it, where that is known (h, w), or everywhere;
    elsewhere it is taken for what is seen beside it. Scene-linear. Mattes are cut
    a pixel too wide as often as not, leaves above all: before what is brighter, a pixel near
    the edge whose colour lies on the way from the front's own to that gets the front's, or a rim of
    sky would stand round every tree in front of dark dust.
    """
    own = edge_colours(plate, behind, matte)
    if known is not None:
        # What is only guessed leaves too much noise when it is taken out.
        own = np.where(known[..., None], own, plate)
        behind = np.where(known[..., None], behind, _behind(plate, matte))
    on = (matte > 0.5).astype(np.uint8)
    reach = _reach(matte)
    core = cv2.erode(on, disc(2))
    if not core.any():
        return np.asarray(own, np.float32)
    inner = pull_push(plate, core.astype(np.float32))
    line = inner - behind
    along = ((plate - behind) * line).sum(-1) / np.maximum((line * line).sum(-1), 1e-6)
    brighter = luminance(encode(behind)) - luminance(encode(inner))
    near = np.clip(reach + 1 - cv2.distanceTransform(on, cv2.DIST_L2, 3), 0, 1) * (matte > 0)
    # Nothing is known of what a wire or a pole has inside: it is all edge.
    near *= cv2.distanceTransform(1 - core, cv2.DIST_L2, 3) < reach + 1
    # Of two colours that are hardly apart nobody can tell how much is whose.
    share = np.clip((brighter - 0.08) / 0.12, 0, 1) * near
    left = 1 - np.clip(along / WHOLE, 0, 1)
    # On the way to the front's colour, never past it.
    low, high = np.minimum(plate, inner), np.maximum(plate, inner)
    mended = np.clip(plate + left[..., None] * line, low, high)
    return np.asarray(own + share[..., None] * (mended - own), np.float32)


def _unlikely(e: F32, mask: F32, sigma: float, at: tuple[NDArray, ...]) -> tuple[F32, F32]:
    """How unlikely the colours at pixels `at` are among those of `mask` around them: half the
    Mahalanobis distance and the log of the spread, (n,); and the mask's share around, (n,)."""
    share = np.maximum(cv2.GaussianBlur(mask, (0, 0), sigma), 1e-6)
    mean = cv2.GaussianBlur(e * mask[..., None], (0, 0), sigma) / share[..., None]
    cov = np.empty((len(at[0]), 3, 3), np.float32)
    for i in range(3):
        for j in range(i, 3):
            both = cv2.GaussianBlur(e[..., i] * e[..., j] * mask, (0, 0), sigma) / share
            cov[:, i, j] = cov[:, j, i] = (both - mean[..., i] * mean[..., j])[at]
    cov += np.float32(SURE * SURE) * np.eye(3, dtype=np.float32)
    off = (e - mean)[at]
    away = np.einsum("ni,nij,nj->n", off, np.linalg.inv(cov), off)
    spread = np.log(np.maximum(np.linalg.det(cov), 1e-12))
    return np.asarray(0.5 * (away + spread), np.float32), share[at]


def _off(on: NDArray[np.uint8]) -> F32:
    """Pixels from the edge of a mask, (h, w)."""
    inner = cv2.distanceTransform(on, cv2.DIST_L2, 3)
    return np.asarray(inner + cv2.distanceTransform(1 - on, cv2.DIST_L2, 3), np.float32)


def _plain(matte: F32, sigma: float) -> F32:
    """1 along a smooth edge, 0 where it is cut to and fro: how much edge there is around."""
    gy, gx = np.gradient(cv2.GaussianBlur(matte, (0, 0), 0.7))
    much = cv2.GaussianBlur(np.hypot(gx, gy).astype(np.float32), (0, 0), sigma)
    return np.asarray(np.clip((1.8 - much * np.sqrt(2 * np.pi) * sigma) / 0.5, 0, 1), np.float32)
