"""Cues that stand for several people."""

from __future__ import annotations

import pytest

from setpiece.script.groups import people

HALL = ("MACBETH", "LENNOX", "LADY MACBETH", "FIRST MURDERER", "SECOND MURDERER", "SOLDIERS")


@pytest.mark.parametrize(
    ("cue", "who"),
    [
        ("MACBETH", ("MACBETH",)),
        ("LADY MACBETH", ("LADY MACBETH",)),
        ("ALL", HALL),
        ("BOTH MURDERERS", ("FIRST MURDERER", "SECOND MURDERER")),
        ("MURDERERS", ("FIRST MURDERER", "SECOND MURDERER")),
        ("MACBETH LENNOX", ("MACBETH", "LENNOX")),
        ("MACBETH AND LADY MACBETH", ("MACBETH", "LADY MACBETH")),
        ("LENNOX/MACBETH", ("LENNOX", "MACBETH")),
        ("MACBETH, LENNOX & LADY MACBETH", ("MACBETH", "LENNOX", "LADY MACBETH")),
        ("SOLDIERS", ("SOLDIERS",)),
        ("MACBETH AND HECATE", ("MACBETH AND HECATE",)),  # HECATE is not known here: left as it is
    ],
)
def test_who_a_cue_stands_for(cue: str, who: tuple[str, ...]) -> None:
    assert people(cue, (*HALL, "ALL")) == who


def test_everybody_leaves_out_other_groups_whose_people_are_there() -> None:
    there = ("FIRST WITCH", "SECOND WITCH", "WITCHES", "TUTTI")
    assert people("TUTTI", there) == ("FIRST WITCH", "SECOND WITCH")
