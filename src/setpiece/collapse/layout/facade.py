"""Storeys, bays and openings of the walls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.layout.combs import Comb, best_comb
from setpiece.collapse.layout.model import Opening, Prism
from setpiece.collapse.layout.pictures import U8, exposed8
from setpiece.render.camera import Camera

if TYPE_CHECKING:
    from setpiece.collapse.layout.assemble import Wishes

F64 = NDArray[np.float64]
_STOREY, _BAY = 3.2, 3.0
_NARROW = 2.2  # a wall narrower than this has no windows [m]
_SURE = 0.28  # correlation of a comb with the wall from which it is believed


@dataclass(frozen=True)
class Pattern:
    """What one wall taught: rows over the height (of the wall), columns' period and width [m]."""

    rows: Comb
    period: float
    share: float


def furnish(
    picture: NDArray[np.float32], prisms: list[Prism], camera: Camera, wishes: Wishes
) -> tuple[list[Prism], list[str]]:
    """Prisms with storeys, construction and openings, and notes.

    Visible walls are rectified; what stands out from the wall's own colour is compared with
    regular combs of windows, along and up the wall. Hidden walls get the same pattern.
    """
    small = exposed8(picture, 1280)
    view = camera.resized(small.shape[1], small.shape[0])
    main = max(range(len(prisms)), key=lambda k: _shown(prisms[k], view))
    storeys = _storeys(prisms, main, wishes)
    told = storeys[main] if wishes.storeys else None
    pattern, own, sure, count = _read(small, prisms[main], view, told, wishes.bays, storeys[main])
    storeys[main] = count
    step = prisms[main].height / count
    out = []
    for k, prism in enumerate(prisms):
        if k != main and wishes.storeys is None and prism.construction != "timber":
            storeys[k] = int(np.clip(round(prism.height / step), 1, 120))
        openings = []
        for face in range(len(prism.footprint)):
            if k == main and face in own:
                openings += own[face]
            else:
                openings += _repeat(prism, face, pattern, storeys[k])
        out.append(_finished(prism, storeys[k], openings))
    notes = []
    if not sure:
        notes.append("No regular windows were recognised; a usual grid was assumed. "
                     "Give --storeys and --bays, or edit the openings.")  # fmt: skip
    return out, notes


def _finished(prism: Prism, storeys: int, openings: list[Opening]) -> Prism:
    kind = prism.construction
    if kind != "timber":
        kind = "masonry" if storeys <= 3 and prism.height < 14 else "frame"
    return Prism(
        footprint=prism.footprint, base=prism.base, height=prism.height, storeys=storeys,
        roof=prism.roof, openings=openings, construction=kind,
    )  # fmt: skip


def _storeys(prisms: list[Prism], main: int, wishes: Wishes) -> list[int]:
    """A first count for each; the tiers of a tower share what the artist said."""
    high = [p.height for p in prisms]
    if wishes.storeys is None:
        return [int(np.clip(round(h / _STOREY), 1, 120)) for h in high]
    tiers = [k for k, p in enumerate(prisms) if p.construction == "timber" and high[k] > 1.5]
    if len(tiers) > 1:
        total = sum(high[k] for k in tiers)
        return [
            max(1, round(wishes.storeys * h / total)) if k in tiers else 1
            for k, h in enumerate(high)
        ]
    return [max(1, round(wishes.storeys * h / high[main])) for h in high]


def _read(
    small: U8, prism: Prism, view: Camera, told: int | None, bays: int | None, storeys: int
) -> tuple[Pattern, dict[int, list[Opening]], bool, int]:
    """The pattern of the best seen wall, the openings of all seen walls, and if it is sure."""
    walls = []
    for face in range(len(prism.footprint)):
        wall = _rectify(small, prism, face, view)
        if wall is not None:
            walls.append((face, *wall))
    width = [_width(prism, f) for f in range(len(prism.footprint))]
    plain = Pattern(Comb(0.0, 1.0 / storeys, 0.5, storeys, 0.0), _BAY, 0.45)
    if not walls:
        return plain, {}, False, storeys
    face, odd, _ = max(walls, key=lambda w: w[2])
    # Rows are looked for where the columns are, against the strips between them: cornices and
    # eaves, which run the whole width, drop out. Then the columns again, in the same way.
    columns = best_comb(odd.mean(0), width[face], bays, (1.5, 6.0))
    rows = best_comb(_contrast(odd, columns), prism.height, told, (2.5, 4.4))
    columns = best_comb(_contrast(odd.T, rows), width[face], bays, (1.5, 6.0))
    count = told or (rows.count if rows.score > _SURE else storeys)
    middle = rows.start + rows.period / 2
    # the one row of a low tier is not its eaves or its plinth
    lost = count == 1 and not 0.3 < middle < 0.65
    if rows.score <= _SURE or rows.count != count or lost:
        rows = Comb(0.0, 1.0 / count, 0.5, count, rows.score)
    sure = rows.score > _SURE and columns.score > _SURE
    if columns.score <= _SURE:
        number = bays or max(1, round(width[face] / _BAY))
        columns = Comb(0.0, 1.0 / number, 0.45, number, columns.score)
    pattern = Pattern(rows, columns.period * width[face], columns.share)
    own = {}
    for f, image, _ in walls:
        comb = columns
        if f != face:
            comb = best_comb(image.mean(0), width[f], None, (1.5, 6.0))
            if comb.score <= _SURE:
                continue
        own[f] = _cells(image, prism, f, rows, comb, sure)
    return pattern, own, sure, count


def _contrast(odd: F64, comb: Comb) -> F64:
    """Profile down the first axis: inside the comb's windows minus between them."""
    n = odd.shape[1]
    x = (np.arange(n) + 0.5) / n
    inside = np.zeros(n, np.bool_)
    for a, b in comb.spans():
        inside |= (x > a) & (x < b)
    if comb.score <= _SURE or inside.all() or not inside.any():
        return np.asarray(odd.mean(1))
    return np.asarray(odd[:, inside].mean(1) - odd[:, ~inside].mean(1))


def _cells(
    image: F64, prism: Prism, face: int, rows: Comb, columns: Comb, sure: bool
) -> list[Opening]:
    """Openings where the combs cross, if the wall stands out there."""
    width, h, w = _width(prism, face), *image.shape
    if width < _NARROW:
        return []
    boxes, inside = [], []
    for b, t in rows.spans():
        for a, c in columns.spans():
            cell = image[int(b * h) : max(int(t * h), int(b * h) + 1),
                         int(a * w) : max(int(c * w), int(a * w) + 1)]  # fmt: skip
            inside.append(float(cell.mean()) if cell.size else 0.0)
            boxes.append((a, c, b, t))
    if not boxes:
        return []
    level = float(image.mean())
    usual = float(np.median(inside))
    keep = [not sure or v > level + 0.1 * (usual - level) for v in inside]
    return [
        Opening(face=face, left=a * width, right=c * width, bottom=b * prism.height,
                top=t * prism.height)
        for (a, c, b, t), k in zip(boxes, keep, strict=True)
        if k and (c - a) * width > 0.3 and (t - b) * prism.height > 0.4
    ]  # fmt: skip


def _repeat(prism: Prism, face: int, pattern: Pattern, storeys: int) -> list[Opening]:
    """The pattern on a wall that was not read."""
    width = _width(prism, face)
    step = prism.height / storeys
    if width < _NARROW or step < 1.6:
        return []
    bays = max(1, round(width / pattern.period))
    low = (pattern.rows.start + (1 - pattern.rows.share) / 2 * pattern.rows.period) % (
        pattern.rows.period
    )
    low, share = low / pattern.rows.period, pattern.rows.share
    low = min(low, 0.95 - share) if share < 0.9 else 0.05
    out = []
    for s in range(storeys):
        for b in range(bays):
            centre = (b + 0.5) * width / bays
            half = pattern.share * min(pattern.period, width / bays) / 2
            out.append(
                Opening(
                    face=face, left=centre - half, right=centre + half,
                    bottom=(s + max(low, 0.03)) * step, top=(s + max(low, 0.03) + share) * step,
                )
            )  # fmt: skip
    return out


def _width(prism: Prism, face: int) -> float:
    a, b = prism.footprint[face], prism.footprint[(face + 1) % len(prism.footprint)]
    return float(np.hypot(b[0] - a[0], b[1] - a[1]))


def _quad(prism: Prism, face: int) -> F64:
    a, b = prism.footprint[face], prism.footprint[(face + 1) % len(prism.footprint)]
    low, high = prism.base, prism.base + prism.height
    return np.array([[*a, low], [*b, low], [*b, high], [*a, high]])


def _seen(quad: F64, view: Camera) -> float:
    """Area [px2] of a wall that faces the camera, 0 otherwise."""
    n = np.cross(quad[1] - quad[0], quad[3] - quad[0])
    if n @ (view.position - quad.mean(0)) <= 0:
        return 0.0
    pixels, depth = view.project(quad)
    if depth.min() < 0.02:
        return 0.0
    p = np.clip(pixels, 0, [view.width, view.height]).astype(np.float32)
    return float(cv2.contourArea(p))


def sides_seen(prism: Prism, view: Camera) -> bool:
    """Does more than one wall of the prism show enough to tell its depth."""
    areas = sorted(_seen(_quad(prism, f), view) for f in range(len(prism.footprint)))
    return areas[-2] > 0.04 * areas[-1]


def _shown(prism: Prism, view: Camera) -> float:
    return sum(_seen(_quad(prism, f), view) for f in range(len(prism.footprint)))


def _rectify(small: U8, prism: Prism, face: int, view: Camera) -> tuple[F64, float] | None:
    """How much each point of a wall stands out (rows, columns), bottom row first, 0..1."""
    quad = _quad(prism, face)
    area = _seen(quad, view)
    width = _width(prism, face)
    if area < 1500 or width < _NARROW:
        return None
    w = int(np.clip(width * 14, 48, 320))
    h = int(np.clip(prism.height * 14, 48, 320))
    u, v = np.meshgrid((np.arange(w) + 0.5) / w, (np.arange(h) + 0.5) / h)
    points = quad[0] + u[..., None] * (quad[1] - quad[0]) + v[..., None] * (quad[3] - quad[0])
    pixels, depth = view.project(points)
    valid = (depth > 0.1) & (pixels > 0).all(-1)
    valid &= (pixels[..., 0] < view.width) & (pixels[..., 1] < view.height)
    if valid.mean() < 0.35:
        return None
    at = (pixels - 0.5).astype(np.float32)
    flat = cv2.remap(small, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    lab = cv2.cvtColor(flat.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    # Windows differ from the wall around them; sun and shade change slowly over it.
    size = (int(0.4 * w) | 1, int(0.4 * h) | 1)
    weight = valid.astype(np.float32)
    mean = cv2.blur(lab * weight[..., None], size) / np.maximum(
        cv2.blur(weight, size)[..., None], 1e-3
    )
    rest = lab - mean
    dark = np.clip(-rest[..., 0], 0, None) + 0.35 * np.clip(rest[..., 0], 0, None)
    odd = np.sqrt(dark**2 + 0.6 * (rest[..., 1] ** 2 + rest[..., 2] ** 2))
    top = float(np.percentile(odd[valid], 92))
    odd = np.clip(odd / max(top, 3.0), 0, 1).astype(float)
    odd[~valid] = float(odd[valid].mean())
    return odd, area
