"""The failure wave follows the words of the brief."""

import numpy as np
import pytest
from buildings import frame

from setpiece.collapse.brief import Brief, Mode, Side
from setpiece.collapse.structure import strengthen
from setpiece.collapse.trigger import PULL, plan_failure
from setpiece.errors import BriefError


@pytest.fixture(scope="module")
def building():
    fragments, layout = frame(5)
    return fragments, strengthen(fragments, layout)


def plan(building, **words):
    return plan_failure(*building, Brief(**words), seed=3)


@pytest.mark.parametrize("mode", list(Mode))
def test_something_gives_way_at_the_onset_and_the_wave_ends(building, mode):
    trigger = plan(building, mode=mode)
    assert trigger.release.min() == 0.0
    assert np.isfinite(trigger.last)
    whole = np.isfinite(trigger.arrive).all()
    assert whole == (mode != Mode.PARTIAL)


@pytest.mark.parametrize(
    ("side", "axis", "sign"),
    [(Side.LEFT, 0, -1), (Side.RIGHT, 0, 1), (Side.FRONT, 1, -1), (Side.BACK, 1, 1)],
)
def test_progressive_runs_from_the_side_named(building, side, axis, sign):
    trigger = plan(building, mode=Mode.PROGRESSIVE, failure_side=side)
    centre = building[0].centre
    ground = building[0].storey == 0
    r = np.corrcoef(centre[ground, axis] * sign, trigger.arrive[ground])[0, 1]
    assert r < -0.9


def test_spread_sets_the_speed(building):
    words = {"mode": Mode.PROGRESSIVE, "failure_side": Side.LEFT}
    slow, fast = plan(building, spread=3.0, **words), plan(building, spread=30.0, **words)
    ground = building[0].storey == 0
    assert np.ptp(slow.arrive[ground]) > 5 * np.ptp(fast.arrive[ground])


def test_pancake_starts_at_the_storey_named(building):
    trigger = plan(building, mode=Mode.PANCAKE, failure_storeys=(-1,))
    storey = building[0].storey
    first = [trigger.arrive[storey == s].mean() for s in range(5)]
    assert np.argmin(first) == 4


def test_topple_fails_first_where_it_falls_to(building):
    trigger = plan(building, mode=Mode.TOPPLE, direction=Side.RIGHT)
    ground = building[0].storey == 0
    x = building[0].centre[ground, 0]
    assert np.corrcoef(x, trigger.arrive[ground])[0, 1] < -0.8
    assert (trigger.pull[:, 0] > 0).all()


@pytest.mark.parametrize("mode", list(Mode))
def test_the_directors_hand_is_bounded(building, mode):
    trigger = plan(building, mode=mode, direction=Side.FRONT)
    assert np.linalg.norm(trigger.pull, axis=1).max() <= PULL * (1 + 1e-9)
    assert (trigger.pull[:, 2] == 0).all()


def test_partial_leaves_a_part(building):
    trigger = plan(building, mode=Mode.PARTIAL, failure_side=Side.LEFT)
    gone = np.isfinite(trigger.arrive)
    x = building[0].centre[:, 0]
    assert 0.25 < gone.mean() < 0.65
    assert x[gone].mean() < x[~gone].mean()


def test_a_storey_that_is_not_there_is_named(building):
    with pytest.raises(BriefError, match="storey 9"):
        plan(building, failure_storeys=(9,))
