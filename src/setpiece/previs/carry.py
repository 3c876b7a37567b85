"""Boards of a scene that stayed the same, under the number and place that it has now."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from setpiece.errors import InputError
from setpiece.previs.model import Boards, Shot, ShotList, Staging
from setpiece.previs.scenes import label
from setpiece.script import Scene


def open_boards(folder: Path) -> Boards:
    """boards.json of a take. Raises InputError where it is none."""
    path = folder / "boards.json"
    try:
        return Boards.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        why = str(error).splitlines()[0]
        raise InputError(f"{path}: cannot be read as boards ({why}).") from error


def boards_of(boards: Boards, position: int) -> tuple[Staging, ShotList] | None:
    """The scene at a place of the script, where these boards have it."""
    for staging, shots in zip(boards.stagings, boards.lists, strict=True):
        if staging.position == position:
            return staging, shots
    return None


def carried(staging: Staging, shots: ShotList, scene: Scene) -> tuple[Staging, ShotList]:
    """The same scene in a revised script: nothing but number, place and slugline may differ."""
    number = label(scene)
    renamed = tuple(_renamed(s, shots.scene, number, scene.position) for s in shots.shots)
    return (
        staging.model_copy(
            update={"position": scene.position, "number": number, "slugline": scene.heading}
        ),
        shots.model_copy(update={"position": scene.position, "scene": number, "shots": renamed}),
    )


def _renamed(shot: Shot, old: str, new: str, position: int) -> Shot:
    """ "12B single ANA" of scene 12 is "13B single ANA" where the scene is 13 now."""
    slate = f"{new}{shot.id.removeprefix(old)}" if shot.id.startswith(old) else shot.id
    name = shot.coverage
    if name.startswith(shot.id):
        name = f"{slate}{name.removeprefix(shot.id)}"
    return shot.model_copy(
        update={"id": slate, "coverage": name, "scene": new, "position": position}
    )
