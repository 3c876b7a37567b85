"""Identity is spent as far as the limit allows, and not further."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from setpiece.deage.ages import GAIN, Key, Strengths, at, governed, strengths
from setpiece.deage.alter import lay, paint
from setpiece.deage.brief import check
from setpiece.deage.detect import find
from setpiece.deage.face import align, fitting_size
from setpiece.deage.governor import LIMITS, Look, govern, limit_for, settle
from setpiece.deage.identity import distance, who
from setpiece.errors import InputError


@pytest.mark.parametrize(("slope", "power"), [(0.2, 0.8), (0.3, 1.1), (0.5, 0.6), (0.9, 1.5)])
def test_the_gain_goes_as_far_as_the_limit_and_no_further(slope: float, power: float) -> None:
    asked: list[float] = []

    def measure(gain: float) -> float:
        asked.append(gain)
        return slope * gain**power

    found = settle(measure, 0.35, GAIN[1])
    assert found.reached == measure(found.gain) <= 0.35
    assert found.at_one == slope
    assert found.gain == GAIN[1] or found.reached > 0.33
    assert len(asked) <= 8
    assert settle(lambda g: slope * g**power, 0.35, GAIN[1]) == found


def test_a_distance_that_jumps_still_ends_within_the_limit() -> None:
    found = settle(lambda g: 0.2 if g < 0.8 else 0.5, 0.35, GAIN[1])
    assert found.reached == 0.2
    assert 0.2 < found.gain < 0.8


def test_what_is_beyond_at_any_gain_gets_the_least_and_says_so() -> None:
    found = settle(lambda g: 0.6 + 0.1 * g, 0.35, GAIN[1])
    assert found.gain == GAIN[0]
    assert found.reached > found.limit


@pytest.mark.parametrize("limit", [0.0, 0.004, 0.0125])
def test_next_to_no_years_is_no_trouble(limit: float) -> None:
    assert settle(lambda g: 0.0, limit, GAIN[1]).reached == 0
    assert settle(lambda g: 0.02 * g, limit, GAIN[1]).gain < 1


def test_a_network_is_not_asked_for_a_child(tmp_path: Path) -> None:
    photo = tmp_path / "ana.jpg"
    photo.write_bytes(b"")
    (ana,) = check(tmp_path / "a.mov", (f"ana={photo}",), ages=("26",)).people
    assert ana.ages(20) == (26, 20)
    assert ana.ages(-20) == (26, 46)


def test_limits_grow_with_the_years_and_the_artists_own_counts() -> None:
    values = [limit_for(y) for y in (0, 5, 10, 20, 30, 50)]
    assert values == sorted(values)
    assert dict(LIMITS)[20.0] == limit_for(20) == limit_for(-20)
    assert limit_for(20, 0.22) == 0.22


def test_a_gain_turns_each_layer_by_what_it_costs() -> None:
    asked = strengths(20, 60, {"hair": 0})
    assert governed(asked, 1.0) == asked
    less, more = governed(asked, 0.5), governed(asked, GAIN[1])
    share = {n: less.of(n) / asked.of(n) for n in ("shape", "folds", "wrinkles", "tone", "eyes")}
    assert max(share["shape"], share["folds"]) < share["wrinkles"] < share["tone"] <= share["eyes"]
    assert less.network < 1 < more.network
    for name in ("wrinkles", "folds", "tone", "shape"):
        assert asked.of(name) < more.of(name) <= 1.6
    assert more.of("hair") == 0
    assert governed(strengths(-20), 0.5).of("wrinkles") < 0


def test_the_gain_is_eased_between_keyframes() -> None:
    keys = [Key(1001, Strengths({}, {}, 1.0)), Key(1011, Strengths({}, {}, 0.5))]
    got = [at(keys, f).network for f in (1001, 1004, 1008, 1011)]
    assert got == sorted(got, reverse=True)
    assert got[0] == 1.0
    assert got[-1] == 0.5


@pytest.mark.parametrize("years", [20, -20])
def test_a_real_face_stays_within_the_limit_as_delivered(
    portrait: Callable[[str], np.ndarray], years: int
) -> None:
    picture = portrait("021531_1961")  # one that changes more than most
    face = find(picture)[0]
    side = fitting_size(face)
    asked = strengths(years, 55)
    found = govern([Look.of(picture, face, side)], asked, limit_for(years), older=years < 0)
    assert found.reached <= found.limit
    if found.at_one > found.limit:
        assert found.gain < 1
    aligned = align(face, side)
    done = lay(picture, aligned, paint(picture, aligned, governed(asked, found.gain)))
    out = picture.copy()
    for delta in done.deltas.values():
        out[done.where] += delta
    there = distance(who(picture, face), who(out, face))
    assert there == pytest.approx(found.reached, abs=0.01)


def test_one_with_room_is_taken_further_and_older_never_is(
    portrait: Callable[[str], np.ndarray],
) -> None:
    picture = portrait("021764_1959")
    face = find(picture)[0]
    look = Look.of(picture, face, fitting_size(face))
    younger = govern([look], strengths(20, 57), 0.35)
    assert younger.gain > 1
    assert younger.at_one < younger.reached <= 0.35
    assert govern([look], strengths(-5, 57), 0.35, older=True).gain == 1


@pytest.mark.parametrize("wrong", ["far", "2", "0"])
def test_a_limit_that_is_none_is_refused(wrong: str, tmp_path: Path) -> None:
    photo = tmp_path / "ana.jpg"
    photo.write_bytes(b"")
    with pytest.raises(InputError, match="identity"):
        check(tmp_path / "a.mov", (f"ana={photo}",), identity=wrong)
    assert check(tmp_path / "a.mov", (f"ana={photo}",), identity="0.3").identity == 0.3
    assert check(tmp_path / "a.mov", (f"ana={photo}",), identity="off").identity == "off"
