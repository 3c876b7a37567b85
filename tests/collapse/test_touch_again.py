"""What two hulls touched with a moment ago says what a full test says, or says that it does not."""

import numpy as np
from scipy.spatial.transform import Rotation

from setpiece.collapse.solver.again import SHALLOW, touch_again
from setpiece.collapse.solver.hulls import pack
from setpiece.collapse.solver.posing import pose, scratch
from setpiece.collapse.solver.sat import hull_contact

CORNERS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float)
MARGIN = 0.02


def test_it_agrees_with_the_full_test_after_a_small_move():
    rng = np.random.default_rng(11)
    same, off = 0, []
    for _ in range(1500):
        half = rng.uniform(0.1, 1.0, (2, 3))
        hulls = pack((CORNERS[None] * half[:, None]).reshape(-1, 3), np.array([0, 8, 16], np.int32))
        vert, vs, plane, fs, loop, ls, edge, es = hulls.arrays()
        turn = Rotation.random(2, random_state=rng)
        way = rng.normal(size=3)
        way /= np.linalg.norm(way)
        span = sum(np.abs(r.T @ way) @ h for r, h in zip(turn.as_matrix(), half, strict=True))
        x = np.array([np.zeros(3), way * span * rng.uniform(0.6, 1.0)])
        work = scratch(16, len(plane), 2)
        axis, out = np.zeros(3), np.zeros((128, 7))

        def posed(turn, x=x, work=work, hulls=(vert, vs, plane, fs)):
            work[10][:] = False
            for k in (0, 1):
                pose(k, x, turn.as_matrix(), *hulls, work)

        posed(turn)
        topology = vs, fs, loop, ls, edge, es
        count = hull_contact(0, 1, *topology, MARGIN, axis, out, work)
        if not count:
            continue
        x[1] -= axis * out[:count, 6].min()  # now they just touch
        posed(turn)
        if not hull_contact(0, 1, *topology, MARGIN, axis, out, work) or not work[11][0]:
            continue
        seat = int(work[11][0])
        x[1] += rng.normal(0, 0.002, 3)
        posed(Rotation.from_rotvec(rng.normal(0, 0.004, (2, 3))) * turn)
        count = touch_again(0, 1, seat, *topology, MARGIN, axis, out, work)
        if not count:
            continue
        quick, direction = out[:count, 6].min(), axis.copy()
        full = hull_contact(0, 1, *topology, MARGIN, axis, out, work)
        assert quick >= -SHALLOW
        assert quick <= MARGIN
        if full:
            off.append(abs(quick - out[:full, 6].min()))
            same += direction @ axis > 0.95
    assert len(off) > 100
    assert same > 0.9 * len(off)
    assert np.quantile(off, 0.95) < SHALLOW
