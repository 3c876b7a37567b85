"""Two revisions set side by side, by what their scenes say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from screenplays import fountain
from setpiece.script import compare

A = "INT. KITCHEN - DAY #1#\n\nAna pours tea and waits for the letter.\n\nANA\nIt never comes.\n"
B = "EXT. YARD - NIGHT #2#\n\nA dog sleeps under the old pear tree.\n\nBO\nGood boy, Argo.\n"
C = "INT. TOWER - DAWN #3#\n\nThe mayor winds the great clock by hand.\n\nMAYOR\nSix already.\n"
D = "EXT. BEACH - DAY #4#\n\nNobody. Waves roll in over black stones.\n"


def _of(*scenes: str) -> dict[str, tuple[str, bool]]:
    old = fountain("\n".join((A, B, C)))
    new = fountain("\n".join(scenes))
    return {s.heading: (s.status, s.moved) for s in compare(old, new).scenes}


def test_the_same_script_is_unchanged() -> None:
    assert set(_of(A, B, C).values()) == {("unchanged", False)}


def test_new_cut_and_renumbered() -> None:
    got = compare(
        fountain("\n".join((A, B, C))), fountain("\n".join((A, D, C.replace("#3#", "#9#"))))
    )
    assert [(s.status, s.old, s.new) for s in got.scenes] == [
        ("unchanged", 1, 1), ("new", 0, 2), ("unchanged", 3, 3), ("cut", 2, 0)]  # fmt: skip
    assert got.scenes[2].changes == ("number: 3 -> 9",)


def test_moved_is_one_scene_not_all() -> None:
    assert _of(C, A, B) == {
        "INT. TOWER - DAWN": ("moved", True), "INT. KITCHEN - DAY": ("unchanged", False),
        "EXT. YARD - NIGHT": ("unchanged", False),
    }  # fmt: skip


def test_changed_says_what() -> None:
    new = B.replace("Good boy, Argo.", "Bad boy, Argo.").replace("NIGHT", "DAY") + "\nLUCA\nSit.\n"
    got = compare(fountain("\n".join((A, B, C))), fountain("\n".join((A, new, C)))).scenes[1]
    assert got.status == "changed"
    assert "slugline: EXT. YARD - NIGHT -> EXT. YARD - DAY" in got.changes
    assert "cast in: LUCA" in got.changes
    assert "Good boy, Argo." in got.removed
    assert {"Bad boy, Argo.", "LUCA", "Sit."} <= set(got.added)


def test_numbers_do_not_decide() -> None:
    """The numbers of two scenes are swapped with their places: the words tell which is which."""
    got = _of(A, C.replace("#3#", "#2#"), B.replace("#2#", "#3#"))
    assert sorted(s for s, _ in got.values()) == ["moved", "unchanged", "unchanged"]


@given(
    st.lists(st.sampled_from((A, B, C, D)), max_size=7),
    st.lists(st.sampled_from((A, B, C, D)), max_size=7),
)
def test_every_scene_is_told_once(old: list[str], new: list[str]) -> None:
    one, two = fountain("\n".join(["x\n", *old])), fountain("\n".join(["x\n", *new]))
    got = compare(one, two).scenes
    assert sorted(s.new for s in got if s.new) == [s.position for s in two.scenes]
    assert sorted(s.old for s in got if s.old) == [s.position for s in one.scenes]
