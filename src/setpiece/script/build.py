"""Elements to scenes and cast."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

from setpiece.script.breakdown import propose
from setpiece.script.eighths import eighths
from setpiece.script.fountain_in import Parsed
from setpiece.script.lines import plain
from setpiece.script.marks import split_cue
from setpiece.script.model import CastMember, Element, Proposal, Remark, Scene, Screenplay
from setpiece.script.slug import read_slug

_VOICE = frozenset(("VO", "OS", "OC", "OFF", "FC", "FUORI CAMPO", "VOZ EN OFF", "HORS CHAMP"))
_OMITTED = frozenset(("OMITTED", "OMIT", "OMESSA", "OMITIDA", "OMISE", "ENTFÄLLT"))


def build(parsed: Parsed, source: str, encoding: str, remarks: Sequence[Remark]) -> Screenplay:
    """Cut at sluglines, read each scene, gather the cast, and remark on what looks wrong."""
    report = [*remarks, *parsed.report]
    cuts = [i for i, e in enumerate(parsed.elements) if e.kind == "heading"]
    opening = tuple(parsed.elements[: cuts[0]] if cuts else parsed.elements)
    spoken = {_name(e) for e in parsed.elements if e.kind == "character"} - {""}
    finder = _Finder(spoken)
    scenes = []
    ends = [*cuts[1:], len(parsed.elements)]
    for position, (begin, end) in enumerate(zip(cuts, ends, strict=False), 1):
        inside = tuple(parsed.elements[begin:end])
        tags = [t for i in range(begin, end) for t in parsed.tags.get(i, ())]
        scenes.append(_scene(position, inside, begin in parsed.omitted, finder, tags))
    report += _doubts(opening, scenes)
    report.sort(key=lambda r: r.line)
    return Screenplay(
        title_page=parsed.title_page, opening=opening, scenes=tuple(scenes),
        cast=_cast(opening, scenes), report=tuple(report), source=source, encoding=encoding,
    )  # fmt: skip


def _name(cue: Element) -> str:
    return split_cue(plain(cue.text).replace("\n", " "))[0]


def _scene(
    position: int, elements: tuple[Element, ...], cut: bool, finder: _Finder, tags: list[Proposal]
) -> Scene:
    heading = elements[0]
    slug = read_slug(heading.text)
    shown = plain(heading.text)
    omitted = cut or shown.upper().strip(" .") in _OMITTED
    cues = [e for e in elements if e.kind == "character"] if not omitted else []
    speaking = tuple(dict.fromkeys(n for e in cues if (n := _name(e))))
    seen = {_name(e) for e in cues if not _heard_only(e)}
    action = [e for e in elements if e.kind in ("action", "shot", "centred")] if not omitted else []
    marked = [t.item for t in tags if t.category == "cast" and t.item in finder.names]
    named = [] if omitted else [*finder.find(plain(e.text) for e in action), *marked]
    return Scene(
        position=position, number=heading.number, heading=shown, setting=slug.setting,
        place=slug.place, time=slug.time, time_words=slug.time_words, elements=elements,
        eighths=0 if omitted else eighths(elements), speaking=speaking,
        voices=tuple(n for n in speaking if n not in seen),
        silent=tuple(n for n in dict.fromkeys(named) if n not in speaking),
        proposals=_items(() if omitted else tags, propose(action, finder.names)),
        omitted=omitted, line=heading.line,
        revisions=tuple(dict.fromkeys(e.revision for e in elements if e.revision)),
    )  # fmt: skip


def _items(tags: Sequence[Proposal], found: Sequence[Proposal]) -> tuple[Proposal, ...]:
    """What a person tagged, then what the words propose and nobody tagged."""
    out = {(t.category, t.item.casefold()): t for t in reversed(tags)}
    for p in found:
        out.setdefault((p.category, p.item.casefold()), p)
    return tuple(sorted(out.values(), key=lambda p: (not p.confirmed, p.line)))


def _heard_only(cue: Element) -> bool:
    _, extensions = split_cue(plain(cue.text))
    return any(re.sub(r"[^\w ]|(?<=\b\w) (?=\w\b)", "", e.upper()) in _VOICE for e in extensions)


class _Finder:
    """Names of the cast in action lines, as "ANA" or "Ana", never as the common noun "ana"."""

    def __init__(self, names: set[str]) -> None:
        self.names = frozenset(names)
        forms = sorted({f for n in names for f in (n, n.title()) if n}, key=len, reverse=True)
        forms = [f for f in forms if len(f) > 1]
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, forms)) or '(?!)'})(?!\w)")

    def find(self, texts: Iterable[str]) -> list[str]:
        found = (m.group().upper() for t in texts for m in self._pattern.finditer(t))
        return [n for n in dict.fromkeys(found) if n in self.names]


def _cast(opening: Sequence[Element], scenes: Sequence[Scene]) -> tuple[CastMember, ...]:
    live = [(0, opening), *((s.position, s.elements) for s in scenes if not s.omitted)]
    variants: dict[str, dict[str, None]] = {}
    speeches: Counter[str] = Counter()
    speaks: dict[str, list[int]] = {}
    for position, elements in live:
        for e in elements:
            if e.kind == "character" and (name := _name(e)):
                variants.setdefault(name, {})[plain(e.text)] = None
                speeches[name] += 1
                if position and position not in speaks.setdefault(name, []):
                    speaks[name].append(position)
    silent = {n: tuple(s.position for s in scenes if n in s.silent) for n in variants}
    members = [
        CastMember(
            name=n, variants=tuple(v), speeches=speeches[n],
            speaks_in=tuple(speaks.get(n, ())), silent_in=silent[n],
        )
        for n, v in variants.items()
    ]  # fmt: skip
    return tuple(sorted(members, key=lambda m: (-m.speeches, m.name)))


def _doubts(opening: Sequence[Element], scenes: Sequence[Scene]) -> list[Remark]:
    out: list[Remark] = []
    printed = [e for e in opening if e.kind in ("action", "dialogue", "character")]
    if printed and scenes and any(e.kind == "character" for e in printed):
        what = "speech before the first slugline: it belongs to no scene"
        out.append(
            Remark(line=printed[0].line, level="note", what=what, text=printed[0].text[:120])
        )
    if not scenes:
        out.append(Remark(line=1, level="note", what="no slugline found: the script has no scenes"))
    numbered = sorted((s for s in scenes if s.number), key=lambda s: (s.number, s.position))
    for number, group in groupby(numbered, key=lambda s: s.number):
        again = list(group)
        for scene in again[1:]:
            what = f"scene number {number} is used {len(again)} times"
            out.append(Remark(line=scene.line, level="note", what=what, text=scene.heading[:120]))
    for scene in scenes:
        if not scene.omitted and not scene.setting:
            what = "slugline says neither INT nor EXT"
            out.append(Remark(line=scene.line, level="note", what=what, text=scene.heading[:120]))
    return out
