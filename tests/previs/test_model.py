import pytest
from pydantic import ValidationError

from previs.sample import BOARDS, STAGING
from setpiece.previs.model import Boards, Camera


def test_boards_come_back_from_json_as_they_were() -> None:
    assert Boards.model_validate_json(BOARDS.model_dump_json()) == BOARDS


def test_nobody_is_in_the_scene_before_they_come_in_and_walkers_are_on_their_way() -> None:
    assert [f.name for f in STAGING.at(3.0)] == ["ANA", "MARCO"]
    bea = next(f for f in STAGING.at(7.0) if f.name == "BEA")
    assert bea.position == pytest.approx((1.75, -0.85))
    assert abs(bea.facing) > 170
    marco = next(f for f in STAGING.at(7.0) if f.name == "MARCO")
    assert marco.stance == "stand"
    assert marco.top == pytest.approx(1.82)


def test_a_move_ends_where_it_says_and_nonsense_is_refused() -> None:
    camera = Camera(position=(0, 0, 1), target=(0, 1, 1), position_end=(0, 2, 1), move="dolly")
    assert camera.at(0.5).position == (0, 1, 1)
    assert camera.at(0.5).target == (0, 1, 1)
    with pytest.raises(ValidationError):
        Camera(position=(0, 0, float("nan")), target=(0, 1, 1))
