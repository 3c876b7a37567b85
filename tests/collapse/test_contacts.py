"""Hulls touch where they do: against every axis that two boxes can be apart along."""

import numpy as np
from buildings import boxes
from scipy.spatial.transform import Rotation

from setpiece.collapse.fragments import Element
from setpiece.collapse.layout.model import CameraModel, Layout, Prism
from setpiece.collapse.solver.bonds import SUMS
from setpiece.collapse.solver.broadphase import SHIFT
from setpiece.collapse.solver.hulls import pack
from setpiece.collapse.solver.posing import pose, scratch
from setpiece.collapse.solver.sat import hull_contact
from setpiece.collapse.solver.world import World
from setpiece.collapse.structure import strengthen

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


def contact(half, x, rot):
    """What `hull_contact` says of two boxes: points with gaps (K, 7), and the axis."""
    hulls = pack((CORNERS[None] * half[:, None]).reshape(-1, 3), np.array([0, 8, 16], np.int32))
    vert, vs, plane, fs, loop, ls, edge, es = hulls.arrays()
    work = scratch(16, len(plane), 2)
    work[10][:] = False
    for k in (0, 1):
        pose(k, x, rot, vert, vs, plane, fs, work)
    axis, out = np.zeros(3), np.zeros((128, 7))
    count = hull_contact(0, 1, vs, fs, loop, ls, edge, es, MARGIN, axis, out, work)
    return out[:count].copy(), axis


def test_plates_that_lie_on_one_another_touch_at_more_than_a_point():
    rng = np.random.default_rng(11)
    half = np.array([[2.0, 1.5, 0.1], [1.8, 0.6, 0.1]])
    leaning = several = 0
    for _ in range(400):
        angles = np.column_stack([rng.uniform(-3, 3, 2), rng.normal(0, 0.06, (2, 2))])
        rot = Rotation.from_euler("zyx", angles).as_matrix()
        x = np.zeros((2, 3))
        x[1] = (*rng.uniform(-1.0, 1.0, 2), 0.3)
        for _ in range(40):  # down until they overlap by some centimetres
            if overlap(half, x, rot) > 0.02:
                break
            x[1, 2] -= 0.01
        points, axis = contact(half, x, rot)
        faces = max(np.abs(rot[k][:, 2] @ axis) for k in (0, 1))
        if not 0.95 < faces < 0.9999:
            continue
        leaning += 1  # an edge axis, hardly off the plates' normals
        depth = overlap(half, x, rot)
        several += len(points) > 1
        assert depth - 1e-9 < -points[:, 6].min() < depth + BIAS + 1e-9
    assert leaning > 30
    assert several > 0.4 * leaning  # the others lean so far that only a corner is within MARGIN


def block_and_plate():
    """A block on the ground and a plate above it that nothing holds."""
    lo = np.array([[-3.0, 17.0, 0.0], [-1.0, 19.0, 1.6]])
    hi = np.array([[3.0, 23.0, 1.0], [1.0, 21.0, 1.8]])
    fragments = boxes(lo, hi, [Element.SLAB, Element.SLAB], [0, 1])
    layout = Layout(
        size=(64, 36), camera=CameraModel(focal=50.0), outline=[(1, 1), (9, 1), (9, 9)],
        prisms=[Prism(footprint=[(-3, 17), (3, 17), (3, 23)], height=2.0, storeys=1)],
    )  # fmt: skip
    return World(fragments, strengthen(fragments, layout))


def test_a_plate_that_tips_over_its_corner_does_not_go_into_what_it_lands_on():
    for lean in (0.2, 0.35, 0.5):
        world = block_and_plate()
        world.let_go(np.flatnonzero((world.bi == 1) | (world.bj == 1)))
        turn = Rotation.from_euler("zyx", [0.3, lean, np.pi / 2 - 0.25])
        world.q[1], world.rot[1] = turn.as_quat(), turn.as_matrix()
        low = (turn.as_matrix() @ (CORNERS * (1.0, 1.0, 0.1)).T)[2].min()
        world.x[1] = (0.0, 20.0, 1.002 - low)
        deepest = 0.0
        for _ in range(480):
            world.advance()
            deepest = max(deepest, world.overlaps().max(initial=0.0))
        assert world.x[1, 2] < 1.3  # it lies
        assert deepest < 0.02


def test_pieces_whose_bond_has_folded_collide():
    world = block_and_plate()
    joint = np.flatnonzero((world.bi == 1) | (world.bj == 1))
    key = (0 << SHIFT) + 1
    assert key in world.blocked
    world.state[joint, SUMS] = 0.7 * world.structure.limit[joint, 0]
    world.refresh()
    assert world.alive[joint].all()
    assert key not in world.blocked
