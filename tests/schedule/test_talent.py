"""The talent scheduling problem: what is called cheapest is, and what is called proven too."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from setpiece import cli
from setpiece.errors import InputError
from setpiece.schedule.talent import Instance, random_instance, read_instance, solve

TINY = "tiny\n4\n3\n1 0 1 0  1\n1 1 0 1  2\n0 1 1 0  3\n1 2 3 1\n"


@st.composite
def instances(draw: st.DrawFn) -> Instance:
    scenes, actors = draw(st.integers(1, 8)), draw(st.integers(1, 7))
    line = st.lists(st.booleans(), min_size=scenes, max_size=scenes)
    few = draw(st.sampled_from((1, 3, 60)))
    return Instance(
        "drawn",
        np.array(draw(st.lists(line, min_size=actors, max_size=actors)), bool),
        np.array(draw(st.lists(st.integers(0, few), min_size=actors, max_size=actors))),
        np.array(draw(st.lists(st.integers(1, 4), min_size=scenes, max_size=scenes))),
    )


def cheapest(instance: Instance) -> int:
    """By dynamic programming over all sets of scenes that may have been shot."""
    actors, scenes = instance.plays.shape
    own = [sum(1 << j for j in np.flatnonzero(row)) for row in instance.plays]
    full = (1 << scenes) - 1
    cost = [0] + [10**15] * full
    for shot in range(full):
        for s in range(scenes):
            if shot >> s & 1:
                continue
            later = full & ~shot & ~(1 << s)
            paid = sum(
                int(instance.pay[i])
                for i in range(actors)
                if instance.plays[i, s] or (shot & own[i] and later & own[i])
            )
            then = shot | 1 << s
            cost[then] = min(cost[then], cost[shot] + paid * int(instance.length[s]))
    return cost[full]


@settings(max_examples=150, deadline=None)
@given(instances())
def test_no_order_is_cheaper(instance: Instance) -> None:
    found = solve(instance)
    assert found.proven
    assert found.cost == found.bound == cheapest(instance) == instance.cost(found.order)


@settings(max_examples=40, deadline=None)
@given(instances(), st.randoms())
def test_names_and_directions_do_not_matter(instance: Instance, dice: Any) -> None:
    """A film shot backwards, its actors and scenes in another order, costs the same."""
    actors = dice.sample(range(len(instance.pay)), len(instance.pay))
    scenes = dice.sample(range(len(instance.length)), len(instance.length))
    other = Instance(
        "turned", instance.plays[actors][:, scenes], instance.pay[actors], instance.length[scenes]
    )
    found = solve(instance)
    assert solve(other).cost == found.cost
    assert instance.cost(found.order[::-1]) == found.cost


def test_the_literature_s_instances_are_solved_to_their_optima(shared: Path) -> None:
    with (shared / "schedules" / "known_optima.csv").open() as file:
        known = {r["instance"]: int(r["optimal_total_cost"]) for r in csv.DictReader(file)}
    folder = shared / "schedules" / "instances"
    for path in sorted(folder.iterdir()):
        found = solve(read_instance(path))
        assert found.proven, path.name
        assert found.cost == known[path.stem], path.name
    assert len(list(folder.iterdir())) == len(known) == 12


def test_the_same_seed_gives_the_same_order() -> None:
    one, other = (solve(random_instance(16, 9, 4), seed=3) for _ in range(2))
    assert one.order == other.order
    assert one.nodes == other.nodes


def test_stopped_early_it_says_how_far_it_got() -> None:
    whole = solve(random_instance(26, 14, 1))
    assert whole.proven
    told: list[tuple[int, int]] = []
    early = solve(random_instance(26, 14, 1), seconds=1e-9, watch=lambda *at: told.append(at))
    assert not early.proven
    assert told == []
    assert early.bound <= whole.cost <= early.cost == random_instance(26, 14, 1).cost(early.order)


def test_a_search_of_so_many_nodes_is_the_same_each_time() -> None:
    instance = random_instance(40, 16, 1)
    one, other, longer = (solve(instance, nodes=n) for n in (40_000, 40_000, 200_000))
    assert (one.order, one.bound, one.nodes) == (other.order, other.bound, other.nodes)
    assert 40_000 <= one.nodes < 100_000
    assert one.bound <= longer.bound <= longer.cost <= one.cost


def test_ctrl_c_leaves_the_best_so_far() -> None:
    instance = random_instance(40, 16, 1)

    def stop(_cost: int, _bound: int) -> None:
        raise KeyboardInterrupt

    found = solve(instance, watch=stop)
    assert found.stopped
    assert found.bound < found.cost == instance.cost(found.order)


def test_films_without_anybody_or_with_crowds() -> None:
    alone = Instance("alone", np.zeros((0, 3), bool), np.zeros(0, np.int64), np.ones(3, np.int64))
    assert solve(alone).cost == 0
    assert solve(alone).proven
    crowd = random_instance(20, 70, 1)
    with pytest.raises(InputError, match="70 actors"):
        solve(crowd)
    many = random_instance(12, 40, 1)  # too many for the search: an order, and an honest bound
    found = solve(many)
    assert many.worked == found.bound < found.cost == many.cost(found.order)
    assert not found.proven


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "second and third line"),
        ("tiny\n4\n", "second and third line"),
        ("tiny\n4\n3\n1 0 1 0 1\n", "take 21 numbers; it has 7"),
        (TINY.replace("1 0 1 0", "1 0 2 0"), "in a scene"),
        (TINY.replace("1 2 3 1", "1 2 0 1"), "1 or more"),
        (TINY.replace("  3\n", "  -3\n"), "0 or more"),
        (TINY.replace("  3\n", "  three\n"), "whole numbers"),
        (TINY.replace("  3\n", "  99999999999999999999\n"), "too large"),
        ("a\n999999999\n9\n", "second and third line"),
        ("caf\u00e9\n", "whole numbers"),
    ],
)
def test_a_file_with_a_mistake_says_which(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "film"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words) as caught:
        read_instance(path)
    assert str(path) in str(caught.value)


def typed(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["setpiece", "schedule", "bench", *map(str, words)])
    try:
        cli.main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def test_the_command_solves_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    assert typed(monkeypatch, folder) == 2
    (folder / "tiny").write_text(TINY)
    assert typed(monkeypatch, folder, "--json", tmp_path / "out.json") == 0
    (row,) = json.loads((tmp_path / "out.json").read_text())["instances"]
    assert (row["instance"], row["cost"], row["proven"]) == ("tiny", 29, True)
    assert sorted(row["order"]) == [1, 2, 3, 4]
    assert "29" in capsys.readouterr().out
    assert typed(monkeypatch, folder, "--solve", "soon") == 2
    (folder / "broken").write_text("x")
    (tmp_path / "out.json").unlink()
    assert typed(monkeypatch, folder, "--json", tmp_path / "out.json") == 2
    assert not (tmp_path / "out.json").exists()
    assert "broken" in capsys.readouterr().err
