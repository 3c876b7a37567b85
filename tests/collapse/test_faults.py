"""What stands above a failure cracks into bays, each crack as one, after its support has gone."""

import numpy as np
import pytest
from buildings import frame

from setpiece.collapse.brief import Brief, Mode, Side
from setpiece.collapse.faults import find_faults
from setpiece.collapse.fragments import Element
from setpiece.collapse.site import Site
from setpiece.collapse.structure import strengthen
from setpiece.collapse.trigger import plan_failure


@pytest.fixture(scope="module")
def building():
    fragments, layout = frame(5, (5, 3))
    return fragments, strengthen(fragments, layout)


def faults(building, arrive, seed=0):
    pieces, structure = building
    supports = pieces.element == Element.COLUMN
    rng = np.random.default_rng(seed)
    return find_faults(pieces, structure, Site(pieces), arrive, supports, rng)


def test_cracks_open_after_the_support_has_gone_and_part_more_than_one_bay(building):
    found = faults(building, np.full(len(building[0]), 0.4))
    crossed = np.isfinite(found.open)
    assert 0.1 < crossed.mean() < 0.8
    assert found.open[crossed].min() >= 0.4
    assert len(np.unique(found.bay)) > 6
    bonds = building[1].bonds
    upright = np.abs(bonds.normal[:, 2]) > 0.7
    assert found.left[~upright].max() < found.left[upright].min()  # weight keeps a crack closed


def test_no_crack_runs_into_what_stays_up(building):
    x = building[0].centre[:, 0]
    arrive = np.where(x > np.median(x), 0.2, np.inf)
    found = faults(building, arrive)
    bonds = building[1].bonds
    j = np.where(bonds.j < 0, bonds.i, bonds.j)
    stays = ~np.isfinite(arrive[bonds.i]) | ~np.isfinite(arrive[j])
    assert np.isinf(found.open[stays]).all()
    assert np.isfinite(found.open[~stays]).any()


def test_storeys_above_a_topple_are_crushed_from_the_side_it_leans_to(building):
    pieces = building[0]
    brief = Brief(mode=Mode.TOPPLE, direction=Side.RIGHT, failure_storeys=(1,))
    trigger = plan_failure(*building, brief, seed=1)
    for storey in (3, 4):
        own = (pieces.storey == storey) & (pieces.element == Element.COLUMN)
        assert np.corrcoef(pieces.centre[own, 0], trigger.arrive[own])[0, 1] < -0.7
