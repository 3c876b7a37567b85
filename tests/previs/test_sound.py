"""Temp sound, scratch voices, timing and subtitles."""

from __future__ import annotations

import itertools
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from previs.film import film
from setpiece.previs import voices
from setpiece.previs.sound import RATE, mark_rows, marks_in, temp_track, tone
from setpiece.previs.sound_words import HEARD
from setpiece.previs.storyboard import Speech
from setpiece.previs.subtitles import srt_text, subtitles
from setpiece.previs.timing import action_seconds, speech_seconds, words_in


def test_what_is_heard_in_words() -> None:
    found = marks_in("Thunder. Knocking within. A bell rings; the bell again.", 2.0, 6.0)
    assert [m.what for m in found] == ["thunder", "knock", "bell"]
    assert all(2 <= a.start <= b.start < 6 for a, b in itertools.pairwise(found))
    assert [m.what for m in marks_in("La campana suona, un tuono.", 0, 3, "it")] == [
        "bell", "thunder"]  # fmt: skip
    # A place in English, running in French.
    assert not marks_in("She enters the court.", 0, 3)
    assert [m.what for m in marks_in("Elle court.", 0, 3, "fr")] == ["footsteps"]


@pytest.mark.parametrize("kind", [k for k, _, _ in HEARD])
def test_every_sound_sounds_and_is_its_own(kind: str) -> None:
    wave = tone(kind, 1.5)
    assert len(wave) == round(1.5 * RATE)
    assert np.isfinite(wave).all()
    assert 0.1 < np.abs(wave).max() <= 0.17
    assert abs(wave[0]) < 0.02
    assert abs(wave[-1]) < 0.02
    assert not any(np.array_equal(wave, tone(k, 1.5)) for k, _, _ in HEARD if k != kind)


def test_marks_lie_where_they_should_in_track_and_list(tmp_path: Path) -> None:
    boards = film(tmp_path, 1, 3)
    track = temp_track(boards.panels, 24.0)
    assert len(track) == round(boards.seconds * RATE) + 1
    rows = mark_rows(boards.panels, 24.0)
    assert [(r["at_s"], r["shot"]) for r in rows] == [("1.00", "1A"), ("9.50", "1C")]
    loud = np.flatnonzero(np.abs(track) > 0.02) / RATE
    assert loud.min() == pytest.approx(1.0, abs=0.05)
    assert not ((loud > 3.1) & (loud < 9.4)).any()


def test_voices_differ_and_fit() -> None:
    cast = voices.cast_voices([f"C{n}" for n in range(30)])
    assert len(set(cast.values())) == 30
    assert voices.language_of(["Non è vero che il re della torre"]) == "it"
    assert voices.language_of(["¿Qué dice el hombre, pero está aquí?"]) == "es"
    assert voices.language_of(["", "..."]) == "en"
    if not voices.has_voices():
        pytest.skip("espeak-ng is not installed")
    words = "It has leaned for six hundred years, and it will lean for six hundred more."
    for seconds in (speech_seconds(words), 2.0):
        spoken = voices.say(words, cast["C1"], "en", seconds)
        assert 0.5 * seconds < len(spoken) / RATE <= seconds + 0.01
        assert np.abs(spoken).max() > 0.05
    a, b = (voices.say("I know that voice.", cast[c], "en", 2.0) for c in ("C1", "C2"))
    assert len(a) != len(b) or np.abs(a - b).max() > 0.05
    again = voices.say("I know that voice.", cast["C1"], "en", 2.0)
    assert np.array_equal(a, again)


def test_words_of_a_script_are_never_options(tmp_path: Path) -> None:
    if not voices.has_voices():
        pytest.skip("espeak-ng is not installed")
    target = tmp_path / "written.wav"
    for words in (f"-w {target}", f'<audio src="{target}"/>', "$(touch x) `id`", "\x00\x1b[2J"):
        voices.say(words, ("m1", 50), "en", 3.0)
    assert not target.exists()


def test_a_film_without_voices(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not voices.has_voices()
    track = voices.dialogue_track(
        film(tmp_path, 1, 2).panels, 24.0, voices.cast_voices(["INES"]), "en"
    )
    assert not track.any()


def test_times_of_speech_and_action() -> None:
    ten = "one two three four five six seven eight nine ten"
    assert 3.5 < speech_seconds(ten) < 5.0
    assert speech_seconds(ten) < speech_seconds(f"{ten}. {ten}") / 1.5
    assert speech_seconds("") == 0.0
    assert speech_seconds("No.") >= 1.0
    assert words_in("Don't! It's 9.") == 3
    assert action_seconds("") == 0
    assert action_seconds("He sits.") == 1.5
    assert action_seconds("word " * 500) == 15.0


@given(st.text(max_size=300))
def test_any_speech_has_a_time_and_subtitles(words: str) -> None:
    assert 0 <= speech_seconds(words) < 300
    boards = film_of(words)
    text = srt_text(subtitles(boards, Fraction(25)), Fraction(25))
    for block in filter(None, re.split(r"\n\n", text.strip())):
        number, times, *said = block.split("\n")
        assert number.isdigit()
        assert re.fullmatch(r"\d\d:\d\d:\d\d,\d{3} --> \d\d:\d\d:\d\d,\d{3}", times)
        assert all(said)
        assert "<" not in "".join(said)


def film_of(words: str) -> tuple:  # type: ignore[type-arg]
    from setpiece.previs.storyboard import Panel

    panel = Panel(
        1, "1", "INT. X", "1A", "1A", "CU", "single", "50 mm", "static", (), "",
        (Speech("ANA", words, 0.0, 4.0),), (), 100, "", "",
    )  # fmt: skip
    return (panel,)


def test_srt_names_the_speaker_when_it_changes(tmp_path: Path) -> None:
    boards = film(tmp_path, 1, 4)
    text = srt_text(subtitles(boards.panels, boards.fps), boards.fps)
    assert text.startswith("1\n00:00:03,208 --> ")
    assert text.count("INES: ") == 1
    assert text.count("TOMÁS: ") == 1
