"""What is measured on a film's boards, from geometry alone: `make.py` writes it in the take."""

from __future__ import annotations

import math

from pydantic import BaseModel, ConfigDict

from setpiece.previs.angles import thing_of
from setpiece.previs.beats import people, read_beats
from setpiece.previs.camera_rules import (
    SHOULDER,
    behind_back,
    crossings,
    framed,
    hidden,
    inside,
    shoulder_in,
    side,
)
from setpiece.previs.holding import held_at
from setpiece.previs.lens import measured_size, project
from setpiece.previs.model import Boards, Shot, Staging
from setpiece.previs.vista import shows
from setpiece.script.model import Screenplay


class Checks(BaseModel):
    """Counts, and every fault in words. All faults empty: the boards keep the grammar."""

    model_config = ConfigDict(frozen=True)

    scenes: int = 0
    scenes_missing: tuple[str, ...] = ()
    speakers: int = 0
    speakers_missing: tuple[str, ...] = ()
    shots: int = 0
    crossings: tuple[str, ...] = ()
    framing: tuple[str, ...] = ()
    walls: tuple[str, ...] = ()
    occlusions: tuple[str, ...] = ()
    flagged: tuple[str, ...] = ()


def check(boards: Boards, script: Screenplay) -> Checks:
    """Measure all shots of all scenes against their script and their stagings."""
    listed = {one.position: one for one in boards.lists if one.shots}
    wanted = [s for s in script.scenes if not s.omitted]
    faults: dict[str, list[str]] = {
        k: [] for k in ("crossings", "framing", "walls", "occlusions", "flagged")
    }
    speakers, missing = 0, []
    for scene in wanted:
        shots = listed[scene.position].shots if scene.position in listed else ()
        seen = {name for shot in shots for name in shot.subjects}
        beats, _ = read_beats(scene, script)
        there = people(scene, script)
        talk = {
            n for b in beats if b.what == "speech" and not b.offscreen for n in b.who if n in there
        }
        speakers += len(talk)
        missing += [f"{scene.number or scene.position} {name}" for name in sorted(talk - seen)]
    for staging in boards.stagings:
        shots = listed[staging.position].shots if staging.position in listed else ()
        faults["crossings"] += crossings(staging, shots)
        for shot in shots:
            faults["framing"] += framing(staging, shot)
            faults["walls"] += walls(staging, shot)
            faults["occlusions"] += occlusions(staging, shot)
            faults["flagged"] += [f"{shot.id}: {flag}" for flag in shot.flags]
    return Checks(
        scenes=len(wanted),
        speakers=speakers,
        speakers_missing=tuple(missing),
        scenes_missing=tuple(
            s.number or str(s.position)
            for s in wanted
            if s.position not in listed
            and any(e.kind in ("action", "dialogue") for e in s.elements)
        ),
        shots=len(boards.shots),
        **{k: tuple(v) for k, v in faults.items()},
    )


def framing(staging: Staging, shot: Shot) -> list[str]:
    """Subjects whose face is not in the picture, or who are not in the size the shot names."""
    out: list[str] = []
    here = {f.name: f for f in staging.at(shot.moment)}
    if shot.type == "pov":
        eyes = here.get(shot.over)
        if eyes is None or math.dist(eyes.eyes, shot.camera.position) > 0.5:
            out.append(f"{shot.id}: the lens is not where the eyes of {shot.over} are")
    prop = thing_of(staging, shot.prop, shot.over or (shot.subjects or ("",))[0])
    if shot.type == "insert" or (shot.prop and prop is None) or (prop and prop.held_by):
        if prop is None:
            return [*out, f"{shot.id}: there is no {shot.prop or 'prop'} for the {shot.type}"]
        holder = here.get(prop.held_by)
        low = prop.position
        at = held_at(holder, prop) if holder else (*low[:2], low[2] + prop.size[2] / 2)
        x, y, depth = project(shot.camera, [at])[0]
        if depth <= 0.1 or max(abs(x), abs(y)) >= 0.6:
            out.append(f"{shot.id}: {shot.prop} is out")
        return out
    if prop is not None and not shows(shot.camera, prop):
        out.append(f"{shot.id}: the {shot.prop} is not in the picture")
    for name in shot.subjects:
        if name not in here:
            out.append(f"{shot.id}: {name} is not in the scene then")
        elif not framed(shot.camera, here[name]):
            out.append(f"{shot.id}: {name} is not framed")
    main = here.get(shot.subjects[0]) if shot.subjects else None
    if main and len(shot.subjects) == 1:
        seen = measured_size(shot.camera, main)
        if seen != shot.size:
            out.append(f"{shot.id}: {main.name} is seen {seen}, not {shot.size}")
    if (
        shot.type != "pov"
        and shot.over
        and (shot.over not in here or not shoulder_in(shot.camera, here[shot.over]))
    ):
        least, most = SHOULDER
        out.append(f"{shot.id}: {shot.over} does not frame it: a shoulder at one side, "
            f"{least:.0%} to {most:.0%} of the picture")  # fmt: skip
    return out


def walls(staging: Staging, shot: Shot) -> list[str]:
    """Cameras outside the set, at either end of their move."""
    ends = {shot.camera.at(0).position, shot.camera.at(1).position}
    return [
        f"{shot.id}: the camera is outside the set"
        for p in sorted(ends)
        if not inside(staging.set, p)
    ]


def occlusions(staging: Staging, shot: Shot) -> list[str]:
    """Subjects whose face somebody or something stands before, or alone and half behind a back."""
    people = staging.at(shot.moment)
    out: list[str] = []
    for figure in people:
        if figure.name in shot.subjects and shot.type != "insert":
            others = tuple(f for f in people if shot.type != "pov" or f.name != shot.over)
            by = hidden(shot.camera, figure, others, staging.props)
            if by:
                out.append(f"{shot.id}: {by} hides {figure.name}")
            elif shot.type in ("single", "reaction") and len(shot.subjects) == 1:
                before = behind_back(shot.camera, figure, people)
                if before:
                    out.append(f"{shot.id}: {before} stands before {figure.name}")
    return out


__all__ = ["Checks", "check", "crossings", "framing", "occlusions", "side", "walls"]
