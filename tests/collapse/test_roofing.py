"""What sits on top comes apart: eaves, planes, a finial; low walls fall over in sheets."""

import numpy as np
import pytest
from houses import house, layout_of, pagoda, rectangle, ring

from setpiece.collapse.brief import Brief, Mode, Side
from setpiece.collapse.buckling import GIVEN, sheets
from setpiece.collapse.fracture import fracture
from setpiece.collapse.fragments import Element
from setpiece.collapse.layout.model import Layout, Prism
from setpiece.collapse.roofing import find_stacks
from setpiece.collapse.site import Site
from setpiece.collapse.solver import GRAVITY
from setpiece.collapse.structure import strengthen
from setpiece.collapse.trigger import plan_failure


def broken(layout: Layout, count: int):
    pieces = fracture(layout, count=count, seed=2)
    return pieces, strengthen(pieces, layout)


@pytest.fixture(scope="module")
def tower():
    tiers = pagoda().prisms
    finial = Prism(footprint=ring(0, 45, 0.6, 8), base=16.0, height=6.0, construction="timber")
    return broken(layout_of(*tiers, finial), 400)


@pytest.fixture(scope="module")
def cottage():
    return broken(house(), 300)


def test_a_roof_that_rides_down_lets_go_along_cracks_and_eaves(tower):
    pieces, structure = tower
    brief = Brief(mode=Mode.TOPPLE, direction=Side.RIGHT)
    plan = plan_failure(*tower, brief, seed=1)
    b = structure.bonds
    roof = pieces.element == Element.ROOF
    inside = (b.j >= 0) & roof[b.i] & roof[np.maximum(b.j, 0)]
    free = np.isfinite(plan.release[inside])
    assert 0.1 < free.mean() < 0.9  # in pieces, not in dust
    late = plan.release[inside][free] - np.minimum(plan.arrive[b.i], plan.arrive[b.j])[inside][free]
    assert np.median(late) > 0  # after the wave, save where a crack runs ahead
    assert np.ptp(plan.release[inside][free]) > 0.5  # one after another


def test_a_finial_snaps_at_its_neck_and_tips_the_way_the_building_falls(tower):
    pieces, _ = tower
    plan = plan_failure(*tower, Brief(mode=Mode.TOPPLE, direction=Side.RIGHT), seed=1)
    stacks = find_stacks(pieces, Site(pieces), plan.pull, np.random.default_rng(0))
    assert len(stacks) == 1
    own = stacks[0].own
    assert (pieces.prism[own] == 3).all()
    assert (pieces.centre[own, 2] > stacks[0].neck).all()
    assert np.isfinite(plan.push[own]).all()
    assert (plan.kick[own, 0] > 0).all()
    assert np.ptp(plan.spin[own], axis=0).max() < 1e-9  # as one


def test_low_walls_fall_over_in_sheets(cottage):
    pieces, structure = cottage
    own = pieces.element == Element.MASONRY
    wall, part = sheets(pieces, structure.bonds, np.zeros(len(pieces), np.int64), own)
    assert (wall[~own] == -1).all()
    assert (wall[own] >= 0).mean() > 0.95
    assert len(np.unique(part[own])) == len(np.unique(wall[own]))
    plan = plan_failure(*cottage, Brief(mode=Mode.PROGRESSIVE), seed=1)
    given = 0.5 * (pieces.mass * (plan.kick**2).sum(1)).sum()
    assert given <= GIVEN * GRAVITY * (pieces.mass * pieces.centre[:, 2]).sum()
    b = structure.bonds
    inside = (b.j >= 0) & own[b.i] & own[np.maximum(b.j, 0)]
    assert np.isinf(plan.release[inside]).mean() > 0.3  # sheets hold together until they land


def test_no_push_comes_before_the_joints_have_gone(cottage):
    plan = plan_failure(*cottage, Brief(mode=Mode.PANCAKE), seed=1)
    moved = np.isfinite(plan.crushed)
    assert (plan.push[moved] > plan.crushed[moved]).any()
    b = cottage[1].bonds
    j = np.where(b.j < 0, b.i, b.j)
    early = np.minimum(plan.push[b.i], plan.push[j]) < plan.release
    ends = np.isfinite(plan.crushed[b.i]) & np.isfinite(plan.release)
    assert (early & ends).mean() < 0.02


def test_a_slender_building_alone_is_no_wider_for_its_stack():
    pieces, structure = broken(
        layout_of(Prism(footprint=rectangle(0, 20, 2, 2), height=9, construction="masonry")), 60
    )
    plan = plan_failure(pieces, structure, Brief(mode=Mode.TOPPLE, direction=Side.LEFT), seed=0)
    assert np.isfinite(plan.kick).all()
    assert np.isfinite(plan.last)
