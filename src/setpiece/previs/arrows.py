"""Arrows on a panel: white, inked, for who goes where and what the camera does."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.previs import model
from setpiece.previs.falling_mesh import top_of
from setpiece.previs.set_piece import falls_in
from setpiece.render.camera import Camera

U8 = NDArray[np.uint8]
_STEP, _LONGEST = 0.4, 2.6  # m: from the feet to an arrow, and the longest on the ground
_SUB = 4  # fractional bits of OpenCV's drawing


def draw_arrows(frame: U8, staging: model.Staging, shot: model.Shot, camera: Camera) -> U8:
    """The frame with its arrows; frame is uint8 (h, w, 3) as `camera` saw it.

    Who goes somewhere has an arrow that lies on the ground before their feet, in perspective; where
    the feet are out of frame, one along its lower edge. The camera's own pan, tilt, track or crane
    runs along the frame's upper or right edge.
    """
    out = frame.copy()
    u = camera.width / 960
    # Two say it: more would be read as a crowd of arrows.
    drawn = 0
    for way, feet in _walks(staging, shot):
        shape = on_ground(way, camera)
        if shape is not None:
            _inked(out, shape, u)
        elif (edge := along_edge(way, feet, camera)) is not None:
            _arrow(out, edge, 15 * u, u)
        drawn += shape is not None or edge is not None
        if drawn == 2:
            break
    lone = [(26, w) for w in _falls(staging, shot)]
    lone += [(17, w) for w in _climbs(staging, shot, camera)]
    for thick, way in lone:
        seen = _on_screen(way, camera)
        if seen is not None:
            _arrow(out, seen, thick * u, u)
    for path, width in _camera_ways(shot, camera):
        _arrow(out, path, width * u, u)
    return out


def _walks(staging: model.Staging, shot: model.Shot) -> list[tuple[NDArray, NDArray]]:
    """Ways (N, 3) [m] on the ground of whoever moves during the shot: what is before them at the
    moment that the panel shows; where they have all but arrived, what is behind them. And where
    their feet (3,) are then."""
    out: list[tuple[NDArray, NDArray]] = []
    if shot.type == "insert":
        return out
    climb = {m.who for b in staging.beats for m in b.moves if m.what == "climb"
             and shot.start - 0.1 <= m.path[0][2] < shot.start + shot.seconds}  # fmt: skip
    apart = shot.type in ("pov", "cutaway")  # what others do is not its matter
    for f in sorted(staging.figures, key=lambda f: f.name not in shot.subjects):
        if f.name in climb or (apart and f.name not in shot.subjects):
            continue
        p = np.array(f.path, float).reshape(-1, 3)
        if len(p) < 2 or p[-1, 2] < shot.start or p[0, 2] > shot.start + shot.seconds:
            continue
        first, last = max(p[0, 2], shot.start), min(p[-1, 2], shot.start + shot.seconds)
        now = min(max(shot.moment, first), last)
        for a, b in ((now, last), (first, now)):
            t = np.linspace(a, b, 24)
            xy = np.stack([np.interp(t, p[:, 2], p[:, k]) for k in (0, 1)], 1)
            gone = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(xy, axis=0), axis=1))])
            if gone[-1] < 0.5 + _STEP:
                continue
            # It begins a step before the feet, or ends a step behind them.
            keep = (_STEP, gone[-1]) if b == last else (0.0, gone[-1] - _STEP)
            s = np.linspace(*keep, 24)
            xy = np.stack([np.interp(s, gone, xy[:, k]) for k in (0, 1)], 1)
            feet = np.array([*(np.interp(now, p[:, 2], p[:, k]) for k in (0, 1)), f.lift])
            out.append((np.column_stack([xy, np.full(24, f.lift + 0.03)]), feet))
            break
    return out


def on_ground(way: NDArray, camera: Camera) -> NDArray | None:
    """Outline (N, 2) [px] of an arrow that lies flat along way (N, 3) [m]; None where too little
    of it would be seen."""
    pixels, depth = camera.project(way)
    w, h = camera.width, camera.height
    ok = (depth > 0.5) & (pixels[:, 0] > 0.03 * w) & (pixels[:, 0] < 0.97 * w)
    ok &= pixels[:, 1] < 0.97 * h
    if not ok[:4].any():
        return None
    first = int(np.argmax(ok))
    run = way[first : first + int(np.argmin(np.append(ok[first:], False)))]
    gone = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(run, axis=0), axis=1))])
    if len(run) < 2 or gone[-1] < 0.35:
        return None
    s = np.linspace(0, min(gone[-1], _LONGEST), 28)
    line = np.stack([np.interp(s, gone, run[:, k]) for k in range(3)], 1)
    heading = np.gradient(line[:, :2], axis=0)
    heading /= np.maximum(np.linalg.norm(heading, axis=1, keepdims=True), 1e-9)
    side = np.column_stack([-heading[:, 1], heading[:, 0], np.zeros(28)])
    if abs(float(heading.mean(0) @ camera.rotation[2][:2])) > 0.85:
        # Straight to or from the lens it would lie behind the legs: beside them, to the middle.
        x = camera.project(line[:1])[0][0, 0]
        right = camera.rotation[0] * [1, 1, 0]
        line = line + 0.5 * right * (1 if x < w / 2 else -1)
    far = float(camera.rotation[2] @ (line.mean(0) - camera.position))
    # As broad and as long in the head as a hand would draw it, however flat it is seen.
    px = camera.width / 960 * far / camera.focal  # m of a panel's pixel, there
    flat = float(np.clip(abs(float(camera.position[2] - line[0, 2])) / max(far, 0.5), 0.08, 1.0))
    across = abs(float(heading.mean(0) @ camera.rotation[0][:2]))
    half = float(np.clip(5.5 * px / (across * flat + 1 - across), 0.06, 0.6))
    half = min(half, 0.2 * float(s[-1]))
    head = min(20 * px / (across + (1 - across) * flat), 0.45 * float(s[-1]))
    neck = max(int(np.searchsorted(s, s[-1] - head)), 1)
    swell = np.linspace(0.6, 1.0, 28)[:, None] * half
    left, right_ = (line + side * swell)[: neck + 1], (line - side * swell)[: neck + 1]
    barb = side[neck] * 2.1 * half
    shape = np.concatenate([left, [line[neck] + barb, line[-1], line[neck] - barb], right_[::-1]])
    seen, depth = camera.project(shape)
    if (depth <= 0.3).any():
        return None
    run, _ = camera.project(line)
    long_ = float(np.linalg.norm(np.diff(run, axis=0), axis=1).sum())
    u = camera.width / 960
    if cv2.contourArea(seen.astype(np.float32)) < 6.5 * u * long_:
        return _outline(run, 13 * u)  # seen too flat to be read: as if it stood up a little
    return seen


def along_edge(way: NDArray, feet: NDArray, camera: Camera) -> NDArray | None:
    """An arrow (N, 2) [px] along the lower edge beside whoever takes way (N, 3) [m], their feet
    (3,) out of frame: across as they cross; down and in where they come nearer, up where they
    go."""
    pixels, depth = camera.project(feet[None] + np.array([0, 0, 0.95]))
    w, h = camera.width, camera.height
    if depth[0] < 0.4 or not 0 < pixels[0, 0] < w:
        return None
    move = way[-1] - way[0]
    across, ahead = float(camera.rotation[0] @ move), float(camera.rotation[2] @ move)
    body = 0.34 * camera.focal / depth[0]
    x = pixels[0, 0]
    if abs(across) >= 0.5 * abs(ahead):
        sign = 1.0 if across > 0 else -1.0
        a = np.array([x + sign * body, 0.93 * h])
        b = a + np.array([sign * 0.17 * w, 0.0])
        if not 0.02 * w < b[0] < 0.98 * w:  # no room before them: over their own cloth
            middle = np.clip(x, 0.11 * w, 0.89 * w)
            a, b = (np.array([middle + k * sign * 0.085 * w, 0.93 * h]) for k in (-1, 1))
    else:
        sign = 1.0 if x < w / 2 else -1.0
        a = np.array([x + sign * (body + 0.02 * w), 0.80 * h])
        b = a + np.array([sign * 0.035 * w, 0.16 * h])
        if ahead > 0:
            a, b = b, a
    ends = np.linspace(a, b, 8)
    return ends if (ends[:, 0] > 0.01 * w).all() and (ends[:, 0] < 0.99 * w).all() else None


def _climbs(staging: model.Staging, shot: model.Shot, camera: Camera) -> list[NDArray]:
    """Ways (N, 3) [m] up, to the right of subjects in the picture, who climb during the shot."""
    out = []
    for move in (m for b in staging.beats for m in b.moves if m.what == "climb"):
        begins, ends = move.path[0][2], move.path[-1][2]
        if move.who not in shot.subjects or ends + 2.5 < shot.start:
            continue
        if begins > shot.start + shot.seconds or shot.type in ("insert", "pov"):
            continue
        x, y, _ = move.path[-1]
        right = camera.rotation[0] * [1, 1, 0]
        way = np.array([x, y, 0.3]) + 0.6 * right + np.outer(np.linspace(0, 2.1, 12), [0, 0, 1.0])
        out.append(way)
    return out


def _falls(staging: model.Staging, shot: model.Shot) -> list[NDArray]:
    """The way (N, 3) [m] that the top of what comes down takes, in a shot that is for it."""
    out = []
    for fall in falls_in(staging):
        if shot.prop != fall.prop.item or fall.share(shot.start + shot.seconds) <= 0:
            continue
        half = np.array([*fall.prop.size[:2], 0.0]) / 2
        low = np.array(fall.prop.position) - half
        high = low + np.array(fall.prop.size)
        begin = fall.share(shot.moment)
        side = np.array([fall.lean * (1.3 * half[0] + 1.0), 0.0, 0.0])
        tops = [top_of(low, high, s, fall.lean) for s in np.linspace(begin, min(begin + 0.5, 1), 9)]
        way = np.array(tops) + side
        way[:, 2] = np.minimum(way[:, 2], way[0, 2] + 0.1)
        out.append(way)
    return out


def _on_screen(path: NDArray, camera: Camera) -> NDArray | None:
    """The way in pixels, brought into the frame where only its feet are below it."""
    pixels, depth = camera.project(path)
    ok = depth > 0.3
    if ok.sum() < 2:
        return None
    pixels = pixels[ok]
    w, h = camera.width, camera.height
    under = pixels[:, 1].max() - 0.93 * h
    if under > 0:  # feet out of frame: the arrow runs along the lower edge
        pixels = pixels - [0, under]
    inside = (pixels[:, 0] > 0.03 * w) & (pixels[:, 0] < 0.97 * w) & (pixels[:, 1] > 0.08 * h)
    pixels = pixels[inside]
    if len(pixels) < 2 or np.linalg.norm(np.diff(pixels, axis=0), axis=1).sum() < 0.05 * w:
        return None
    return pixels


def _camera_ways(shot: model.Shot, camera: Camera) -> list[tuple[NDArray, float]]:
    """Arrows (N, 2) [px] and widths for the camera's move."""
    c = shot.camera
    if c.move in ("static", "handheld") or (c.position_end is None and c.target_end is None):
        return []
    w, h = camera.width, camera.height
    if c.move == "dolly" and c.position_end is not None:
        near = np.linalg.norm(np.subtract(c.position_end, c.target))
        inward = near < np.linalg.norm(np.subtract(c.position, c.target))
        out = []
        for sx in (0, 1):
            for sy in (0, 1):
                corner = np.array([sx * w, sy * h], float)
                a, b = (
                    corner + (np.array([w, h]) / 2 - corner) * 0.06,
                    corner + (np.array([w, h]) / 2 - corner) * 0.24,
                )
                out.append((np.linspace(a, b, 6) if inward else np.linspace(b, a, 6), 11.0))
        return out
    end = np.array(c.target_end or c.target, float) - np.array(c.position_end or c.position, float)
    start = np.array(c.target, float) - np.array(c.position, float)
    turn = camera.rotation @ (end / np.linalg.norm(end) - start / np.linalg.norm(start))
    shift = camera.rotation @ (
        np.array(c.position_end or c.position, float) - np.array(c.position, float)
    )
    way = turn[:2] if c.move in ("pan", "tilt") else shift[:2]
    size = float(np.linalg.norm(way))
    if size < 1e-6:
        return []
    way = way / size
    middle = (
        np.array([w * 0.5, h * 0.045])
        if abs(way[0]) > abs(way[1])
        else np.array([w * 0.975, h * 0.5])
    )
    # Along the edge, however the move leans.
    level = abs(way[0]) > abs(way[1])
    way = np.array([np.sign(way[0]), 0.0]) if level else np.array([0.0, np.sign(way[1])])
    reach = 0.2 * (w if level else h)
    return [(np.linspace(middle - way * reach, middle + way * reach, 8), 13.0)]


def _arrow(picture: U8, path: NDArray, width: float, u: float) -> None:
    _inked(picture, _outline(path, width), u)


def _outline(path: NDArray, width: float) -> NDArray:
    """Of a bold arrow along path (N, 2) [px] that swells toward its head."""
    step = np.linalg.norm(np.diff(path, axis=0), axis=1)
    length = float(step.sum())
    s = np.concatenate([[0.0], np.cumsum(step)])
    n = 28
    p = np.stack([np.interp(np.linspace(0, length, n), s, path[:, k]) for k in (0, 1)], 1)
    way = np.gradient(p, axis=0)
    way /= np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-9)
    side = np.stack([-way[:, 1], way[:, 0]], 1)
    head = min(width * 1.9, length * 0.45)
    neck = int(np.searchsorted(np.linspace(0, length, n), length - head))
    half = np.linspace(0.42, 0.72, n)[:, None] * width * 0.5
    body = p[: neck + 1]
    left, right = (
        body + side[: neck + 1] * half[: neck + 1],
        body - side[: neck + 1] * half[: neck + 1],
    )
    barb = side[neck] * width * 0.85
    return np.concatenate([left, [p[neck] + barb, p[-1], p[neck] - barb], right[::-1]])


def _inked(picture: U8, shape: NDArray, u: float) -> None:
    """An outline (N, 2) [px], white inside."""
    fixed = np.round(shape * 2**_SUB).astype(np.int32).reshape(-1, 1, 2)
    cv2.fillPoly(picture, [fixed], (252, 251, 248), cv2.LINE_AA, _SUB)
    cv2.polylines(picture, [fixed], True, (22, 22, 25), max(round(2.2 * u), 1), cv2.LINE_AA, _SUB)
