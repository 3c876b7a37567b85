"""A structure carries its own weight with a margin, whatever the pieces."""

import numpy as np
import pytest
from buildings import frame
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import eigh

from setpiece.collapse.fracture import fracture
from setpiece.collapse.fragments import Bonds
from setpiece.collapse.layout.model import CameraModel, Layout, Prism, Roof
from setpiece.collapse.solver import STEP, TICK, statics
from setpiece.collapse.solver.measure import Rest
from setpiece.collapse.solver.world import World
from setpiece.collapse.structure import Joint, strengthen
from setpiece.errors import StageError


def stand(fragments, layout, seconds=0.5):
    world = World(fragments, strengthen(fragments, layout))
    rest = Rest(world)
    for _ in range(round(seconds / TICK)):
        rest.add(world, world.advance(), TICK)
    return rest.check()


@settings(max_examples=6, deadline=None)
@given(
    storeys=st.integers(1, 5),
    bays=st.tuples(st.integers(1, 3), st.integers(1, 2)),
    bay=st.floats(2.5, 6.0),
    pieces=st.integers(1, 2),
)
def test_any_frame_stands_with_the_margin(storeys, bays, bay, pieces):
    fragments, layout = frame(storeys, bays, bay=bay, pieces=pieces)
    structure = strengthen(fragments, layout, margin=1.7)
    assert structure.utilisation <= 1 / 1.5
    check = stand(fragments, layout, 0.25)
    assert check["ok"], check


def test_the_ground_carries_the_weight():
    fragments, layout = frame(3)
    structure = strengthen(fragments, layout)
    ground = structure.bonds.j < 0
    second = np.cross(structure.bonds.normal, structure.bonds.tangent)
    up = -(
        structure.demand[:, 0] * structure.bonds.normal[:, 2]
        + structure.demand[:, 1] * structure.bonds.tangent[:, 2]
        + structure.demand[:, 2] * second[:, 2]
    )[ground]
    assert abs(up.sum()) == pytest.approx(fragments.mass.sum() * 9.81, rel=1e-6)


def test_a_piece_without_bonds_is_tied_and_stands():
    fragments, layout = frame(2)
    free = len(fragments) - 1
    keep = (fragments.bonds.i != free) & (fragments.bonds.j != free)
    b = fragments.bonds
    cut = Bonds(
        b.i[keep], b.j[keep], b.position[keep], b.normal[keep], b.tangent[keep], b.width[keep],
        b.length[keep],
    )  # fmt: skip
    object.__setattr__(fragments, "bonds", cut)
    structure = strengthen(fragments, layout)
    assert structure.own == keep.sum()
    new = slice(structure.own, None)
    assert len(structure.bonds.i) > structure.own
    assert ((structure.bonds.i[new] == free) | (structure.bonds.j[new] == free)).all()
    assert stand(fragments, layout, 0.25)["ok"]


@settings(max_examples=10, deadline=None)
@given(
    tiers=st.lists(st.tuples(st.floats(0.5, 1.2), st.floats(2.4, 7.0)), min_size=1, max_size=4),
    gap=st.floats(-0.4, 1.2),
    sides=st.sampled_from([3, 4, 6, 8]),
    radius=st.floats(3.0, 9.0),
    construction=st.sampled_from(["timber", "masonry", "frame"]),
    roof=st.sampled_from(["flat", "pyramid"]),
    overhang=st.floats(0.0, 2.5),
    count=st.sampled_from([200, 300, 500]),
)
def test_any_tower_in_tiers_stands(tiers, gap, sides, radius, construction, roof, overhang, count):
    """Tiers wider or narrower than the one below, with a gap or pushed into its roof."""
    turn = np.arange(sides) * 2 * np.pi / sides
    prisms, z = [], 0.0
    for share, height in tiers:
        radius = max(radius * share, 1.5)
        ring = [(float(radius * np.cos(t)), float(40 + radius * np.sin(t))) for t in turn]
        prisms.append(
            Prism(
                footprint=ring, base=z, height=height, storeys=max(1, int(height / 3)),
                roof=Roof(kind=roof, pitch=28, overhang=overhang), construction=construction,
            )
        )  # fmt: skip
        z += height + gap
    layout = Layout(
        size=(640, 480), camera=CameraModel(focal=500.0), outline=[(0, 0), (9, 0), (9, 9)],
        prisms=prisms,
    )  # fmt: skip
    fragments = fracture(layout, count=count, seed=3)
    check = stand(fragments, layout, 0.25)
    assert check["ok"], check
    assert check["value"] < 1e-3, check


def test_nothing_on_the_ground_is_refused():
    fragments, layout = frame(1, (1, 1))
    b = fragments.bonds
    keep = b.j >= 0
    object.__setattr__(
        fragments,
        "bonds",
        Bonds(b.i[keep], b.j[keep], b.position[keep], b.normal[keep], b.tangent[keep],
              b.width[keep], b.length[keep]),
    )  # fmt: skip
    with pytest.raises(StageError, match="ground"):
        strengthen(fragments, layout)


def test_columns_are_stronger_than_panels_and_brittle_parts_sooner():
    fragments, layout = frame(2)
    tied = strengthen(fragments, layout, brittle=0.0)
    brittle = strengthen(fragments, layout, brittle=1.0)
    column, panel = tied.joint == Joint.COLUMN_SLAB, tied.joint == Joint.CLIP
    assert np.median(tied.capacity[column, 1]) > 3 * np.median(tied.capacity[panel, 1])
    slab = tied.joint == Joint.SLAB
    assert (brittle.limit[slab, 4] < tied.limit[slab, 4]).all()


def test_no_bond_is_too_fast_for_the_step():
    fragments, layout = frame(3, pieces=2)
    s = strengthen(fragments, layout)
    n = len(fragments)
    eye = np.eye(6)
    stiffness = np.zeros((6 * n, 6 * n))
    strain = statics._strain(
        s.bonds,
        s.bonds.position - fragments.centre[s.bonds.i],
        s.bonds.position - fragments.centre[np.maximum(s.bonds.j, 0)],
    )
    for k, (i, j) in enumerate(zip(s.bonds.i, s.bonds.j, strict=True)):
        dof = np.r_[6 * i : 6 * i + 6, 6 * j : 6 * j + 6] if j >= 0 else np.r_[6 * i : 6 * i + 6]
        b = strain[k][:, : len(dof)]
        stiffness[np.ix_(dof, dof)] += b.T @ (s.stiffness[k][:, None] * eye) @ b
    mass = np.zeros_like(stiffness)
    for i in range(n):
        mass[6 * i : 6 * i + 3, 6 * i : 6 * i + 3] = s.mass[i] * np.eye(3)
        mass[6 * i + 3 : 6 * i + 6, 6 * i + 3 : 6 * i + 6] = s.inertia[i]
    fastest = eigh(stiffness, mass, eigvals_only=True, subset_by_index=[6 * n - 1, 6 * n - 1])
    assert fastest[0] * STEP**2 <= statics.LIMIT * (1 + 1e-6)


def test_crumbs_and_needles_do_not_disturb_a_building_that_stands():
    fragments, layout = frame(2)
    b = fragments.bonds
    light = [k for k in range(len(fragments)) if (b.i == k).sum() + (b.j == k).sum() > 0][-3:]
    fragments.mass[light] = 0.05
    fragments.inertia[light] = 1e-6 * np.eye(3)
    assert stand(fragments, layout, 0.25)["ok"]


def test_a_coarser_step_leaves_a_building_standing_as_it_stood():
    fragments, layout = frame(3)
    world = World(fragments, strengthen(fragments, layout))
    for _ in range(12):
        world.advance()
    world.coarsen()
    rest = Rest(world)
    for _ in range(60):
        rest.add(world, world.advance(), world.tick)
    check = rest.check()
    assert check["ok"], check
    assert check["value"] < 1e-3
