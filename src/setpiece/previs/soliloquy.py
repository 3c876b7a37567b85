"""Somebody who speaks alone: few frames, each unlike the last, and one of them a long slow move."""

from __future__ import annotations

from dataclasses import replace

from setpiece.previs.cutting import LEAST, LONGEST
from setpiece.previs.idea import Idea, quote
from setpiece.previs.model import Size, Staging
from setpiece.previs.timing import spoken_by

_SECONDS_A_FRAME = 30.0
_TELLS = 7.0  # s that an insert is looked at
_PROFILE, _ASIDE = 72.0, -25.0  # degrees off the eyeline; below 0 to its other side
# Kinds of frame by how many there are: the move in, profile, wide, close.
_ORDERS = {1: "M", 2: "MC", 3: "MWC", 4: "MWPC"}
_WEIGHTS = {"M": 1.3, "W": 0.7, "P": 0.9, "C": 1.0}


def soliloquies(staging: Staging, wanted: list[Idea]) -> list[Idea]:
    """Runs of frames of one person who speaks to nobody, planned as a whole."""
    out: list[Idea] = []
    k = 0
    while k < len(wanted):
        run = [wanted[k]]
        while k + len(run) < len(wanted) and _goes_on(run[-1], wanted[k + len(run)]):
            run.append(wanted[k + len(run)])
        k += len(run)
        if len(run) == 1:
            out += run
        else:
            out += _planned(staging, run, LEAST - (len(out) + len(wanted) - k))
    return out


def _goes_on(one: Idea, two: Idea) -> bool:
    return bool(one.alone and two.alone) and one.subjects == two.subjects


def _planned(staging: Staging, run: list[Idea], least: int) -> list[Idea]:
    start, seconds = run[0].start, sum(i.seconds for i in run)
    count = min(max(1, least, round(seconds / _SECONDS_A_FRAME)), len(run))
    while True:
        kinds = _ORDERS.get(count) or "M" + "PWM" * (count // 3) + "PW"[: count % 3]
        kinds = kinds[: count - 1] + "C" if count > 4 else kinds
        weights = [_WEIGHTS[kind] for kind in kinds]
        spans = [seconds * w / sum(weights) for w in weights]
        if max(spans) <= LONGEST - 1 or count >= 2 * len(run):
            break
        count += 1
    who, shown, out = run[0].subjects[0], _held(staging, run), []
    for kind, span in zip(kinds, spans, strict=True):
        every = dict.fromkeys(i for one in run for i in one.beats)
        spoken = [(i, staging.beats[i]) for i in every]
        beats = tuple(i for i, b in spoken if b.start < start + span and b.end > start)
        beats = beats or run[0].beats
        idea = replace(run[0], start=start, seconds=span, beats=beats)
        said = quote(_words_at(staging, beats, start))
        if kind == "W" and shown and span > 2 * _TELLS:
            out.append(replace(idea, type="insert", size="CU", prop=shown, push=False, alone="",
                seconds=_TELLS, reason=f"What {who} has in hand is what the words turn on: the "
                f"{shown} ({said})."))  # fmt: skip
            idea = replace(idea, start=start + _TELLS, seconds=span - _TELLS)
        out.append(_frame(idea, kind, who, said))
        start += span
    return out


def _frame(idea: Idea, kind: str, who: str, said: str) -> Idea:
    size: Size
    if kind == "M":
        size, turn, push = "MS", 0.0, True
        why = f"{who} speaks to {idea.alone}: one slow move in, as the thought comes nearer"
    elif kind == "W":
        size, turn, push = "LS", _ASIDE, False
        why = f"How alone {who} is, and where: further off, and from the other side"
    elif kind == "P":
        size, turn, push = "MCU", _PROFILE, False
        why = f"{who} in profile: the words are for {who}, and we overhear them"
    else:
        size, turn, push = "CU", 0.0, False
        why = f"What it comes to: {who} close and still"
    return replace(idea, size=size, turn=turn, push=push, reason=f"{why} ({said}).")


def _held(staging: Staging, run: list[Idea]) -> str:
    """The thing in the speaker's hand that the words of the speech name, or that is read."""
    words = " ".join(staging.beats[i].words for one in run for i in one.beats).casefold()
    held = [p for p in staging.props if p.held_by == run[0].subjects[0]]
    told = (p.item for p in held if p.item.casefold() in words or p.kind in ("letter", "book"))
    return next(told, "")


def _words_at(staging: Staging, beats: tuple[int, ...], start: float) -> str:
    """What is being said from a second on."""
    beat = next((staging.beats[i] for i in beats if staging.beats[i].end > start + 1), None)
    if beat is None:
        beat = staging.beats[beats[0]]
    words = beat.words.split()
    return " ".join(words[spoken_by(words, start - beat.start, beat.seconds) :]) or beat.words
