"""Which shots a scene wants, by the grammar of film: what each is for, how close, and why.

A scene is cut into as many stretches as its length asks for; each stretch is one shot. Cuts fall
where something changes: somebody comes, another speaks, the feeling rises. No camera here: see
`coverage.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from setpiece.previs.cutting import Stretch, cut
from setpiece.previs.lens import SIZES
from setpiece.previs.model import Beat, Figure, ShotType, Size, Staging

_TELLING = ("letter", "phone", "dagger", "knife", "sword", "gun", "key", "book", "money", "head")
_ROW = 4  # shots of one person each that may follow one another


@dataclass(frozen=True)
class Idea:
    """A shot without its camera."""

    type: ShotType
    size: Size
    subjects: tuple[str, ...]
    start: float
    seconds: float
    beats: tuple[int, ...]
    reason: str
    over: str = ""
    prop: str = ""
    push: bool = False


def ideas(staging: Staging, *, new_place: bool = True) -> list[Idea]:
    """The shots of a scene in cutting order. `new_place`: the film was elsewhere before."""
    if not staging.beats:
        return []
    out: list[Idea] = []
    shown: set[str] = set()
    for index, stretch in enumerate(stretches := cut(staging)):
        last = index == len(stretches) - 1
        idea = _idea(
            staging, stretch, out, index / max(len(stretches) - 1, 1), new_place, last, shown
        )
        out.append(idea)
    return _everybody_seen(staging, out)


def _idea(
    staging: Staging, cut: Stretch, before: list[Idea], progress: float, new_place: bool,
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
    make = _Maker(cut)
    if not before:
        subjects = tuple(cast[:5]) or tuple(here)[:4]
        what = "establishing" if new_place else "master"
        why = (
            f"A new place: see {_place(staging)}, and who is where before anyone is close."
            if new_place
            else f"We stay at {_place(staging)}: a master takes up the geography again."
        )
        return make(what, "LS", subjects, why)  # type: ignore[arg-type]
    prop = _prop(staging, beats, here, shown)
    if prop and beats[0].what != "speech":
        shown.add(prop)
        return make(
            "insert",
            "CU",
            tuple(n for n in (_holder(staging, prop),) if n),
            f"The {prop} matters to what follows: {_quote(beats[0].words)}.",
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
                f"{_come(new)} in: see from where, and to whom ({_quote(comers[0].words)}).",
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
            f"The scene ends and they go: the wide frame lets them go ({_quote(beats[-1].words)}).",
        )
    if not spoken:
        return _action(make, beats, here, cast, before, staging)
    return _speech(make, beats, spoken, here, cast, before, progress, cut, staging)


class _Maker:
    def __init__(self, cut: Stretch) -> None:
        self.cut = cut

    def __call__(
        self, what: ShotType, size: Size, subjects: tuple[str, ...], reason: str, *,
        over: str = "", prop: str = "", push: bool = False,
    ) -> Idea:  # fmt: skip
        return Idea(what, size, subjects, self.cut.start, self.cut.end - self.cut.start,
            self.cut.beats, reason, over, prop, push)  # fmt: skip


def _action(
    make: _Maker, beats: list[Beat], here: dict[str, Figure], cast: list[str], before: list[Idea],
    staging: Staging,
) -> Idea:  # fmt: skip
    who = [n for b in beats for n in b.who if n in here]
    who = list(dict.fromkeys(who))
    main = max(beats, key=lambda b: len(b.words))
    said = _quote(main.words)
    if len(who) == 1:
        strong = main.emotion > 0.5
        size: Size = "MCU" if strong and here[who[0]].species == "human" else "MS"
        moves = re.search(
            r"walk|stroll|run|cross|fight|dance|falls|cammina|corre", main.words, re.I
        )
        size = "LS" if moves or here[who[0]].species == "cloud" else size
        return make("single", size, (who[0],), f"What {who[0]} does is the story here ({said}).")
    if len(who) == 2:
        return make("two-shot", "MS", (who[0], who[1]), f"It happens between these two ({said}).")
    subjects = tuple(who[:5]) or tuple(cast[:5]) or tuple(here)[:4]
    if len(subjects) == 1:
        return make("single", "LS", subjects,
            f"The place and {subjects[0]} in it, head to foot ({said}).")  # fmt: skip
    return make("group" if len(subjects) > 1 else "single", "MLS", subjects,
        f"The action needs room and everyone in it ({said}).")  # fmt: skip


def _speech(
    make: _Maker, beats: list[Beat], spoken: dict[str, float], here: dict[str, Figure],
    cast: list[str], before: list[Idea], progress: float, cut: Stretch, staging: Staging,
) -> Idea:  # fmt: skip
    main = max(spoken, key=lambda n: (spoken[n], n))
    share = spoken[main] / sum(spoken.values())
    speech = max((b for b in beats if b.what == "speech" and main in b.who),
        key=lambda b: len(b.words))  # fmt: skip
    said, to = _quote(speech.words), next((n for n in speech.to if n in here), "")
    felt = min(1.0, max(b.emotion for b in beats if main in b.who) + 0.18 * progress)
    count = len(speech.words.split())
    size: Size = "MS" if felt < 0.34 else "MCU" if felt < 0.62 else "CU"
    if felt > 0.93 and count >= 8:
        size = "ECU"
    if count < 4 or here[main].species != "human":
        size = "MS"
    row = 0
    for idea in reversed(before):
        if len(idea.subjects) > 1 or idea.type == "insert":
            break
        row += 1
    others = tuple(n for n in spoken if n != main)
    if len(speech.who) > 2 or (len(spoken) > 2 and share < 0.6):
        group = tuple(dict.fromkeys((main, *others, *([to] if to else ()))))[:5]
        return make(
            "group", "MLS", group, f"{len(group)} speak in turn: hold them together ({said})."
        )
    pair = others[:1] or ((to,) if to else ())
    if pair and (share < 0.62 or row >= _ROW):
        why = (f"They trade short lines: the exchange plays in one frame ({said})."
            if share < 0.62 else "After so many close frames we need both again, and the space "
            f"between them ({said}).")  # fmt: skip
        return make("two-shot", "MS", (main, *pair), why)
    if cut.part % 2 == 1 and to and here[to].species == "human":
        return make("reaction", _step(size, -1 if felt < 0.6 else 0, "MS"), (to,),
            f"What {main} says matters by how {to} takes it ({said}).")  # fmt: skip
    earlier = next((i for i in reversed(before) if i.subjects == (main,)), None)
    if before[-1] is earlier and earlier is not None and earlier.type in ("single", "ots"):
        if to and here[to].species == "human" and row < _ROW and count > 12:
            return make("reaction", "MCU", (to,),
                f"{main} goes on; {to} listens, and we read it there ({said}).")  # fmt: skip
        size = _step(earlier.size, 1 if felt > 0.35 and earlier.size != "ECU" else -1, "MLS")
    alone = len([n for n in cast if n != main]) == 0 or "aside" in speech.how.casefold()
    if alone:
        row = 0
        for idea in reversed(before):
            if idea.subjects != (main,) or idea.type != "single":
                break
            row += 1
        ladder: tuple[Size, ...] = ("MS", "MCU", "CU", "LS")
        size = ladder[row % 4] if row or make.cut.end - make.cut.start > 12 else size
        if size == "LS":
            return make("single", "LS", (main,),
                f"How alone {main} is: step back before coming near again ({said}).")  # fmt: skip
        return make("single", size if size != "ECU" else "CU", (main,),
            f"{main} speaks to nobody but us: come nearer as the thought does ({said}).",
            push=make.cut.end - make.cut.start > 6)  # fmt: skip
    used = [i.type for i in before if i.subjects == (main,)]
    if (
        to
        and size in ("MS", "MCU")
        and here[to].species == here[main].species == "human"
        and (not used or used[-1] != "ots" or felt < 0.34)
    ):
        return make(
            "ots",
            size,
            (main,),
            over=to,
            reason=f"{main} speaks to {to}: over the shoulder ties the two together ({said}).",
        )
    tone = ("The feeling runs high" if felt >= 0.62 else "The talk tightens" if felt >= 0.34
        else "A plain line")  # fmt: skip
    return make("single", size, (main,), f"{tone}: {main} alone in the frame, {size} ({said}).",
        push=felt > 0.7 and make.cut.end - make.cut.start > 8)  # fmt: skip


def _everybody_seen(staging: Staging, out: list[Idea]) -> list[Idea]:
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
                f"{name} is there for this only, and is seen ({_quote(beat.words)}).")  # fmt: skip
            parts = [
                replace(idea, seconds=a - idea.start),
                own,
                replace(idea, start=b, seconds=end - b),
            ]
            return [*out[:k], *(p for p in parts if p.seconds > 0.8), *out[k + 1 :]]
    return out


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


def _step(size: Size, closer: int, loosest: Size) -> Size:
    """The next size: 1 is closer, -1 is looser, no looser than `loosest`."""
    at = max(0, SIZES.index(size) - closer)
    return SIZES[min(at, SIZES.index(loosest))]


def _place(staging: Staging) -> str:
    return staging.set.place or "the place"


def _names(names: tuple[str, ...]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names)


def _come(names: list[str]) -> str:
    return f"{_names(tuple(names)) or 'Somebody'} {'come' if len(names) > 1 else 'comes'}"


def _quote(words: str) -> str:
    parts = words.split()
    return "“" + " ".join(parts[:7]) + ("…" if len(parts) > 7 else "") + "”"
