"""A screenplay broken down into strips."""

from __future__ import annotations

from difflib import get_close_matches

from setpiece.schedule.model import Breakdown, Light, Strip
from setpiece.script.groups import people
from setpiece.script.lines import plain
from setpiece.script.model import Category, Scene, Screenplay, TimeOfDay

_NIGHT = ("NIGHT", "EVENING")
_AS_BEFORE = ("CONTINUOUS", "LATER", "SAME")
_SYNOPSIS = 90  # characters that a one-liner has room for


def break_down(script: Screenplay, source: str = "script") -> Breakdown:
    """One strip for each scene that is not omitted, in script order, checked.

    The set is the slugline's place, the location what stands before its first dash ("BAR -
    KITCHEN" is shot in the BAR); both are for a person to edit. Who is only heard is not called.
    Items found in the action lines are unconfirmed; a stunt counts as one once it is confirmed.

    Raises InputError where the script has no scene to shoot.
    """
    remarks: list[str] = []
    light: Light = "D"
    strips = []
    for scene in script.scenes:
        if scene.omitted:
            continue
        light = _light(scene, light, remarks)
        strips.append(_strip(scene, light, remarks))
    _similar_sets(strips, remarks)
    found = Breakdown(
        title=script.title[:300], strips=tuple(strips), remarks=tuple(remarks)
    ).checked(source)
    return without_deals(found)


def without_deals(breakdown: Breakdown) -> Breakdown:
    """The same without the remarks that nobody has a deal: before the cal.toml is read that is no
    news."""
    kept = tuple(r for r in breakdown.remarks if "has no deal" not in r)
    return breakdown.model_copy(update={"remarks": kept})


def _strip(scene: Scene, light: Light, remarks: list[str]) -> Strip:
    name = scene.number or str(scene.position)
    on_set = [n for n in (*scene.speaking, *scene.silent) if n not in scene.voices]
    cast = tuple(dict.fromkeys(p for n in on_set for p in people(n, on_set)))
    for voice in scene.voices:
        remarks.append(
            f"Scene {name}: {voice} is only heard, so not called; if they are there, add to cast."
        )
    setting = scene.setting or "INT"
    if not scene.setting:
        remarks.append(f"Scene {name}: neither INT nor EXT; taken as INT.")
    place = scene.place or scene.heading
    elements: dict[Category, list[str]] = {}
    unconfirmed: list[str] = []
    for p in scene.proposals:
        if p.category == "cast" and p.item in cast:
            continue
        if p.category == "cast" and p.confirmed:
            cast = (*cast, p.item)
            continue
        elements.setdefault(p.category, []).append(p.item)
        if not p.confirmed:
            unconfirmed.append(f"{p.category}: {p.item}")
    unconfirmed.sort()
    return Strip(
        id=name[:60], scene=scene.number[:60], position=scene.position,
        heading=scene.heading[:500], synopsis=_synopsis(scene), setting=setting,
        set=place[:300], location=place.split(" - ")[0][:300], light=light,
        eighths=min(max(scene.eighths, 1), 800), cast=tuple(n[:300] for n in cast),
        elements={k: tuple(v) for k, v in elements.items()}, unconfirmed=tuple(unconfirmed),
        stunt=any(p.category == "stunts" and p.confirmed for p in scene.proposals),
        cover=setting == "INT", weather=setting == "EXT",
    )  # fmt: skip


def _light(scene: Scene, before: Light, remarks: list[str]) -> Light:
    time: TimeOfDay = scene.time
    if time in _NIGHT:
        return "N"
    if time in ("DAWN", "DUSK"):
        return "DAWN" if time == "DAWN" else "DUSK"
    if time in _AS_BEFORE:
        return before
    if not time and scene.setting != "INT":
        remarks.append(f"Scene {scene.number or scene.position}: no time of day; taken as DAY.")
    return "D"


def _synopsis(scene: Scene) -> str:
    """The writer's synopsis, or what the action begins with."""
    for kind in ("synopsis", "action"):
        for e in scene.elements:
            if e.kind == kind and (text := " ".join(plain(e.text).split())):
                if len(text) <= _SYNOPSIS:
                    return text
                cut = text[:_SYNOPSIS].rsplit(" ", 1)[0]
                return cut.rstrip(" ,;:.-–—") + "…"
    return ""


def _similar_sets(strips: list[Strip], remarks: list[str]) -> None:
    """Two spellings of one place would send the company on a move it need not make."""
    names = list(dict.fromkeys(s.location for s in strips))
    for i, name in enumerate(names):
        for near in get_close_matches(name, names[i + 1 :], n=2, cutoff=0.9):
            remarks.append(f"Locations {name!r} and {near!r}: the same? Then write one name.")
