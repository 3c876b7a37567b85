"""Facts that boards measure on themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from setpiece.previs.checks import check

if TYPE_CHECKING:
    from setpiece.previs.make import Stages
    from setpiece.show import TakeFolder


def measure(s: Stages, take: TakeFolder) -> dict[str, Any]:
    """The take's checks.

    every_scene: scenes that were asked for and have no panel. every_speaker: characters who speak
    in those scenes and are in no panel of theirs, those heard only left out. every_word: words of
    dialogue that no panel has. line_crossings, framing, walls, occlusions: shots that break the
    rule, by geometry (`checks.py`). animatic_length: frames that the movie has too many or too few.
    """
    asked = {scene.position for scene in s.scenes}
    part = s.script.model_copy(
        update={"scenes": tuple(x for x in s.script.scenes if x.position in asked)}
    )
    found = check(s.boards, part)
    out: dict[str, Any] = {
        "every_scene": _none_of(len(found.scenes_missing), "scenes", found.scenes_missing),
        "every_speaker": _none_of(len(found.speakers_missing), "speakers", found.speakers_missing),
        "every_word": _none_of(_lost_words(s), "words"),
        "line_crossings": _none_of(len(found.crossings), "shots", found.crossings),
        "framing": _none_of(len(found.framing), "shots", found.framing),
        "walls": _none_of(len(found.walls), "shots", found.walls),
        "occlusions": _none_of(len(found.occlusions), "shots", found.occlusions),
    }
    if s.screened:
        frames = _movie_frames(take.path / f"{take.stem}.mp4")
        out["animatic_length"] = _none_of(abs(frames - s.frames), "frames")
    return out


def _none_of(value: int, unit: str, which: Sequence[str] = ()) -> dict[str, Any]:
    told = {"ok": value == 0, "value": value, "limit": 0, "unit": unit}
    return {**told, "which": list(which[:40])} if which else told


def _lost_words(s: Stages) -> int:
    wanted: Counter[str] = Counter()
    for staging in s.boards.stagings:
        for beat in staging.beats:
            if beat.what == "speech":
                wanted.update(beat.words.split())
    shown = Counter(w for t in s.told for x in t.panel.speeches for w in x.words.split())
    return sum((wanted - shown).values())


def _movie_frames(path: Any) -> int:
    import av

    with av.open(str(path)) as movie:
        return sum(1 for p in movie.demux(video=0) if p.pts is not None)
