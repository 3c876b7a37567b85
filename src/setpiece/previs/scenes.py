"""Which scenes of a script are meant by "12-14, 20A"."""

from __future__ import annotations

import re

from setpiece.errors import InputError
from setpiece.script import Scene, Screenplay


def pick_scenes(script: Screenplay, text: str | None) -> tuple[Scene, ...]:
    """Scenes in script order, omitted ones left out; all of them where `text` is None.

    text: numbers as the script prints them, alone or as ranges, with commas; places in the script
    where it prints none. A range goes from one scene to another in script order, whatever their
    numbers.

    Raises InputError where a scene is not there, a range runs backwards, or nothing is left.
    """
    there = [s for s in script.scenes if not s.omitted]
    if not there:
        raise InputError("The script has no scene to draw: no slugline was found in it.")
    if text is None:
        return tuple(there)
    wanted: set[int] = set()
    for part in re.split(r"[,;\s]+(?!-)", text.strip().replace("–", "-")):
        if not part:
            continue
        first, _, last = part.partition("-")
        a = _find(script, first)
        b = _find(script, last) if last else a
        if b < a:
            raise InputError(f"--scenes {text}: {last} comes before {first} in the script.")
        wanted |= set(range(a, b + 1))
    picked = tuple(s for s in there if s.position in wanted)
    if not picked:
        raise InputError(f"--scenes {text}: nothing to draw there; those scenes are omitted.")
    return picked


def label(scene: Scene) -> str:
    """What a scene is called on boards: its number, or its place where it has none."""
    return scene.number.strip() or str(scene.position)


def _find(script: Screenplay, name: str) -> int:
    name = name.strip().strip("#.")
    for scene in script.scenes:
        if label(scene).casefold() == name.casefold():
            return scene.position
    numbers = [label(s) for s in script.scenes]
    shown = ", ".join(numbers[:12]) + (f" ... {numbers[-1]}" if len(numbers) > 12 else "")
    raise InputError(f"--scenes: there is no scene {name[:20]!r}; the script has {shown}.")
