"""Years into strengths, keyframes between them, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from setpiece.deage.ages import LAYERS, Key, Strengths, at, strengths
from setpiece.errors import InputError


def test_thirty_years_are_full_strength_and_older_is_the_other_way() -> None:
    full, older = strengths(30), strengths(-30)
    for layer in LAYERS:
        assert full.of(layer) == pytest.approx(1.0)
        assert older.of(layer) == pytest.approx(-1.0)
    assert all(strengths(0).of(n) == 0 for n in LAYERS)


def test_skin_answers_before_bones() -> None:
    ten = strengths(10)
    assert ten.of("wrinkles") > ten.of("shape") > 0


def test_nobody_is_made_younger_than_twenty() -> None:
    assert strengths(30, age=35) == strengths(15)
    assert strengths(30, age=19).of("wrinkles") == 0
    assert strengths(-30, age=35) == strengths(-30)


def test_layers_are_dialled_by_name() -> None:
    dialled = strengths(30, layers={"hair": 0.0, "shape": 0.5})
    assert dialled.of("hair") == 0
    assert dialled.of("shape") == pytest.approx(0.5)
    assert dialled.of("tone") == pytest.approx(1.0)


def test_between_two_keys_it_eases_and_beyond_them_it_holds() -> None:
    keys = [Key(1021, strengths(30)), Key(1001, strengths(10, regions={"neck": 0.0}))]
    assert at(keys, 990) == keys[1].strengths
    assert at(keys, 1030) == keys[0].strengths
    values = [at(keys, f).of("shape") for f in range(1001, 1022)]
    assert values == sorted(values)
    steps = np.diff(values)
    assert steps[0] < steps[10] > steps[-1]
    assert at(keys, 1011).regions["neck"] == pytest.approx(0.5)


def test_regions_weigh_by_their_mattes() -> None:
    half = np.zeros((4, 4), np.float32)
    half[:2] = 1
    where = Strengths(regions={"brow": 0.25}).map({"brow": half})
    assert np.allclose(where[:2], 0.25)
    assert np.allclose(where[2:], 1)
    assert Strengths().map({"brow": half}) == 1.0


@pytest.mark.parametrize(
    ("ask", "named"),
    [
        (lambda: strengths(70), "70"),
        (lambda: strengths(10, layers={"beard": 1.0}), "beard"),
        (lambda: strengths(10, regions={"ears": 1.0}), "ears"),
        (lambda: at([], 1001), "none given"),
        (lambda: at([Key(1001, Strengths()), Key(1001, Strengths())], 1001), "two keys"),
    ],
)
def test_what_makes_no_sense_is_named(ask, named: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match=named):
        ask()
