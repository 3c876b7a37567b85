"""Review movies: H.264 to look at anywhere, ProRes 422 HQ to cut with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.errors import StoreError
from setpiece.media.atomic import whole_file
from setpiece.media.burnin import slate_frame

F32 = NDArray[np.float32]
Codec = Literal["h264", "prores"]
Burnin = Callable[[F32, int], F32]

_BT709 = 1  # the code of Rec.709 for primaries, transfer and matrix alike (ITU-T H.273)
_LIMITED = 1  # video range, 16 to 235
# 2x2 ordered dither of the eight-bit movie: skies are smoother than 1/255 a step, and this one
# pattern costs nothing, survives crf 16 and is the same on every run.
_BAYER = (np.array([[0, 2], [3, 1]], np.float32) + 0.5) / 4.0 - 0.5


class MovieWriter:
    """A movie that is fed one frame at a time, and appears at `path` when closed without error.

    Use as a context manager; leaving it by any exception (Ctrl-C included) leaves no file.
    """

    def __init__(
        self,
        path: Path | str,
        size: tuple[int, int],
        fps: Fraction,
        *,
        codec: Codec = "h264",
        slate: Mapping[str, Any] | None = None,
        burnin: Burnin | None = None,
        crf: int = 16,
        preset: str = "fast",
    ) -> None:
        """Args as in `write_movie`; `size` is (width, height) of the frames to come [px].

        preset: of x264; a faster one gives more bytes, or less of a picture for them.
        """
        if codec not in ("h264", "prores"):
            raise ValueError(f"codec {codec!r}: choose h264 or prores")
        self.path = Path(path)
        self.size = size
        self.fps = Fraction(fps)
        self.codec = codec
        self.slate = slate
        self.burnin = burnin
        self.crf = crf
        self.preset = preset
        self.count = 0  # pictures added so far, the slate not counted
        self._sent = 0
        self._stack = ExitStack()
        self._container: Any = None
        self._stream: Any = None

    def __enter__(self) -> MovieWriter:
        import av

        try:
            temporary = self._stack.enter_context(whole_file(self.path))
            options = {"fflags": "+bitexact", "movflags": "+faststart"}
            container = av.open(str(temporary), "w", options=options)
            self._container = container
            stream: Any = container.add_stream(
                "libx264" if self.codec == "h264" else "prores_aw", rate=self.fps
            )
            w, h = self.size
            stream.width, stream.height = w + w % 2, h + h % 2
            stream.time_base = 1 / self.fps
            context = stream.codec_context
            context.time_base = 1 / self.fps
            # One thread: x264's choices depend on how many there are, and a take must come out
            # the same on every machine. The farm keeps the other cores busy.
            context.thread_count = 1
            context.flags |= 1 << 23  # bitexact: no encoder version in the stream
            if self.codec == "h264":
                stream.pix_fmt = "yuv420p"
                stream.options = {"crf": str(self.crf), "preset": self.preset, "profile": "high"}
            else:
                stream.pix_fmt = "yuv422p10le"
                stream.options = {"profile": "3", "vendor": "apl0"}
            context.color_primaries = _BT709
            context.color_trc = _BT709
            context.colorspace = _BT709
            context.color_range = _LIMITED
            self._stream = stream
            if self.slate is not None:
                self._send(slate_frame(*self.size, self.slate))
        except BaseException as error:
            self._leave(error)
            raise
        return self

    def add(self, frame: F32) -> None:
        """Append one display-referred picture, float32 (h, w, 3), 0..1.

        Raises:
            StoreError: the disk is full.
            ValueError: the picture has another size than the movie.
        """
        if frame.shape != (self.size[1], self.size[0], 3):
            raise ValueError(f"{self.path}: frame {self.count} is {frame.shape}, not {self.size}")
        shown = frame if self.burnin is None else self.burnin(frame, self.count)
        self._send(shown)
        self.count += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            try:
                for packet in self._stream.encode(None):
                    self._container.mux(packet)
                self._container.close()
                self._container = None
            except BaseException as late:
                self._leave(late)
                raise self._store_error(late) from late
        self._leave(error)

    def _leave(self, error: BaseException | None) -> None:
        """Close what is open; the temporary file goes, or becomes the movie where no error."""
        if self._container is not None:
            # A full disk complains again; the first complaint is the one to hear.
            with suppress(OSError):
                self._container.close()
            self._container = None
        if error is None:
            self._stack.close()
        else:
            # whole_file must see a failure so that it removes the file, but not raise its own.
            self._stack.__exit__(RuntimeError, RuntimeError(str(error)), None)

    def _send(self, frame: F32) -> None:
        import av

        w, h = self.size
        tall, wide = h + h % 2, w + w % 2
        picture = np.asarray(frame, np.float32)
        eight = self.codec == "h264"
        pixels: NDArray[Any] = np.empty((tall, wide, 3), np.uint8 if eight else np.uint16)
        pattern = np.tile(_BAYER if eight else np.zeros((2, 2), np.float32), (1, -(-w // 2)))
        _coded(
            np.ascontiguousarray(picture).reshape(h, 3 * w), np.repeat(pattern[:, :w], 3, 1),
            np.float32(255 if eight else 65535), pixels.reshape(tall, 3 * wide),
        )  # fmt: skip
        layout = "rgb24" if eight else "rgb48le"
        source = av.VideoFrame.from_ndarray(pixels, format=layout)
        coded = source.reformat(
            format=self._stream.pix_fmt,
            src_colorspace="ITU709",
            dst_colorspace="ITU709",
            src_color_range="JPEG",
            dst_color_range="MPEG",
            interpolation="LANCZOS",
            # The scaler's threads each take a band of rows, and where the width is not a multiple
            # of 16 they write past a row's end into the first pixels of the next band.
            threads=1,
        )
        # ProRes writes the tags of each picture into its frame header, beside the container's.
        coded.color_primaries = _BT709
        coded.color_trc = _BT709
        coded.pts = self._sent
        coded.time_base = 1 / self.fps
        self._sent += 1
        try:
            for packet in self._stream.encode(coded):
                self._container.mux(packet)
        except OSError as error:
            raise self._store_error(error) from error

    def _store_error(self, error: BaseException) -> BaseException:
        if not isinstance(error, OSError):
            return error
        return StoreError(
            f"{self.path}: the movie could not be written ({error.strerror or error}). "
            "Free some disk space or choose another folder, then run again."
        )


@njit(cache=True, nogil=True)
def _coded(picture, add, top, out):
    """0..1 (h, 3 w) times `top` and rounded, with add (2, 3 w) laid on its lines in turn, into
    whole numbers (H, 3 W); the last line and pixel are repeated where that is larger.

    Along a line channels are alike: a loop that does eight of them at once.
    """
    h, n = picture.shape
    none, one, half = np.float32(0), np.float32(1), np.float32(0.5)
    for y in range(out.shape[0]):
        line, more, told = picture[min(y, h - 1)], add[y & 1], out[y]
        for x in range(n):
            value = min(max(line[x], none), one) * top + (more[x] + half)
            told[x] = np.int32(min(max(value, none), top))
        for x in range(n, told.shape[0]):
            value = min(max(line[x - 3], none), one) * top + (more[x - 6] + half)
            told[x] = np.int32(min(max(value, none), top))


def write_movie(
    path: Path | str,
    frames: Iterable[F32],
    fps: Fraction,
    *,
    codec: Codec = "h264",
    slate: Mapping[str, Any] | None = None,
    burnin: Burnin | None = None,
    crf: int = 16,
) -> int:
    """Write a movie and return its number of pictures, the slate not counted.

    Args:
        path: `.mp4` for h264, `.mov` for prores.
        frames: display-referred pictures, Rec.709 primaries and transfer, 0..1, float32
            (h, w, 3), all of one size. Odd sizes are padded by one row or column at the edge.
        fps: exact, e.g. Fraction(24000, 1001).
        codec: `h264` (8 bit 4:2:0) or `prores` (422 HQ, 10 bit).
        slate: what `burnin.slate_frame` prints; one frame, before the first. None: no slate.
        burnin: picture, index from 0 -> picture with text on it; see `burnin.make_burnin`.
        crf: h264 quality.

    Raises:
        StoreError: the disk is full or the folder cannot be written.
        ValueError: no frames, or frames of different sizes.
    """
    writer: MovieWriter | None = None
    with ExitStack() as stack:
        for frame in frames:
            if writer is None:
                size = (frame.shape[1], frame.shape[0])
                writer = stack.enter_context(
                    MovieWriter(path, size, fps, codec=codec, slate=slate, burnin=burnin, crf=crf)
                )
            writer.add(frame)
    if writer is None:
        raise ValueError(f"{path}: a movie needs at least one frame")
    return writer.count


def compile_kernels() -> None:
    """Compile what this module needs."""
    picture, add = np.zeros((2, 6), np.float32), np.zeros((2, 6), np.float32)
    for kind in (np.uint8, np.uint16):
        _coded(picture, add, np.float32(255), np.empty((2, 6), kind))
