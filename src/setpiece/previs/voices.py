"""Scratch voices: espeak-ng reads the dialogue, one voice a character, where it is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from setpiece.previs.sound import RATE, lay
from setpiece.previs.storyboard import Panel
from setpiece.previs.timing import words_in

F32 = NDArray[np.float32]
SLOWEST, FASTEST = 110, 300  # words a minute that espeak-ng still says clearly
MISSING = (
    "espeak-ng is not installed: the animatic has no scratch voices "
    "(apt-get install espeak-ng, or brew install espeak-ng)."
)
# Variants in espeak-ng's own naming, those nearest one another far apart in the row; with
# pitches, thirty voices that an ear tells apart.
_VARIANTS = ("m3", "f2", "m7", "f4", "m1", "f5", "m5", "f1", "m2", "f3")
_PITCHES = (50, 32, 68)
# Words that one language has often and the others hardly: enough to choose a voice by.
_OFTEN = {
    "en": "the and you that with this what have not",
    "it": "il che non per una sono della anche gli",
    "es": "el que los una por con las pero está",
    "fr": "les des est pas vous une dans qui je",
    "de": "der die und das nicht ich ist ein mit",
    "pt": "não uma você que para com mais os são",
    "nl": "het een van niet dat ik zijn voor je",
}


def has_voices() -> bool:
    """Whether espeak-ng is there."""
    return shutil.which("espeak-ng") is not None


def cast_voices(cast: Iterable[str]) -> dict[str, tuple[str, int]]:
    """A (variant, pitch) for each character, in the order of the cast; the first thirty differ."""
    out = {}
    for n, who in enumerate(dict.fromkeys(cast)):
        variant = _VARIANTS[n % len(_VARIANTS)]
        out[who] = (variant, _PITCHES[n // len(_VARIANTS) % len(_PITCHES)])
    return out


def language_of(texts: Iterable[str]) -> str:
    """The language of dialogue, as espeak-ng names it; English where nothing tells."""
    words = re.findall(r"\w+", " ".join(texts).casefold())
    counts = {lang: sum(w in often.split() for w in words) for lang, often in _OFTEN.items()}
    return max(counts, key=lambda lang: (counts[lang], lang == "en"))


def say(words: str, voice: tuple[str, int], language: str, seconds: float) -> F32:
    """A speech, mono at `sound.RATE`, paced to last about `seconds`; empty where espeak-ng fails.

    It is spoken once at the speed that its words ask for and, where that misses by much, again.
    """
    speed = min(max(words_in(words) / max(seconds, 0.2) * 60, SLOWEST), FASTEST)
    spoken = _espeak(words, voice, language, speed)
    length = len(spoken) / RATE
    if length > seconds * 1.05 and speed < FASTEST:
        again = _espeak(words, voice, language, min(speed * length / seconds * 1.03, FASTEST))
        spoken = again if len(again) else spoken
    most = round(seconds * RATE)
    if (
        len(spoken) > most
    ):  # even the fastest voice is too slow: it is faded, not laid over the next
        spoken = spoken[:most].copy()
        fade = min(round(0.05 * RATE), most)
        spoken[most - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
    return spoken


def dialogue_track(
    panels: Sequence[Panel], fps: float, voices: Mapping[str, tuple[str, int]], language: str
) -> F32:
    """Speeches of those who have a voice as one track, float32 mono at `sound.RATE`, -1..1."""
    total = sum(p.frames for p in panels)
    track = np.zeros(round(total / fps * RATE) + 1, np.float32)
    first = 0
    for panel in panels:
        for s in panel.speeches:
            words, seconds = s.aloud
            if words and s.who in voices:
                at = round((first / fps + s.start) * RATE)
                lay(track, say(words, voices[s.who], language, seconds), at)
        first += panel.frames
    return np.clip(track, -1, 1)


def _espeak(words: str, voice: tuple[str, int], language: str, speed: float) -> F32:
    from scipy.signal import resample_poly

    variant, pitch = voice
    # The words go in by a pipe: whatever a script says, it is never an option or a command. SSML
    # is off, so that <...> is read out.
    command = ["espeak-ng", "-v", f"{language}+{variant}", "-p", str(pitch), "-s",
               str(round(speed)), "--stdin", "--stdout"]  # fmt: skip
    try:
        told = subprocess.run(
            command, input=words.encode("utf-8", "replace"), capture_output=True, timeout=60,
            check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return np.zeros(0, np.float32)
    # A stream's header cannot know its length: the samples are what follows it.
    data = told.stdout
    if len(data) < 46 or data[:4] != b"RIFF":
        return np.zeros(0, np.float32)
    rate = int.from_bytes(data[24:28], "little")
    wave = np.frombuffer(data[44 : len(data) // 2 * 2], "<i2").astype(np.float32) / 32768
    if rate != RATE:
        shared = int(np.gcd(rate, RATE))
        wave = np.asarray(resample_poly(wave, RATE // shared, rate // shared), np.float32)
    return np.asarray(wave * 0.8, np.float32)
