"""Soft matte of the building's whole silhouette."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.layout.model import Layout
from setpiece.collapse.layout.pictures import exposed8, guided, polygon_mask
from setpiece.collapse.layout.sky import sky_mask

_WORK = 1280
#: Half the width of the band in which pixels may contradict the outline, of the longer side.
_BAND = 0.012


def building_matte(image: NDArray[np.float32], layout: Layout) -> NDArray[np.float32]:
    """Soft alpha (h, w) float32 0..1 of the silhouette, what foreground hides included.

    image: (h, w, 3) float32 scene-linear; may differ in size from `layout.size`.

    The outline and the gaps drawn in it are trusted; within 1.2% of the outline GrabCut (Rother et
    al., SIGGRAPH 2004) decides, clear sky is out, and a guided filter along the plate softens the
    edge.
    """
    h, w = image.shape[:2]
    small = exposed8(image, _WORK)
    sh, sw = small.shape[:2]
    outline = np.asarray(layout.outline, float) * [sw / layout.size[0], sh / layout.size[1]]
    drawn = polygon_mask(outline, sw, sh)
    r = max(2, int(_BAND * max(sh, sw)))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * r + 1, 2 * r + 1))
    inside = (drawn > 0.5).astype(np.uint8)
    # beyond the frame the building goes on: its edge there is no edge
    wide = cv2.copyMakeBorder(inside, r, r, r, r, cv2.BORDER_REPLICATE)
    core = cv2.erode(wide, disc)[r:-r, r:-r] > 0
    reach = cv2.dilate(inside, disc) > 0
    cut = np.full((sh, sw), cv2.GC_BGD, np.uint8)
    cut[reach] = cv2.GC_PR_BGD
    cut[inside > 0] = cv2.GC_PR_FGD
    cut[core] = cv2.GC_FGD
    sky = cv2.resize(sky_mask(image), (sw, sh), interpolation=cv2.INTER_AREA)
    cut[(sky > 0.6) & ~core] = cv2.GC_BGD
    hard = _grab(small, cut, core, reach)
    # GrabCut may not move the outline where it finds no edge worth the name
    blend = cv2.GaussianBlur(hard.astype(np.float32), (0, 0), 0.8)
    trusted = _where_edge(small, hard, inside > 0, r)
    alpha = drawn * (1 - trusted) + blend * trusted
    alpha = np.where(core, 1.0, np.where(reach, alpha, 0.0)).astype(np.float32)
    # Clear sky seen through the building (between columns) is sky.
    clear = cv2.erode((sky > 0.9).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    _, parts, stats, _ = cv2.connectedComponentsWithStats(clear.astype(np.uint8))
    gap = stats[:, 4] > 2e-4 * sh * sw
    if not layout.proposed:
        # Open sky that runs into a drawn outline is a pale wall before a pale sky.
        gap[np.unique(parts[~reach])] = False
    alpha[np.isin(parts, np.nonzero(gap)[0]) & clear] = 0
    for drawn_gap in layout.gaps:
        corners = np.asarray(drawn_gap, float) * [sw / layout.size[0], sh / layout.size[1]]
        alpha = np.minimum(alpha, 1 - polygon_mask(corners, sw, sh))
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32) / np.float32(255)
    soft = guided(grey, alpha, max(2, int(0.0022 * max(sh, sw))), 1e-4)
    edge = cv2.dilate(cv2.morphologyEx(alpha, cv2.MORPH_GRADIENT, np.ones((3, 3))), np.ones((5, 5)))
    alpha = np.where(edge > 0.05, np.clip((soft - 0.06) / 0.88, 0, 1), alpha)
    if (sh, sw) != (h, w):
        alpha = cv2.resize(alpha, (w, h), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(alpha, 0, 1), np.float32)


def _grab(
    small: NDArray[np.uint8],
    cut: NDArray[np.uint8],
    core: NDArray[np.bool_],
    reach: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """GrabCut on a crop around the building: colours far away say nothing about its edge."""
    h, w = cut.shape
    ys, xs = np.nonzero(reach)
    margin = int(0.06 * max(h, w))
    y0, y1 = max(0, ys.min() - margin), min(h, ys.max() + margin + 1)
    x0, x1 = max(0, xs.min() - margin), min(w, xs.max() + margin + 1)
    part = np.ascontiguousarray(cut[y0:y1, x0:x1])
    seen = np.isin(part, [cv2.GC_FGD, cv2.GC_PR_FGD])
    out = np.isin(cut, [cv2.GC_FGD, cv2.GC_PR_FGD])
    if seen.all() or not seen.any():
        return out
    cv2.setRNGSeed(0)
    bgr = np.ascontiguousarray(small[y0:y1, x0:x1, ::-1])
    cv2.grabCut(bgr, part, None, np.zeros((1, 65)), np.zeros((1, 65)), 3, cv2.GC_INIT_WITH_MASK)
    found = np.isin(part, [cv2.GC_FGD, cv2.GC_PR_FGD]).astype(np.uint8)
    found = cv2.morphologyEx(found, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    found = cv2.morphologyEx(found, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    out[y0:y1, x0:x1] = found > 0
    return (out & reach) | core


def _where_edge(
    small: NDArray[np.uint8], hard: NDArray[np.bool_], inside: NDArray[np.bool_], r: int
) -> NDArray[np.float32]:
    """0..1: how far the found border lies on real contrast, and on clearly more of it than the
    drawn outline does within a pixel; spread over the band's width.

    A stroke that lies on an edge is meant: colours do not move it to the next edge inwards (from
    a pale cornice to the wall under it) or around what stands in front.
    """
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    lab = cv2.GaussianBlur(lab, (0, 0), 1.2)
    gx, gy = cv2.Sobel(lab, cv2.CV_32F, 1, 0), cv2.Sobel(lab, cv2.CV_32F, 0, 1)
    strength = np.sqrt((gx**2 + gy**2).sum(-1)) / 8
    found = _along(strength, hard, r)
    drawn = _along(cv2.dilate(strength, np.ones((3, 3))), inside, r)
    more = np.clip((found / np.maximum(drawn, 1e-6) - 1.2) / 0.5, 0, 1)
    return np.asarray(np.clip((found - 1.5) / 2.5, 0, 1) * more, np.float32)


def _along(strength: NDArray[Any], mask: NDArray[np.bool_], r: int) -> NDArray[Any]:
    """Mean strength of the mask's border near each pixel; 0 far from it."""
    border = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3))) > 0
    k = 4 * r + 1
    total = cv2.blur(np.where(border, strength, 0).astype(np.float32), (k, k))
    count = cv2.blur(border.astype(np.float32), (k, k))
    return np.where(count > 1e-6, total / np.maximum(count, 1e-6), 0)
