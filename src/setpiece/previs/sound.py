"""Temp sound: what the action words let one hear, as marks, and simple tones that stand for it.

They are there to hear the rhythm of a cut, and for a sound editor to replace.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from setpiece.previs.sound_words import HEARD
from setpiece.previs.storyboard import Panel, Sound

F32 = NDArray[np.float32]
RATE = 24000  # Hz, mono: enough for temp, half the bytes of a mix


@lru_cache(maxsize=8)
def _words(language: str) -> list[tuple[str, float, re.Pattern[str]]]:
    return [
        (kind, length, re.compile(rf"\b(?:{words[language]})\b", re.I))
        for kind, length, words in HEARD
        if language in words
    ]


def marks_in(text: str, start: float, end: float, language: str = "en") -> list[Sound]:
    """Sounds that a paragraph names, between `start` and `end` [s], in the order of its words.

    One of a kind: a paragraph that names a bell three times has one mark, at the first.
    """
    found = sorted(
        (hit.start(), kind, length, hit.group())
        for kind, length, words in _words(language)
        if (hit := words.search(text)) is not None
    )
    room = max(end - start, 0.0)
    return [
        Sound(kind, start + room * at / max(len(text), 1), length, word.casefold())
        for at, kind, length, word in found
    ]


def temp_track(panels: Sequence[Panel], fps: float) -> F32:
    """All marks of the panels as one track, float32 mono at `RATE`, -1..1."""
    total = sum(p.frames for p in panels)
    track = np.zeros(round(total / fps * RATE) + 1, np.float32)
    first = 0
    for panel in panels:
        for mark in panel.sounds:
            at = round((first / fps + mark.start) * RATE)
            lay(track, tone(mark.what, mark.seconds), at)
        first += panel.frames
    return np.clip(track, -1, 1)


def lay(track: F32, sound: F32, at: int) -> None:
    """Add a sound to a track, in place, as far as it fits."""
    room = max(min(len(sound), len(track) - at), 0)
    track[at : at + room] += sound[:room]


def mark_rows(panels: Iterable[Panel], fps: float) -> list[dict[str, str]]:
    """The list of marks: one row each, for a spotting session."""
    rows, first = [], 0
    for panel in panels:
        for mark in panel.sounds:
            rows.append(
                {
                    "at_s": f"{first / fps + mark.start:.2f}", "scene": panel.scene,
                    "shot": panel.shot, "sound": mark.what, "seconds": f"{mark.seconds:.1f}",
                    "word": mark.words,
                }
            )  # fmt: skip
        first += panel.frames
    return rows


@lru_cache(maxsize=64)
def tone(kind: str, seconds: float) -> F32:
    """What stands for a sound: recognisably another for each kind, quiet, faded at both ends."""
    n = round(seconds * RATE)
    t = np.arange(n, dtype=np.float32) / RATE
    rng = np.random.default_rng(sum(kind.encode()))
    hiss = rng.standard_normal(n).astype(np.float32)
    rumble = _low(hiss, 0.995) * 6
    hush = _low(hiss, 0.9) * 1.6
    wave: NDArray[Any]
    strokes = {"knock": (0.0, 0.25, 0.5), "footsteps": (0.0, 0.45, 0.9), "door": (0.0,),
               "horse": (0.0, 0.15, 0.5, 0.65, 1.0, 1.15, 1.5, 1.65),
               "drum": (0.0, 0.5, 1.0, 1.25, 1.5), "swords": (0.0, 0.4, 0.75, 1.1)}  # fmt: skip
    if kind in strokes:
        wave = np.zeros(n, np.float32)
        pitch = {"knock": 180, "footsteps": 110, "door": 70, "horse": 320, "drum": 80,
                 "swords": 2600}[kind]  # fmt: skip
        for at in strokes[kind]:
            since = np.clip(t - at, 0, None)
            body = np.sin(2 * np.pi * pitch * since) + 0.4 * hush
            wave += np.where(t >= at, body * np.exp(-since * (9 if kind == "swords" else 28)), 0)
    elif kind in ("gunshot", "crash", "explosion"):
        wave = (hiss * 0.5 + rumble) * np.exp(-t * {"gunshot": 14, "crash": 3}.get(kind, 1.6))
    elif kind == "thunder":
        wave = rumble * (0.4 + 0.6 * np.sin(2 * np.pi * 1.3 * t) ** 2) * np.exp(-t)
    elif kind == "bell":
        parts = [np.sin(2 * np.pi * f * t) / k for k, f in enumerate((392, 785, 1180, 1560), 1)]
        wave = np.sum(parts, axis=0) * np.exp(-1.6 * t)
    elif kind == "phone":
        wave = np.sin(2 * np.pi * 900 * t) * (np.sin(2 * np.pi * 20 * t) > 0) * (t % 1.0 < 0.5)
    elif kind in ("trumpet", "music"):
        step = (np.floor(t * (4 if kind == "trumpet" else 2)) % 4).astype(int)
        notes = np.array([262, 330, 392, 523], np.float32)[step]
        phase = 2 * np.pi * np.cumsum(notes) / RATE
        wave = np.sin(phase) + (0.5 * np.sin(3 * phase) if kind == "trumpet" else 0)
    elif kind in ("scream", "dog", "birds"):
        base = {"scream": 900, "dog": 300, "birds": 2800}[kind]
        phase = 2 * np.pi * np.cumsum(base * (1 + 0.2 * np.sin(2 * np.pi * 5 * t))) / RATE
        wave = np.sin(phase) * (np.sin(2 * np.pi * 3 * t) > -0.2)
    elif kind == "car":
        wave = np.sign(np.sin(2 * np.pi * 55 * t)) * 0.3 + rumble
    else:  # storm, crowd, water, wind, fire: noise that swells
        wave = hush * (0.6 + 0.4 * np.sin(2 * np.pi * t / max(seconds, 0.1) * 2))
    fade = np.minimum(np.minimum(t / 0.01, (seconds - t) / 0.08), 1).clip(0, 1)
    loudest = float(np.abs(wave).max()) or 1.0
    return np.asarray(wave * fade * (0.16 / loudest), np.float32)


def _low(noise: F32, keep: float) -> F32:
    """One-pole low pass."""
    from scipy.signal import lfilter

    return np.asarray(lfilter([1 - keep], [1, -keep], noise), np.float32)
