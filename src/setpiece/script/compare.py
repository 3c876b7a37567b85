"""Two revisions of a script, scene by scene: matched by what they say, not by number alone."""

from __future__ import annotations

import difflib
import re
from bisect import bisect_left
from collections import Counter
from typing import Literal

from pydantic import BaseModel, ConfigDict

from setpiece.script.eighths import pages
from setpiece.script.lines import plain
from setpiece.script.model import Scene, Screenplay

Status = Literal["unchanged", "changed", "moved", "new", "cut"]
_LEAST = 0.4  # likeness below which two scenes are not revisions of one another
_SILENT = frozenset(("note", "boneyard", "synopsis", "section", "page_break"))


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class SceneChange(_Frozen):
    """One scene of either revision. `old` and `new` are positions, 0 where it is absent.

    `status` moved: the same words elsewhere in the order; a scene that changed and moved is
    `changed` with `moved` set. `changes` says in words what differs; `removed` and `added` are
    the lines.
    """

    status: Status
    old: int = 0
    new: int = 0
    old_number: str = ""
    new_number: str = ""
    heading: str = ""
    moved: bool = False
    likeness: float = 0.0
    changes: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


class Comparison(_Frozen):
    """Every scene of the new script in its order, then those that were cut."""

    scenes: tuple[SceneChange, ...]

    def having(self, status: Status) -> tuple[SceneChange, ...]:
        return tuple(s for s in self.scenes if s.status == status)


def compare(old: Screenplay, new: Screenplay) -> Comparison:
    """Match the scenes of two revisions, the likest first, each at most once.

    Likeness is the share of words in common (multiset Dice), where the slugline counts as well;
    equal numbers help only between scenes that are alike. Those that left the longest common
    order have moved.
    """
    pairs = _match(old.scenes, new.scenes)
    stayed = _in_order(pairs)
    by_new = {b: a for a, b in pairs}
    out = [
        _change(old.scenes[by_new[b]], scene, b not in stayed)
        if b in by_new
        else _alone(scene, "new")
        for b, scene in enumerate(new.scenes)
    ]
    kept = {a for a, _ in pairs}
    out += [_alone(s, "cut") for a, s in enumerate(old.scenes) if a not in kept]
    return Comparison(scenes=tuple(out))


def _lines(scene: Scene) -> list[str]:
    """Paragraphs on one line each: where a line was broken is no change."""
    printed = (e for e in scene.elements[1:] if e.kind not in _SILENT)
    return [said for e in printed if (said := " ".join(plain(e.text).split()))]


def _words(scene: Scene) -> Counter[str]:
    return Counter(re.findall(r"\w+", " ".join(_lines(scene)).casefold()))


def _match(old: tuple[Scene, ...], new: tuple[Scene, ...]) -> list[tuple[int, int]]:
    bags = [[_words(s) for s in scenes] for scenes in (old, new)]
    sizes = [[sum(b.values()) for b in side] for side in bags]
    scores: list[tuple[float, float, int, int]] = []
    for a, one in enumerate(old):
        for b, two in enumerate(new):
            total = sizes[0][a] + sizes[1][b]
            common = sum((bags[0][a] & bags[1][b]).values()) if total else 0
            body = 2 * common / total if total else 1.0
            same_place = _place(one) == _place(two)
            same_number = bool(one.number) and one.number == two.number
            if one.omitted != two.omitted and not same_number:
                continue
            score = 0.85 * body + 0.15 * same_place
            if score < _LEAST and not (same_number and (same_place or one.omitted != two.omitted)):
                continue
            near = -abs(a / max(len(old), 1) - b / max(len(new), 1))
            scores.append((score + 0.05 * same_number, near, a, b))
    scores.sort(key=lambda s: (-s[0], -s[1], s[2], s[3]))
    taken: tuple[set[int], set[int]] = (set(), set())
    pairs = []
    for _, _, a, b in scores:
        if a not in taken[0] and b not in taken[1]:
            taken[0].add(a)
            taken[1].add(b)
            pairs.append((a, b))
    return sorted(pairs)


def _place(scene: Scene) -> tuple[str, str]:
    return scene.setting, scene.place.casefold()


def _in_order(pairs: list[tuple[int, int]]) -> set[int]:
    """Those of `new` on the longest increasing run: they kept their place."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for i, (_, b) in enumerate(pairs):
        at = bisect_left(tails, b)
        before.append(ends[at - 1] if at else -1)
        tails[at : at + 1] = [b]
        ends[at : at + 1] = [i]
    kept, at = set(), ends[-1] if ends else -1
    while at != -1:
        kept.add(pairs[at][1])
        at = before[at]
    return kept


def _change(one: Scene, two: Scene, moved: bool) -> SceneChange:
    lines = _lines(one), _lines(two)
    differs = list(difflib.ndiff(*lines)) if lines[0] != lines[1] else []
    removed = tuple(d[2:] for d in differs if d.startswith("- "))
    added = tuple(d[2:] for d in differs if d.startswith("+ "))
    says = list(_facts(one, two))
    content = bool(removed or added or says)
    if removed or added:
        says.append(f"paragraphs: {len(removed)} out, {len(added)} in")
        if one.eighths != two.eighths:
            says.append(f"length: {pages(one.eighths)} -> {pages(two.eighths)}")
    if one.number != two.number:
        says.append(f"number: {one.number or 'none'} -> {two.number or 'none'}")
    if moved:
        says.append(f"place in the script: {one.position} -> {two.position}")
    both = _words(one), _words(two)
    total = sum(both[0].values()) + sum(both[1].values())
    return SceneChange(
        status="changed" if content else "moved" if moved else "unchanged",
        old=one.position, new=two.position, old_number=one.number, new_number=two.number,
        heading=two.heading, moved=moved, changes=tuple(says), removed=removed, added=added,
        likeness=round(2 * sum((both[0] & both[1]).values()) / total if total else 1.0, 3),
    )  # fmt: skip


def _facts(one: Scene, two: Scene) -> list[str]:
    says = []
    if one.omitted != two.omitted:
        says.append("omitted" if two.omitted else "no longer omitted")
    elif one.heading != two.heading:
        says.append(f"slugline: {one.heading} -> {two.heading}")
    before, after = (set(s.speaking) | set(s.silent) for s in (one, two))
    if gone := sorted(before - after):
        says.append(f"cast out: {', '.join(gone)}")
    if come := sorted(after - before):
        says.append(f"cast in: {', '.join(come)}")
    return says


def _alone(scene: Scene, status: Status) -> SceneChange:
    where = {"new": scene.position, "new_number": scene.number} if status == "new" else {
        "old": scene.position, "old_number": scene.number}  # fmt: skip
    return SceneChange.model_validate({"status": status, "heading": scene.heading, **where})
