"""The shot list as a table to edit: CSV out, CSV in; what a hand changed is kept and flagged."""

from __future__ import annotations

from typing import get_args

from setpiece.errors import InputError
from setpiece.previs.angles import camera_for
from setpiece.previs.camera_rules import crossings
from setpiece.previs.checks import framing, occlusions, walls
from setpiece.previs.coverage import coverage_name
from setpiece.previs.idea import Idea
from setpiece.previs.model import (
    Boards,
    Camera,
    Movement,
    Shot,
    ShotList,
    ShotType,
    Size,
    Staging,
)  # fmt: skip
from setpiece.previs.place import Look
from setpiece.script.csv_table import csv_rows, csv_text, plain_cell

COLUMNS = (
    "scene", "shot", "type", "size", "lens", "subjects", "over", "prop", "move", "start", "seconds",
    "reason", "coverage", "edited", "flags",
)  # fmt: skip
_MOST = 20_000  # rows


def table_text(boards: Boards) -> str:
    """All shots as CSV (UTF-8, a header row), in cutting order. Delete a row, move it, change a
    cell, or add one with a new name in `shot`; `read_table` takes it back."""
    return csv_text([COLUMNS, *([_row(shot)[c] for c in COLUMNS] for shot in boards.shots)])


def read_table(boards: Boards, text: str, name: str = "shots.csv") -> Boards:
    """The boards as an edited table has them.

    Rows in another order are another cutting order; a missing row is a shot deleted; a row whose
    `shot` is new is a shot added, and needs type, size and subjects. A changed lens keeps size
    and direction by walking the camera; a changed size, type or subject places it anew. Changed
    shots are `edited`, and whatever rule they break stands in their `flags`: a hand may.

    Raises InputError that names row and column.
    """
    rows = _read(text, name)
    stagings = {s.number: s for s in boards.stagings}
    known = {shot.id: shot for shot in boards.shots}
    lists: dict[str, list[Shot]] = {one.scene: [] for one in boards.lists}
    seen: set[str] = set()
    for number, row in rows:
        scene = row["scene"]
        if scene not in stagings or scene not in lists:
            raise _wrong(name, number, "scene", f"there is no scene {scene!r} in these boards")
        slate = row["shot"]
        if not slate or slate in seen:
            raise _wrong(
                name, number, "shot", f"{slate!r} " + ("stands twice" if slate else "is no name")
            )
        seen.add(slate)
        old = known.get(slate)
        if old is not None and old.scene != scene:
            raise _wrong(name, number, "scene", f"{slate} belongs to scene {old.scene}")
        last = lists[scene][-1] if lists[scene] else None
        lists[scene].append(_shot(stagings[scene], row, old, last, name, number))
    changed = tuple(_flagged(stagings[o.scene], o, tuple(lists[o.scene])) for o in boards.lists)
    return boards.model_copy(update={"lists": changed})


def _read(text: str, name: str) -> list[tuple[int, dict[str, str]]]:
    every = csv_rows(text, name)
    if len(every) > _MOST:
        raise InputError(f"{name} has {len(every)} rows; a shot list has {_MOST} at most")
    head = [h.strip().casefold() for h in every[0]]
    for column in ("scene", "shot", "type", "size", "subjects"):
        if column not in head:
            raise InputError(
                f"{name}, row 1: there is no column {column!r}; found {', '.join(head[:20])}"
            )
    out = []
    for number, cells in enumerate(every[1:], 2):
        if any(cell.strip() for cell in cells):
            if len(cells) > len(head):
                raise InputError(
                    f"{name}, row {number}: {len(cells)} cells, but {len(head)} columns"
                )
            row = {h: plain_cell(c.strip()) for h, c in zip(head, cells, strict=False)}
            out.append((number, {c: row.get(c, "") for c in COLUMNS}))
    return out


def _shot(
    staging: Staging,
    row: dict[str, str],
    old: Shot | None,
    last: Shot | None,
    name: str,
    number: int,
) -> Shot:
    if (
        old is not None
        and all(row[c] in ("", _row(old)[c]) for c in COLUMNS[2:12] if c != "reason")
        and row["reason"] in ("", " ".join(old.reason.split()))
    ):
        return old
    kind = _choice(
        row["type"] or (old.type if old else ""), get_args(ShotType), "type", name, number
    )
    size = _choice(row["size"] or (old.size if old else ""), get_args(Size), "size", name, number)
    names = {f.name for f in staging.figures}
    subjects = tuple(p.strip() for p in row["subjects"].split("+") if p.strip())
    for column, who in [*(("subjects", s) for s in subjects), ("over", row["over"])]:
        if who and who not in names:
            raise _wrong(name, number, column, f"{who!r} is not in scene {staging.number}")
    if row["prop"] and row["prop"] not in {p.item for p in staging.props}:
        raise _wrong(name, number, "prop", f"there is no {row['prop']!r} in scene {staging.number}")
    after = last.start + last.seconds if last else 0.0
    start = _number(row["start"], old.start if old else after, 0, 36_000, "start", name, number)
    seconds = _number(
        row["seconds"], old.seconds if old else 3.0, 0.1, 3600, "seconds", name, number
    )
    lens = _number(row["lens"], old.camera.lens if old else 0.0, 4, 1200, "lens", name, number)
    move = _choice(
        row["move"] or (old.camera.move if old else "static"),
        get_args(Movement),
        "move",
        name,
        number,
    )
    same = old is not None and (kind, size, subjects, row["over"], row["prop"]) == (
        old.type, old.size, old.subjects, old.over, old.prop
    )  # fmt: skip
    flags: list[str] = []
    if same and old is not None:
        camera = old.camera
    else:
        camera, flags = _placed(staging, kind, size, subjects, row, start, seconds, old)
    if (
        lens
        and abs(lens - camera.lens) > 1e-6
        and (same or row["lens"] != (_row(old)["lens"] if old else ""))
    ):
        camera = _walked(camera, lens)
    if move != camera.move:
        camera = camera.model_copy(
            update={
                "move": move,
                **({"position_end": None, "target_end": None} if move == "static" else {}),
            }
        )
    beats = (
        old.beats
        if old
        else tuple(
            i for i, b in enumerate(staging.beats) if b.start < start + seconds and b.end > start
        )
    )
    shot = Shot(
        id=row["shot"],
        scene=staging.number,
        position=staging.position,
        size=size,
        type=kind,
        subjects=subjects,
        over=row["over"],
        prop=row["prop"],
        camera=camera,
        beats=beats,
        start=start,
        seconds=seconds,
        reason=row["reason"] or (old.reason if old else "Added by hand."),
        edited=True,
        neutral=old.neutral if old else False,
        flags=tuple(flags),
    )
    return shot.model_copy(update={"coverage": coverage_name(shot)})


def _placed(
    staging: Staging, kind: ShotType, size: Size, subjects: tuple[str, ...], row: dict[str, str],
    start: float, seconds: float, old: Shot | None,
) -> tuple[Camera, list[str]]:  # fmt: skip
    """A camera for what the row asks; where no place keeps every rule, the old one, and a flag."""
    idea = Idea(kind, size, subjects, start, seconds, (), "", row["over"], row["prop"])
    look = Look(old.camera.sensor, old.camera.aspect) if old else Look()
    camera = camera_for(staging, idea, staging.at(start + seconds / 2), look)
    if camera is not None:
        return camera, []
    if old is not None:
        return old.camera, [f"no place for a {size} {kind}: the camera is where it was"]
    deep = staging.set.size[1] / 2 - 0.5
    return Camera(position=(0.0, -deep, 1.5), target=(0.0, 0.0, 1.2), lens=25), [
        f"no place for a {size} {kind}: the camera is at the back"
    ]


def _walked(camera: Camera, lens: float) -> Camera:
    """Another lens, and the camera as much further off: the subject keeps its size."""
    part = 1 - lens / camera.lens
    a, b = camera.position, camera.target
    at = tuple(round(p + part * (q - p), 3) for p, q in zip(a[:2], b[:2], strict=True))
    return camera.model_copy(
        update={"lens": lens, "position": (*at, a[2]), "position_end": None, "target_end": None,
            "move": "static" if camera.position_end else camera.move})  # fmt: skip


def _flagged(staging: Staging, one: ShotList, shots: tuple[Shot, ...]) -> ShotList:
    """Rules that hand-edited shots break, in their flags."""
    crossed = crossings(staging, shots)
    out = []
    for shot in shots:
        if shot.edited:
            found = [*framing(staging, shot), *walls(staging, shot), *occlusions(staging, shot)]
            found += [c for c in crossed if c.startswith(f"{shot.id} ")]
            said = [f.removeprefix(f"{shot.id}: ") for f in found]
            placed = [f for f in shot.flags if f.startswith("no place")]
            shot = shot.model_copy(update={"flags": (*placed, *said)})
        out.append(shot)
    return one.model_copy(update={"shots": tuple(out)})


def _row(shot: Shot) -> dict[str, str]:
    return {
        "scene": shot.scene, "shot": shot.id, "type": shot.type, "size": shot.size,
        "lens": f"{shot.camera.lens:g}", "subjects": " + ".join(shot.subjects), "over": shot.over,
        "prop": shot.prop, "move": shot.camera.move, "start": f"{shot.start:.2f}",
        "seconds": f"{shot.seconds:.2f}", "reason": " ".join(shot.reason.split()),
        "coverage": shot.coverage, "edited": "yes" if shot.edited else "",
        "flags": "; ".join(shot.flags),
    }  # fmt: skip


def _choice(value: str, known: tuple[str, ...], column: str, name: str, number: int):  # type: ignore[no-untyped-def]
    for one in known:
        if one.casefold() == value.casefold():
            return one
    raise _wrong(name, number, column, f"{value!r} is none of {', '.join(known)}")


def _number(
    value: str, default: float, least: float, most: float, column: str, name: str, number: int
) -> float:
    if not value:
        return default
    try:
        got = float(value.replace(",", ".").removesuffix("mm").removesuffix("s"))
    except ValueError:
        raise _wrong(name, number, column, f"{value!r} is no number") from None
    if not least <= got <= most:
        raise _wrong(name, number, column, f"{value} is not between {least:g} and {most:g}")
    return default if abs(got - default) < 0.006 else got


def _wrong(name: str, number: int, column: str, what: str) -> InputError:
    return InputError(f"{name}, row {number}, column {column!r}: {what}")


__all__ = ["COLUMNS", "read_table", "table_text"]
