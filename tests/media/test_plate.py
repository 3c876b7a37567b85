"""Plates: every kind of file is read right, and every bad one is refused with a reason."""

from __future__ import annotations

import io
import pickle
import struct
import zlib
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import OpenEXR
import pytest
from PIL import Image, ImageCms

from setpiece.errors import InputError, PlateError
from setpiece.media import colour
from setpiece.media.plate import frame_rate, open_plate

WIDTH, HEIGHT = 48, 32


def picture(seed: int = 0) -> np.ndarray:
    """Smooth colour with one bright corner (top left): uint8 (32, 48, 3) RGB."""
    x, y = np.meshgrid(np.linspace(0, 1, WIDTH), np.linspace(0, 1, HEIGHT))
    out = np.stack([x * 200, y * 180, 120 + 60 * np.sin(x * 6 + seed)], axis=-1)
    out[:8, :8] = 250
    return out.astype(np.uint8)


def write_exr(path: Path, channels: dict[str, np.ndarray], **header: object) -> Path:
    head = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage, **header}
    with OpenEXR.File(head, channels) as file:
        file.write(str(path))
    return path


def rgb(pixels: np.ndarray, names: str = "RGB", prefix: str = "") -> dict[str, np.ndarray]:
    return {prefix + n: np.ascontiguousarray(pixels[..., i]) for i, n in enumerate(names)}


def write_movie(
    path: Path, frames: int = 40, rate: Fraction = Fraction(30000, 1001), codec: str = "libx264",
    form: str = "yuv420p", times: list[int] | None = None, size: tuple[int, int] = (64, 48),
) -> Path:  # fmt: skip
    """Frames whose grey level is their number: level 16 + 5 n."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=rate)
        stream.width, stream.height = size
        stream.pix_fmt = form
        if codec == "libx264":
            stream.options = {"crf": "4", "g": "12", "bf": "2"}
        for n in range(frames):
            level = np.full((size[1], size[0], 3), 16 + 5 * n, np.uint8)
            frame = av.VideoFrame.from_ndarray(level, format="rgb24")
            if times is not None:
                frame.pts, frame.time_base = times[n], Fraction(1, 1000)
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return path


def number_of(pixels: np.ndarray) -> float:
    return (float(colour.to_display(pixels).mean()) * 255 - 16) / 5


# Real plates


def test_every_real_photograph_and_clip(shared: Path) -> None:
    files = [*(shared / "plates/photos").iterdir(), *(shared / "plates/video").iterdir()]
    assert len(files) >= 10
    for file in sorted(files):
        plate = open_plate(file, size=(320, 180))
        frame = plate.read(plate.frames // 2)
        assert frame.shape == (plate.height, plate.width, 3), file
        assert frame.dtype == np.float32, file
        assert np.isfinite(frame).all(), file
        assert plate.width <= 320, file
        assert plate.height <= 180, file
        assert 180 in (plate.height, plate.width * 180 // 320 + 1, plate.height + 2), file
        assert plate.still == (plate.frames == 1) == (file.suffix in (".jpg", ".png")), file


def test_real_clips_keep_their_clock(shared: Path) -> None:
    video = shared / "plates/video"
    walk = open_plate(video / "gopro_walk_past_building_848x480.mp4")
    assert (walk.fps, walk.frames, walk.bits) == (Fraction(30000, 1001), 315, 8)
    static = open_plate(video / "opencv_vtest_static_768x576.avi")
    assert (static.fps, static.frames, static.width) == (Fraction(10), 795, 768)


def test_a_plate_is_read_at_another_size(shared: Path) -> None:
    path = shared / "plates/video/opencv_vtest_static_768x576.avi"
    small = open_plate(path, size=(480, 320))
    full = small.fitted((768, 768))
    assert (small.width, small.height, full.width, full.height) == (426, 320, 768, 576)
    assert np.array_equal(full.read(3), open_plate(path).read(3))
    assert small.read(3).shape == (320, 426, 3)
    assert full.fitted((768, 768)) is full


def test_frames_by_number_are_those_of_a_plain_decode(shared: Path) -> None:
    file = shared / "plates/video/marathon_street_720x400.mp4"
    plate = open_plate(file)
    wanted = {3, 4, 5, 120, 71, 149}
    plain = {}
    with av.open(str(file)) as container:
        for n, frame in enumerate(container.decode(video=0)):
            if n in wanted:
                plain[n] = frame.to_ndarray(format="rgb24").astype(float)
    for n in (120, 3, 4, 149, 5, 71):
        ours = colour.to_display(plate.read(n)) * 255
        errors = {m: np.abs(ours - other).mean() for m, other in plain.items()}
        assert min(errors, key=lambda m: errors[m]) == n
        assert errors[n] < 2.0  # chroma is interpolated here, repeated there


def test_real_exif(shared: Path) -> None:
    phone = open_plate(shared / "plates/photos/lowrise_hdr_sky_4080x3072.jpg", size=(64, 48)).exif
    assert (phone.focal_35mm, phone.focal_mm, phone.heading) == (24.0, 6.81, 66.0)
    assert (phone.make, phone.model) == ("Google", "Pixel 6 Pro")
    assert phone.taken is not None
    assert phone.taken.utcoffset() == timedelta(hours=2)
    street = open_plate(shared / "plates/photos/suburb_street_3840x2160.jpg", size=(64, 36)).exif
    assert street.latitude == pytest.approx(45.5169, abs=1e-4)
    assert street.longitude == pytest.approx(-122.5728, abs=1e-4)
    assert street.heading is None  # the camera wrote a track, which is not where it looked


def test_a_real_folder_is_a_sequence(shared: Path) -> None:
    plate = open_plate(shared / "plates/multiview_street", fps="24000/1001", size=(160, 120))
    assert (plate.frames, plate.fps, plate.still) == (12, Fraction(24000, 1001), False)
    assert np.abs(plate.read(3) - plate.read(4)).mean() > 0.01
    assert np.array_equal(plate.read(99), plate.read(11))


# Stills


@pytest.mark.parametrize("suffix", ["png", "tiff", "bmp", "webp"])
def test_eight_bits_are_read_exactly(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"a.{suffix}"
    Image.fromarray(picture()).save(file, **({"lossless": True} if suffix == "webp" else {}))
    plate = open_plate(file)
    assert np.array_equal(plate.read(0), colour.from_display(picture()))
    assert (plate.bits, plate.colorspace, plate.still, plate.fps) == (8, colour.SRGB, True, 24)


@pytest.mark.parametrize("suffix", ["png", "tiff"])
def test_sixteen_bits_keep_their_depth(tmp_path: Path, suffix: str) -> None:
    deep = np.arange(HEIGHT * WIDTH * 3, dtype=np.uint16).reshape(HEIGHT, WIDTH, 3) * 13
    cv2.imwrite(str(tmp_path / f"a.{suffix}"), deep[..., ::-1])
    plate = open_plate(tmp_path / f"a.{suffix}")
    assert plate.bits == 16
    assert np.array_equal(plate.read(0), colour.from_display(deep))
    cv2.imwrite(str(tmp_path / f"g.{suffix}"), deep[..., 0])
    grey = open_plate(tmp_path / f"g.{suffix}")
    assert np.array_equal(grey.read(0)[..., 2], colour.from_display(deep[..., 0]))


def half_tiff(pixels: np.ndarray, order: str) -> bytes:
    """A half-float RGB TIFF, uncompressed, made by hand: no library here writes one."""
    height, width, _ = pixels.shape
    data = pixels.astype(order + "f2").tobytes()
    head = 8 + 2 + 11 * 12 + 4
    tags = [
        (256, 4, 1, width), (257, 4, 1, height), (258, 3, 3, head), (259, 3, 1, 1),
        (262, 3, 1, 2), (273, 4, 1, head + 12), (277, 3, 1, 3), (278, 4, 1, height),
        (279, 4, 1, len(data)), (284, 3, 1, 1), (339, 3, 3, head + 6),
    ]  # fmt: skip
    out = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "IH", 8, len(tags))
    for tag, kind, count, value in tags:
        short = kind == 3 and count == 1
        out += struct.pack(order + "HHI", tag, kind, count)
        out += struct.pack(order + ("HH" if short else "I"), *((value, 0) if short else (value,)))
    out += struct.pack(order + "I", 0) + struct.pack(order + "6H", 16, 16, 16, 3, 3, 3)
    return out + data


def test_float_and_half_tiffs_are_linear(tmp_path: Path) -> None:
    light = picture().astype(np.float32) / 40  # above 1
    cv2.imwrite(str(tmp_path / "f.tiff"), light[..., ::-1])
    plate = open_plate(tmp_path / "f.tiff")
    assert (plate.bits, plate.colorspace) == (32, colour.WORKING)
    assert np.array_equal(plate.read(0), light)
    for order in "<>":
        (tmp_path / "h.tif").write_bytes(half_tiff(light, order))
        half = open_plate(tmp_path / "h.tif")
        assert half.bits == 16
        assert np.array_equal(half.read(0), light.astype(np.float16).astype(np.float32))


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_exr_in_every_naming(tmp_path: Path, dtype: type) -> None:
    light = (picture().astype(np.float32) / 40).astype(dtype)
    other = np.zeros_like(light)
    cases = [
        rgb(light),
        rgb(light, "rgb"),
        rgb(light, prefix="beauty."),
        {**rgb(light), **rgb(other, prefix="diffuse."), "Z": light[..., 0].copy()},
        {**rgb(other, prefix="albedo."), **rgb(light, prefix="rgba."), "N.X": other[..., 0].copy()},
    ]
    for i, channels in enumerate(cases):
        plate = open_plate(write_exr(tmp_path / f"{i}.exr", channels))
        assert np.array_equal(plate.read(0), light.astype(np.float32)), list(channels)
        assert (plate.bits, plate.colorspace) == (8 * dtype().itemsize, colour.WORKING)


def test_exr_windows_primaries_and_broken_pixels(tmp_path: Path) -> None:
    light = picture().astype(np.float32) / 100
    windows = {
        "dataWindow": ((-4, -2), (WIDTH - 5, HEIGHT - 3)),
        "displayWindow": ((0, 0), (WIDTH - 1, HEIGHT - 1)),
    }
    plate = open_plate(write_exr(tmp_path / "w.exr", rgb(light), **windows))
    assert (plate.width, plate.height) == (WIDTH, HEIGHT)
    assert np.array_equal(plate.read(0)[:-2, :-4], light[2:, 4:])
    assert (plate.read(0)[-2:] == 0).all()

    ap1 = (0.713, 0.293, 0.165, 0.830, 0.128, 0.044, 0.32168, 0.33767)
    aces = open_plate(write_exr(tmp_path / "a.exr", rgb(light), chromaticities=ap1))
    assert aces.colorspace == "ACEScg"
    assert np.allclose(aces.read(0), colour.to_working(light, "ACEScg"))

    broken = light.copy()
    broken[10:13, 20] = np.nan
    broken[5, 5, 0] = np.inf
    mended = open_plate(write_exr(tmp_path / "n.exr", rgb(broken)))
    assert np.isfinite(mended.read(0)).all()
    assert np.abs(mended.read(0)[11, 20] - light[11, 20]).max() < 0.1
    assert any("4 pixels" in note for note in mended.notes)

    none = open_plate(write_exr(tmp_path / "all.exr", rgb(np.full_like(light, np.nan))))
    assert (none.read(0) == 0).all()
    grey = open_plate(write_exr(tmp_path / "y.exr", {"Y": light[..., 0].copy()}))
    assert np.array_equal(grey.read(0)[..., 1], light[..., 0])
    with pytest.raises(PlateError, match="no R, G, B"):
        open_plate(write_exr(tmp_path / "z.exr", {"Z": light[..., 0].copy()}))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation(tmp_path: Path, orientation: int) -> None:
    from PIL import ImageOps

    image = Image.fromarray(picture())
    exif = image.getexif()
    exif[0x0112] = orientation
    image.save(tmp_path / "a.png", exif=exif)
    expected = np.asarray(ImageOps.exif_transpose(Image.open(tmp_path / "a.png")))
    plate = open_plate(tmp_path / "a.png")
    assert np.array_equal(plate.read(0), colour.from_display(expected))
    assert (plate.height, plate.width) == expected.shape[:2]


def test_other_modes_become_rgb(tmp_path: Path) -> None:
    source = Image.fromarray(picture())
    for mode in ("L", "P", "1", "RGBA", "LA", "CMYK"):
        suffix = "tiff" if mode == "CMYK" else "png"
        source.convert(mode).save(tmp_path / f"{mode}.{suffix}")
        plate = open_plate(tmp_path / f"{mode}.{suffix}")
        assert plate.read(0).shape == (HEIGHT, WIDTH, 3), mode
        assert plate.read(0).max() > 0.8, mode
    clear = np.dstack([picture(), np.zeros((HEIGHT, WIDTH), np.uint8)])
    Image.fromarray(clear).save(tmp_path / "clear.png")
    plate = open_plate(tmp_path / "clear.png")
    assert np.array_equal(plate.read(0), colour.from_display(picture()))
    assert "transparency" in plate.notes[0]


def png_with(chunk: bytes, content: bytes) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture()).save(buffer, "png")
    data = buffer.getvalue()
    body = chunk + content
    block = struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))
    return data[:33] + block + data[33:]


def test_tagged_colour(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.fromarray(picture()).save(file, icc_profile=srgb)
    assert np.array_equal(open_plate(file).read(0), colour.from_display(picture()))

    file.write_bytes(png_with(b"gAMA", struct.pack(">I", 100000)))
    assert open_plate(file).colorspace == colour.WORKING
    assert open_plate(file, colorspace="srgb").colorspace == colour.SRGB
    file.write_bytes(png_with(b"gAMA", struct.pack(">I", 45455)))
    assert open_plate(file).colorspace == colour.SRGB
    file.write_bytes(png_with(b"gAMA", struct.pack(">I", 80000)))
    assert any("gamma" in note for note in open_plate(file).notes)

    # The sRGB profile with red and blue primaries exchanged is certainly not sRGB.
    swapped = srgb.replace(b"rXYZ", b"tmpX").replace(b"bXYZ", b"rXYZ").replace(b"tmpX", b"bXYZ")
    Image.fromarray(picture()).save(file, icc_profile=swapped)
    plate = open_plate(file)
    assert any("converted from its ICC profile" in note for note in plate.notes)
    expected = colour.from_display(picture()[..., ::-1])
    assert np.abs(plate.read(0) - expected).mean() < 0.02


def test_an_override_wins_and_an_unknown_space_is_named(tmp_path: Path) -> None:
    Image.fromarray(picture()).save(tmp_path / "a.png")
    plate = open_plate(tmp_path / "a.png", colorspace="acescg")
    assert plate.colorspace == "ACEScg"
    assert np.allclose(plate.read(0), colour.to_working(picture(), "ACEScg"))
    with pytest.raises(InputError, match="ACEScg"):
        open_plate(tmp_path / "a.png", colorspace="acescq")


# Sequences


def test_sequences_in_every_notation(tmp_path: Path) -> None:
    for n in range(998, 1003):
        level = np.full((8, 10, 3), n - 990, np.float32)
        write_exr(tmp_path / f"plate.{n:04d}.exr", rgb(level))
    for pattern in ("plate.####.exr", "plate.%04d.exr", "plate.@@@@.exr", "plate.$F4.exr", ""):
        plate = open_plate(tmp_path / pattern if pattern else tmp_path)
        assert (plate.frames, plate.fps) == (5, 24)
        levels = [plate.read(i)[0, 0, 0] for i in (0, 4, 2, 50, -3)]
        assert levels == [8, 12, 10, 12, 8]
    one = open_plate(tmp_path / "plate.1000.exr")
    assert one.still
    assert "plate.####.exr" in one.notes[0]


def test_sequence_faults(tmp_path: Path) -> None:
    for n in (1001, 1002, 1004, 1008):
        Image.fromarray(picture()).save(tmp_path / f"a.{n}.png")
    with pytest.raises(PlateError, match=r"1003, 1005-1007 are missing"):
        open_plate(tmp_path / "a.####.png")
    for n in (1004, 1008):
        (tmp_path / f"a.{n}.png").unlink()
    Image.fromarray(picture()[:-2]).save(tmp_path / "a.1003.png")
    plate = open_plate(tmp_path / "a.####.png")
    with pytest.raises(PlateError, match=r"a\.1003\.png: 48x30.*48x32"):
        plate.read(2)
    (tmp_path / "a.1003.png").write_bytes(b"")
    with pytest.raises(PlateError, match=r"a\.1003\.png.*empty"):
        open_plate(tmp_path / "a.####.png")
    Image.fromarray(picture()).save(tmp_path / "b.1001.png")
    with pytest.raises(PlateError, match="not one numbered sequence"):
        open_plate(tmp_path)
    with pytest.raises(PlateError, match="no file matches"):
        open_plate(tmp_path / "c.####.png")
    (tmp_path / "empty").mkdir()
    with pytest.raises(PlateError, match="no pictures"):
        open_plate(tmp_path / "empty")


# Movies


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(24000, 1001), Fraction(25)])
def test_movies_by_number(tmp_path: Path, rate: Fraction) -> None:
    plate = open_plate(write_movie(tmp_path / "m.mp4", rate=rate))
    assert (plate.fps, plate.frames, plate.still, plate.bits) == (rate, 40, False, 8)
    for n in (39, 0, 17, 18, 5, 30, 29, 100):
        assert number_of(plate.read(n)) == pytest.approx(min(n, 39), abs=0.3)
    assert open_plate(tmp_path / "m.mp4", fps=12).fps == 12


@pytest.mark.parametrize(
    ("name", "codec", "form", "bits"),
    [("m.mov", "prores_ks", "yuv422p10le", 10), ("m.mkv", "ffv1", "yuv444p10le", 10),
     ("m.avi", "mpeg4", "yuv420p", 8), ("m.webm", "libvpx-vp9", "yuv420p", 8)],
)  # fmt: skip
def test_movies_of_other_makes(tmp_path: Path, name: str, codec: str, form: str, bits: int) -> None:
    file = write_movie(tmp_path / name, 12, Fraction(25), codec, form)
    plate = open_plate(file)
    assert (plate.fps, plate.frames, plate.bits) == (25, 12, bits)
    for n in (7, 2, 11):
        assert number_of(plate.read(n)) == pytest.approx(n, abs=0.4)


def test_variable_frame_rate_is_held_to_time(tmp_path: Path) -> None:
    times = [0, 40, 80, 120, 320, 360, 400, 440]  # 25 a second with a pause of five frames
    plate = open_plate(write_movie(tmp_path / "v.mkv", 8, Fraction(25), times=times))
    assert (plate.fps, plate.frames) == (25, 12)
    shown = [round(number_of(plate.read(i))) for i in range(12)]
    assert shown == [0, 1, 2, 3, 3, 3, 3, 3, 4, 5, 6, 7]
    assert "variable" in plate.notes[0]


def test_movie_rotation(tmp_path: Path) -> None:
    file = write_movie(tmp_path / "r.mp4", 4)
    data = bytearray(file.read_bytes())
    at = data.index(b"tkhd") + 4 + 40  # the display matrix of the track: a quarter turn
    data[at : at + 36] = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 48 << 16, 0, 1 << 30)
    file.write_bytes(data)
    plate = open_plate(file)
    assert (plate.width, plate.height) == (48, 64)
    assert plate.read(1).shape == (64, 48, 3)


def test_anamorphic_pixels_are_made_square(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "wide.mp4"), "w") as out:
        stream = out.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(2)
        frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 90, np.uint8), format="rgb24")
        out.mux(stream.encode(frame))
        out.mux(stream.encode())
    plate = open_plate(tmp_path / "wide.mp4")
    assert (plate.width, plate.height) == (128, 48)
    assert plate.read(0).shape == (48, 128, 3)
    assert plate.frames == 1


def test_matrix_follows_the_size_where_untagged(tmp_path: Path) -> None:
    """A saturated colour encoded as Rec.709 in HD, as Rec.601 below, reads back the same."""
    colours = np.array([200, 60, 40], np.uint8)
    for size, matrix in (((1280, 720), 1), ((64, 48), 5)):
        file = tmp_path / f"{size[0]}.mkv"
        with av.open(str(file), "w") as out:
            stream = out.add_stream("ffv1", rate=25)
            stream.width, stream.height, stream.pix_fmt = *size, "yuv444p"
            level = np.broadcast_to(colours, (size[1], size[0], 3))
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(level), format="rgb24")
            frame = frame.reformat(format="yuv444p", dst_colorspace=matrix)
            frame.colorspace = 2
            out.mux(stream.encode(frame))
            out.mux(stream.encode())
        shown = colour.to_display(open_plate(file).read(0))[10, 10] * 255
        assert shown == pytest.approx(colours, abs=2.5), size


def test_plates_travel_to_other_processes(tmp_path: Path) -> None:
    plate = open_plate(write_movie(tmp_path / "m.mp4"), size=(32, 32))
    first = plate.read(9)
    there = pickle.loads(pickle.dumps(plate))
    assert there == plate
    assert np.array_equal(there.read(9), first)
    Image.fromarray(picture()).save(tmp_path / "a.png")
    still = open_plate(tmp_path / "a.png")
    assert np.array_equal(pickle.loads(pickle.dumps(still)).read(0), still.read(0))


def test_a_returned_frame_is_the_callers_own(tmp_path: Path) -> None:
    Image.fromarray(picture()).save(tmp_path / "a.png")
    plate = open_plate(tmp_path / "a.png")
    plate.read(0)[:] = 9
    assert plate.read(0).max() <= 1


# Size


@pytest.mark.parametrize("box", [(1280, 720), (20, 20), (96, 64), (48, 32), (49, 33), (1000, 3)])
def test_fits_the_box_evenly_and_keeps_light(tmp_path: Path, box: tuple[int, int]) -> None:
    Image.fromarray(picture()).save(tmp_path / "a.png")
    plate = open_plate(tmp_path / "a.png", size=box)
    assert plate.width <= box[0]
    assert plate.height <= box[1]
    assert plate.width % 2 == plate.height % 2 == 0
    assert abs(plate.width / 2 - plate.height / 2 * WIDTH / HEIGHT) <= 1.5
    frame, native = plate.read(0), open_plate(tmp_path / "a.png").read(0)
    assert frame.shape == (plate.height, plate.width, 3)
    assert frame.mean() == pytest.approx(native.mean(), rel=0.06)
    assert frame.min() >= native.min() - 1e-6
    assert frame.max() <= native.max() + 1e-6


@pytest.mark.parametrize("box", [(0, 10), (10, 99999), ("a", 3), (1,)])
def test_no_such_size(tmp_path: Path, box: tuple[int, int]) -> None:
    Image.fromarray(picture()).save(tmp_path / "a.png")
    with pytest.raises(InputError, match="size"):
        open_plate(tmp_path / "a.png", size=box)


# Bad input


def png_header(width: int, height: int) -> bytes:
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
        + struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    )  # fmt: skip


def animation(form: str) -> bytes:
    buffer = io.BytesIO()
    frames = [Image.fromarray(picture(i)) for i in range(3)]
    frames[0].save(buffer, form, save_all=True, append_images=frames[1:], duration=40)
    return buffer.getvalue()


BAD = [
    ("empty.jpg", b"", "empty"),
    ("text.jpg", b"this is no picture at all", "no picture"),
    ("text.mov", b"this is no movie at all" * 50, "not a picture or movie"),
    ("list.m3u8", b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n", "not a picture or movie"),
    ("noise.bin", bytes(range(256)) * 9, "not a picture or movie"),
    ("wide.png", png_header(20000, 100), "too large"),
    ("many.png", png_header(16000, 16000), "megapixels"),
    ("huge.png", png_header(2**31 - 1, 2**31 - 1), "megapixels"),
    ("zero.png", png_header(0, 16), "without pixels|damaged"),
    ("moving.gif", animation("GIF"), "animated GIF of 3"),
    ("moving.webp", animation("WEBP"), "animated WEBP of 3"),
    ("moving.png", animation("PNG"), "animated PNG of 3"),
    ("head.exr", b"\x76\x2f\x31\x01\x02\0\0\0", "EXR"),
    ("head.tif", b"II*\0\x08\0\0\0\xff\xff" + b"\xff" * 40, "damaged"),
]


@pytest.mark.parametrize(("name", "content", "says"), BAD, ids=[bad[0] for bad in BAD])
def test_bad_files(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(PlateError, match=says) as caught:
        open_plate(tmp_path / name)
    assert name in str(caught.value)


def test_truncated_files_of_every_kind(tmp_path: Path) -> None:
    noise = np.random.default_rng(2).integers(0, 255, (64, 96, 3), dtype=np.uint8)
    for suffix in ("jpg", "png", "tiff", "webp", "bmp"):
        Image.fromarray(noise).save(tmp_path / f"a.{suffix}")
    cv2.imwrite(str(tmp_path / "deep.png"), noise.astype(np.uint16) * 255)
    cv2.imwrite(str(tmp_path / "deep.tiff"), noise.astype(np.uint16) * 255)
    write_exr(tmp_path / "a.exr", rgb(noise.astype(np.float32)))
    write_movie(tmp_path / "a.mp4")
    write_movie(tmp_path / "a.avi", codec="mpeg4")
    files = sorted(tmp_path.iterdir())
    assert len(files) == 10
    for file in files:
        data = file.read_bytes()
        open_plate(file).read(0)
        for share in (0.3, 0.7):
            file.write_bytes(data[: int(len(data) * share)])
            with pytest.raises(PlateError, match=r"truncated|damaged") as caught:
                open_plate(file)
            assert file.name in str(caught.value)


def test_missing_odd_and_silent(tmp_path: Path) -> None:
    import os

    with pytest.raises(PlateError, match=r"gone\.jpg: there is no such file"):
        open_plate(tmp_path / "gone.jpg")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(PlateError, match="not a file"):
        open_plate(tmp_path / "pipe")
    with av.open(str(tmp_path / "sound.mp4"), "w") as out:
        stream = out.add_stream("aac", rate=48000)
        frame = av.AudioFrame.from_ndarray(
            np.zeros((1, 1024), np.float32), format="fltp", layout="mono"
        )
        frame.sample_rate = 48000
        out.mux(stream.encode(frame))
        out.mux(stream.encode())
    with pytest.raises(PlateError, match="sound only"):
        open_plate(tmp_path / "sound.mp4")


@pytest.mark.parametrize(
    ("given", "expected"),
    [(23.976, Fraction(24000, 1001)), ("29.97", Fraction(30000, 1001)), (25, Fraction(25)),
     ("24000/1001", Fraction(24000, 1001)), (12.5, Fraction(25, 2))],
)  # fmt: skip
def test_frame_rates(given: float | str, expected: Fraction) -> None:
    assert frame_rate(given) == expected


@pytest.mark.parametrize("given", ["fast", 0, -24, float("nan"), float("inf"), "1/0", 1e9])
def test_no_frame_rate(given: float | str) -> None:
    with pytest.raises(InputError, match="frame rate"):
        frame_rate(given)
