"""The depth buffer against the ray tracer, and strokes against the borders they follow."""

from __future__ import annotations

import numpy as np

from setpiece.previs import contour
from setpiece.previs.raster import look, shadow_map
from setpiece.render.camera import Camera


def _soup(seed: int, n: int = 60):
    rng = np.random.default_rng(seed)
    centre = rng.uniform((-3, 2, -2), (3, 9, 3), (n, 1, 3))
    v = (centre + rng.normal(0, 0.7, (n, 3, 3))).reshape(-1, 3).astype(np.float32)
    faces = np.arange(3 * n, dtype=np.int32).reshape(-1, 3)
    normal = np.repeat(np.cross(v[1::3] - v[::3], v[2::3] - v[::3]), 3, 0)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    return v, normal.astype(np.float32), faces


def test_what_is_seen_agrees_with_rays():
    """Independent of the rasteriser: every pixel's ray against all triangles (Möller-Trumbore)."""
    v, normals, faces = _soup(1)
    camera = Camera.from_angles(90.0, 120, 80, eye_height=0.4, tilt=4, roll=7, heading=-6)
    view = look(camera, v, normals, faces, np.zeros(len(faces), bool))
    x, y = np.meshgrid(np.arange(120) + 0.5, np.arange(80) + 0.5)
    d = camera.rays(np.stack([x, y], -1)).reshape(-1, 3)
    best, which = np.full(len(d), np.inf), np.full(len(d), -1)
    for f, (a, b, c) in enumerate(v[faces].astype(float)):
        e0, e1, t0 = b - a, c - a, camera.position - a
        p = np.cross(d, e1)
        det = p @ e0
        u = (p @ t0) / det
        q = np.cross(t0, e0)
        w = (d @ q) / det
        t = (e1 @ q) / det
        hit = (u >= 0) & (w >= 0) & (u + w <= 1) & (t > 0.06) & (t < best)
        best, which = np.where(hit, t, best), np.where(hit, f, which)
    along = best * (d @ camera.rotation[2])
    same = view.triangle.ravel() == which
    assert same.mean() > 0.995
    ok = same & (which >= 0)
    assert np.allclose(view.depth.ravel()[ok], along[ok], rtol=2e-3)


def test_triangles_through_the_lens_are_cut_not_smeared():
    v = np.array([[-5, -3, 0], [5, -3, 0], [0, 30, 0]], np.float32)
    up = np.tile(np.float32([0, 0, 1]), (3, 1))
    camera = Camera.from_angles(100.0, 100, 100, eye_height=1.5)
    view = look(camera, v, up, np.array([[0, 1, 2]], np.int32), np.zeros(1, bool))
    assert (view.triangle[:50] == -1).all()  # nothing above the horizon
    assert view.triangle[99, 50] == 0
    assert np.isclose(view.depth[99, 50], 1.5 * 100 / 49.5, rtol=1e-3)


def test_a_shadow_map_knows_how_far_light_comes():
    v = np.array([[-1, -1, 2], [1, -1, 2], [1, 1, 2], [-1, 1, 2]], np.float32)
    faces = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    cast = shadow_map(v, faces, np.ones(2, bool), np.float32([0, 0, 1]), np.zeros(3), 4.0, 64)
    middle = cast.depth[28:36, 28:36]
    assert np.allclose(middle, -2.0, atol=1e-4)
    assert np.isinf(cast.depth[2, 2])


def test_every_border_is_followed_once_and_rings_close():
    triangle = np.full((40, 60), -1, np.int32)
    triangle[10:30, 8:25] = 0
    triangle[5:35, 20:50] = 1  # before the first
    depth = np.where(triangle < 0, np.inf, np.where(triangle == 0, 5.0, 3.0)).astype(np.float32)
    normal = np.zeros((40, 60, 3), np.float32)
    normal[..., 2] = -1
    colour = np.ones((2, 3), np.float32)
    thing = np.array([0, 1], np.int32)
    found = contour.borders(
        triangle,
        depth,
        normal,
        colour,
        thing,
        thing,
        np.array([True, True]),
        np.array([50.0, 30.0, 20.0]),
    )
    count = int((found[0] > 0).sum() + (found[1] > 0).sum())
    points, owners, start, kinds = contour.chains(
        found[0], found[1], found[2], found[3], triangle, thing
    )
    lengths = np.diff(start) - 1
    assert lengths.sum() == count
    assert (kinds == contour.FIGURE).all()
    # The nearer one's outline is one closed ring, although the other's lines end on it.
    rings = [
        i for i in range(len(kinds)) if np.array_equal(points[start[i]], points[start[i + 1] - 1])
    ]
    assert [int(lengths[i]) for i in rings] == [2 * (30 + 30)]
    smooth = contour.smoothed(points, start, 8)
    assert np.abs(smooth - points).max() < 3
    assert len(owners) == len(points)
