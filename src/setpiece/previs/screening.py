"""The animatic made: scenes side by side on all cores, then one movie, its sound and its lists."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from setpiece.farm import Meter, key_of, map_frames
from setpiece.media.atomic import whole_file
from setpiece.media.editorial import CutClip, Mark, write_cut
from setpiece.media.reel import join_parts
from setpiece.previs.animatic import SIZE, Clip, write_part
from setpiece.previs.drawing import Drawn, read_picture
from setpiece.previs.moves import Move
from setpiece.previs.sound import RATE, mark_rows, temp_track
from setpiece.previs.storyboard import Panel, Storyboard
from setpiece.previs.subtitles import srt_text, subtitles
from setpiece.previs.voices import cast_voices, dialogue_track, has_voices, language_of

VERSION = 2  # raised when the same panels would look or sound otherwise
F32 = NDArray[np.float32]


@dataclass(frozen=True)
class Take:
    """One panel of a scene as the animatic needs it."""

    panel: Panel
    first: int  # its first frame in the film, from 0
    drawn: Drawn
    move: Move | None


@dataclass(frozen=True)
class Scene:
    """A scene to be made: its panels, and where its movie and its sound are kept."""

    takes: tuple[Take, ...]
    movie: Path
    sound: Path


@dataclass(frozen=True)
class _Job:
    scenes: tuple[Scene, ...]
    fps: Fraction
    note: str
    voices: dict[str, tuple[str, int]] | None
    language: str


def screen(
    takes: Sequence[Take],
    store: Path,
    fps: Fraction,
    note: str,
    *,
    voices: bool,
    workers: int | None,
    progress: Callable[[float], None],
    meter: Meter,
) -> list[Scene]:
    """Make each scene's part that is not there yet. note: burned in beside the slugline.

    Raises StoreError; StageError where a worker dies.
    """
    speeches = [s for t in takes for s in t.panel.speeches]
    cast = cast_voices(s.who for s in speeches) if voices and has_voices() else None
    language = language_of(s.words for s in speeches)
    scenes = []
    for group in _by_scene(takes):
        key = key_of(
            VERSION, [str(t.panel) for t in group], group[0].first,
            [t.drawn.start.name for t in group],
            str(fps), note, language, None if cast is None else [cast[s.who] for t in group
                                                                 for s in t.panel.speeches],
        )  # fmt: skip
        scenes.append(Scene(tuple(group), store / f"{key}.mp4", store / f"{key}.npz"))
    missing = [i for i, s in enumerate(scenes) if not (s.movie.is_file() and s.sound.is_file())]
    total = sum(t.panel.frames for t in takes)
    left = sum(t.panel.frames for i in missing for t in scenes[i].takes)
    # The longest first, so that no core waits for it at the end.
    missing.sort(key=lambda i: -sum(t.panel.frames for t in scenes[i].takes))

    def tell(index: int, _value: Any, cpu: float) -> None:
        nonlocal left
        left -= sum(t.panel.frames for t in scenes[index].takes)
        meter.add_worker(cpu)
        progress(1 - left / max(total, 1))

    if missing:
        job = _Job(tuple(scenes), fps, note, cast, language)
        map_frames(_alone, _make_scene, job, missing, workers=workers, done=tell)
    return scenes


def _by_scene(takes: Sequence[Take]) -> list[list[Take]]:
    out: list[list[Take]] = []
    for take in takes:
        if out and out[-1][-1].panel.scene == take.panel.scene:
            out[-1].append(take)
        else:
            out.append([take])
    return out


def _alone(job: _Job) -> _Job:
    import cv2

    cv2.setNumThreads(1)  # the farm keeps the other cores busy
    return job


def _make_scene(job: _Job, index: int) -> None:
    scene = job.scenes[index]
    panels = [t.panel for t in scene.takes]
    first = scene.takes[0].first
    dialogue = dialogue_track(panels, float(job.fps), job.voices or {}, job.language)
    with whole_file(scene.sound) as part:
        np.savez_compressed(
            part, dialogue=_sixteen(dialogue), temp=_sixteen(temp_track(panels, float(job.fps)))
        )
    clips = (
        Clip(
            t.panel, t.first, read_picture(t.drawn.start),
            read_picture(t.drawn.end) if t.drawn.end is not None and t.move is not None else None,
            t.move, tuple(read_picture(p) for p in t.drawn.between),
        )
        for t in scene.takes
    )  # fmt: skip
    write_part(scene.movie, clips, subtitles(panels, job.fps, first), job.fps, job.note)


def _sixteen(track: F32) -> NDArray[np.int16]:
    return np.rint(np.clip(track, -1, 1) * 32767).astype(np.int16)


def deliver_animatic(
    folder: Path,
    stem: str,
    film: Storyboard,
    scenes: Sequence[Scene],
    progress: Callable[[float], None],
) -> None:
    """`<stem>.mp4`, `.srt`, `.otio`, `.edl`, `.xml`, `dialogue.wav`, `temp.wav`, `temp_sounds.csv`.

    Raises StoreError.
    """
    from scipy.io import wavfile

    tracks = _tracks(film, scenes)
    for name, track in tracks.items():
        with whole_file(folder / f"{name}.wav") as part:
            wavfile.write(part, RATE, track)
    mix = sum(t.astype(np.float32) / 32767 for t in tracks.values())
    join_parts(
        folder / f"{stem}.mp4", [s.movie for s in scenes], film.fps,
        np.clip(np.asarray(mix, np.float32), -1, 1), RATE, progress,
    )  # fmt: skip
    with whole_file(folder / f"{stem}.srt") as part:
        part.write_text(srt_text(subtitles(film.panels, film.fps), film.fps), encoding="utf-8")
    rows = mark_rows(film.panels, float(film.fps))
    with whole_file(folder / "temp_sounds.csv") as part, part.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["at_s", "scene", "shot", "sound", "seconds", "word"])
        writer.writeheader()
        writer.writerows(rows)
    write_cut(
        folder / stem, name=film.title, fps=film.fps, size=SIZE,
        clips=[_clip(p, float(film.fps)) for p in film.panels], movie=f"{stem}.mp4",
        sounds=[f"{name}.wav" for name in tracks],
    )  # fmt: skip


def _tracks(film: Storyboard, scenes: Sequence[Scene]) -> dict[str, NDArray[np.int16]]:
    """The film's stems, each scene's laid at its own first frame."""
    length = round(film.seconds * RATE)
    out = {name: np.zeros(length, np.int16) for name in ("dialogue", "temp")}
    for scene in scenes:
        at = round(scene.takes[0].first / film.fps * RATE)
        with np.load(scene.sound) as kept:
            for name, track in out.items():
                piece = kept[name][: max(length - at, 0)]
                # A sound may ring on for a sample into the next scene: it is added, not cut.
                track[at : at + len(piece)] += piece
    return out


def _clip(panel: Panel, rate: float) -> CutClip:
    marks = [
        Mark(round(s.start * rate), max(round(s.seconds * rate), 1), f"{s.who}: {s.words}", "GREEN")
        for s in panel.speeches
    ]
    marks += [
        Mark(round(s.start * rate), max(round(s.seconds * rate), 1), f"SOUND: {s.what}", "YELLOW")
        for s in panel.sounds
    ]
    marks = [m for m in marks if m.frame < panel.frames]
    return CutClip(
        panel.shot, panel.frames, panel.action or panel.title, panel.picture,
        tuple(sorted(marks, key=lambda m: m.frame)),
        {"scene": panel.scene, "slugline": panel.slugline, "name": panel.name, "size": panel.size,
         "lens": panel.lens, "move": panel.move, "reason": panel.reason},
    )  # fmt: skip
