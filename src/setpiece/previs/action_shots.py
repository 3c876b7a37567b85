"""The shot for a stretch of action: who does it, who goes where, what is seen."""

from __future__ import annotations

import re

from setpiece.previs.idea import Idea, Maker, quote
from setpiece.previs.model import Beat, Figure, Size, Staging


def action_shot(
    make: Maker, beats: list[Beat], here: dict[str, Figure], cast: list[str], before: list[Idea],
    staging: Staging,
) -> Idea:  # fmt: skip
    who = [n for b in beats for n in b.who if n in here]
    who = list(dict.fromkeys(who))
    main = max(beats, key=lambda b: len(b.words))
    said = quote(main.words)
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
