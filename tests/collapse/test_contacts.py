"""Hulls touch where they do: against every axis that two boxes can be apart along."""

import numpy as np
from scipy.spatial.transform import Rotation

from setpiece.collapse.solver.hulls import pack
from setpiece.collapse.solver.sat import hull_contact, pose, scratch

CORNERS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float)
MARGIN = 0.01
BIAS = 0.004  # [m] by how much faces are preferred to edges


def overlap(half, x, rot):
    """Least overlap of two boxes over all their axes [m]; negative is a gap along one of them."""
    axes = [rot[k][:, a] for k in (0, 1) for a in range(3)]
    axes += [np.cross(rot[0][:, a], rot[1][:, b]) for a in range(3) for b in range(3)]
    least = np.inf
    for axis in axes:
        size = np.linalg.norm(axis)
        if size > 1e-2:
            n = axis / size
            reach = sum(np.abs(rot[k].T @ n) @ half[k] for k in (0, 1))
            least = min(least, reach - abs((x[1] - x[0]) @ n))
    return least


def test_boxes_touch_where_no_axis_parts_them():
    rng = np.random.default_rng(5)
    seen = {"apart": 0, "shallow": 0, "deep": 0}
    for _ in range(1500):
        half = rng.uniform(0.05, 1.0, (2, 3))
        hulls = pack((CORNERS[None] * half[:, None]).reshape(-1, 3), np.array([0, 8, 16], np.int32))
        vert, vs, plane, fs, loop, ls, edge, es = hulls.arrays()
        rot = Rotation.random(2, random_state=rng).as_matrix()
        way = rng.normal(size=3)
        way /= np.linalg.norm(way)
        x = np.zeros((2, 3))
        x[1] = (
            way
            * rng.uniform(0.3, 1.0)
            * sum(np.abs(r.T @ way) @ h for r, h in zip(rot, half, strict=True))
        )
        depth = overlap(half, x, rot)
        work = scratch(16, len(plane), 2)
        work[10][:] = False
        for k in (0, 1):
            pose(k, x, rot, vert, vs, plane, fs, work)
        axis, out = np.zeros(3), np.zeros((128, 7))
        count = hull_contact(0, 1, vs, fs, loop, ls, edge, es, MARGIN, axis, out, work)
        if depth < -MARGIN:
            assert count == 0
            seen["apart"] += 1
            continue
        if depth > 0:
            found = -out[:count, 6].min()
            assert count > 0
            assert depth - 1e-9 < found < depth + BIAS + 1e-9
            assert (out[:count, 3:6] @ (x[1] - x[0]) > -1e-9).all() or depth > half.min()
            seen["deep" if depth > 0.03 else "shallow"] += 1
    assert min(seen.values()) > 50, seen
