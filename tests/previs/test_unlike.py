"""No two of the cast who meet have the same head, and nobody changes between scenes."""

import tomllib
from itertools import combinations
from pathlib import Path

from screenplays import shared
from setpiece.previs.cast_file import cast_text
from setpiece.previs.casting import build_in
from setpiece.previs.listing import list_shots
from setpiece.previs.reflow import Reflow
from setpiece.previs.request import Request
from setpiece.previs.unlike import unlike
from setpiece.script import read_script

CROWDED = "INT. HALL - DAY\n\n" + "\n\n".join(
    f"{name}\nWho goes there?"
    for name in ("PAUL", "PETER", "MARK", "LUKE", "JOHN", "SIMON", "ADAM", "ANNA", "MARY", "RUTH")
)


def write(folder: Path, text: str) -> Path:
    path = folder / "hall.fountain"
    path.write_text(text + "\n", encoding="utf-8")
    return path


def test_those_who_share_a_room_have_heads_of_their_own(tmp_path: Path) -> None:
    script = read_script(write(tmp_path, CROWDED))
    looks = unlike(script)
    women = {n for n in looks if build_in(n, "human", script).woman}
    assert len(looks) == 10
    assert women == {"ANNA", "MARY", "RUTH"}
    for group in (women, set(looks) - women):
        for a, b in combinations(sorted(group), 2):
            assert (looks[a].hair, looks[a].beard) != (looks[b].hair, looks[b].beard), (a, b)


def test_the_drawn_have_the_heads_that_were_chosen_and_a_cast_file_goes_before(
    tmp_path: Path,
) -> None:
    path = write(tmp_path, CROWDED)
    script = read_script(path)
    cast = tmp_path / "cast.toml"
    cast.write_text('[PAUL]\nhair = "bald"\n', encoding="utf-8")
    request = Request(script=path, cast=cast)
    boards = list_shots(request, script, script.scenes, Reflow(), lambda _share: None)
    drawn = tomllib.loads(cast_text(boards))
    assert drawn["PAUL"]["hair"] == "bald"
    heads = [(p["woman"], p["hair"], p["beard"]) for p in drawn.values()]
    assert len(heads) == len(set(heads)) == 10
    assert all(b or hair not in ("mane", "tail") for woman, hair, b in heads if not woman)


def test_in_a_whole_play_nobody_who_meets_a_principal_is_taken_for_them() -> None:
    looks = unlike(read_script(shared("macbeth_standardebooks.fountain")))
    for a, b in (("MACBETH", "SEYTON"), ("LADY MACBETH", "LADY MACDUFF"), ("MACBETH", "BANQUO")):
        assert looks[a] != looks[b]
