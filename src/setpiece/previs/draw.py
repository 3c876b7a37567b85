"""A blocked scene through a lens as a drawing: line and tone in ink, pencil or clay."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from setpiece.errors import InputError
from setpiece.previs import contour, stroke, tone
from setpiece.previs.blocked import Scene
from setpiece.previs.raster import View, look, shadow_map
from setpiece.previs.solid import f32
from setpiece.render.camera import Camera

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]
STYLES = ("ink", "pencil", "clay")
_FINE_LINE, _BROAD_LINE = 0.0045, 0.0098  # m: strands and wrinkles below, what sets have above
FINE = 2  # samples a pixel, each way
PAPER = {"ink": (250, 248, 243), "pencil": (244, 241, 232), "clay": (236, 233, 228)}
INK = {"ink": (20, 20, 24), "pencil": (52, 50, 52), "clay": (58, 52, 48)}
WASH = {"ink": (26, 29, 38), "pencil": (46, 46, 50), "clay": (58, 52, 48)}
# Widths [px of a 960-px panel] of creases, seams, outlines of things and of figures.
WIDTHS = {
    "ink": (0.0, 1.0, 1.45, 1.9, 2.9),
    "pencil": (0.0, 1.0, 1.3, 1.6, 2.2),
    "clay": (0.0, 0.55, 0.7, 0.8, 1.0),
}


@dataclass(frozen=True)
class Lines:
    """Strokes in pixels of the finished picture, see `stroke.ink_chains`."""

    points: F32
    start: NDArray[np.int32]
    width: F32
    dark: F32
    kinds: NDArray[np.uint8]


def see(scene: Scene, camera: Camera, hidden: Sequence[int] = ()) -> View:
    """What the camera sees; hidden: things to leave out."""
    w = scene.whole
    away = (
        np.isin(scene.thing, np.asarray(hidden, np.int32))
        if len(hidden)
        else np.zeros(len(w.faces), bool)
    )
    return look(camera, w.vertices, w.normals, w.faces, away)


def draw(
    scene: Scene,
    camera: Camera,
    style: str = "ink",
    *,
    hidden: Sequence[int] = (),
    front: float = 0.0,
    seed: int = 0,
) -> U8:
    """A scene as a drawing, uint8 (camera.height, camera.width, 3), display-referred sRGB.

    hidden: indices of things to leave out. front: what is nearer [m] is toned down, so that a
    shoulder frames and does not speak. The same arguments give the same pixels.
    Raises InputError for a style that there is none of.
    """
    if style not in STYLES:
        raise InputError(f"there is no style {style!r}: take one of {', '.join(STYLES)}.")
    h, w = camera.height, camera.width
    unit = w / 960.0
    view = see(scene, camera.resized(w * FINE, h * FINE), hidden)
    value, _lit = _light(scene, view, style != "clay", front)
    lines = contours(scene, view, style)
    wobble = {"ink": 0.9, "pencil": 1.1, "clay": 0.0}[style] * unit
    ink = np.zeros((h, w), np.float32)
    over = np.where(
        lines.kinds <= contour.SEAM, {"ink": 2.0, "pencil": 5.0, "clay": 0.0}[style], 0.0
    )
    over = over.astype(np.float32) * unit
    shade = np.array([0.9, 0.35], np.float32)
    dry = {"ink": 0.0, "pencil": 0.5, "clay": 0.0}[style]
    stroke.ink_chains(
        ink,
        lines.points,
        lines.start,
        lines.kinds,
        lines.width,
        lines.dark,
        shade,
        over,
        wobble,
        dry,
        11 + seed,
    )
    if style == "pencil":
        stroke.ink_chains(
            ink,
            lines.points,
            lines.start,
            lines.kinds,
            lines.width * 0.7,
            lines.dark * 0.8,
            shade,
            over * 1.7,
            wobble * 1.9,
            0.6,
            57 + seed,
        )
    tones = np.empty((h, w), np.float32)
    if style == "ink":
        tone.wash(value, FINE, unit, 3 + seed, tones)
    elif style == "pencil":
        tone.hatching(value, FINE, unit, 3 + seed, tones)
    else:
        return _clay(scene, view, value, ink, h, w)
    picture = _mix(PAPER[style], WASH[style], 1 - tones)
    if scene.light.night or scene.light.low < 0.2:
        # Dark against dark: a breath of paper round the figures, as a brush leaves it.
        halo = _halo(lines, h, w, shade, wobble, 11 + seed, unit)
        halo *= np.clip((0.62 - tones) / 0.3, 0, 1) * 0.6
        picture += (f32(PAPER[style]) - picture) * halo[..., None]
    picture += (f32(INK[style]) - picture) * ink[..., None]
    return np.clip(picture + 0.5, 0, 255).astype(np.uint8)


def weather(picture: U8, kind: str, night: bool, seed: int = 0) -> U8:
    """Rain or snow over a drawn frame, uint8 (h, w, 3): quick strokes, told by the seed."""
    if kind not in ("rain", "storm", "snow"):
        return picture
    h, w = picture.shape[:2]
    unit = w / 960
    rng = np.random.default_rng(seed + 97)
    n = int({"rain": 110, "storm": 190, "snow": 170}[kind] * h / 400)
    x, y = rng.uniform(-0.05, 1.1, n) * w, rng.uniform(-0.1, 1.0, n) * h
    reach = (rng.uniform(10, 34, n) if kind != "snow" else rng.uniform(0.5, 1.2, n)) * unit
    lean = 0.42 if kind == "storm" else 0.2
    ends = np.stack([x, y, x - lean * reach, y + reach], 1).reshape(-1, 2).astype(np.float32)
    wide = (
        np.repeat(rng.uniform(0.5, 1.1, n) if kind != "snow" else rng.uniform(1.5, 4.0, n), 2)
        * unit
    )
    ink = np.zeros((h, w), np.float32)
    stroke.ink_chains(
        ink,
        ends,
        np.arange(0, 2 * n + 1, 2, dtype=np.int32),
        np.full(n, contour.DRAWN, np.uint8),
        wide.astype(np.float32),
        np.full(2 * n, 0.55, np.float32),
        np.zeros(2, np.float32),
        np.zeros(n, np.float32),
        0.0,
        0.0,
        seed,
    )
    tint = f32((235, 236, 240) if night or kind == "snow" else (70, 74, 82))
    out = picture.astype(np.float32)
    out += (tint - out) * ink[..., None]
    return np.clip(out + 0.5, 0, 255).astype(np.uint8)


def ink_of(lines: Lines, height: int, width: int) -> F32:
    """Strokes without a hand's tremble, float32 (height, width), 0 paper .. 1 ink."""
    out = np.zeros((height, width), np.float32)
    none, shade = np.zeros(len(lines.kinds), np.float32), np.zeros(2, np.float32)
    stroke.ink_chains(
        out,
        lines.points,
        lines.start,
        lines.kinds,
        lines.width,
        lines.dark,
        shade,
        none,
        0.0,
        0.0,
        0,
    )
    return out


def _mix(paper: tuple[int, int, int], ink: tuple[int, int, int], amount: F32) -> F32:
    a = f32(paper)
    return a + (f32(ink) - a) * amount[..., None]


def _halo(lines: Lines, h: int, w: int, shade: F32, wobble: float, seed: int, unit: float) -> F32:
    out = np.zeros((h, w), np.float32)
    wide = np.where(
        np.repeat(lines.kinds, np.diff(lines.start)) == contour.FIGURE, lines.width + 2.6 * unit, 0
    )
    none = np.zeros(len(lines.kinds), np.float32)
    stroke.ink_chains(
        out,
        lines.points,
        lines.start,
        lines.kinds,
        wide.astype(np.float32),
        (wide > 0).astype(np.float32),
        shade,
        none,
        wobble,
        0.0,
        seed,
    )
    return out


def _light(scene: Scene, view: View, crisp: bool, front: float) -> tuple[F32, F32]:
    w, light, camera = scene.whole, scene.light, view.camera
    seen = view.depth[::16, ::16]
    seen = seen[np.isfinite(seen)]
    reach = float(np.clip(np.percentile(seen, 70) * 1.3, 4.0, 60.0)) if len(seen) else 10.0
    centre = camera.position + camera.rotation[2] * reach * 0.75
    centre = np.array([centre[0], centre[1], max(centre[2], 0.0)])
    toward = np.asarray(light.toward, float)
    toward = toward / np.linalg.norm(toward)
    cast = shadow_map(
        w.vertices, w.faces, scene.casts, toward.astype(np.float32), centre, reach, 1400
    )
    lamps = np.array(light.lamps, np.float64).reshape(-1, 5)
    mood = (
        light.key,
        light.fill,
        light.low,
        light.span,
        light.haze_at,
        light.haze,
        light.sky_top,
        light.sky_low,
        0.2,
        front,
    )
    value = np.empty(view.depth.shape, np.float32)
    lit = np.empty(view.depth.shape, np.float32)
    tone.values(
        view.triangle,
        view.depth,
        view.normal,
        scene.lightness,
        scene.kind,
        _lens(camera),
        camera.position,
        camera.rotation,
        toward,
        cast.depth,
        cast.axes,
        cast.origin,
        cast.scale,
        lamps,
        mood,
        crisp,
        camera.width / 960.0,
        value,
        lit,
    )
    return value, lit


def _lens(camera: Camera) -> NDArray[np.float64]:
    return np.array([camera.focal, *camera.centre])


def contours(scene: Scene, view: View, style: str) -> Lines:
    """Strokes of the borders in a view and of what is drawn on its things."""
    figure = scene.kind == 3
    w = scene.whole
    found = contour.borders(
        view.triangle,
        view.depth,
        view.normal,
        w.colour,
        w.facet,
        scene.thing,
        figure,
        _lens(view.camera),
    )
    points, owners, start, kinds = contour.chains(
        found[0], found[1], found[2], found[3], view.triangle, scene.thing
    )
    points = contour.smoothed(points, start, 10) / np.float32(FINE)
    unit = view.camera.width / FINE / 960.0
    focal = np.float32(view.camera.focal / FINE)
    widths = np.array(WIDTHS[style], np.float32) * np.float32(unit)
    width, dark = stroke.weigh(
        owners,
        start,
        kinds,
        view.depth,
        np.float32(focal / unit),
        np.float32(0.30),
        np.float32(60.0),
        widths,
    )
    drawn = _curves(scene, view, unit)
    return Lines(
        np.concatenate([points, drawn.points]).astype(np.float32),
        np.concatenate([start, drawn.start[1:] + start[-1]]).astype(np.int32),
        np.concatenate([width, drawn.width]).astype(np.float32),
        np.concatenate([dark, drawn.dark]).astype(np.float32),
        np.concatenate([kinds, drawn.kinds]).astype(np.uint8),
    )


def _curves(scene: Scene, view: View, unit: float) -> Lines:
    """What is drawn on things, where it is seen and not too small to draw."""
    camera, curves = view.camera, scene.whole.curves
    none = np.zeros(0, np.float32)
    empty = Lines(
        np.zeros((0, 2), np.float32), np.zeros(1, np.int32), none, none, np.zeros(0, np.uint8)
    )
    if not curves:
        return empty
    at = np.cumsum([0, *(len(c.points) for c in curves)])
    wide = np.repeat([c.width for c in curves], np.diff(at))
    pixels, z = camera.project(np.concatenate([c.points for c in curves]))
    seen = stroke.visible_runs(pixels[:, 0], pixels[:, 1], z, at, view.depth, 0.0022 + 0.0016 * z)
    px = wide * camera.focal / np.maximum(z, 0.1) / FINE
    seen &= px > 0.34 * unit
    # A pen has one width: what is drawn fine stays so, however near.
    pen = np.where(wide < _FINE_LINE, 3.0, np.where(wide > _BROAD_LINE, 2.8, np.inf))
    px = np.minimum(px, pen * unit)
    points, start, width = [], [0], []
    for a, b in itertools.pairwise(at):
        ok = seen[a:b]
        if not ok.any():
            continue
        edge = np.flatnonzero(np.diff(np.concatenate([[0], ok.astype(np.int8), [0]])))
        for i, j in zip(edge[::2], edge[1::2], strict=True):
            if j - i >= 2:
                points.append(pixels[a + i : a + j] / FINE)
                width.append(np.maximum(px[a + i : a + j] * 1.15, 0.75 * unit))
                start.append(start[-1] + j - i)
    if not points:
        return empty
    wides = np.concatenate(width).astype(np.float32)
    return Lines(
        np.concatenate(points).astype(np.float32),
        np.array(start, np.int32),
        wides,
        np.clip(wides / (1.3 * unit), 0.4, 1.0).astype(np.float32),
        np.full(len(points), contour.DRAWN, np.uint8),
    )


def _clay(scene: Scene, view: View, value: F32, ink: F32, h: int, w: int) -> U8:
    """Plasticine: soft shade in the things' own colours, grazing edges lighter, a hint of line."""
    colour = np.concatenate([scene.whole.colour, np.zeros((1, 3), np.float32)])[view.triangle]
    grey = colour.mean(2, keepdims=True)
    colour = 0.55 * colour + 0.45 * grey * f32([1.05, 1.0, 0.94])
    colour = np.where((view.triangle < 0)[..., None], f32([1.0, 0.98, 0.95]), 0.35 + 0.65 * colour)
    soft = value[..., None] ** 0.9 * 1.04
    facing = np.abs(view.normal[..., 2:3])
    soft = soft * (0.86 + 0.14 * facing) + 0.05 * (1 - facing) ** 3
    light = f32([1.0, 0.975, 0.935]) * soft + f32([0.01, 0.015, 0.03]) * (1 - soft)
    picture = (np.clip(colour * 0.35 + 0.65, 0, 1) * light).reshape(h, FINE, w, FINE, 3).mean(
        (1, 3)
    ) * 255
    picture += (f32(INK["clay"]) - picture) * (ink * 0.55)[..., None]
    return np.clip(picture + 0.5, 0, 255).astype(np.uint8)
