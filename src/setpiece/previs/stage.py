"""A staging at one moment as a blocked scene: set, props, figures, light."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from setpiece.previs.animal_mesh import animal_mesh
from setpiece.previs.blocked import Kind, Light, Scene, Thing
from setpiece.previs.costume import costume
from setpiece.previs.details import MARKS, ON_WALL
from setpiece.previs.falling_mesh import falling
from setpiece.previs.figure_mesh import figure_mesh
from setpiece.previs.figure_pose import Skeleton
from setpiece.previs.holding import LIGHTS, gesture_with, grip
from setpiece.previs.model import STANCE_HEIGHT, Figure, Prop, Shot, Staging
from setpiece.previs.prop_mesh import PROPS, prop_mesh
from setpiece.previs.scenery import build_set
from setpiece.previs.set_piece import falls_in
from setpiece.previs.solid import Solid, about_z, ellipsoid

_OLD = re.compile(
    r"\b(thou|thee|thy|thine|hath|doth|'?tis|thane|sire|castle|sword|dagger|knights?|kings?|queen|"
    r"witch(es)?|my lord|noble|carriage|cauldron|heath)\b",
    re.I,
)
_NEW = re.compile(
    r"\b(phones?|cars?|computers?|laptop|screen|tv|television|radio|police|gun|pistol|taxi|bus|robot|"
    r"office|elevator|subway|metro|internet|camera|truck|airport|hospital|apartment|motel)\b",
    re.I,
)


def period(staging: Staging) -> bool:
    """Whether a scene plays before about 1850: as its set says ("period", "modern"), else by the
    words that are spoken in it."""
    features = " ".join(staging.set.features).casefold()
    if "period" in features or "modern" in features:
        return "period" in features
    text = " ".join(
        [
            staging.slugline,
            staging.set.place,
            *(b.words for b in staging.beats),
            *(f.name for f in staging.figures),
            *(p.item for p in staging.props),
        ]
    )
    return len(_OLD.findall(text)) > 2 * len(_NEW.findall(text))


class Stage:
    """One staging, built once and used for all of its shots."""

    def __init__(self, staging: Staging) -> None:
        self.staging = staging
        self.old = period(staging)
        self.night = staging.set.time == "NIGHT"
        self._still = self._set_and_props()
        self._falls = falls_in(staging)
        self._figures: dict[tuple, tuple[Thing, Skeleton | None, float]] = {}
        self._scenes: dict[float, Scene] = {}
        self._coming: dict[str, Thing] = {}

    def at(self, seconds: float) -> Scene:
        """The scene at a second of the staging's time; figures keep their names."""
        key = float(seconds)  # as it is: rounded down, who enters at it would not be there yet
        if key not in self._scenes:
            if len(self._scenes) > 3:
                self._scenes.clear()
            self._scenes[key] = self._build(key)
        return self._scenes[key]

    def coming(self, figure: Figure) -> Thing:
        """A figure in the moment it comes in."""
        if figure.name not in self._coming:
            there = self.at(figure.enters).things
            self._coming[figure.name] = next(t for t in there if t.name == figure.name)
        return self._coming[figure.name]

    def _set_and_props(self) -> list[Thing]:
        st = self.staging
        keep = [(x, y, 0.55) for f in st.figures for x, y in _places(f)]
        keep += [
            (p.position[0], p.position[1], 0.5 * float(np.hypot(*p.size[:2])))
            for p in st.props
            if not p.held_by
        ]
        furnished = any(
            not p.held_by and max(p.size) > 0.4 and p.kind not in MARKS for p in st.props
        )
        things = build_set(
            st.set.kind,
            st.set.size,
            interior=st.set.interior,
            seed=st.set.seed,
            features=st.set.features,
            night=self.night,
            old=self.old,
            keep=keep,
            openings=st.set.openings,
            bare=furnished,
        )
        for i, p in enumerate(st.props):
            if not p.held_by:
                placed = _sized(p).turned(p.facing - 90, p.position)
                big = max(p.size) > 0.5
                things.append(Thing(f"prop {i} {p.item}", placed, wild=big))
        if self.night and not st.set.interior:
            a, e = np.radians([st.set.sun_azimuth + 180, 24.0])
            way = np.array([np.cos(a) * np.cos(e), np.sin(a) * np.cos(e), np.sin(e)])
            things.append(
                Thing(
                    "moon",
                    ellipsoid((5, 5, 5), way * 205, (0.9, 0.9, 0.88), 28),
                    Kind.GLOW,
                    casts=False,
                )
            )
        return things

    def _standing(self, seconds: float) -> list[Thing]:
        """The set and its things; what comes down is as far down as it is by then."""
        out = list(self._still)
        for fall in self._falls:
            share = fall.share(seconds)
            if share <= 0.0:
                continue
            name = f"prop {self.staging.props.index(fall.prop)} {fall.prop.item}"
            at = next(i for i, t in enumerate(out) if t.name == name)
            broken, dust = falling(out[at].solid, share, fall.lean)
            out[at] = replace(out[at], solid=broken)
            out.append(Thing(f"dust of the {fall.prop.item}", dust, casts=False))
        return out

    def _build(self, seconds: float) -> Scene:
        st = self.staging
        figures = st.at(seconds)
        eyes = {f.name: np.array(f.eyes) for f in figures}
        feeling = {w: b.emotion for b in st.beats if b.start <= seconds + 1e-6 for w in b.who}
        held = {p.held_by: p for p in st.props if p.held_by and p.kind != "hand"}
        things = self._standing(seconds)
        lamps = [
            (*p.position[:2], p.position[2] + min(p.size[2], 0.6), 0.75, LIGHTS[p.kind])
            for p in st.props
            if p.kind in LIGHTS and not p.held_by
        ]
        for f in figures:
            made, skeleton, scale = self._figure(
                f, eyes, feeling.get(f.name, 0.15), held[f.name].kind if f.name in held else ""
            )
            things.append(made)
            prop = held.get(f.name)
            if prop is not None and skeleton is not None:
                thing, hand = _in_hand(prop, f, skeleton, scale)
                things.append(thing)
                if prop.kind in LIGHTS:
                    lamps.append(
                        (
                            float(hand[0]),
                            float(hand[1]),
                            float(hand[2]) + 0.3,
                            0.8,
                            LIGHTS[prop.kind],
                        )
                    )
        return Scene(tuple(things), light_of(st, tuple(lamps)), st.set.interior)

    def _figure(
        self, f: Figure, eyes: dict[str, NDArray], feeling: float, holds: str
    ) -> tuple[Thing, Skeleton | None, float]:
        place = (*f.position, f.lift)
        if f.species != "human":
            ends = [p[:2] for p in f.path[:: max(len(f.path) - 1, 1)]]
            moving = f.lift > 0.5 or (bool(ends) and f.position not in ends)
            mesh = animal_mesh(f.species, f.build.hue)
            tall = float(mesh.vertices[:, 2].max())  # as it stands, whatever it does
            if moving:
                mesh = animal_mesh(f.species, f.build.hue, moving=True)
            mesh = mesh.moved(scale=f.build.height / max(tall, 1e-3))
            return Thing(f.name, mesh.turned(f.facing - 90, place), Kind.FIGURE), None, 1.0
        turn, nod = _gaze(f, eyes)
        gesture: str = f.gesture
        if holds:
            gesture = gesture_with(holds, gesture)
        reach = self._reach(f) if gesture == "touch" else None
        gesture = "none" if reach is not None else gesture
        key = (
            f.name,
            f.stance,
            gesture,
            f.facing,
            place,
            round(turn),
            round(nod),
            round(feeling, 1),
            reach is not None,
        )
        if key in self._figures:
            return self._figures[key]
        if len(self._figures) > 60:
            self._figures.clear()
        look = costume(
            f.name, f.build.shape, f.build.tone, period=self.old, extra=f.role == "extra",
            wears=f.build.wears,
        )  # fmt: skip
        mesh, skeleton, scale = figure_mesh(
            look, f.build.height, f.stance, gesture, turn=turn, nod=nod, feeling=feeling,
            reach=reach,
        )  # fmt: skip
        if f.stance == "ride":
            # The saddle lifts its rider by what the staging counts on.
            horse = animal_mesh("horse", f.build.hue).moved((0, 0.1, 0), scale=1.12 * scale)
            mesh = mesh.moved((0, 0, (STANCE_HEIGHT["ride"] - 1.0) * f.build.height))
            from setpiece.previs.solid import joined

            mesh = joined([mesh, horse])
        made = Thing(f.name, mesh.turned(f.facing - 90, place), Kind.FIGURE), skeleton, scale
        self._figures[key] = made
        return made

    def _reach(self, f: Figure) -> NDArray | None:
        """The point of a mark beside somebody, in their own space, where their hand is laid."""
        marks = [p for p in self.staging.props if p.kind in MARKS]
        aims = [np.array([p.position[0], p.position[1], ON_WALL]) for p in marks]
        place = np.array([*f.position, f.lift])
        near = [a for a in aims if np.linalg.norm((a - place)[:2]) < 1.1]
        return about_z(90 - f.facing) @ (near[0] - place) if near else None


def _places(f: Figure) -> list[tuple[float, float]]:
    """Where a figure stands and, densely, along its ways."""
    out = [f.position]
    for (ax, ay, _), (bx, by, _) in zip(f.path, f.path[1:], strict=False):
        n = max(int(np.hypot(bx - ax, by - ay) / 0.6), 1)
        out += [(ax + (bx - ax) * k / n, ay + (by - ay) * k / n) for k in range(n + 1)]
    return out


def _gaze(f: Figure, eyes: dict[str, NDArray]) -> tuple[float, float]:
    """How far the head turns left and up from where the chest faces, degrees."""
    if not f.looks_at:
        return 0.0, 0.0
    aim = eyes.get(f.looks_at) if isinstance(f.looks_at, str) else np.array(f.looks_at)
    if aim is None:
        return 0.0, 0.0
    way = aim - np.array(f.eyes)
    flat = float(np.hypot(way[0], way[1]))
    if flat < 0.05:
        return 0.0, 0.0
    turn = (np.degrees(np.arctan2(way[1], way[0])) - f.facing + 180) % 360 - 180
    return float(turn), float(np.degrees(np.arctan2(way[2], flat)))


def _sized(p: Prop) -> Solid:
    """The library's mesh, its bounds made the prop's size; facing +Y."""
    mesh = prop_mesh(p.kind, p.size)
    if p.kind not in PROPS:
        return mesh
    if p.kind == "tree":  # a trunk's width is told, the crown follows the height
        return mesh.moved(scale=p.size[2] / max(float(mesh.vertices[:, 2].max()), 1e-3))
    low, high = mesh.vertices.min(0), mesh.vertices.max(0)
    stretch = np.clip(np.array(p.size) / np.maximum(high - low, 1e-3), 0.2, 6.0).astype(np.float32)
    middle = np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]], np.float32)
    normals = mesh.normals / stretch
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    return Solid((mesh.vertices - middle) * stretch, normals, mesh.faces, mesh.facet, mesh.colour)


def _in_hand(p: Prop, f: Figure, s: Skeleton, scale: float) -> tuple[Thing, NDArray]:
    at, frame = grip(p.kind, s, gesture_with(p.kind, f.gesture))
    at = at * scale
    if f.stance == "ride":
        at = at + np.array([0, 0, (STANCE_HEIGHT["ride"] - 1.0) * f.build.height])
    place = (*f.position, f.lift)
    mesh = prop_mesh(p.kind, p.size).moved(at, frame).turned(f.facing - 90, place)
    hand = about_z(f.facing - 90) @ at + np.array(place)
    return Thing(f"{f.name}'s {p.item}", mesh), hand


def light_of(
    staging: Staging, lamps: tuple[tuple[float, float, float, float, float], ...]
) -> Light:
    """Sun, moon or lamps as the slugline's time and the weather say."""
    s = staging.set
    low = {"DAY": 32.0, "NIGHT": 38.0, "DAWN": 14.0, "DUSK": 12.0}[s.time]
    a, e = np.radians([s.sun_azimuth, max(s.sun_elevation, low if not s.interior else 40.0)])
    toward = (float(np.cos(a) * np.cos(e)), float(np.sin(a) * np.cos(e)), float(np.sin(e)))
    thick = {"fog": 11.0, "storm": 38.0, "snow": 30.0, "rain": 36.0}.get(s.weather, 60.0)
    grey = s.weather in ("overcast", "rain", "storm", "fog", "snow")
    if s.interior:
        if s.time == "NIGHT":
            h = s.size[2]
            mine = lamps or ((0.0, 0.0, min(h * 0.8, 3.2), 0.5, max(2.2, 0.45 * max(s.size[:2]))),)
            return Light(toward, 0.20, 0.33, 0.12, 0.84, 80.0, 0.12, 0.08, 0.10, True, mine)
        return Light(toward, 0.28, 0.77, 0.24, 0.78, 80.0, 0.97, 1.0, 1.0, False, lamps)
    if s.time == "NIGHT":
        return Light(toward, 0.34, 0.30, 0.12, 0.82, thick * 0.7, 0.22, 0.09, 0.28, True, lamps)
    if s.time in ("DAWN", "DUSK"):
        return Light(toward, 0.34, 0.58, 0.22, 0.78, thick, 0.86, 0.52, 0.92, False, lamps)
    if grey:
        return Light(toward, 0.12, 0.80, 0.22, 0.76, thick, 0.86, 0.70, 0.90, False, lamps)
    return Light(toward, 0.29, 0.78, 0.24, 0.78, thick, 0.97, 0.90, 1.0, False, lamps)


def struck(scene: Scene, staging: Staging, shot: Shot, eye: NDArray, seconds: float) -> list[int]:
    """What a crew takes away for this shot: walls behind the camera, wild things before its
    subjects' faces or around the lens."""
    out = scene.behind(eye)
    if shot.type == "pov":  # the lens is in their head; their hands stay in the picture
        prop = next((p for p in staging.props if p.item == shot.prop and p.held_by), None)
        out += [i for i, t in enumerate(scene.things) if t.name == shot.over and prop is None]
    aims = [np.array(f.eyes) for f in staging.at(seconds) if f.name in shot.subjects] or [
        np.array(shot.camera.target)
    ]
    low = 1.1 if shot.size in ("LS", "ELS", "MLS") else 0.35
    aims += [a - np.array([0, 0, low]) for a in aims]
    boxes = scene.boxes
    climbers = [np.array(f.position) for f in staging.at(seconds) if f.lift > 0.2]
    for i, thing in enumerate(scene.things):
        if not thing.wild or (shot.prop and shot.prop in thing.name):
            continue
        low, high = boxes[i]
        if any(((c > low[:2] - 0.5) & (c < high[:2] + 0.5)).all() for c in climbers):
            continue  # it is what they stand on
        if ((eye > low - 0.25) & (eye < high + 0.25)).all():
            out.append(i)
            continue
        # Bounds of trees and the like are mostly air.
        inset = 0.2 * (high - low) * [1, 1, 0]
        for aim in aims:
            way = np.where(np.abs(aim - eye) < 1e-9, 1e-9, aim - eye)
            t0, t1 = (low + inset - eye) / way, (high - inset - eye) / way
            enter, leave = np.minimum(t0, t1).max(), np.maximum(t0, t1).min()
            if max(enter, 0.0) < min(leave, 0.97):
                out.append(i)
                break
    return out
