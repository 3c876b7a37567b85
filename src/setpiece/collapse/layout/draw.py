"""layout.png: everything that was understood, over the plate, for approval."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from setpiece.collapse.layout.model import Layout
from setpiece.collapse.layout.panel import panel
from setpiece.collapse.layout.pictures import U8, display8
from setpiece.collapse.layout.shapes import Face, layout_faces, project_face
from setpiece.render.camera import Camera
from setpiece.render.light import Light

F64 = NDArray[np.float64]
Colour = tuple[int, int, int]
HORIZON, EDGE, STOREY, WINDOW, OUTLINE, SUN, TINT = (
    (90, 220, 255), (255, 255, 255), (255, 214, 120), (120, 200, 255), (255, 70, 150),
    (255, 200, 40), (255, 90, 60),
)  # fmt: skip
_LEAST, _MOST = 1280, 2560


def draw_layout(
    image: NDArray[np.float32],
    layout: Layout,
    light: Light | None = None,
    matte: NDArray[np.float32] | None = None,
) -> U8:
    """Display picture uint8 (h, w, 3) with a text panel below the plate.

    image: (h, w, 3) float32 scene-linear. matte: (h, w) 0..1, tinted where given. Small plates are
    enlarged to 1280 pixels, large ones reduced to 2560.
    """
    longest = max(image.shape[:2])
    s = min(max(longest, _LEAST), _MOST) / longest
    w, h = round(image.shape[1] * s), round(image.shape[0] * s)
    base = cv2.resize(
        display8(image), (w, h), interpolation=cv2.INTER_AREA if s < 1 else cv2.INTER_CUBIC
    )
    canvas = base.astype(np.float32)
    if matte is not None:
        m = cv2.resize(matte, (w, h), interpolation=cv2.INTER_LINEAR)[..., None]
        canvas = canvas * (1 - 0.16 * m) + np.array(TINT, np.float32) * (0.16 * m)
        canvas *= 1 - 0.25 * (1 - m)
    picture = np.clip(canvas, 0, 255).astype(np.uint8)
    camera = layout.view().resized(w, h)
    pen = _Pen(picture, max(w, h) / 1280)
    _draw_building(pen, layout, camera)
    outline = np.asarray(layout.outline, float) * [w / layout.size[0], h / layout.size[1]]
    pen.path(np.vstack([outline, outline[:1]]), OUTLINE, 2.0, dash=9)
    (x0, y0), (x1, y1) = camera.horizon
    pen.path(np.array([[x0, y0], [x1, y1]]), HORIZON, 1.6)
    if light is not None:
        _draw_sun(pen, layout, light, camera)
    out = Image.fromarray(pen.picture)
    draw = ImageDraw.Draw(out)
    face = ImageFont.load_default(size=round(15 * pen.unit))
    y = float(np.clip(min(y0, y1), 20 * pen.unit, h - 24 * pen.unit))
    inside = -5 < min(y0, y1) < h + 5
    text = (
        "horizon"
        if inside
        else ("horizon above the frame" if y0 < 0 else "horizon below the frame")
    )
    _label(draw, (10 * pen.unit, y - 21 * pen.unit), text, face, HORIZON)
    return np.vstack([np.asarray(out), panel(layout, light, w, pen.unit)])


class _Pen:
    """Anti-aliased lines with a dark rim, so that they read on any plate."""

    def __init__(self, picture: U8, unit: float) -> None:
        self.picture = picture
        self.unit = unit

    def path(self, points: F64, colour: Colour, width: float, dash: float = 0.0) -> None:
        limit = 8.0 * max(self.picture.shape[:2])
        points = np.clip(points, -limit, limit)
        for a, b in itertools.pairwise(points):
            inside, p, q = self._clip(a, b)
            if not inside:
                continue
            for c, d in self._dashes(p, q, dash * self.unit):
                for col, wide in (((12, 12, 16), width + 1.3), (colour, width)):
                    cv2.line(
                        self.picture, self._fix(c), self._fix(d), col,
                        max(1, round(wide * self.unit)), cv2.LINE_AA, 4,
                    )  # fmt: skip

    def _clip(self, a: F64, b: F64) -> tuple[bool, F64, F64]:
        h, w = self.picture.shape[:2]
        t0, t1, d = 0.0, 1.0, b - a
        for axis, size in ((0, w), (1, h)):
            if abs(d[axis]) < 1e-12:
                if not -4 <= a[axis] <= size + 4:
                    return False, a, b
                continue
            u, v = (-4 - a[axis]) / d[axis], (size + 4 - a[axis]) / d[axis]
            t0, t1 = max(t0, min(u, v)), min(t1, max(u, v))
        return t0 < t1, a + d * t0, a + d * t1

    def _dashes(self, a: F64, b: F64, dash: float) -> list[tuple[F64, F64]]:
        size = float(np.hypot(*(b - a)))
        if dash <= 0 or size < 1e-6:
            return [(a, b)]
        count = max(1, round(size / dash / 1.7))
        t = np.arange(count) / count
        return [(a + (b - a) * u, a + (b - a) * (u + 0.58 / count)) for u in t]

    def _fix(self, p: F64) -> tuple[int, int]:
        return round(float(p[0] - 0.5) * 16), round(float(p[1] - 0.5) * 16)


def _draw_building(pen: _Pen, layout: Layout, camera: Camera) -> None:
    faces = layout_faces(layout.prisms)
    depth = _Depth(faces, camera)
    roofs = [layout.prisms[f.prism].roof.kind for f in faces]
    done: set[tuple[tuple[float, ...], ...]] = set()
    shown = [f for f, kind in zip(faces, roofs, strict=True) if f.kind != "top" or kind == "flat"]
    for solid in (False, True):
        done.clear()
        for face in shown:
            for a, b in _edges(face):
                if _key((a, b)) not in done:
                    done.add(_key((a, b)))
                    _edge(pen, camera, depth, a, b, solid)
        if not solid:
            for face in shown:
                if face.kind == "wall" and _faces_camera(face, camera):
                    _draw_wall(pen, layout, face, camera, depth)


class _Depth:
    """Depth [m] of the nearest face at reduced size, to tell seen edges from hidden ones."""

    def __init__(self, faces: list[Face], camera: Camera) -> None:
        s = 480 / max(camera.width, camera.height)
        self.camera = camera.resized(round(camera.width * s), round(camera.height * s))
        h, w = self.camera.height, self.camera.width
        self.buffer = np.full((h, w), np.inf)
        y, x = np.mgrid[0:h, 0:w] + 0.5
        rays = np.stack(
            [(x - self.camera.centre[0]) / self.camera.focal,
             (y - self.camera.centre[1]) / self.camera.focal, np.ones_like(x)], -1
        )  # fmt: skip
        for face in faces:
            pixels = project_face(face.points, self.camera)
            local = (face.points - self.camera.position) @ self.camera.rotation.T
            n = sum(
                (np.cross(a, b) for a, b in zip(local, np.roll(local, -1, 0), strict=True)),
                np.zeros(3),
            )
            if pixels is None or not np.linalg.norm(n):
                continue
            mask = np.zeros((h, w), np.uint8)
            limit = 20.0 * w
            points = np.clip(pixels, -limit, limit)
            cv2.fillPoly(mask, [np.round((points - 0.5) * 16).astype(np.int32)], 1, 8, 4)
            rows, cols = np.nonzero(mask)
            facing = rays[rows, cols] @ n
            far = float(local.mean(0) @ n) / np.where(np.abs(facing) < 1e-9, np.inf, facing)
            far = np.where(far > 0, far, np.inf)
            self.buffer[rows, cols] = np.minimum(self.buffer[rows, cols], far)

    def seen(self, points: F64) -> NDArray[np.bool_]:
        """Which of the world points (n, 3) no face hides."""
        pixels, depth = self.camera.project(points)
        x = np.clip(pixels[:, 0].astype(int), 0, self.camera.width - 1)
        y = np.clip(pixels[:, 1].astype(int), 0, self.camera.height - 1)
        near = self.buffer[y, x]
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):  # on an edge: the farther neighbour
            near = np.maximum(
                near,
                self.buffer[
                    np.clip(y + dy, 0, self.camera.height - 1),
                    np.clip(x + dx, 0, self.camera.width - 1),
                ],
            )
        return np.asarray(depth < near * 1.006 + 0.02)


def _edge(pen: _Pen, camera: Camera, depth: _Depth, a: F64, b: F64, solid: bool) -> None:
    """The seen stretches of an edge, or (not solid) the hidden ones, dashed."""
    for c, d in _stretches(depth, a, b, solid):
        if solid:
            _line(pen, camera, c, d, EDGE, 1.8, 0)
        else:
            _line(pen, camera, c, d, (200, 200, 205), 0.8, 7)


def _stretches(depth: _Depth, a: F64, b: F64, seen: bool) -> list[tuple[F64, F64]]:
    n = 24
    t = (np.arange(n) + 0.5) / n
    flags = depth.seen(a + (b - a) * t[:, None])
    flags[1:-1] = (
        flags[:-2].astype(int) + flags[1:-1] + flags[2:] >= 2
    )  # single samples are rounding
    out, start = [], 0
    for k in range(1, n + 1):
        if k == n or flags[k] != flags[start]:
            if flags[start] == seen:
                out.append((a + (b - a) * start / n, a + (b - a) * k / n))
            start = k
    return out


def _draw_wall(pen: _Pen, layout: Layout, face: Face, camera: Camera, depth: _Depth) -> None:
    prism = layout.prisms[face.prism]
    a, b = face.points[:2]
    e = (b - a) / max(float(np.linalg.norm(b - a)), 1e-9)
    up = np.array([0.0, 0.0, 1.0])
    for s in range(1, prism.storeys):
        z = up * (prism.height * s / prism.storeys)
        for c, d in _stretches(depth, a + z, b + z, True):
            _line(pen, camera, c, d, STOREY, 1.0, 0)
    for o in prism.openings:
        if o.face != face.edge:
            continue
        corners = ((o.left, o.bottom), (o.right, o.bottom), (o.right, o.top), (o.left, o.top))
        q = [a + e * x + up * z for x, z in corners]
        if not depth.seen(np.array([sum(q) / 4]))[0]:
            continue
        for m, n in zip(q, q[1:] + q[:1], strict=True):
            _line(pen, camera, m, n, WINDOW, 1.0, 0)


def _line(
    pen: _Pen, camera: Camera, a: F64, b: F64, colour: Colour, width: float, dash: float
) -> None:
    pixels = project_face(np.stack([a, b]), camera)
    if pixels is not None and len(pixels) >= 2:
        pen.path(pixels[:2], colour, width, dash)


def _edges(face: Face) -> list[tuple[F64, F64]]:
    return list(zip(face.points, np.roll(face.points, -1, 0), strict=True))


def _key(edge: tuple[F64, F64]) -> tuple[tuple[float, ...], ...]:
    ends = [tuple(float(x) for x in np.round(p, 3) + 0.0) for p in edge]
    return tuple(sorted(ends))


def _faces_camera(face: Face, camera: Camera) -> bool:
    p = face.points
    n = np.zeros(3)
    for a, b in zip(p, np.roll(p, -1, 0), strict=True):
        n += np.cross(a, b)
    if face.kind in ("roof", "top") and n[2] < 0:
        n = -n
    side = float(n @ (camera.position - p.mean(0)))
    return side > 0


def _draw_sun(pen: _Pen, layout: Layout, light: Light, camera: Camera) -> None:
    """An arrow along which light falls onto the building's top."""
    foot = np.array([*layout.centre, layout.top])
    d = np.asarray(light.direction, float)
    size = 0.45 * max(layout.top, 1.0)
    tail, tip = foot + d * size * 1.9, foot + d * size * 0.35
    pixels = project_face(np.stack([tail, tip]), camera)
    if pixels is None or len(pixels) < 2:
        return
    h, w = pen.picture.shape[:2]
    a, b = pixels
    shift = np.clip((a + b) / 2, [0.1 * w, 0.12 * h], [0.9 * w, 0.88 * h]) - (a + b) / 2
    way = b - a
    long = float(np.hypot(*way))
    want = float(np.clip(long, 0.07 * w, 0.16 * w))
    middle = (a + b) / 2 + shift
    unit = way / max(long, 1e-6)
    a, b = middle - unit * want / 2, middle + unit * want / 2
    pen.path(np.stack([a, b]), SUN, 3.0)
    n = np.array([-unit[1], unit[0]])
    head = 13 * pen.unit
    pen.path(np.stack([b - unit * head + n * head * 0.6, b, b - unit * head - n * head * 0.6]),
             SUN, 3.0)  # fmt: skip
    centre = (round(float(a[0])), round(float(a[1])))
    cv2.circle(pen.picture, centre, round(10 * pen.unit), (12, 12, 16), -1, cv2.LINE_AA)
    cv2.circle(pen.picture, centre, round(8.5 * pen.unit), SUN, -1, cv2.LINE_AA)


def _label(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, face: object, colour: Colour
) -> None:
    draw.text(at, text, fill=colour, font=face, stroke_width=2, stroke_fill=(12, 12, 16))  # type: ignore[arg-type]
