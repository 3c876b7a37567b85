"""Which shots a scene wants, by the grammar of film: what each is for, how close, and why.

A scene is cut into as many stretches as its length asks for; each stretch is one shot. Cuts fall
where something changes: somebody comes, another speaks, the feeling rises. No camera here: see
`coverage.py`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from setpiece.previs.action_shots import action_shot
from setpiece.previs.cutting import Stretch, cut
from setpiece.previs.idea import Idea, Maker, come, listed, place_of, quote
from setpiece.previs.model import Beat, Figure, Staging
from setpiece.previs.motion_shots import coming, coming_shots, movement, moving_shots
from setpiece.previs.seen import everybody_seen, rows_broken
from setpiece.previs.sight_shots import TALL, falling_after, sights, thing_in
from setpiece.previs.soliloquy import soliloquies
from setpiece.previs.speech_shots import speech_shot

Place = Literal["new", "back", "stay"]
_TELLING = ("letter", "phone", "dagger", "knife", "sword", "gun", "key", "book", "money", "head")


def ideas(staging: Staging, *, place: Place = "new") -> list[Idea]:
    """The shots of a scene in cutting order. `place`: whether the film has been here before."""
    if not staging.beats:
        return []
    out: list[Idea] = []
    shown: set[str] = set()
    for index, stretch in enumerate(stretches := cut(staging)):
        last = index == len(stretches) - 1
        progress = index / max(len(stretches) - 1, 1)
        beats = [staging.beats[i] for i in stretch.beats]
        here = {f.name: f for f in staging.at((stretch.start + stretch.end) / 2)}
        move = movement(staging, stretch.start, stretch.end, here)
        if move is not None:
            # What comes before the move first, be it the place alone.
            begins = move.path[0][2]
            if begins - stretch.start > 1.4:
                lead = replace(stretch, end=begins)
                idea = _idea(staging, lead, out, progress, place, False, shown)
                out += sights(staging, idea, beats, here, shown) if out else [idea]
                stretch = replace(stretch, start=begins)
            made = moving_shots(staging, Maker(stretch), move) if out else []
            if made:
                out += [*falling_after(staging, made[0], beats), *made[1:]]
                continue
        idea = _idea(staging, stretch, out, progress, place, last, shown)
        comer = coming(staging, stretch.start, stretch.end, here) if out else None
        if comer is not None and idea.type in ("re-establishing", "group"):
            out += coming_shots(staging, Maker(stretch), comer, idea)
        else:
            out += sights(staging, idea, beats, here, shown) if out else [idea]
    return rows_broken(staging, everybody_seen(staging, soliloquies(staging, out)))


def _opening(
    make: Maker, staging: Staging, beats: list[Beat], cast: list[str], here: dict[str, Figure],
    place: Place,
) -> Idea:  # fmt: skip
    """The first frame of a scene: where we are, and who is where."""
    subjects = tuple(cast[:5]) or tuple(here)[:4]
    where = place_of(staging)
    thing = thing_in(staging, f"{' '.join(b.words for b in beats if b.what != 'speech')} {where}")
    prop = thing.item if thing is not None and thing.size[2] > TALL else ""
    with_it = f" The {prop} that the words name stands in it." if prop else ""
    if place == "new":
        return make("establishing", "LS", subjects, f"A new place: see {where}, and who is where "
            f"before anyone is close.{with_it}", prop=prop)  # fmt: skip
    if place == "back":
        return make("establishing", "LS", subjects, f"Back at {where}, which we know: a wide frame "
            f"says so, and who is where now.{with_it}", prop=prop)  # fmt: skip
    return make("master", "LS", subjects,
        f"We stay at {where}: a master takes up the geography again.")  # fmt: skip


def _idea(
    staging: Staging, cut: Stretch, before: list[Idea], progress: float, place: Place,
    last: bool, shown: set[str],
) -> Idea:  # fmt: skip
    beats = [staging.beats[i] for i in cut.beats]
    middle = (cut.start + cut.end) / 2
    here = {f.name: f for f in staging.at(middle)}
    cast = [
        n
        for n, f in here.items()
        if f.role != "extra"
        and f.species != "cloud"
        and f.stance != "lie"
        and not (f.role == "animal" and n[-1].isdigit())
    ]
    spoken = _spoken(beats, cut, here)
    make = Maker(cut)
    if not before:
        return _opening(make, staging, beats, cast, here, place)
    prop = _prop(staging, beats, here, shown)
    if prop and beats[0].what != "speech":
        shown.add(prop)
        return make(
            "insert",
            "CU",
            tuple(n for n in (_holder(staging, prop),) if n),
            f"The {prop} matters to what follows: {quote(beats[0].words)}.",
            prop=prop,
        )
    comers = [b for b in beats if b.what == "enter" and cut.start <= b.start < cut.end]
    talk = sum(spoken.values())
    if comers and (talk < 18.0 or (talk < 45.0 and before[-1].type != "re-establishing")):
        new = [m.who for m in comers[0].moves if m.what == "enter" and m.who in here]
        new = list(dict.fromkeys(new)) or [n for n in comers[0].who if n in here]
        rest = [n for n in cast if n not in new]
        subjects = (*new[:3], *rest[: max(0, 4 - len(new[:3]))])
        if subjects:
            return make(
                "re-establishing" if rest else "group" if len(subjects) > 1 else "single",
                "MLS" if len(subjects) > 1 else "LS",
                subjects,
                f"{come(new)} in: see from where, and to whom ({quote(comers[0].words)}).",
            )
    if (
        last
        and len(cast) > 1
        and (beats[-1].what == "exit" or "exeunt" in beats[-1].how.casefold())
    ):
        return make(
            "master",
            "LS",
            tuple(cast[:5]),
            f"The scene ends and they go: the wide frame lets them go ({quote(beats[-1].words)}).",
        )
    heard = [b for b in beats if b.what == "speech" and b.offscreen]
    if not spoken and heard and cast:
        who = next((n for n in cast if n in heard[0].to), cast[0])
        return make("reaction", "MCU", (who,), f"{listed(heard[0].who)} is heard and not seen: "
            f"watch {who} hear it ({quote(heard[0].words)}).")  # fmt: skip
    if not spoken:
        return action_shot(make, beats, here, cast, before, staging)
    return speech_shot(make, beats, spoken, here, cast, before, progress, cut, staging)


def _spoken(beats: list[Beat], cut: Stretch, here: dict[str, Figure]) -> dict[str, float]:
    """Seconds that each speaks within the stretch; only who is there and seen."""
    out: dict[str, float] = {}
    for beat in beats:
        if beat.what != "speech" or beat.offscreen:
            continue
        seconds = max(0.0, min(cut.end, beat.end) - max(cut.start, beat.start))
        for name in beat.who:
            if name in here and seconds > 0:
                out[name] = out.get(name, 0.0) + seconds / len(beat.who)
    return out


def _prop(staging: Staging, beats: list[Beat], here: dict[str, Figure], shown: set[str]) -> str:
    for beat in beats[:1]:
        for prop in staging.props:
            if (
                beat.what == "action" and prop.held_by in here and prop.item not in shown
                and not here[prop.held_by].path and prop.kind in _TELLING and beat.seconds < 9
                and re.search(rf"\b{re.escape(prop.item)}", beat.words, re.I)
            ):  # fmt: skip
                return prop.item
    return ""


def _holder(staging: Staging, item: str) -> str:
    return next((p.held_by for p in staging.props if p.item == item), "")
