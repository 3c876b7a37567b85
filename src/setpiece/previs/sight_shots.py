"""What people see and what words point at: points of view, their reactions, and cutaways."""

from __future__ import annotations

import re
from dataclasses import replace

from setpiece.previs.beats import named, sentences
from setpiece.previs.details import MARKS, tells
from setpiece.previs.idea import Idea, quote
from setpiece.previs.model import Beat, Figure, Prop, Staging
from setpiece.previs.set_piece import falls

TALL = 4.0  # m from which a thing is looked up at
_SEES = re.compile(
    r"\b(?:sees?|spots?|notices?|watch(?:es)?|"
    r"looks? (?:up |down |out |over |back )?(?:at|to|towards?|through)|"
    r"stares? (?:up )?at|gazes? (?:up )?at|peers? at|glances? at|films?|photographs?|reads?|"
    r"examines|studies|through (?:the )?binoculars|vede|guarda|fissa|legge|voit|regarde|"
    r"aperçoit|lit|ve|mira|lee|sieht|erblickt|betrachtet|liest)\b", re.I
)  # fmt: skip
_READABLE = ("letter", "phone", "book", "money", "camera", "gun", "head", "dagger", "knife", "key")
_SHARE = 0.55  # of the stretch for what is seen, the rest for the face that sees it


def sights(
    staging: Staging, idea: Idea, beats: list[Beat], here: dict[str, Figure], told: set[str]
) -> list[Idea]:
    """An idea, or in its place what its words show: a point of view and its reaction, or a thing.

    told: what has been shown already and need not be again.
    """
    actions = [b for b in beats if b.what != "speech"]
    if not actions or idea.seconds < 1.4:
        return [idea]
    for sentence in (s for b in actions for s in sentences(b.words)):
        made = _detail(staging, idea, sentence, here, told)
        if made:
            return made
    for beat in actions:
        if not idea.start - 0.1 <= beat.start < idea.start + idea.seconds:
            continue
        for sentence in sentences(beat.words):
            made = _comes_down(staging, idea, sentence) if idea.seconds > 2.4 else []
            made = made or (_pov(staging, idea, beat, sentence, here, told)
                            if idea.seconds > 1.6 else [])  # fmt: skip
            if made:
                return made
            thing = thing_in(staging, sentence)
            key = f"{thing.kind} {thing.position}" if thing else ""
            wide = idea.type in ("establishing", "master")
            if (
                thing
                and not named(sentence, tuple(here))
                and not wide
                and len(actions) == len(beats)
            ):
                told.add(key)
                return [Idea(
                    "cutaway", "LS" if thing.size[2] <= TALL else "ELS", (), idea.start,
                    idea.seconds, idea.beats, f"Nobody is in these words, the {thing.item} is: "
                    f"it has the frame ({quote(sentence)}).", prop=thing.item, move="tilt up",
                )]  # fmt: skip
            if thing and key not in told and thing.size[2] > TALL and not wide:
                told.add(key)
                return _after(idea, Idea(
                    "cutaway", "ELS", (), 0, 0, idea.beats,
                    f"The words point at it: see the {thing.item} from foot to top "
                    f"({quote(sentence)}).", prop=thing.item, move="tilt up",
                ), first=True)  # fmt: skip
    return [idea]


def thing_in(staging: Staging, words: str) -> Prop | None:
    """The tallest thing of the set that words name."""
    found = [
        p for p in staging.props
        if not p.held_by and p.size[2] > 1.0
        and re.search(rf"\b{re.escape(p.item)}s?\b", words, re.I)
    ]  # fmt: skip
    return max(found, key=lambda p: p.size[2], default=None)


def _comes_down(staging: Staging, idea: Idea, sentence: str) -> list[Idea]:
    """What collapses is seen to: first with the people, then for itself, following it down."""
    for item in falls(sentence):
        thing = next((p for p in staging.props if p.item == item and not p.held_by), None)
        if thing is None:
            continue
        fall = Idea(
            "cutaway", "ELS", (), 0, 0, idea.beats,
            f"The {item} comes down: the set piece has the frame to itself, from foot to top "
            f"({quote(sentence)}).", prop=item, move="fall",
        )  # fmt: skip
        if not idea.subjects or idea.seconds < 2.8:
            return [replace(fall, start=idea.start, seconds=idea.seconds)]
        with_it = replace(idea, type="group" if len(idea.subjects) > 1 else "single", size="LS",
            prop=item, over="", push=False, move="",
            reason=f"People and the {item} behind them in one frame: how near it is "
            f"({quote(sentence)}).")  # fmt: skip
        return _after(with_it, fall, first=False)
    return []


def _detail(
    staging: Staging, idea: Idea, sentence: str, here: dict[str, Figure], told: set[str]
) -> list[Idea]:
    """An insert of a mark or a hand that the sentence is about."""
    if idea.type in ("establishing", "master") or idea.seconds < 1.4:
        return []
    for thing in staging.props:
        key = f"{thing.kind} {thing.position} {thing.held_by}"
        if key in told or not tells(thing, sentence):
            continue
        told.add(key)
        middle = idea.start + 0.5 * idea.seconds
        on = [f.name for f in staging.at(middle) if f.gesture == "touch" and thing.kind in MARKS]
        who = (thing.held_by,) if thing.held_by in here else tuple(on[:1])
        what = f"the hand of {thing.held_by}" if thing.held_by else f"the {thing.item}"
        with_it = f", and the hand of {on[0]} on it" if on else ""
        insert = Idea("insert", "CU", who, 0, 0, idea.beats, f"The words point at {what}: see it "
            f"large{with_it} ({quote(sentence)}).", prop=thing.item)  # fmt: skip
        if idea.seconds < 3.2:  # no time for both
            return [replace(insert, start=idea.start, seconds=idea.seconds)]
        return _after(idea, insert, first=False)
    return []


def _pov(
    staging: Staging, idea: Idea, beat: Beat, sentence: str, here: dict[str, Figure],
    told: set[str],
) -> list[Idea]:  # fmt: skip
    verb = _SEES.search(sentence)
    if verb is None:
        return []
    names = tuple(here)
    looks = named(sentence[: verb.start()], names) or [n for n in beat.who if n in here]
    if not looks or here[looks[0]].species != "human" or here[looks[0]].stance == "lie":
        return []
    who, rest = looks[0], sentence[verb.end() :]
    seen = next((n for n in named(rest, names) if n != who and here[n].role != "extra"), "")
    thing = thing_in(staging, rest)
    if thing is None and re.match(r"\W*(?:it|them)\b", rest):
        before = " ".join(b.words for b in staging.beats if b.start <= beat.start)
        thing = thing_in(staging, before)
    held = next((p for p in staging.props if p.held_by == who and p.kind in _READABLE and re.search(
        rf"\b{re.escape(p.item)}\b", rest, re.I)), None)  # fmt: skip
    films = re.match(r"films?|photographs?", verb[0], re.I)
    prop = thing.item if thing else "" if films or not held else held.item
    if not seen and not prop:
        return []
    told |= {prop} if held and prop == held.item else set()
    if thing and prop == thing.item:
        told.add(f"{thing.kind} {thing.position}")
    what = seen or f"the {prop}"
    up = bool(thing) and thing is not None and thing.size[2] > TALL
    pov = Idea(
        "pov", "MS" if seen else "ELS" if up else "CU", (seen,) if seen else (), 0, 0, idea.beats,
        f"{who} sees {what}: we see it from where {who} stands ({quote(sentence)}).", over=who,
        prop="" if seen else prop, move="tilt up" if up and not seen else "",
    )  # fmt: skip
    if idea.seconds < 2.4:  # no time for both
        return [replace(pov, start=idea.start, seconds=idea.seconds)]
    face = replace(idea, type="reaction", size="MCU", subjects=(who,), over="", prop="", push=False,
        move="", reason=f"And the face that sees {what}: what it does to {who} "
        f"({quote(sentence)}).")  # fmt: skip
    return _after(face, pov, first=True)


def falling_after(staging: Staging, idea: Idea, beats: list[Beat]) -> list[Idea]:
    """A moving shot, and in its second half what comes down in those beats, if anything does."""
    if idea.seconds < 2.8:
        return [idea]
    for beat in beats:
        for part in sentences(beat.words if beat.what != "speech" else ""):
            fall = _comes_down(staging, replace(idea, subjects=()), part)
            if fall:
                return _after(idea, fall[0], first=False)
    return [idea]


def _after(idea: Idea, other: Idea, *, first: bool) -> list[Idea]:
    """Two ideas in the time of one: the other comes first, or last."""
    share = _SHARE * idea.seconds
    if first:
        return [replace(other, start=idea.start, seconds=share),
                replace(idea, start=idea.start + share, seconds=idea.seconds - share)]  # fmt: skip
    return [replace(idea, seconds=idea.seconds - share),
            replace(other, start=idea.start + idea.seconds - share, seconds=share)]  # fmt: skip
