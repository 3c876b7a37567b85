"""A movie as frames that can be asked for by number, exactly, without loading it whole."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np

from setpiece.errors import PlateError
from setpiece.media import colour
from setpiece.media.still import check_size

# Containers that hold one movie. Play lists and streams are left out: they make the reader open
# other files and addresses, which a plate has no business to do.
_CONTAINERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mxf,mpegts,mpeg,mpegvideo,m4v,h264,hevc,flv,asf,"
    "ogg,dv,yuv4mpegpipe,ivf,nut,obu"
)
_USUAL = [Fraction(n, 1) for n in (10, 12, 15, 24, 25, 30, 48, 50, 60, 100, 120)] + [
    Fraction(n * 1000, 1001) for n in (24, 30, 60, 120)
]
_MATRICES = {1: "bt709", 4: "fcc", 5: "bt601", 6: "bt601", 7: "smpte240m", 9: "bt2020"}
_AHEAD = 48  # frames that are cheaper to decode through than to seek over
_PQ_TRC, _HLG_TRC, _LINEAR_TRC = 16, 18, 8


class Clip:
    """Random access to the frames of one movie.

    A constant frame rate gives one index a stored frame. A variable one is held to its usual
    rate: index i shows the frame that is on screen at i / rate. Rotation and non-square pixels
    are applied. May be pickled; each process opens the file for itself.

    Attributes:
        width, height: upright, square pixels. rate: frames a second.
        bits: a channel. colorspace: what it is read as. notes: what had to be decided.

    Raises:
        PlateError: not a movie, no picture in it, truncated, too large.
    """

    def __init__(self, path: Path, colorspace: str | None = None) -> None:
        self.path = path
        self.notes: tuple[str, ...] = ()
        self._lock = threading.Lock()
        self._container: Any = None
        self._at = -1
        with self._opened() as container:
            stream = _picture_stream(path, container)
            if not getattr(stream, "width", 0):
                raise PlateError(
                    f"{path}: truncated or damaged: no picture size in it; copy it again"
                )
            check_size(path, stream.width, stream.height)
            self._index(container, stream)
            trc = int(stream.codec_context.color_trc or 0)
        tagged = {_PQ_TRC: colour.PQ, _HLG_TRC: colour.HLG, _LINEAR_TRC: colour.WORKING}
        self.colorspace = colour.space_name(colorspace or tagged.get(trc, colour.SRGB))
        frame = self._decode(0)
        self._probe(frame)

    @property
    def frames(self) -> int:
        """How many frames `read` answers for."""
        return len(self._source)

    def read(self, index: int) -> np.ndarray:
        """Frame `index` (0 to frames - 1): float32 (height, width, 3), scene-linear Rec.709."""
        with self._lock:
            frame = self._decode(self._source[index])
            return colour.to_working(self._pixels(frame), self.colorspace)

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        for name in ("_lock", "_container", "_frames", "_graph", "_kept"):
            state.pop(name, None)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock, self._container, self._at = threading.Lock(), None, -1

    # Opening and the index

    def _opened(self) -> Any:
        try:
            return av.open(
                f"file:{self.path.resolve()}",
                options={"protocol_whitelist": "file", "format_whitelist": _CONTAINERS},
            )
        except (av.FFmpegError, ValueError, OSError) as error:
            raise PlateError(
                f"{self.path}: not a picture or movie that can be opened, or truncated "
                f"({_why(error)}); give a JPEG, PNG, TIFF, EXR, a numbered sequence or a movie"
            ) from error

    def _index(self, container: Any, stream: Any) -> None:
        """Walk the packets (no decoding) to learn every frame's own time."""
        stamps: list[int | None] = []
        try:
            for packet in container.demux(stream):
                if packet.size and not packet.is_discard:
                    stamps.append(packet.pts)
                    if packet.is_corrupt:
                        raise PlateError(
                            f"{self.path}: truncated or damaged at frame {len(stamps)}; copy or "
                            "export it again"
                        )
        except av.FFmpegError as error:
            raise PlateError(
                f"{self.path}: damaged after frame {len(stamps)} ({_why(error)}); copy it again"
            ) from error
        if not stamps:
            raise PlateError(f"{self.path}: a movie without frames; copy or export it again")
        if len(stamps) < stream.frames * 0.98 - 1:
            raise PlateError(
                f"{self.path}: truncated: it says {stream.frames} frames and holds "
                f"{len(stamps)}; copy or export it again"
            )
        known = sorted({stamp for stamp in stamps if stamp is not None})
        self._stamps: list[int] | None = known if len(known) == len(stamps) else None
        guess = stream.average_rate or stream.guessed_rate or Fraction(24)
        rates = [Fraction(r) for r in (stream.average_rate, stream.guessed_rate) if r]
        self._source = list(range(len(stamps)))
        self.rate = _usual(Fraction(guess))
        if self._stamps is None or len(stamps) < 2:
            return
        times = [(stamp - known[0]) * Fraction(stream.time_base) for stamp in known]
        for rate in dict.fromkeys([*map(_usual, rates), *rates]):
            if all(abs(t * rate - i) < Fraction(1, 2) for i, t in enumerate(times)):
                self.rate = rate
                return
        self._hold(times)

    def _hold(self, times: list[Fraction]) -> None:
        """Variable frame rate: hold each frame until the next one's time, at the usual rate."""
        steps = sorted(after - before for before, after in pairwise(times))
        self.rate = min(_usual(1 / steps[len(steps) // 2]), Fraction(120))
        count = int(times[-1] * self.rate) + 1
        if count > 100 * len(times) + 1000:  # damaged times would ask for a week of held frames
            self.notes += ("its times are damaged: each frame is shown once",)
            return
        source, at = [], 0
        for i in range(count):
            # A quarter of a frame of slack, for clocks that jitter.
            while at + 1 < len(times) and times[at + 1] * self.rate <= i + Fraction(1, 4):
                at += 1
            source.append(at)
        self._source = source
        self.notes += (
            f"variable frame rate: {len(times)} frames held to {float(self.rate):.3f} a second",
        )

    def _probe(self, frame: Any) -> None:
        """What only a decoded frame knows: size, rotation, depth; and whether its time agrees."""
        if self._stamps is not None and frame.pts != self._stamps[0]:
            self._stamps = None  # the container's times are not the decoder's: count instead
        self.bits = max(component.bits for component in frame.format.components)
        if frame.interlaced_frame:
            self.notes += ("interlaced: fields are read woven together; deinterlace it first",)
        self.height, self.width = self._pixels(frame).shape[:2]

    # Reading

    def _decode(self, number: int) -> Any:
        """The stored frame `number`, counted in the order of display."""
        try:
            if self._container is not None and number == self._at:
                return self._kept
            if self._container is None or not self._at < number <= self._at + _AHEAD:
                self._seek(number)
            try:
                return self._advance(number)
            except LookupError:
                self._seek(0)  # an imprecise seek landed after the frame
                return self._advance(number)
        except (av.FFmpegError, LookupError) as error:
            self._container = None
            raise PlateError(
                f"{self.path}: frame {number} cannot be decoded ({_why(error)}): the movie is "
                "damaged; copy or export it again"
            ) from error

    def _seek(self, number: int) -> None:
        if self._container is None or self._stamps is None:
            self._container = self._opened()
        stream = _picture_stream(self.path, self._container)
        if self._stamps is not None and number > 0:
            self._container.seek(self._stamps[number], stream=stream)
        elif self._at >= 0:
            self._container = self._opened()
            stream = _picture_stream(self.path, self._container)
        self._frames: Iterator[Any] = self._container.decode(stream)
        self._at = -1

    def _advance(self, number: int) -> Any:
        first = True
        for frame in self._frames:
            if self._stamps is None:
                self._at += 1
            elif frame.pts is None or frame.pts > self._stamps[number]:
                raise LookupError("its time is not in the index")
            elif first or frame.pts == self._stamps[number]:
                self._at = number if frame.pts == self._stamps[number] else -1
            first = False
            if self._at == number:
                self._kept = frame
                return frame
        raise LookupError("the movie ends before it")

    def _pixels(self, frame: Any) -> np.ndarray:
        """One decoded frame as uint16 RGB, upright, with square pixels."""
        pixels = self._to_rgb(frame)
        turns = round(frame.rotation / 90) % 4  # counter-clockwise, as np.rot90 turns
        aspect = self._aspect
        if aspect and aspect != 1 and Fraction(1, 4) < aspect < 4:
            import cv2

            size = (round(pixels.shape[1] * float(aspect)), pixels.shape[0])
            pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_CUBIC)
        return np.rot90(pixels, turns) if turns else pixels

    def _to_rgb(self, frame: Any) -> np.ndarray:
        """YUV to 16-bit RGB with full chroma interpolation, by the matrix that the file names."""
        if getattr(self, "_graph", None) is None:
            matrix = _MATRICES.get(int(frame.colorspace))
            if matrix is None:  # unsaid: HD is Rec.709, smaller is Rec.601
                matrix = "bt709" if frame.height >= 720 else "bt601"
            stream = _picture_stream(self.path, self._container)
            self._aspect = stream.sample_aspect_ratio
            graph = av.filter.Graph()
            source = graph.add_buffer(
                width=frame.width, height=frame.height, format=frame.format,
                time_base=stream.time_base,
            )  # fmt: skip
            flags = "bicubic+accurate_rnd+full_chroma_int+full_chroma_inp"
            scale = graph.add("scale", f"flags={flags}:in_color_matrix={matrix}")
            form = graph.add("format", "rgb48le")
            sink = graph.add("buffersink")
            for before, after in ((source, scale), (scale, form), (form, sink)):
                before.link_to(after)
            graph.configure()
            self._graph = graph
        self._graph.push(frame)
        return self._graph.pull().to_ndarray()


def _picture_stream(path: Path, container: Any) -> Any:
    for stream in container.streams.video:
        if not int(stream.disposition) & int(av.stream.Disposition.attached_pic):
            return stream
    kind = "sound only" if container.streams.audio else "no video stream"
    raise PlateError(f"{path}: {kind} in this file; give a movie with pictures")


def _usual(rate: Fraction) -> Fraction:
    """The broadcast rate that this one means (29.97 is 30000/1001), or a simple fraction."""
    for usual in _USUAL:
        if abs(rate / usual - 1) < Fraction(4, 10000):
            return usual
    return rate.limit_denominator(1001)


def _why(error: BaseException) -> str:
    return str(getattr(error, "strerror", None) or error)
