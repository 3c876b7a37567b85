from pathlib import Path

from setpiece.ledger.estimate import load_estimate
from setpiece.previs.set_piece import bid_text, set_pieces
from setpiece.script import read_script

SCRIPT = """EXT. SQUARE - DAY

Ana looks up. The old tower leans left, then comes down in a cloud of dust.

ANA
The house collapses, they said.

The bridge never collapses.

EST. PIAZZA - NOTTE

La torre crolla.
"""


def test_what_comes_down_in_the_action_is_a_brief_and_a_bid_both_ways(tmp_path: Path) -> None:
    path = tmp_path / "s.fountain"
    path.write_text(SCRIPT, encoding="utf-8")
    pieces = set_pieces(read_script(path), load_estimate())
    assert [(p.scene, p.thing) for p in pieces] == [("1", "tower"), ("2", "torre")]
    assert pieces[0].brief == ("The old tower leans left, then comes down in a cloud of dust.")
    assert pieces[0].traditional_artist_hours > 0
    assert 0 < pieces[0].ours_core_hours < pieces[0].traditional_core_hours
    assert pieces[0].frames == round(pieces[0].seconds * 24)
    assert bid_text(pieces).count("\n") == 3


def test_twice_the_measured_hours_are_twice_the_bid(tmp_path: Path) -> None:
    path = tmp_path / "s.fountain"
    path.write_text(SCRIPT, encoding="utf-8")
    script, estimate = read_script(path), load_estimate()
    once = set_pieces(script, estimate, measured=(500, 96, 1920, 1080))[0]
    twice = set_pieces(script, estimate, measured=(1000, 96, 1920, 1080))[0]
    assert abs(twice.ours_core_hours - 2 * once.ours_core_hours) < 0.002
