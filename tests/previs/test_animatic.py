"""The animatic, decoded again: lengths, words, timecode, moves, sound."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from previs.film import film
from setpiece.media.reel import PartWriter, join_parts, yuv
from setpiece.previs.animatic import BAR, SIZE, Clip, write_part
from setpiece.previs.moves import Move
from setpiece.previs.storyboard import Storyboard
from setpiece.previs.subtitles import subtitles
from setpiece.render.camera import Camera

NTSC = Fraction(24000, 1001)


def _decoded(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [f.to_ndarray(format="gray") for f in container.decode(video=0)]


def _clips(boards: Storyboard, folder: Path) -> list[Clip]:
    out, first = [], 0
    for panel in boards.panels:
        picture = np.asarray(Image.open(folder / panel.picture).convert("RGB"))
        out.append(Clip(panel, first, picture))
        first += panel.frames
    return out


def test_panels_last_as_long_as_they_should(tmp_path: Path) -> None:
    boards = film(tmp_path, 1, 3)
    titles = subtitles(boards.panels, NTSC)
    count = write_part(tmp_path / "1.mp4", _clips(boards, tmp_path), titles, NTSC, "v001")
    frames = _decoded(tmp_path / "1.mp4")
    assert count == len(frames) == boards.frames == 72 + 132 + 72
    picture = [f[BAR + 10 : 400].astype(int) for f in frames]
    for cut in (72, 204):  # the pictures differ by their big letters
        assert np.abs(picture[cut] - picture[cut - 1]).mean() > 2
        assert np.abs(picture[cut - 1] - picture[cut - 3]).mean() < 0.5
    # Words come with the speech, go with it, and the timecode runs all the while.
    low = [f[470:].astype(int) for f in frames]
    start, end = titles[0].start, titles[-1].end
    assert np.abs(low[start] - low[start - 1]).mean() > 1
    assert np.abs(low[end] - low[end - 1]).mean() > 1
    corner = [f[4:26, SIZE[0] - 140 :].astype(int) for f in frames]
    assert all(np.abs(a - b).max() > 60 for a, b in itertools.pairwise(corner))


def test_a_pan_moves_and_stops(tmp_path: Path) -> None:
    boards = film(tmp_path, 1, 1)
    rng = np.random.default_rng(5)
    wide = np.kron(rng.integers(0, 255, (20, 60, 1), np.uint8), np.ones((20, 20, 3), np.uint8))
    start, end = wide[:, :960].copy(), wide[:, 200:1160].copy()
    # 200 of 7680 px to the right is a turn by atan(200 / 7680).
    heading = float(np.degrees(np.arctan(200 / 7680)))
    cameras = [
        Camera.from_angles(7680, 960, 400, eye_height=0, heading=turn) for turn in (0.0, heading)
    ]
    move = Move(cameras[0], cameras[1], (0, 9, 0))
    clip = Clip(boards.panels[0], 0, start, end, move)
    write_part(tmp_path / "1.mp4", [clip], [], Fraction(24), "")
    frames = [f[100:440].astype(int) for f in _decoded(tmp_path / "1.mp4")]
    steps = [float(np.abs(b - a).mean()) for a, b in itertools.pairwise(frames)]
    assert steps[0] < steps[len(steps) // 3]
    assert steps[-1] < steps[len(steps) // 3]
    assert np.abs(frames[-1] - frames[0]).mean() > 30


def test_parts_join_to_the_frame_and_the_same_every_time(tmp_path: Path) -> None:
    parts = []
    for n, frames in enumerate((30, 1, 45)):
        path = tmp_path / f"{n}.mp4"
        with PartWriter(path, (64, 36), NTSC) as part:
            for _ in range(frames):
                part.add(yuv(np.full((36, 64, 3), 60 + 60 * n, np.uint8)))
        parts.append(path)
    tone = np.sin(np.arange(24000 * 4, dtype=np.float32) / 10) * np.float32(0.2)
    for name in ("a.mp4", "b.mp4"):
        assert join_parts(tmp_path / name, parts, NTSC, tone, 24000) == 76
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
    shades = [round(float(f.mean())) for f in _decoded(tmp_path / "a.mp4")]
    assert len(shades) == 76
    assert len(set(shades)) == 3
    assert shades.index(shades[30]) == 30
    assert shades.index(shades[31]) == 31
    with av.open(str(tmp_path / "a.mp4")) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert video.average_rate == NTSC
        assert abs(float(audio.duration * audio.time_base) - 76 / float(NTSC)) < 0.1
        heard = np.concatenate([f.to_ndarray()[0] for f in container.decode(audio)])
    assert 0.1 < np.abs(heard[5000:30000]).max() < 0.3


def test_a_part_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> None:
        with PartWriter(tmp_path / "x.mp4", (64, 36), NTSC) as part:
            part.add(yuv(np.zeros((36, 64, 3), np.uint8)))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert not list(tmp_path.iterdir())


def test_subtitles_stay_in_their_panel(tmp_path: Path) -> None:
    boards = film(tmp_path, 1, 2)
    long = boards.panels[1].speeches[0]
    long = replace(long, words=" ".join([long.words] * 6), seconds=99.0)
    panels = (boards.panels[0], replace(boards.panels[1], speeches=(long,)))
    titles = subtitles(panels, Fraction(24))
    assert all(len(t.lines) <= 2 and all(len(x) <= 42 for x in t.lines) for t in titles)
    assert " ".join(" ".join(t.lines) for t in titles) == long.words
    assert titles[0].start >= 72
    assert titles[-1].end == 72 + 132
    assert all(a.end <= b.start for a, b in itertools.pairwise(titles))
