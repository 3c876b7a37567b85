"""Movies: rate, tags, colour, slate, and no half file."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from setpiece.media.burnin import make_burnin, slate_frame
from setpiece.media.movie import Codec, write_movie

RATE = Fraction(24000, 1001)
COLOURS = [(1, 1, 1), (0, 0, 0), (0.5, 0.5, 0.5), (0.8, 0.4, 0.2), (0.2, 0.5, 0.7)]


def patches() -> np.ndarray:
    picture = np.zeros((54, 160, 3), np.float32)
    for i, colour in enumerate(COLOURS):
        picture[:, i * 32 : (i + 1) * 32] = colour
    return picture


def read(path: Path) -> tuple[av.VideoStream, list[np.ndarray]]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = [
            f.reformat(
                format="rgb48le",
                src_colorspace="ITU709",
                dst_colorspace="ITU709",
                src_color_range="MPEG",
                dst_color_range="JPEG",
            ).to_ndarray()
            / 65535.0
            for f in container.decode(video=0)
        ]
    return stream, frames


@pytest.mark.parametrize(
    ("codec", "name", "layout", "error"),
    [("h264", "a.mp4", "yuv420p", 0.02), ("prores", "a.mov", "yuv422p10le", 0.005)],
)
def test_rate_tags_and_colour(
    tmp_path: Path, codec: Codec, name: str, layout: str, error: float
) -> None:
    path = tmp_path / name
    assert write_movie(path, [patches()] * 4, RATE, codec=codec, slate={"shot": "x"}) == 4
    stream, frames = read(path)
    assert stream.average_rate == RATE
    assert len(frames) == 5  # the slate comes first
    context = stream.codec_context
    assert context.pix_fmt == layout
    assert (context.color_primaries, context.color_trc, context.colorspace) == (1, 1, 1)
    for i, colour in enumerate(COLOURS):
        assert np.abs(frames[2][27, i * 32 + 16] - colour).max() < error
    assert [p.name for p in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(("codec", "name"), [("h264", "a.mp4"), ("prores", "a.mov")])
@pytest.mark.parametrize("size", [(1280, 96), (854, 480), (850, 94)])
def test_the_same_pictures_make_the_same_bytes(
    tmp_path: Path, codec: Codec, name: str, size: tuple[int, int]
) -> None:
    picture = np.random.default_rng(3).random((size[1], size[0], 3), dtype=np.float32)
    made = set()
    for turn in range(6):
        scrap = [np.full(17 + (100_000 << turn), turn, np.uint8) for _ in range(4)]
        del scrap  # what lies in fresh memory must not reach the file
        write_movie(tmp_path / name, [picture], RATE, codec=codec)
        made.add((tmp_path / name).read_bytes())
    assert len(made) == 1


def test_odd_sizes_are_padded(tmp_path: Path) -> None:
    write_movie(tmp_path / "a.mp4", [np.zeros((55, 97, 3), np.float32)], Fraction(25))
    assert read(tmp_path / "a.mp4")[1][0].shape == (56, 98, 3)


@pytest.mark.parametrize(("codec", "name"), [("h264", "a.mp4"), ("prores", "a.mov")])
def test_an_interrupt_leaves_what_stood_there(tmp_path: Path, codec: Codec, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"the last good movie")

    def frames() -> Iterator[np.ndarray]:
        for _ in range(3):
            yield patches()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_movie(path, frames(), RATE, codec=codec)
    assert path.read_bytes() == b"the last good movie"
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_no_frames_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one frame"):
        write_movie(tmp_path / "a.mp4", [], RATE)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("grey", [0.0, 0.5, 1.0])
def test_burn_ins_can_be_read_on_any_ground(grey: float) -> None:
    ground = np.full((180, 320, 3), grey, np.float32)
    out = make_burnin("demo_0010", "v001", fps=RATE)(ground, 0)
    corner = out[:24, :120]
    assert corner.max() - corner.min() > 0.5
    assert np.array_equal(out[60:120], ground[60:120])
    assert (ground == grey).all()


def test_a_slate_takes_any_words() -> None:
    info = {"show": "é", "shot": "s" * 300, "brief": "crolla così ¿ñ? " * 500, "x": "y" * 400}
    assert slate_frame(320, 136, info).shape == (136, 320, 3)
