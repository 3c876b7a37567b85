"""A revised script meets boards that are there: what is kept, drawn anew, or set aside.

Nothing that was drawn is ever deleted: boards of scenes that changed or were cut go into the new
take's `set_aside/` with a note that says why, and the take they came from stays as it is.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from setpiece.errors import InputError
from setpiece.previs.picture_file import drawing_hash
from setpiece.script import Screenplay, compare
from setpiece.show import slug

ASIDE = "set_aside"


@dataclass(frozen=True)
class Reflow:
    """What becomes of each scene. Scenes are named by their position in script order.

    kept: new -> old, the words being the same (the number or the place may differ). changed: new ->
    what changed, in words. fresh: scenes that were not there. aside: old -> why its boards are set
    aside.
    """

    kept: Mapping[int, int] = field(default_factory=dict)
    changed: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    fresh: tuple[int, ...] = ()
    aside: Mapping[int, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """In one line, for whoever waits."""
        counts = (
            (len(self.kept), "kept"), (len(self.changed), "changed"), (len(self.fresh), "new"),
            (sum(why == "cut" for why in self.aside.values()), "cut"),
        )  # fmt: skip
        return ", ".join(f"{n} {what}" for n, what in counts)


def plan_reflow(old: Screenplay, new: Screenplay) -> Reflow:
    """Scene by scene, by `script.compare`."""
    kept: dict[int, int] = {}
    changed: dict[int, tuple[str, ...]] = {}
    fresh: list[int] = []
    aside: dict[int, str] = {}
    for scene in compare(old, new).scenes:
        if scene.status in ("unchanged", "moved"):
            kept[scene.new] = scene.old
        elif scene.status == "changed":
            changed[scene.new] = (*scene.changes, *_lines(scene.removed, scene.added))
            aside[scene.old] = "changed: " + "; ".join(scene.changes)
        elif scene.status == "new":
            fresh.append(scene.new)
        else:
            aside[scene.old] = "cut"
    return Reflow(kept, changed, tuple(fresh), aside)


def _lines(removed: Sequence[str], added: Sequence[str], most: int = 2) -> list[str]:
    """The first lines that differ: an artist wants to know which, not how many."""

    def short(text: str) -> str:
        return text if len(text) <= 60 else text[:57].rstrip() + "..."

    return [f"- {short(t)}" for t in removed[:most]] + [f"+ {short(t)}" for t in added[:most]]


def earlier_take(folder: Path) -> dict[str, Any]:
    """take.json of boards made before. Raises InputError where the folder holds none."""
    try:
        record = json.loads((folder / "take.json").read_text(encoding="utf-8"))
        panels = record["panels"]
        if not isinstance(panels, list) or not isinstance(record["script"]["file"], str):
            raise KeyError("panels")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"--revises {folder}: is no folder of boards (take.json: {error}); name the take that "
            "this script revises, such as takes/show_boards_the-tower_previs_v001"
        ) from error
    return dict(record)


def drawn_by_hand(folder: Path, record: Mapping[str, Any]) -> dict[str, Path]:
    """Panels that somebody drew over since they were made: (slate -> file)."""
    out: dict[str, Path] = {}
    for panel in record["panels"]:
        path = folder / str(panel["picture"])
        inside = path.resolve().is_relative_to(folder.resolve())
        if (
            inside
            and path.is_file()
            and (panel.get("by_hand") or drawing_hash(path) != panel["sha256"])
        ):
            out[str(panel["shot"])] = path
    return out


def carried_by_hand(
    folder: Path,
    record: Mapping[str, Any],
    plan: Reflow,
    panels: Sequence[tuple[int, int]],
) -> dict[int, Path]:
    """Hand-drawn panels of scenes that are kept: number of the new panel -> the drawing.

    panels: (position of its scene, number) of each new panel, in order. The nth panel of a scene is
    its nth again, as long as the scene has as many as it had.
    """
    hands = drawn_by_hand(folder, record)
    out: dict[int, Path] = {}
    for new, old in plan.kept.items():
        were = [str(p["shot"]) for p in record["panels"] if p["position"] == old]
        now = [number for position, number in panels if position == new]
        if len(were) == len(now):
            out |= {n: hands[shot] for n, shot in zip(now, were, strict=True) if shot in hands}
    return out


def set_aside(old: Path, record: Mapping[str, Any], plan: Reflow, into: Path) -> list[str]:
    """Copy the panels of scenes that changed or went, and why; returns lines for a report.

    What the earlier take had set aside itself goes along: it is never lost on the way.
    """
    told: list[str] = []
    earlier = old / ASIDE
    if earlier.is_dir():
        shutil.copytree(earlier, into / ASIDE, symlinks=False, dirs_exist_ok=True)
    for position, why in plan.aside.items():
        panels = [p for p in record["panels"] if p["position"] == position]
        if not panels:
            continue
        first = panels[0]
        name = f"{slug(str(record['take']))}_{position:03d}_{slug(str(first['scene']))}"
        folder = into / ASIDE / name
        folder.mkdir(parents=True, exist_ok=True)
        for panel in panels:
            source = old / str(panel["picture"])
            if source.is_file() and source.resolve().is_relative_to(old.resolve()):
                shutil.copyfile(source, folder / source.name)
        lines = [f"{first['scene']}  {first['slugline']}", why, f"from {record['take']}", ""]
        lines += [f"{p['shot']}  {p['title']}  {p['name']}" for p in panels]
        (folder / "why.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (folder / "shots.json").write_text(json.dumps(panels, indent=1), encoding="utf-8")
        told.append(f"scene {first['scene']} set aside ({why}): {len(panels)} panels")
    return told
