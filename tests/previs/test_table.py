import csv
import io

import pytest

from previs.sample import BOARDS
from setpiece.errors import InputError
from setpiece.previs.table import read_table, table_text


def rows() -> list[list[str]]:
    return list(csv.reader(io.StringIO(table_text(BOARDS))))


def text(table: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(table)
    return out.getvalue()


def test_an_untouched_table_changes_nothing() -> None:
    assert read_table(BOARDS, table_text(BOARDS)) == BOARDS


def test_rows_moved_deleted_added_and_changed_are_kept_and_flagged_as_by_hand() -> None:
    table = rows()
    head = table[0]
    column = {name: i for i, name in enumerate(head)}
    table[3][column["size"]] = "CU"
    added = [""] * len(head)
    for name, value in {"scene": "1", "shot": "1X", "type": "single", "size": "MCU",
                        "subjects": "ANA", "start": "3", "seconds": "1.5"}.items():  # fmt: skip
        added[column[name]] = value
    made = read_table(BOARDS, text([head, table[1], added, table[3], table[2]]))
    shots = made.shots
    assert [s.id for s in shots] == ["1A", "1X", "1C", "1B"]
    assert [s.edited for s in shots] == [False, True, True, False]
    assert shots[2].size == "CU"
    assert shots[1].flags == ()
    assert read_table(made, table_text(made)) == made


def test_a_longer_lens_walks_back_and_out_of_the_room_is_said() -> None:
    table = rows()
    at = table[0].index("lens")
    table[2][at] = "200"
    shot = read_table(BOARDS, text(table)).shots[1]
    assert shot.camera.lens == 200
    assert shot.edited
    assert any("outside the set" in flag for flag in shot.flags)


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("size", "XCU", r"row 3, column 'size': 'XCU' is none of"),
        ("lens", "wide", r"row 3, column 'lens': 'wide' is no number"),
        ("seconds", "-4", r"row 3, column 'seconds'"),
        ("subjects", "ZOE", r"row 3, column 'subjects': 'ZOE' is not in scene 1"),
        ("shot", "1A", r"row 3, column 'shot': '1A' stands twice"),
        ("scene", "9", r"row 3, column 'scene': there is no scene '9'"),
        ("lens", "nan", r"row 3, column 'lens'"),
    ],
)
def test_errors_name_row_and_column(column: str, value: str, said: str) -> None:
    table = rows()
    table[2][table[0].index(column)] = value
    with pytest.raises(InputError, match=said):
        read_table(BOARDS, text(table), "shots.csv")


def test_what_a_spreadsheet_would_run_is_written_as_text_and_comes_back() -> None:
    shot = BOARDS.shots[0].model_copy(update={"reason": "=1+1"})
    one = BOARDS.lists[0].model_copy(update={"shots": (shot,)})
    made = BOARDS.model_copy(update={"lists": (one,)})
    assert ",'=1+1," in table_text(made)
    assert read_table(made, table_text(made)) == made
