"""After the cutting: whoever speaks is seen, and no row of lonely frames goes on and on."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from setpiece.previs.idea import Idea, quote
from setpiece.previs.model import ShotType, Size, Staging
from setpiece.previs.speech_shots import ROW

_CLOSER: dict[Size, Size] = {"MLS": "MS", "MS": "MCU", "MCU": "CU"}


def rows_broken(staging: Staging, wanted: list[Idea]) -> list[Idea]:
    """After so many frames of one person, one of the two who talk to one another; and a frame
    that has been there twice comes nearer, or, at its nearest, from another side."""
    out: list[Idea] = []
    row, pairs = 0, 0
    used: Counter[tuple[object, ...]] = Counter()
    for idea in wanted:
        row = row + 1 if len(idea.subjects) == 1 and idea.type != "insert" else 0
        # In a car there is no side from which two seats are seen clean.
        if row > ROW and not idea.move and staging.set.kind != "car":
            other = _other(staging, idea)
            if other:
                idea = replace(idea, type="two-shot", size="MS", over="", push=False,
                    subjects=(idea.subjects[0], other), alone="",
                    turn=(10.0, -24.0, 32.0)[pairs % 3],
                    reason=f"After {ROW} frames of one person we need both again, and what lies "
                    f"between them: {idea.reason}")  # fmt: skip
                row, pairs = 0, pairs + 1
        key = (idea.type, idea.size, idea.subjects, idea.over)
        if idea.type in ("single", "reaction", "ots") and not idea.move and not idea.alone:
            if used[key] >= 2 and idea.size in _CLOSER:
                idea = replace(idea, size=_CLOSER[idea.size],
                    reason=f"Nearer than before, as it tightens: {idea.reason}")  # fmt: skip
            elif used[key] >= 2 and idea.type != "ots":
                idea = replace(idea, turn=58.0,
                    reason=f"From further round than before: {idea.reason}")  # fmt: skip
            used[key] += 1
        out.append(idea)
    return out


def _other(staging: Staging, idea: Idea) -> str:
    """With whom the one in the frame talks, where that is somebody of the cast who is there."""
    people = {f.name: f for f in staging.at(idea.start + idea.seconds / 2)}
    who = people.get(idea.subjects[0])
    near = who.looks_at if who is not None and isinstance(who.looks_at, str) else ""
    other = people.get(idea.over or near)
    if who and other and other.species == who.species == "human" and other.role == "cast":
        return other.name
    return ""


def everybody_seen(staging: Staging, out: list[Idea]) -> list[Idea]:
    """Whoever speaks on screen is the subject of a shot, if need be that of their longest line."""
    for figure in staging.figures:
        speeches = [
            i
            for i, b in enumerate(staging.beats)
            if figure.name in b.who and b.what == "speech" and not b.offscreen
        ]
        seen = any(figure.name in idea.subjects for idea in out)
        minor = figure.role == "extra" or figure.name[-1].isdigit()
        if seen or (not speeches and minor):
            continue
        speeches = speeches or [i for i, b in enumerate(staging.beats) if figure.name in b.who]
        best = sorted(speeches, key=lambda i: -staging.beats[i].seconds)
        spots = [k for i in best for k, idea in enumerate(out) if i in idea.beats
                 and figure.present(idea.start + idea.seconds / 2)]  # fmt: skip
        spots += [k for k, idea in enumerate(out) if figure.present(idea.start + idea.seconds / 2)
                  and idea.type != "insert"]  # fmt: skip
        if not spots:
            out = _spliced(staging, out, figure.name, best[:1])
            continue
        idea = out[spots[0]]
        if figure.species == "cloud":
            out[spots[0]] = replace(
                idea,
                type="single",
                size="LS",
                subjects=(figure.name,),
                over="",
                prop="",
                push=False,
                reason=f"{figure.name} above them all: see it whole.",
            )
            continue
        if len(idea.subjects) >= 5:
            subjects = (*idea.subjects[:4], figure.name)
        else:
            subjects = (*idea.subjects, figure.name)
        what: ShotType = "two-shot" if len(subjects) == 2 else "group"
        what = what if idea.type not in ("establishing", "master", "re-establishing") else idea.type
        out[spots[0]] = replace(
            idea,
            type=what,
            size="MLS" if len(subjects) > 2 else "MS",
            subjects=subjects,
            over="",
            prop="",
            push=False,
            reason=f"{idea.reason} {figure.name} is part of it and is seen nowhere closer.",
        )
    return out


def _spliced(staging: Staging, out: list[Idea], name: str, beats: list[int]) -> list[Idea]:
    """A shot of its own for a beat that lies within a longer shot."""
    for index in beats:
        beat = staging.beats[index]
        middle = beat.start + beat.seconds / 2
        for k, idea in enumerate(out):
            end = idea.start + idea.seconds
            if not idea.start <= middle < end:
                continue
            a, b = max(idea.start, beat.start), min(end, beat.end)
            own = Idea("single", "MS", (name,), a, b - a, (index,),
                f"{name} is there for this only, and is seen ({quote(beat.words)}).")  # fmt: skip
            parts = [
                replace(idea, seconds=a - idea.start),
                own,
                replace(idea, start=b, seconds=end - b),
            ]
            return [*out[:k], *(p for p in parts if p.seconds > 0.8), *out[k + 1 :]]
    return out
