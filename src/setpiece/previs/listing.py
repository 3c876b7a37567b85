"""The shot list of the whole order: kept from before, made by grammar or proposed, then edited."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

from setpiece.errors import InputError
from setpiece.previs.carry import boards_of, carried, open_boards
from setpiece.previs.cast_file import Look, dressed, read_cast
from setpiece.previs.coverage import places, shot_list
from setpiece.previs.model import Aspect, Boards, ShotList, Staging
from setpiece.previs.place import Look as View
from setpiece.previs.reflow import Reflow
from setpiece.previs.request import Request
from setpiece.previs.server import propose
from setpiece.previs.staging import stage
from setpiece.previs.table import read_table
from setpiece.previs.unlike import unlike
from setpiece.script import Scene, Screenplay


def list_shots(
    request: Request,
    script: Screenplay,
    scenes: tuple[Scene, ...],
    reflow: Reflow,
    progress: Callable[[float], None],
) -> Boards:
    """Every scene that was asked for, blocked and broken down into shots.

    Raises InputError: an edited table or cast that does not fit, a server that answers nonsense.
    """
    look = View(aspect=cast(Aspect, request.aspect))
    looks = unlike(script)
    if request.cast is not None:
        for name, said in read_cast(request.cast, tuple(m.name for m in script.cast)).items():
            ours = looks.get(name, Look())
            looks[name] = ours.model_copy(update=said.model_dump(exclude_none=True))
    blocked = [dressed(stage(scene, script), looks) for scene in scenes]
    known = places(tuple(blocked))
    before = open_boards(request.revises) if request.revises is not None else None
    stagings: list[Staging] = []
    lists: list[ShotList] = []
    for n, scene in enumerate(scenes):
        old = reflow.kept.get(scene.position)
        kept = boards_of(before, old) if before is not None and old is not None else None
        if kept is not None:
            staging, shots = carried(*kept, scene)
            staging = dressed(staging, looks, grown=False)  # its cameras stand
        else:
            staging = blocked[n]
            if request.shot_model is not None and staging.beats:
                shots = propose(staging, request.shot_model, look=look, scene=scene)
            else:
                shots = shot_list(staging, place=known[n], look=look, scene=scene)
        stagings.append(staging)
        lists.append(shots)
        progress((n + 1) / len(scenes))
    boards = Boards(title=script.title, stagings=tuple(stagings), lists=tuple(lists))
    if request.shots is None:
        return boards
    return read_table(boards, _text(request.shots), request.shots.name)


def _text(path: Path) -> str:
    """A table as a spreadsheet saves it: UTF-8 with or without a mark, or Windows-1252."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"--shots {path}: cannot be read ({error.strerror}).") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
