"""Where the horizon is behind a tower, whose walls face more than two ways."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from setpiece.collapse.layout.vanishing import DIAGONAL, PRIOR_MM, PRIOR_SIGMA, Segments, View

F64 = NDArray[np.float64]
#: Strips of the tower's width in which a level edge keeps about the same direction.
_STRIPS = 6
#: Nobody's tower is measured better than this: eaves curl, rafters sag [radians].
_LEAST = np.radians(1.5)
#: Most photographs look up or down by less than this [radians, one sigma].
_USUAL = np.radians(7.0)


def tower_view(
    segments: Segments, outline: F64, view: View, width: int, height: int, mm: float | None
) -> View:
    """The view of a symmetric tower, many-sided or round, from the sense in which its tiers bend.

    Edges that are level in the world rise towards the horizon from either side of it: those of
    one wall have slope roll + c (y - y0), with one horizon y0 for all walls and tiers. Walls are
    told apart by where they lie across the tower; c is free in each of six strips, so nothing is
    assumed of the number of sides. The three axes of `solve_view` do not exist here, and its
    focal length is not believed: without a lens it is the usual one, and said to be unsure.

    segments: pixels, as for `solve_view`. mm: the lens, where known.
    """
    focal = view.focal if mm is not None else PRIOR_MM / DIAGONAL * float(np.hypot(width, height))
    spread = 0.0 if mm is not None else PRIOR_SIGMA * focal
    usual = float(np.tan(_USUAL)) * focal  # [px] of the horizon from the middle of the frame
    blind = replace(
        view, focal=focal, focal_sigma=spread, tilt=0.0, tilt_sigma=float(_USUAL), roll=0.0
    )
    found = _level(segments, outline)
    if found is None:
        return blind
    x, y, slope, sure = found
    strip = np.clip(((x + 1) / 2 * _STRIPS).astype(int), 0, _STRIPS - 1)
    reach = float(np.ptp(outline[:, 1])) / 2
    rise = (y - height / 2) / reach

    def fun(p: F64) -> F64:
        miss = (slope - np.tan(p[1]) - p[2:][strip] * (rise - p[0])) * sure
        # Geman-McClure: bars and braces are no level edges, and have a small say.
        return np.concatenate(
            [miss / np.sqrt(1 + (miss / 2.5) ** 2), [p[0] * reach / usual, p[1] / np.radians(1.5)],
             0.3 * p[2:]]
        )  # fmt: skip

    best = min(
        (
            least_squares(fun, np.r_[start / reach, 0.0, np.linspace(0.2, -0.2, _STRIPS)])
            for start in np.linspace(-usual, usual, 5)
        ),
        key=lambda f: float(f.cost),
    )
    covariance = np.linalg.inv(best.jac.T @ best.jac + 1e-9 * np.eye(len(best.x)))
    # edges of one cornice repeat one another: a third of them count
    row = float(np.sqrt(3 * covariance[0, 0])) * reach
    axis = float(outline[:, 0].min() + outline[:, 0].max()) / 2
    middle = best.x[0] * reach + np.tan(best.x[1]) * (width / 2 - axis)
    tilt = float(np.arctan(middle / focal))
    sigma = float(np.hypot(np.hypot(row / focal, _LEAST), tilt * spread / focal))
    return replace(blind, tilt=tilt, roll=-float(best.x[1]), tilt_sigma=min(sigma, float(_USUAL)))


def _level(segments: Segments, outline: F64) -> tuple[F64, F64, F64, F64] | None:
    """Nearly level segments: place across the tower (-1..1), row [px], slope, 1 / its sigma."""
    low, high = outline.min(0), outline.max(0)
    half, axis = (high[0] - low[0]) / 2, (high[0] + low[0]) / 2
    way = segments.ends[:, 2:] - segments.ends[:, :2]
    way = way * np.where(way[:, :1] < 0, -1, 1)
    size = np.hypot(way[:, 0], way[:, 1])
    flat = (np.abs(way[:, 1]) < 0.6 * way[:, 0]) & (size < 1.2 * half)
    if flat.sum() < 12:
        return None
    mid = (segments.ends[flat, :2] + segments.ends[flat, 2:]) / 2
    slope = way[flat, 1] / way[flat, 0]
    # a drawn edge is measured at its ends; of a found one also what it lies on is in doubt
    doubt = np.where(segments.trust[flat] > 0, 0.0, 0.03)
    sure = 1 / np.hypot(1.4 * segments.sigma[flat] / size[flat], np.maximum(doubt, 0.01))
    return (mid[:, 0] - axis) / half, mid[:, 1], slope, sure
