"""Long movies of pictures that mostly stand still: parts made side by side, then joined.

A part is coded once, by one worker; joining copies its packets, so that the movie is the same on
any number of workers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from setpiece.errors import StoreError
from setpiece.media.atomic import whole_file

U8 = NDArray[np.uint8]
_BT709, _LIMITED = 1, 1  # ITU-T H.273
# A panel that stands for seconds costs less than a millisecond a frame this way, and no frame waits
# for another, so that parts can be joined at any cut. A constant quantiser spares the rate control.
_X264 = {"preset": "ultrafast", "qp": "21", "profile": "high",
         "x264-params": "keyint=240:scenecut=0"}  # fmt: skip


def yuv(picture: U8) -> U8:
    """RGB uint8 (h, w, 3), even sides, as planes of YUV 4:2:0 stacked, (3 h / 2, w); Rec.709."""
    import av

    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
    out = frame.reformat(
        format="yuv420p", src_colorspace="ITU709", dst_colorspace="ITU709",
        src_color_range="JPEG", dst_color_range="MPEG", interpolation="AREA", threads=1,
    )  # fmt: skip
    return np.asarray(out.to_ndarray(), np.uint8)


class PartWriter:
    """One part, fed with planes from `yuv`; a context manager that leaves no half a file."""

    def __init__(self, path: Path, size: tuple[int, int], fps: Fraction) -> None:
        self.path, self.size, self.fps = path, size, Fraction(fps)
        self.count = 0

    def __enter__(self) -> PartWriter:
        import av

        self._file = whole_file(self.path)
        part = self._file.__enter__()
        try:
            self._container: Any = av.open(str(part), "w", options={"fflags": "+bitexact"})
            stream: Any = self._container.add_stream("libx264", rate=self.fps)
            stream.width, stream.height = self.size
            stream.pix_fmt = "yuv420p"
            stream.time_base = stream.codec_context.time_base = 1 / self.fps
            context = stream.codec_context
            context.thread_count = 1
            context.flags |= 1 << 23  # bitexact
            context.color_primaries = context.color_trc = context.colorspace = _BT709
            context.color_range = _LIMITED
            stream.options = dict(_X264)
            self._stream = stream
        except BaseException as error:
            self._file.__exit__(type(error), error, None)
            raise
        return self

    def show(self, planes: U8) -> U8:
        """Put a picture up for the frames to come; its luma (h, w), to be written in meanwhile."""
        import av

        self._frame: Any = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        self._frame.time_base = 1 / self.fps
        luma: Any = self._frame.planes[0]
        rows = np.frombuffer(luma, np.uint8).reshape(luma.height, luma.line_size)
        return rows[:, : luma.width]

    def frame(self) -> None:
        """Code one frame of the picture that is up, as it is now; the coder takes a copy."""
        self._frame.pts = self.count
        self.count += 1
        self._container.mux(self._stream.encode(self._frame))

    def add(self, planes: U8) -> None:
        """One frame of a picture of its own."""
        self.show(planes)
        self.frame()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self._container.mux(self._stream.encode(None))
            self._container.close()
        except OSError as late:
            if error is None:
                kind, error, trace = type(late), late, late.__traceback__
        self._file.__exit__(kind, error, trace)
        if error is not None and kind is not None and isinstance(error, OSError):
            raise _store(self.path, error) from error


def join_parts(
    path: Path,
    parts: Sequence[Path],
    fps: Fraction,
    sound: NDArray[np.float32] | None = None,
    rate: int = 48000,
    progress: Callable[[float], None] | None = None,
) -> int:
    """Parts of one size and rate, one after the other, as one movie; returns its frames.

    sound: mono, -1..1, at `rate`, from the first frame on; AAC. Raises StoreError.
    """
    import av

    frames = 0
    try:
        with whole_file(path) as temporary:
            options = {"fflags": "+bitexact", "movflags": "+faststart"}
            with av.open(str(temporary), "w", options=options) as out:
                heard: Any = None
                video: Any = None
                for number, part in enumerate(parts):
                    with av.open(str(part)) as source:
                        stream = source.streams.video[0]
                        if video is None:
                            video = out.add_stream_from_template(stream)
                            video.time_base = 1 / fps
                            if sound is not None:
                                heard = _Sound(out, sound, rate)
                        count = 0
                        for packet in source.demux(stream):
                            if packet.pts is None:  # the end of the file
                                continue
                            at = frames + round(packet.pts * packet.time_base * fps)
                            packet.stream = video
                            packet.time_base = 1 / fps
                            packet.pts = packet.dts = at
                            packet.duration = 1
                            out.mux(packet)
                            count += 1
                    frames += count
                    if heard is not None:
                        heard.until(float(frames / fps), last=number == len(parts) - 1)
                    if progress is not None:
                        progress((number + 1) / len(parts))
    except OSError as error:
        raise _store(path, error) from error
    return frames


class _Sound:
    """A sound track that is written as far as the pictures are."""

    def __init__(self, out: Any, sound: NDArray[np.float32], rate: int) -> None:
        self._out, self._sound, self._rate, self._at = out, sound, rate, 0
        self._stream = out.add_stream("aac", rate=rate, layout="mono")
        self._stream.bit_rate = 64000
        self._stream.options = {"aac_coder": "fast"}  # a third of the time; this is temp sound
        self._stream.codec_context.flags |= 1 << 23
        self._stream.codec_context.thread_count = 1

    def until(self, seconds: float, *, last: bool) -> None:
        import av

        end = min(round(seconds * self._rate), len(self._sound))
        block = 1024  # samples of an AAC frame
        while self._at < end and (last or end - self._at >= block):
            piece = self._sound[self._at : min(self._at + block, end)]
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(piece[None], np.float32), format="fltp", layout="mono"
            )
            frame.sample_rate = self._rate
            frame.pts = self._at
            frame.time_base = Fraction(1, self._rate)
            self._at += len(piece)
            self._out.mux(self._stream.encode(frame))
        if last:
            self._out.mux(self._stream.encode(None))


def _store(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"{path}: the movie could not be written ({error.strerror or error}). "
        "Free some disk space or choose another folder, then run again."
    )
