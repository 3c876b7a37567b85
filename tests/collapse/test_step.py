"""What the explicit step does between two looks at where things are."""

import numpy as np
from buildings import boxes
from scipy.spatial.transform import Rotation

from setpiece.collapse.fragments import Element
from setpiece.collapse.layout.model import CameraModel, Layout, Prism
from setpiece.collapse.solver.broadphase import SHIFT
from setpiece.collapse.solver.world import World
from setpiece.collapse.structure import strengthen


def two_blocks(gap=0.0):
    """A block on the ground and one above it, bonded where they touch."""
    lo = np.array([[-1.0, 19.0, 0.0], [-1.0, 19.0, 1.0 + gap]])
    hi = np.array([[1.0, 21.0, 1.0], [1.0, 20.5, 2.0 + gap]])
    fragments = boxes(lo, hi, [Element.SLAB, Element.SLAB], [0, 1])
    layout = Layout(
        size=(64, 36), camera=CameraModel(focal=50.0), outline=[(1, 1), (9, 1), (9, 9)],
        prisms=[Prism(footprint=[(-1, 19), (1, 19), (1, 21)], height=2.0, storeys=1)],
    )  # fmt: skip
    return World(fragments, strengthen(fragments, layout))


def cast_off(world, spin):
    """The two blocks, still bonded, high up and turning as one about their common centre."""
    world.let_go(np.flatnonzero(world.bj == world.n))
    world.state[:, :6] = 0.0
    share = world.mass / world.mass.sum()
    middle = share @ world.x[:2]
    world.x[:2] += (0.0, 0.0, 30.0)
    world.w[:2] = spin
    world.v[:2] = np.cross(spin, world.x[:2] - middle - (0.0, 0.0, 30.0))
    return world


def test_a_bonded_pair_that_tumbles_keeps_its_bond_and_its_momentum():
    spin = np.array([2.0, 3.0, 1.0])
    world = cast_off(two_blocks(), spin)

    def momentum():
        share = world.mass / world.mass.sum()
        arm = world.x[:2] - share @ world.x[:2]
        fast = world.v[:2] - share @ world.v[:2]
        inertia = world.rot[:2] @ world.structure.inertia @ np.swapaxes(world.rot[:2], 1, 2)
        own = np.einsum("kij,kj->ki", inertia, world.w[:2])
        return (world.mass[:, None] * np.cross(arm, fast) + own).sum(0)

    before = momentum()
    world.sink = world.fastest = 100.0
    for _ in range(120):
        world.advance()
    joint = (world.bi == 1) | (world.bj == 1)
    assert world.alive[joint & (world.bj < world.n)].all()
    assert np.linalg.norm(momentum() - before) < 0.02 * np.linalg.norm(before)
    assert abs(world.v[:2, 2].mean() + 9.81 * world.time) < 2.0


def test_a_free_piece_turns_as_far_as_it_spins():
    world = two_blocks(gap=5.0)
    world.let_go(np.arange(len(world.alive)))
    world.x[1, 2] += 50.0
    world.w[1] = (0.0, 0.0, 4.0)
    for _ in range(60):
        world.advance()
    turn = Rotation.from_quat(world.q[1]).as_rotvec()
    assert np.allclose(turn, [0, 0, 4.0 * 60 * world.tick], atol=1e-3)
    assert np.allclose(world.rot[1], Rotation.from_quat(world.q[1]).as_matrix(), atol=1e-9)


def test_what_falls_far_above_is_passed_over_and_still_lands():
    world = two_blocks(gap=3.0)
    world.let_go(np.flatnonzero((world.bi == 1) | (world.bj == 1)))
    deepest = 0.0
    for _ in range(480):
        world.advance()
        deepest = max(deepest, world.overlaps().max(initial=0.0))
    assert ((0 << SHIFT) + 1) in world.listed[0][: world.npair]
    assert abs(world.x[1, 2] - 1.5) < 0.02  # it lies on the other
    assert deepest < 0.02
