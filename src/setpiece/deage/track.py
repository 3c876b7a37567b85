"""People followed through a clip: recognised by their reference photographs, never swapped.

Each track of `follow` is cut into stretches of one identity by looking at its face every few
frames; a stretch is somebody's if it is near their reference and nearer than to anybody else's.
What nobody is recognised in stays unknown, and is never altered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from setpiece.deage.face import COUNT, MESH, Face
from setpiece.deage.follow import Followed, Track
from setpiece.deage.identity import SAME, Embedding, distance, who
from setpiece.deage.smoothing import fade, steady
from setpiece.deage.warp import Picture

SAMPLE = 8  # frames between two looks at who a track is
BRIDGE = 6  # most frames over which a face that was lost is carried by its motion
_MARGIN = 0.08  # nearer than to anybody else by this
_TURNED = (48.0, 62.0)  # degrees of yaw between which a face fades out
_INSIDE = (0.55, 0.75)  # share of the mesh inside the frame between which it fades in
_SURE = (0.5, 0.9)  # of the landmark model's own score

REASONS = ("altered", "not in frame", "turned away", "leaving the frame", "not seen well", "fading")


@dataclass(frozen=True, eq=False)
class Person:
    """One person through a clip, frame by frame.

    name: as asked for. points: float32 (frames, 478, 3) [px], NaN where there is no face.
    score: (frames,), the landmark model's. weight: (frames,), how far the face is to be altered,
    0..1, soft over time. reason: (frames,), index into REASONS. shot: (frames,), number of the
    shot. distance: (frames,), to the reference where it was measured, else NaN.
    """

    name: str
    points: NDArray[np.float32]
    score: NDArray[np.float32]
    weight: NDArray[np.float32]
    reason: NDArray[np.int8]
    shot: NDArray[np.int32]
    distance: NDArray[np.float32]

    def face(self, frame: int) -> Face | None:
        """The steadied face in a frame, or None."""
        if not np.isfinite(self.points[frame, 0, 0]):
            return None
        return Face(self.points[frame], float(self.score[frame]))


def recognise(
    read: Callable[[int], Picture],
    followed: Followed,
    people: Mapping[str, Embedding],
    size: tuple[int, int],
    progress: Callable[[float], None] = lambda _: None,
) -> dict[str, Person]:
    """Who is where. people: name -> embedding of the reference; size: (width, height) [px].

    Returns everybody asked for, those who are never in frame too.
    """
    frames = len(followed.shots)
    stretches = []
    for n, track in enumerate(followed.tracks):
        stretches += _stretches(read, track, people)
        progress((n + 1) / max(len(followed.tracks), 1))
    chosen: dict[str, list[_Stretch]] = {name: [] for name in people}
    taken: dict[str, set[int]] = {name: set() for name in people}
    for s in sorted(stretches, key=lambda s: s.distance):
        # Nobody is in a frame twice: the stretch that is nearer has the frames.
        if s.name and not taken[s.name] & set(range(s.start, s.end)):
            chosen[s.name].append(s)
            taken[s.name] |= set(range(s.start, s.end))
    return {name: _person(name, chosen[name], followed.shots, frames, size) for name in people}


@dataclass(frozen=True)
class _Stretch:
    """Frames of one track that show one identity (name, or empty for a stranger)."""

    name: str
    start: int
    end: int
    distance: float
    track: Track
    seen: Mapping[int, float]


def _stretches(
    read: Callable[[int], Picture], track: Track, people: Mapping[str, Embedding]
) -> list[_Stretch]:
    """Cut a track where who it is changes: between the two looks that disagree, looked at again
    until the frame is known."""
    known: dict[int, tuple[str, float]] = {}

    def at(frame: int) -> tuple[str, float]:
        if frame not in known:
            face = track.at(frame)
            assert face is not None
            known[frame] = _nearest(who(read(frame), face), people)
        return known[frame]

    frames = sorted({*range(track.start, track.end, SAMPLE), track.end - 1})
    for frame in frames:
        at(frame)
    todo = [(a, b) for a, b in pairwise(frames) if at(a)[0] != at(b)[0]]
    while todo:
        a, b = todo.pop()
        if b - a > 1:
            middle = (a + b) // 2
            at(middle)
            todo += [(u, v) for u, v in ((a, middle), (middle, b)) if at(u)[0] != at(v)[0]]
    looks = sorted(known)
    groups: list[list[int]] = []
    for frame in looks:
        if groups and known[groups[-1][-1]][0] == known[frame][0]:
            groups[-1].append(frame)
        else:
            groups.append([frame])
    out = []
    for i, group in enumerate(groups):
        start = track.start if i == 0 else group[0]
        end = track.end if i == len(groups) - 1 else groups[i + 1][0]
        seen = {f: known[f][1] for f in group}
        name = known[group[0]][0]
        out.append(_Stretch(name, start, end, float(np.mean(list(seen.values()))), track, seen))
    return _healed(out)


def _healed(found: list[_Stretch]) -> list[_Stretch]:
    """A look that knows nobody (a blur, a turn) between two that know one person is that person:
    the track held on to one face all the while."""
    out: list[_Stretch] = []
    for i, s in enumerate(found):
        sides = {found[j].name for j in (i - 1, i + 1) if 0 <= j < len(found)}
        nearer = min((v for v in s.seen.values()), default=9.0)
        if not s.name and len(sides) == 1 and "" not in sides and nearer < SAME + 0.12:
            s = _Stretch(sides.pop(), s.start, s.end, s.distance, s.track, s.seen)
        if out and out[-1].name == s.name and out[-1].track is s.track:
            p = out.pop()
            both = {**p.seen, **s.seen}
            mean = float(np.mean(list(both.values())))
            s = _Stretch(s.name, p.start, s.end, mean, s.track, both)
        out.append(s)
    return out


def _nearest(face: Embedding, people: Mapping[str, Embedding]) -> tuple[str, float]:
    apart = sorted((distance(face, e), name) for name, e in people.items())
    best, name = apart[0]
    clear = len(apart) == 1 or apart[1][0] - best > _MARGIN
    return (name if best < SAME and clear else ""), best


def _person(
    name: str, stretches: Sequence[_Stretch], shots: Sequence[int], frames: int,
    size: tuple[int, int],
) -> Person:  # fmt: skip
    points = np.full((frames, COUNT, 3), np.nan, np.float32)
    score = np.zeros(frames, np.float32)
    apart = np.full(frames, np.nan, np.float32)
    shot = np.array(shots, np.int32)
    for s in stretches:
        for frame in range(s.start, s.end):
            face = s.track.at(frame)
            assert face is not None
            points[frame], score[frame] = face.points, face.score
        for frame, value in s.seen.items():
            apart[frame] = value
    bridged = _bridge(points, shot)
    weight, reason = _weights(points, score, bridged, size)
    for run in _runs(np.isfinite(points[:, 0, 0]), shot):
        points[run] = steady(points[run])
    soft = fade(weight, shot, np.isfinite(points[:, 0, 0]))
    reason[(reason == 0) & (soft < 0.999)] = REASONS.index("fading")
    return Person(name, points, score, soft, reason, shot, apart)


def _bridge(points: NDArray[np.float32], shot: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Fill short gaps within a shot on a straight way; tells which frames were filled."""
    there = np.isfinite(points[:, 0, 0])
    filled = np.zeros(len(points), bool)
    known = np.flatnonzero(there)
    for a, b in pairwise(known):
        if 1 < b - a <= BRIDGE + 1 and shot[a] == shot[b]:
            for f in range(a + 1, b):
                t = np.float32((f - a) / (b - a))
                points[f] = (1 - t) * points[a] + t * points[b]
                filled[f] = True
    return filled


def _weights(
    points: NDArray[np.float32], score: NDArray[np.float32], bridged: NDArray[np.bool_],
    size: tuple[int, int],
) -> tuple[NDArray[np.float32], NDArray[np.int8]]:  # fmt: skip
    """How well each frame's face is seen, and what speaks against it most."""
    weight = np.zeros(len(points), np.float32)
    reason = np.full(len(points), REASONS.index("not in frame"), np.int8)
    for i, p in enumerate(points):
        if not np.isfinite(p[0, 0]):
            continue
        x, y = p[:MESH, 0], p[:MESH, 1]
        inside = float(((x >= 0) & (x < size[0]) & (y >= 0) & (y < size[1])).mean())
        # One frame that the model missed is carried; a longer gap means that it is hidden.
        alone = bool(bridged[i]) and not bridged[max(i - 1, 0)] and not bridged[i + 1]
        seen = float(alone) if bridged[i] else _ramp(float(score[i]), *_SURE)
        parts = (
            1 - _ramp(abs(Face(p, 1.0).pose.yaw), *_TURNED), _ramp(inside, *_INSIDE), seen,
        )  # fmt: skip
        weight[i] = min(parts)
        reason[i] = 0 if weight[i] > 0 else 2 + int(np.argmin(parts))
    return weight, reason


def _ramp(value: float, low: float, high: float) -> float:
    t = min(max((value - low) / (high - low), 0.0), 1.0)
    return t * t * (3 - 2 * t)


def _runs(there: NDArray[np.bool_], shot: NDArray[np.int32]) -> list[slice]:
    """Stretches of frames that are there, within one shot."""
    runs, start = [], None
    for i in range(len(there) + 1):
        ends = i == len(there) or not there[i] or (start is not None and shot[i] != shot[i - 1])
        if start is not None and ends:
            runs.append(slice(start, i))
            start = None
        if start is None and i < len(there) and there[i]:
            start = i
    return runs
