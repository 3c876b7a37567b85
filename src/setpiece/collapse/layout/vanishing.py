"""Camera angles and focal length from line segments of an upright, rectangular world."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.optimize import least_squares

F64 = NDArray[np.float64]

#: Prior of a plate of unknown lens: 28 mm (35 mm equivalent), one sigma 35%.
PRIOR_MM, PRIOR_SIGMA = 28.0, 0.35
#: Diagonal of the 36x24 mm frame.
DIAGONAL = 43.2666
_TILT_SIGMA, _ROLL_SIGMA = np.radians(14.0), np.radians(2.0)


@dataclass
class Segments:
    """Segments (n, 4) [px]; weight (n,); may (n, 3): can it be upright, axis 1, axis 2;
    sigma (n,) of its end points [px]; trust (n,): 1 where the artist drew it along an edge,
    0.5 where it joins two drawn corners, 0 where it was found."""

    ends: F64
    weight: F64
    may: NDArray[np.bool_]
    sigma: F64
    trust: F64


@dataclass(frozen=True)
class View:
    """focal [px]; tilt, roll, yaw [radians]; sigmas; how much of the segments it explains."""

    focal: float
    tilt: float
    roll: float
    yaw: float
    focal_sigma: float
    tilt_sigma: float
    yaw_sigma: float
    explained: float
    segments: int


@dataclass(frozen=True)
class Labels:
    """axis (n,): 0 upright, 1, 2, or -1 where a segment fits none; which of 1 and 2 vanishes on
    the left and on the right; zenith: the upright vanishing point, homogeneous [px]."""

    axis: NDArray[np.int64]
    left: int
    right: int
    zenith: F64

    def place(self, points: F64, row: float) -> F64:
        """Column in which the upright line through each point (n, 2) passes `row`."""
        way = self.zenith[:2] - points * self.zenith[2]
        return np.asarray(points[:, 0] + way[:, 0] / way[:, 1] * (row - points[:, 1]))

    def upright(self, x: float, row: float, rows: F64) -> F64:
        """Columns at `rows` of the upright line through (x, row)."""
        way = self.zenith[:2] - np.array([x, row]) * self.zenith[2]
        return np.asarray(x + way[0] / way[1] * (rows - row))


def labelled(segments: Segments, view: View, width: int, height: int) -> Labels:
    """Which of the view's axes each segment follows, to 2 degrees."""
    p = np.array([np.log(view.focal), view.tilt, view.roll, view.yaw])
    centre = np.array([width / 2, height / 2])
    ends = segments.ends.reshape(-1, 2, 2) - centre
    length = np.maximum(np.hypot(*(ends[:, 1] - ends[:, 0]).T), 1e-6)
    error = _residual(p, ends, length, segments)
    near = error.min(1, initial=1e6) < np.radians(2.0) * length / 2
    v = np.zeros((3, 3))
    _axes(p[1], p[2], p[3], v)
    zenith = np.append(view.focal * v[0, :2] + centre * v[0, 2], v[0, 2])
    left, right = _sides(v)
    return Labels(np.where(near, error.argmin(1), -1), left, right, zenith)


def _sides(v: F64) -> tuple[int, int]:
    """The level axis that vanishes on the left, and the one that does on the right."""
    side = v[:, 0] * np.where(v[:, 2] < 0, -1.0, 1.0)
    return (1, 2) if side[1] < side[2] else (2, 1)


@njit(cache=True, nogil=True, fastmath=True)
def _axes(tilt, roll, yaw, out):  # type: ignore[no-untyped-def]
    ct, st, cr, sr = np.cos(tilt), np.sin(tilt), np.cos(roll), np.sin(roll)
    cy, sy = np.cos(yaw), np.sin(yaw)
    for k in range(3):
        if k == 0:
            x, y, z = 0.0, -ct, st
        elif k == 1:
            x, y, z = cy, sy * st, sy * ct
        else:
            x, y, z = -sy, cy * st, cy * ct
        out[k, 0] = cr * x + sr * y
        out[k, 1] = -sr * x + cr * y
        out[k, 2] = z


@njit(cache=True, nogil=True, fastmath=True)
def _search(mid, along, weight, may, focals, tilts, rolls, yaws, tau, out):  # type: ignore[no-untyped-def]
    """Weighted support of every (focal, tilt, roll, yaw); residual is the sine of the angle
    between a segment and the direction from its middle to the vanishing point."""
    v = np.zeros((3, 3))
    t2 = tau * tau
    for a in range(len(focals)):
        for b in range(len(tilts)):
            for c in range(len(rolls)):
                for d in range(len(yaws)):
                    _axes(tilts[b], rolls[c], yaws[d], v)
                    total = 0.0
                    for i in range(len(weight)):
                        best = t2
                        for k in range(3):
                            if may[i, k]:
                                ux = focals[a] * v[k, 0] - mid[i, 0] * v[k, 2]
                                uy = focals[a] * v[k, 1] - mid[i, 1] * v[k, 2]
                                s = along[i, 0] * uy - along[i, 1] * ux
                                e = s * s / (ux * ux + uy * uy + 1e-9)
                                if e < best:
                                    best = e
                        q = 1.0 - best / t2
                        total += weight[i] * q * q
                    out[a, b, c, d] = total


def solve_view(
    segments: Segments, width: int, height: int, focal_mm: float | None, fixed: bool = True
) -> View:
    """The camera of a picture of `width` x `height` from segments of three orthogonal directions.

    An exhaustive search over focal length, tilt, roll and yaw with priors, then maximum
    likelihood on the segments' end points; sigmas from its curvature, widened by the misfit.
    focal_mm: 35 mm equivalent where known.
    """
    diagonal = float(np.hypot(width, height))
    centre = np.array([width / 2, height / 2])
    ends = segments.ends.reshape(-1, 2, 2) - centre
    mid = ends.mean(1)
    along = ends[:, 1] - ends[:, 0]
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-6)
    along = along / length[:, None]
    known = focal_mm is not None
    mm = np.array([focal_mm]) if known else np.geomspace(15, 110, 12)
    focals = mm / DIAGONAL * diagonal
    tilts, rolls = np.radians(np.arange(-40, 41, 2.5)), np.radians(np.arange(-4.5, 4.6, 1.5))
    yaws = np.radians(np.arange(0, 90, 2.5))
    weight = segments.weight / max(segments.weight.sum(), 1e-9)
    support = np.zeros((len(focals), len(tilts), len(rolls), len(yaws)))
    if len(weight):
        _search(mid, along, weight, segments.may, focals, tilts, rolls, yaws,
                np.radians(3.5), support)  # fmt: skip
    score = 120.0 * support
    if not known:
        score -= 0.5 * (np.log(mm / PRIOR_MM) / _prior_sigma(segments))[:, None, None, None] ** 2
    score -= 0.5 * (tilts / _TILT_SIGMA)[None, :, None, None] ** 2
    score -= 0.5 * (rolls / _ROLL_SIGMA)[None, None, :, None] ** 2
    best: tuple[float, F64, F64] | None = None
    log_prior = np.log(PRIOR_MM / DIAGONAL * diagonal)
    # the best of each focal length and each range of yaws: near ties are settled exactly
    ranges = np.array_split(np.arange(len(yaws)), 9 if known else 4)
    starts = []
    for a in range(len(focals)):
        for span in ranges:
            part = score[a][:, :, span]
            b, c, d = np.unravel_index(int(part.argmax()), part.shape)
            start = np.array([np.log(focals[a]), tilts[b], rolls[c], yaws[span[d]]])
            starts.append((float(part[b, c, d]), start))
    starts.sort(key=lambda item: -item[0])
    for _, start in starts[:20]:
        cost, p, covariance = _refine(segments, ends, length, start, known, log_prior)
        fitted = cost + 8.0 * _crossed(segments, ends, length, p), p, covariance
        if best is None or fitted[0] < best[0]:
            best = fitted
    assert best is not None
    _, p, covariance = best
    error = _residual(p, ends, length, segments)
    hit = error.min(1) < np.radians(2.0) * length / 2
    sigma = np.sqrt(np.maximum(np.diag(covariance), 0))
    focal = float(np.exp(p[0]))
    return View(
        focal, float(p[1]), float(p[2]), float(p[3]),
        0.0 if known else focal * float(min(sigma[0], PRIOR_SIGMA)),
        float(min(sigma[1], _TILT_SIGMA)), float(min(sigma[3], 1.0)),
        float((weight * hit).sum()) if len(weight) else 0.0, int(hit.sum()),
    )  # fmt: skip


def _prior_sigma(segments: Segments) -> float:
    """Strokes are worth more than a guess at the lens: with four of them it hardly counts."""
    return 2 * PRIOR_SIGMA if (segments.trust > 0).sum() >= 4 else PRIOR_SIGMA


def _crossed(segments: Segments, ends: F64, length: F64, p: F64) -> float:
    """0..1: share of pairs of drawn level edges, one of each axis, that lie the wrong way round.

    Of a convex corner, the wall on the left runs to the vanishing point on the left. Swapped axes
    fit a few segments near the horizon as well as the right ones do.
    """
    v = np.zeros((3, 3))
    _axes(p[1], p[2], p[3], v)
    error = _residual(p, ends, length, segments)
    label, hit = error.argmin(1), error.min(1) < 3 * segments.sigma
    hit &= segments.trust > 0
    left, right = _sides(v)
    x = ends.mean(1)[:, 0]
    a, b = hit & (label == left), hit & (label == right)
    pairs = segments.weight[a][:, None] * segments.weight[b][None, :]
    if pairs.size == 0:
        return 0.0
    return float((pairs * (x[a][:, None] > x[b][None, :])).sum() / max(pairs.sum(), 1e-9))


def _residual(p: F64, ends: F64, length: F64, segments: Segments) -> F64:
    """(n, 3) distance [px] by which each segment's end misses the line to each vanishing point."""
    v = np.zeros((3, 3))
    _axes(p[1], p[2], p[3], v)
    focal = np.exp(p[0])
    mid = ends.mean(1)
    along = (ends[:, 1] - ends[:, 0]) / length[:, None]
    u = focal * v[None, :, :2] - mid[:, None, :] * v[None, :, 2:]
    cross = along[:, None, 0] * u[..., 1] - along[:, None, 1] * u[..., 0]
    e = np.abs(cross) / (np.hypot(u[..., 0], u[..., 1]) + 1e-9) * length[:, None] / 2
    return np.where(segments.may, e, 1e6)


def _refine(
    segments: Segments, ends: F64, length: F64, start: F64, known: bool, log_prior: float
) -> tuple[float, F64, F64]:
    """(cost, parameters, covariance) near `start`; labels are settled twice."""
    free = [1, 2, 3] if known else [0, 1, 2, 3]
    share = segments.weight / max(segments.weight.max(initial=1e-9), 1e-9)
    share = np.where(segments.trust > 0, 1.0, np.clip(share, 0.2, 1.0))
    # Neighbouring segments of one edge repeat one another: many count as few.
    room = 16.0 if (segments.trust > 0).sum() >= 4 else 40.0
    few = np.where(segments.trust > 0, 1.0, min(1.0, room / max((segments.trust == 0).sum(), 1)))
    scale = np.sqrt(share * few) / segments.sigma
    spread = _prior_sigma(segments)
    p = start.copy()
    # A stroke along an edge is meant: only one far off all others is dropped.
    cap = np.where(segments.trust > 0.9, 9.0, np.where(segments.trust > 0, 4.0, 3.0))
    cost, jacobian, misfit = 0.0, np.zeros((1, 4)), 1.0
    for _ in range(3):
        label = _residual(p, ends, length, segments).argmin(1)
        rows = np.arange(len(label))

        def prior(q: F64) -> F64:
            r = [q[1] / _TILT_SIGMA, q[2] / _ROLL_SIGMA]
            return np.array(r if known else [*r, (q[0] - log_prior) / spread])

        def fun(x: F64, label: NDArray[np.int64] = label, rows: NDArray[np.int64] = rows) -> F64:
            q = p.copy()
            q[free] = x
            e = _residual(q, ends, length, segments)[rows, label] * scale
            # Geman-McClure: a segment that fits nothing has a say of at most its `cap`.
            return np.concatenate([e / np.sqrt(1 + (e / cap) ** 2), prior(q)])

        step = least_squares(fun, p[free], x_scale=[0.1, 0.05, 0.02, 0.05][4 - len(free) :],
                             max_nfev=60)  # fmt: skip
        p[free] = step.x
        cost, jacobian = float(step.cost), step.jac
        e = _residual(p, ends, length, segments)[rows, label] * scale
        good = e[e < 2 * cap]
        misfit = float(np.sqrt((good**2).mean())) if len(good) > 4 else 1.0
    information = jacobian.T @ jacobian
    covariance = np.zeros((4, 4))
    try:
        inverse = np.linalg.inv(information + 1e-9 * np.eye(len(free)))
    except np.linalg.LinAlgError:
        inverse = np.eye(len(free))
    covariance[np.ix_(free, free)] = inverse * max(1.0, misfit) ** 2
    return cost, p, covariance


def compile_kernels() -> None:
    """Compile the search (used by the warm-up)."""
    a = np.zeros((1, 2))
    one = np.ones(1)
    _search(a, a + 1, one, np.ones((1, 3), np.bool_), one, one, one, one, 0.1,
            np.zeros((1, 1, 1, 1)))  # fmt: skip
