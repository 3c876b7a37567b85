"""A storyboard panel: what a shot's camera sees, drawn, and the frame furniture around it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from setpiece.media.burnin import font, printable, wrap
from setpiece.previs import model
from setpiece.previs.arrows import draw_arrows
from setpiece.previs.blocked import Scene
from setpiece.previs.draw import contours, draw, ink_of, see, weather
from setpiece.previs.solid import f32
from setpiece.previs.stage import Stage, struck
from setpiece.previs.timing import spoken_by
from setpiece.render.camera import Camera

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]
_MOVES = {
    "static": "",
    "pan": "PAN",
    "tilt": "TILT",
    "dolly": "DOLLY",
    "track": "TRACK",
    "crane": "CRANE",
    "handheld": "HANDHELD",
}


@dataclass(frozen=True)
class Seen:
    """What engines are guided by, all (h, w). depth [m] along the view, inf where nothing is;
    normal (h, w, 3) in the camera's axes, x right, y up, z toward it; line 0 paper .. 1 ink."""

    depth: F32
    normal: F32
    line: F32


_stages: list[Stage] = []
_last: list[tuple[model.Staging, model.Shot, tuple, U8]] = []


def _stage(staging: model.Staging) -> Stage:
    """Scenes are built once and serve all shots of a staging: the last few are kept."""
    for made in _stages:
        if made.staging is staging or made.staging == staging:
            return made
    _stages.append(Stage(staging))
    del _stages[:-3]
    return _stages[-1]


def through(camera: model.Camera, width: int, part: float = 0.0) -> Camera:
    """The lens at a part 0..1 of its move, for a picture `width` px wide of the camera's aspect."""
    at = camera.at(part)
    height = round(width / at.ratio / 2) * 2
    eye, forward = np.array(at.position, float), np.array(at.target, float) - at.position
    forward = forward / max(float(np.linalg.norm(forward)), 1e-9)
    upright = (0.0, 0.0, 1.0) if abs(forward[2]) < 0.9999 else (0.0, 1.0, 0.0)
    right = np.cross(forward, upright)
    right = right / max(float(np.linalg.norm(right)), 1e-9)
    down = np.cross(forward, right)
    c, s = np.cos(np.radians(at.roll)), np.sin(np.radians(at.roll))
    rotation = np.stack([c * right + s * down, -s * right + c * down, forward])
    return Camera(
        eye, rotation, at.lens / at.sensor * width, (width / 2, height / 2), width, height
    )


def _seen(
    staging: model.Staging, shot: model.Shot, width: int, part: float
) -> tuple[Scene, Camera, list[int]]:
    seconds = shot.moment if part == 0.0 else shot.start + part * shot.seconds
    camera = through(shot.camera, width, part)
    scene = _stage(staging).at(seconds)
    return scene, camera, struck(scene, staging, shot, camera.position, seconds)


def draw_frame(
    staging: model.Staging, shot: model.Shot, width: int, style: str, part: float = 0.0
) -> U8:
    """The camera's frame alone at a part 0..1 of the shot, uint8 (h, width, 3), display-referred.

    The height follows the camera's aspect. At part 0 figures are as at `shot.moment`.
    style: ink, pencil or clay. Raises InputError for another.
    """
    key = (width, style, part)
    for a, b, k, picture in _last:
        if a is staging and b is shot and k == key:
            return picture.copy()
    scene, camera, hidden = _seen(staging, shot, width, part)
    # Whose shoulder it is looks on from nearer than whom the frame is for.
    eyes = [np.array(f.eyes) for f in staging.at(shot.moment) if f.name in shot.subjects]
    near = [float(camera.rotation[2] @ (e - camera.position)) for e in eyes]
    front = 0.72 * min(near) if near and min(near) > 0 and shot.type == "ots" else 0.0
    picture = draw(scene, camera, style, hidden=hidden, front=front)
    if not staging.set.interior:
        picture = weather(picture, staging.set.weather, staging.set.time == "NIGHT")
    _last.append((staging, shot, key, picture))
    del _last[:-2]
    return picture.copy()


def draw_panel(
    staging: model.Staging, shot: model.Shot, size: tuple[int, int], style: str, moment: float = 0.0
) -> U8:
    """The whole panel, uint8 (size[1], size[0], 3): the frame with arrows, in its furniture.

    moment: part 0..1 of the shot. Raises InputError for a style that there is none of.
    """
    box = picture_box(shot, size)
    frame = draw_frame(staging, shot, size[0], style, moment)
    frame = draw_arrows(frame, staging, shot, through(shot.camera, size[0], moment))
    return furnish(frame, staging, shot, size, box)


def guides(staging: model.Staging, shot: model.Shot, width: int, part: float = 0.0) -> Seen:
    """Depth, normals and lines of the same frame as `draw_frame`, for engines."""
    scene, camera, hidden = _seen(staging, shot, width, part)
    view = see(scene, camera, hidden)
    normal = view.normal * f32([1, -1, -1])
    fine = see(scene, camera.resized(camera.width * 2, camera.height * 2), hidden)
    line = ink_of(contours(scene, fine, "ink"), camera.height, camera.width)
    return Seen(view.depth, normal, line)


def picture_box(shot: model.Shot, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Where the frame lies in a panel: left, top, width, height [px]."""
    w, h = size
    u = w / 960
    top, foot, side = round(40 * u), round(92 * u), round(20 * u)
    wide = min(w - 2 * side, round((h - top - foot) * shot.camera.ratio))
    tall = round(wide / shot.camera.ratio)
    return (w - wide) // 2, top + max((h - top - foot - tall) // 2, 0), wide, tall


def furnish(
    frame: U8,
    staging: model.Staging,
    shot: model.Shot,
    size: tuple[int, int],
    box: tuple[int, int, int, int] | None = None,
) -> U8:
    """Border, slate line (number, size, lens, aspect, move), what is said and done, around it."""
    w, h = size
    u = w / 960
    x, y, wide, tall = box or picture_box(shot, size)
    page = Image.new("RGB", size, (252, 251, 248))
    page.paste(Image.fromarray(frame).resize((wide, tall), Image.Resampling.LANCZOS), (x, y))
    d = ImageDraw.Draw(page)
    ink, quiet = (24, 24, 27), (120, 120, 124)
    d.rectangle(
        (x - 2, y - 2, x + wide + 1, y + tall + 1), outline=ink, width=max(round(2.4 * u), 2)
    )
    left, right = round(20 * u), w - round(20 * u)
    base = round(27 * u)
    d.text((left, base), printable(shot.id), font=font(round(24 * u)), fill=ink, anchor="ls")
    at = left + d.textlength(printable(shot.id), font=font(round(24 * u))) + 14 * u
    who = " / ".join(shot.subjects[:3]) + (" ..." if len(shot.subjects) > 3 else "")
    words = f"{shot.size}  {shot.type}  {who or shot.prop}"
    camera = shot.camera
    aspect = camera.aspect if ":" in camera.aspect else f"{camera.aspect}:1"
    kit = f"{_move(camera)}{camera.lens:.0f} mm   {aspect}   {shot.seconds:.1f} s"
    room = right - at - d.textlength(printable(kit), font=font(round(15 * u))) - 16 * u
    d.text(
        (at, base),
        wrap(words, round(17 * u), room, 1)[0],
        font=font(round(17 * u)),
        fill=ink,
        anchor="ls",
    )
    d.text((right, base), printable(kit), font=font(round(15 * u)), fill=quiet, anchor="rs")
    line, size_px = y + tall + round(22 * u), round(15 * u)
    rest = int((h - line) // (size_px * 1.28)) + 1
    for name, text in _told(staging, shot):
        if rest <= 0:
            break
        indent = 0.0
        if name:
            label = printable(f"{name}: ")
            d.text(
                (left, line),
                label,
                font=font(size_px),
                fill=ink,
                anchor="ls",
                stroke_width=max(round(0.4 * u), 0),
                stroke_fill=ink,
            )
            indent = d.textlength(label, font=font(size_px)) + 3 * u
        for row in wrap(text, size_px, right - left - indent, min(rest, 2)):
            d.text(
                (left + indent, line),
                row,
                font=font(size_px),
                fill=ink if name else (70, 70, 74),
                anchor="ls",
            )
            line += round(size_px * 1.28)
            rest -= 1
    return np.asarray(page, np.uint8)


def _move(camera: model.Camera) -> str:
    word = _MOVES.get(camera.move, "")
    if camera.move == "dolly" and camera.position_end is not None:
        near = np.linalg.norm(np.subtract(camera.position_end, camera.target))
        word += (
            " IN" if near < np.linalg.norm(np.subtract(camera.position, camera.target)) else " OUT"
        )
    return f"{word}   " if word else ""


def _told(staging: model.Staging, shot: model.Shot) -> list[tuple[str, str]]:
    """(speaker or "", words) of the beats of a shot: of a long speech what is said in it."""
    out = []
    for i in shot.beats:
        if not 0 <= i < len(staging.beats):
            continue
        beat = staging.beats[i]
        if beat.what != "speech" or not beat.who:
            out.append(("", beat.words))
            continue
        words = beat.words.split()
        ends = (shot.start - beat.start, shot.start + shot.seconds - beat.start)
        first, last = (spoken_by(words, max(t, 0.0), beat.seconds) for t in ends)
        said = " ".join(words[first:last])
        if said:
            said = ("… " if first else "") + said + (" …" if last < len(words) else "")
        out.append((beat.who[0], said))
    return [(a, b) for a, b in out if b.strip()]


def compile_kernels() -> None:
    """Compile what drawing needs: a small frame in each style, of one who walks down a street."""
    walker = model.Figure(name="A", stance="walk", path=((-1.0, 0.0, 0.0), (1.0, 0.0, 4.0)))
    street = model.SetDesign(kind="street", interior=False, size=(20.0, 12.0, 0.0), weather="rain")
    beat = model.Beat(first=0, last=0, who=("A",), seconds=4.0)
    staging = model.Staging(position=1, number="1", set=street, figures=(walker,), beats=(beat,))
    camera = model.Camera(position=(0.0, -6.0, 1.6), target=(0.0, 0.0, 1.2))
    shot = model.Shot(id="1A", scene="1", position=1, subjects=("A",), camera=camera, beats=(0,))
    for style in ("ink", "pencil", "clay"):
        draw_frame(staging, shot, 240, style)
