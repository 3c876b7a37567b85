"""Faces followed from frame to frame, before anybody knows whose they are.

A face is looked for where its last two frames say that it will be. What cannot be held on to ends;
every few frames, after a cut and where one was lost, the whole picture is searched again. Two
faces that meet are let go of, both: who is who afterwards is for their faces to say, not for
their places.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.deage.detect import SURE, find
from setpiece.deage.face import Face
from setpiece.deage.mesh import look, square_of
from setpiece.deage.warp import Picture
from setpiece.media.colour import to_display

EVERY = 6  # frames between two searches of the whole picture
_JUMP = 0.6  # most that a face moves beyond what its motion foretold, in face heights
_MEET = 0.55  # nearer than this, in face heights, two faces are meeting
# A cut changes a thumbnail's colours by a fifth and more, and its pixels by a tenth; a wild pan
# changes the colours by 0.06, a flash the pixels only. A cut seen where there is none costs little:
# the face is found and recognised again.
_CUT = 0.12
_CUT_MOVE = 0.075


@dataclass
class Track:
    """One face over consecutive frames of one shot, first to last without a gap.

    shot: number of the shot within the clip, counted at its cuts.
    """

    shot: int
    start: int
    faces: list[Face] = field(default_factory=list)

    @property
    def end(self) -> int:
        """The frame after its last."""
        return self.start + len(self.faces)

    def at(self, frame: int) -> Face | None:
        """The face in a frame, or None."""
        return self.faces[frame - self.start] if self.start <= frame < self.end else None


@dataclass(frozen=True)
class Followed:
    """Every face of a clip. shots: the shot that each frame belongs to."""

    tracks: tuple[Track, ...]
    shots: tuple[int, ...]


def follow(
    read: Callable[[int], Picture],
    frames: int,
    smallest: float | None = None,
    progress: Callable[[float], None] = lambda _: None,
) -> Followed:
    """Follow every face. read(i): frame i from 0, float32 (h, w, 3) scene-linear."""
    done: list[Track] = []
    live: list[Track] = []
    shots: list[int] = []
    before: _Look | None = None
    since = EVERY
    for i in range(frames):
        picture = read(i)
        now = _Look.at(picture)
        cut = before is not None and now.is_cut_from(before)
        shots.append((shots[-1] if shots else 0) + cut)
        before = now
        if cut:
            done, live = done + live, []
        lost = _carry(picture, i, live, done)
        since += 1
        if lost or cut or since >= EVERY:
            _search(picture, i, shots[-1], live, smallest)
            since = 0
        progress((i + 1) / frames)
    return Followed(tuple(t for t in done + live if t.faces), tuple(shots))


def _carry(picture: Picture, frame: int, live: list[Track], done: list[Track]) -> bool:
    """Look for every live track's face in this frame; tells whether any was lost."""
    found = [(track, _again(picture, track)) for track in live]
    lost = {id(t) for t, face in found if face is None}
    held = [(t, face) for t, face in found if face is not None]
    for i, (one, a) in enumerate(held):
        for other, b in held[:i]:
            if _apart(a, b) < _MEET:
                lost |= {id(one), id(other)}
    for track, face in held:
        if id(track) not in lost:
            track.faces.append(face)
    for track in [t for t in live if id(t) in lost]:
        live.remove(track)
        done.append(track)
    return bool(lost)


def _again(picture: Picture, track: Track) -> Face | None:
    last = track.faces[-1]
    (x, y), side, angle = square_of(last)
    if len(track.faces) > 1:
        moved = (last.points - track.faces[-2].points)[:, :2].mean(0)
        x, y = x + float(moved[0]), y + float(moved[1])
    if not (0 <= x < picture.shape[1] and 0 <= y < picture.shape[0]):
        return None
    face = look(picture, ((x, y), side, angle))
    if face.score >= SURE:
        face = look(picture, square_of(face))
    middle = face.points[:, :2].mean(0)
    jump = np.hypot(*(middle - (x, y))) / last.height
    if face.score < SURE or jump > _JUMP or not 0.7 < face.height / last.height < 1.4:
        return None
    return face


def _search(
    picture: Picture, frame: int, shot: int, live: list[Track], smallest: float | None
) -> None:
    """Start a track for every face that none of the live ones holds."""
    for face in find(picture, smallest=smallest):
        near = [t for t in live if t.end == frame + 1 and _apart(t.faces[-1], face) < _MEET]
        if not near:
            live.append(Track(shot, frame, [face]))


def _apart(one: Face, other: Face) -> float:
    """Distance of two faces' middles, in heights of the larger."""
    gap = one.points[:, :2].mean(0) - other.points[:, :2].mean(0)
    return float(np.hypot(*gap)) / max(one.height, other.height, 1.0)


@dataclass(frozen=True, eq=False)
class _Look:
    """A frame as a thumbnail and its colours, to tell a cut."""

    thumb: NDArray[np.float32]
    colours: NDArray[np.float32]

    @staticmethod
    def at(picture: Picture) -> _Look:
        thumb = to_display(cv2.resize(picture, (64, 36), interpolation=cv2.INTER_AREA))
        counts = [np.histogram(thumb[..., c], bins=16, range=(0, 1))[0] for c in range(3)]
        return _Look(thumb, np.concatenate(counts).astype(np.float32) / np.float32(3 * 64 * 36))

    def is_cut_from(self, other: _Look) -> bool:
        moved = float(np.abs(self.thumb - other.thumb).mean())
        changed = float(np.abs(self.colours - other.colours).sum()) / 2
        return changed > _CUT and moved > _CUT_MOVE
