"""The shot for a stretch of talk: who is seen while it is said, how close, and over whom."""

from __future__ import annotations

from dataclasses import replace

from setpiece.previs.cutting import Stretch
from setpiece.previs.idea import OVER, Idea, Maker, quote, step
from setpiece.previs.model import Beat, Figure, Size, Staging

ROW = 3  # shots of one person each that may follow one another


def speech_shot(
    make: Maker, beats: list[Beat], spoken: dict[str, float], here: dict[str, Figure],
    cast: list[str], before: list[Idea], progress: float, cut: Stretch, staging: Staging,
) -> Idea:  # fmt: skip
    main = max(spoken, key=lambda n: (spoken[n], n))
    share = spoken[main] / sum(spoken.values())
    speech = max((b for b in beats if b.what == "speech" and main in b.who),
        key=lambda b: len(b.words))  # fmt: skip
    said, to = quote(speech.words), next((n for n in speech.to if n in here), "")
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
    if pair and (share < 0.62 or row >= ROW):
        why = (f"They trade short lines: the exchange plays in one frame ({said})."
            if share < 0.62 else "After so many close frames we need both again, and the space "
            f"between them ({said}).")  # fmt: skip
        return make("two-shot", "MS", (main, *pair), why)
    if cut.part % 2 == 1 and to and here[to].species == "human":
        return make("reaction", step(size, -1 if felt < 0.6 else 0, "MS"), (to,),
            f"What {main} says matters by how {to} takes it ({said}).")  # fmt: skip
    earlier = next((i for i in reversed(before) if i.subjects == (main,)), None)
    if before[-1] is earlier and earlier is not None and earlier.type in ("single", "ots"):
        if to and here[to].species == "human" and row < ROW and count > 12:
            return make("reaction", "MCU", (to,),
                f"{main} goes on; {to} listens, and we read it there ({said}).")  # fmt: skip
        size = step(earlier.size, 1 if felt > 0.35 and earlier.size != "ECU" else -1, "MLS")
    alone = len([n for n in cast if n != main]) == 0 or "aside" in speech.how.casefold()
    if alone:
        off = next((n for b in staging.beats if b.offscreen for n in b.who if n != main), "")
        whom = f"{off}, who is not seen" if off else "nobody but us"
        idea = make("single", size if size != "ECU" else "CU", (main,),
            f"{main} speaks to {whom}: come nearer as the thought does ({said}).",
            push=make.cut.end - make.cut.start > 6)  # fmt: skip
        return replace(idea, alone=whom)
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
            reason=f"{main} speaks to {to}: {OVER} ({said}).",
        )
    tone = ("The feeling runs high" if felt >= 0.62 else "The talk tightens" if felt >= 0.34
        else "A plain line")  # fmt: skip
    return make("single", size, (main,), f"{tone}: {main} alone in the frame, {size} ({said}).",
        push=felt > 0.7 and make.cut.end - make.cut.start > 8)  # fmt: skip
