"""A posed human figure as a mesh: dressed, with a face, hands and feet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from setpiece.previs.costume import Costume
from setpiece.previs.figure_pose import NORMAL_HEIGHT, Skeleton, reaching, skeleton
from setpiece.previs.head_mesh import head
from setpiece.previs.solid import Colour, Curve, Solid, eased, ellipsoid, joined, surface, tube

BOOT: Colour = (0.2, 0.17, 0.15)


def figure_mesh(
    costume: Costume,
    height: float,
    stance: str = "stand",
    gesture: str = "none",
    *,
    turn: float = 0.0,
    nod: float = 0.0,
    feeling: float = 0.2,
    stride: float = 1.0,
    reach: NDArray | None = None,
) -> tuple[Solid, Skeleton, float]:
    """A figure `height` metres tall, on the ground at the origin, chest toward +Y.

    turn, nod: where it looks beside its chest's way, degrees left and up. feeling 0..1 shows in
    the face. reach: a point (3,) [m] of the mesh's space that a hand is laid on.
    Returns the mesh, its skeleton in body space, and the scale from that to the mesh.
    """
    s = skeleton(stance, gesture, turn, nod, stride)
    if reach is not None:
        s = reaching(s, reach * NORMAL_HEIGHT / height)
    c = costume
    parts = [*_legs(s, c, stance), *_torso(s, c), *_arms(s, c), *_extras(s, c, stance)]
    child = height < 1.35
    skull = head(
        c.hair,
        c.hat,
        c.beard,
        c.elder,
        round(feeling, 1),
        c.skin,
        c.hair_colour,
        c.accent if c.hat not in ("helmet",) else c.top,
        c.woman,
        c.face,
    )
    parts.append(skull.moved(s.head, s.head_frame, 1.28 if child else 1.06))
    scale = height / NORMAL_HEIGHT
    return joined(parts).moved(scale=scale), s, scale


def _loft(
    centres: Sequence[NDArray],
    frames: Sequence[NDArray],
    radii: Sequence[tuple[float, float]],
    colour: Colour,
    *,
    folds: int = 0,
    depth: float = 0.0,
    caps: bool = True,
) -> Solid:
    """A body through ellipses: centres (3,), frames with right and forward in their columns,
    radii (right, forward) [m], from low to high. Folds deepen downward."""
    a = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    rings = []
    n = len(centres)
    for i, (p, f, (rx, ry)) in enumerate(zip(centres, frames, radii, strict=True)):
        fold = (
            1 + depth * (1 - i / max(n - 1, 1)) ** 1.2 * np.sin(folds * a + 0.7) if folds else 1.0
        )
        # A little squarer than an ellipse, as chests and hips are.
        ca, sa = np.cos(a), np.sin(a)
        square = 1.0 / (np.abs(ca) ** 2.5 + np.abs(sa) ** 2.5) ** (1 / 2.5)
        rings.append(
            np.asarray(p)
            + np.outer(rx * ca * square * fold, f[:, 0])
            + np.outer(ry * sa * square * fold, f[:, 1])
        )
    if caps:
        rings = [
            np.tile(np.asarray(centres[0], float), (28, 1)),
            *rings,
            np.tile(np.asarray(centres[-1], float), (28, 1)),
        ]
    return surface(np.stack(rings), colour, wrap=True, out=-1)


def _smooth_path(points: NDArray, n: int = 3) -> NDArray:
    """A limb's joints with the bends rounded: (3, 3) to (2n + 1, 3)."""
    s = np.linspace(0, 1, 2 * n + 1)
    straight = np.array([np.interp(s, [0, 0.5, 1], points[:, k]) for k in range(3)]).T
    middle = 2 * points[1] - (points[0] + points[2]) / 2
    t = s[:, None]
    curve = (1 - t) ** 2 * points[0] + 2 * t * (1 - t) * middle + t**2 * points[2]
    return 0.82 * straight + 0.18 * curve


def _torso(s: Skeleton, c: Costume) -> list[Solid]:
    g = c.girth
    pf, cf = s.pelvis_frame, s.chest_frame
    mid = (pf + cf) / 2
    waist = s.pelvis + pf @ np.array([0, 0, 0.13])
    high = s.neck
    female = c.woman or c.cut in ("gown", "dress")
    chest = high - cf @ np.array([0, -0.018, 0.16])
    top = high + cf @ np.array([0, 0.0, 0.005])
    w = 0.118 if female else 0.15
    rings: list[tuple[NDArray, NDArray, tuple[float, float]]] = [
        (s.pelvis - pf @ np.array([0, 0, 0.07]), pf, (0.165 * g, 0.125 * g)),
        (s.pelvis + pf @ np.array([0, 0, 0.02]), pf, (0.170 * g, 0.122 * g)),
        (waist, mid, (w * g, 0.105 * g * (1.12 if g > 1.15 else 1.0))),
        ((waist + chest) / 2, mid, (0.158 * g, 0.115 * g)),
        (chest, cf, ((0.163 if female else 0.182) * g, 0.128 * g)),
        (high - cf @ np.array([0, 0, 0.092]), cf, (0.172 if female else 0.186, 0.108)),
        (high - cf @ np.array([0, 0, 0.046]), cf, (0.170 if female else 0.180, 0.088)),
        (high - cf @ np.array([0, 0, 0.018]), cf, (0.112, 0.074)),
        (top, cf, (0.062, 0.058)),
    ]
    colour = c.top
    body = _loft([r[0] for r in rings], [r[1] for r in rings], [r[2] for r in rings], colour)
    neck = tube(
        [high - cf @ np.array([0, 0.0, 0.03]), s.head - s.head_frame @ np.array([0, 0.03, 0.06])],
        [0.056, 0.052],
        c.skin,
    )
    lines: list[Curve] = []

    def on(points: list[tuple[float, float, float]], width: float) -> None:
        lines.append(Curve(eased([chest + cf @ np.array(p) for p in points]), width))

    front = 0.134 * g + 0.006
    if c.cut in ("suit", "coat"):
        on(
            [(-0.055, 0.075, 0.15), (-0.045, front - 0.008, 0.05), (0.0, front + 0.006, -0.1)],
            0.005,
        )
        on([(0.055, 0.075, 0.15), (0.045, front - 0.008, 0.05), (0.0, front + 0.006, -0.1)], 0.005)
        on([(0.0, front + 0.006, -0.1), (0.0, front - 0.004, -0.3)], 0.004)
    elif c.cut in ("tunic", "robe", "trousers"):
        on(
            [
                (-0.07, 0.06, 0.15),
                (-0.03, front - 0.025, 0.10),
                (0.0, front - 0.006, 0.07),
                (0.03, front - 0.025, 0.10),
                (0.07, 0.06, 0.15),
            ],
            0.005,
        )
    elif c.cut in ("gown", "dress"):
        on(
            [
                (-0.11, 0.05, 0.12),
                (-0.08, front - 0.012, 0.055),
                (0.0, front + 0.004, 0.03),
                (0.08, front - 0.012, 0.055),
                (0.11, 0.05, 0.12),
            ],
            0.006,
        )
    body = Solid(body.vertices, body.normals, body.faces, body.facet, body.colour, tuple(lines))
    out = [body, neck]
    if c.cut == "suit":
        tie = np.array(
            [
                chest + cf @ np.array(p)
                for p in (
                    (0, front - 0.03, 0.13),
                    (0, front + 0.004, 0.04),
                    (0, front + 0.010, -0.08),
                )
            ]
        )
        out.append(tube(tie, [0.012, 0.018, 0.022], c.accent, sides=6, squash=0.35))
    if c.cut in ("tunic", "robe", "armour"):
        belt = [
            (
                waist + mid @ np.array([0, 0, z]),
                mid,
                (w * g + 0.014, 0.105 * g * (1.12 if g > 1.15 else 1.0) + 0.014),
            )
            for z in (-0.03, 0.025)
        ]
        out.append(
            _loft(
                [b[0] for b in belt], [b[1] for b in belt], [b[2] for b in belt], (0.26, 0.2, 0.16)
            )
        )
    return out


def _legs(s: Skeleton, c: Costume, stance: str) -> list[Solid]:
    out: list[Solid] = []
    bare = c.cut == "dress"
    long_skirt = c.cut in ("robe", "gown")
    cloth = c.skin if bare else (c.bottom if c.cut not in ("suit", "robe") else c.top)
    for leg, toe in zip(s.legs, s.toes, strict=True):
        path = _smooth_path(leg)
        radius = (
            np.interp(np.linspace(0, 1, len(path)), [0, 0.5, 1], [0.092, 0.064, 0.046]) * c.girth
        )
        if not long_skirt:
            out.append(tube(path, radius, cloth, sides=12))
        ankle = leg[2]
        heel, tip = ankle - toe * 0.05, ankle + toe * 0.165
        down = np.array([0, 0, -0.045]) if stance not in ("lie",) else toe * 0
        out.append(
            tube(
                [heel + down, (heel + tip) / 2 + down * 0.9, tip + down * 1.2],
                [0.043, 0.046, 0.034],
                BOOT,
                sides=10,
                squash=0.8,
            )
        )
        if c.cut in ("tunic", "armour"):
            shaft = leg[1] * 0.42 + leg[2] * 0.58
            out.append(tube([leg[2], shaft], [0.054, 0.066], BOOT, sides=12, round_ends=False))
    hem = {
        "tunic": 0.62,
        "armour": 0.55,
        "coat": 0.82,
        "robe": 1.98,
        "gown": 2.0,
        "dress": 0.95,
    }.get(c.cut, 0.0)
    if hem:
        out.append(_skirt(s, c, hem, stance))
    return out


def _skirt(s: Skeleton, c: Costume, hem: float, stance: str) -> Solid:
    """Cloth below the belt; hem: 0 at the hip, 1 at the knee, 2 at the ankle."""
    pf = s.pelvis_frame
    knees, ankles = (s.legs[0][1] + s.legs[1][1]) / 2, (s.legs[0][2] + s.legs[1][2]) / 2
    hip = s.pelvis + pf @ np.array([0, 0, 0.10])
    flare = {"gown": 0.20, "robe": 0.10, "dress": 0.12, "coat": 0.06}.get(c.cut, 0.05)
    seated = stance in ("sit", "kneel", "crouch", "ride", "drive", "sitting", "kneeling")
    centres, frames, radii = [], [], []
    for t in np.linspace(0, hem, 9):
        if t <= 1:
            p = hip + (knees - hip) * t
            spread = np.abs(
                (s.legs[0][1] - s.legs[1][1]) * t + (s.legs[0][0] - s.legs[1][0]) * (1 - t)
            )
            way = knees - hip
        else:
            p = knees + (ankles - knees) * (t - 1)
            spread = np.abs(
                (s.legs[0][2] - s.legs[1][2]) * (t - 1) + (s.legs[0][1] - s.legs[1][1]) * (2 - t)
            )
            way = ankles - knees
        if not seated:
            way = np.array([0.0, 0.0, -1.0])
        way = way / max(float(np.linalg.norm(way)), 1e-9)
        right = pf[:, 0]
        ahead = np.cross(-way, right)
        grow = flare * t / 2
        rx = 0.172 * c.girth + grow if t == 0 else spread[0] / 2 + 0.105 * c.girth + grow
        ry = max(0.122 * c.girth, 0.09 + (spread[1] / 2 if not seated else 0.0)) + grow * 0.9
        centres.append(p)
        frames.append(np.stack([right, ahead / max(float(np.linalg.norm(ahead)), 1e-9), -way], 1))
        radii.append((rx, ry))
    if c.cut == "coat":
        return _open_skirt(centres, frames, radii, c.top)
    colour = c.accent if c.cut == "armour" else c.top
    folds = 9 if c.cut in ("gown", "robe") else 7
    cloth = _loft(
        centres[::-1],
        frames[::-1],
        radii[::-1],
        colour,
        folds=folds,
        depth=0.10 if hem > 1.5 else 0.05,
    )
    grid = cloth.vertices.reshape(-1, 28, 3)[1:-1]
    lines = []
    for k, j in enumerate(range(1, 28, 3)):
        up = (0.8, 0.45, 0.62)[k % 3]
        run = (
            grid[: max(int(len(grid) * up), 2), j]
            + cloth.normals.reshape(-1, 28, 3)[1 : 1 + max(int(len(grid) * up), 2), j] * 0.004
        )
        lines.append(Curve(run.astype(np.float32), 0.0035))
    return Solid(
        cloth.vertices,
        cloth.normals,
        cloth.faces,
        cloth.facet,
        cloth.colour,
        tuple(lines) if hem > 0.9 else (),
    )


def _open_skirt(
    centres: list[NDArray], frames: list[NDArray], radii: list[tuple[float, float]], colour: Colour
) -> Solid:
    """A coat below its last button: its fronts part toward the hem, and trousers are seen."""
    rings = []
    for k, (p, f, (rx, ry)) in enumerate(zip(centres, frames, radii, strict=True)):
        part = k / max(len(centres) - 1, 1)
        gap = 0.04 + 0.36 * part
        a = np.pi / 2 + np.linspace(gap, 2 * np.pi - gap, 28)
        # The flaps swing out in front of the legs.
        wide = 1.0 + 0.16 * part * np.abs(np.sin(a)) ** 4 * (np.sin(a) > 0)
        rings.append(
            p + np.outer(rx * np.cos(a) * wide, f[:, 0]) + np.outer(ry * np.sin(a) * wide, f[:, 1])
        )
    grid = np.stack(rings)[::-1]
    cloth = surface(grid, colour, out=-1)
    edges = tuple(Curve(grid[:, j].astype(np.float32), 0.005) for j in (0, -1))
    seams = tuple(Curve((grid[:6, j] * 1.0).astype(np.float32), 0.003) for j in (7, 20))
    return Solid(
        cloth.vertices, cloth.normals, cloth.faces, cloth.facet, cloth.colour, edges + seams
    )


def _arms(s: Skeleton, c: Costume) -> list[Solid]:
    out: list[Solid] = []
    bare = c.cut == "dress"
    wide = c.cut in ("robe", "gown")
    for side, arm in zip((-1, 1), s.arms, strict=True):
        path = _smooth_path(arm)
        t = np.linspace(0, 1, len(path))
        radius = (
            np.interp(t, [0, 0.15, 0.5, 1], [0.054, 0.055, 0.045, 0.035])
            * (0.9 if bare or c.woman else 1.0)
            * c.girth**0.5
        )
        if wide:
            radius = np.interp(t, [0, 0.15, 0.5, 1], [0.055, 0.06, 0.06, 0.078])
        out.append(
            tube(
                path,
                radius,
                c.skin if bare else c.top,
                sides=12,
                round_ends=True,
            )
        )
        if c.cut == "armour":
            out.append(
                ellipsoid(
                    (0.082, 0.082, 0.072), arm[0] + np.array([side * 0.012, 0, 0.022]), c.top, 12
                )
            )
        along = arm[2] - arm[1]
        along = along / max(float(np.linalg.norm(along)), 1e-9)
        across = np.cross(along, s.chest_frame[:, 0] * side)
        across = across / max(float(np.linalg.norm(across)), 1e-9)
        wrist = arm[2] + along * (0.035 if wide else 0.0)
        flat = np.cross(across, along)
        if s.palm is not None and s.palm[0] == (side + 1) // 2:
            along, flat = s.palm[1], s.palm[2]
            across = np.cross(along, flat) * side
        out += _hand(wrist, along, across, flat, c.skin)
    return out


def _hand(
    wrist: NDArray, along: NDArray, across: NDArray, flat: NDArray, skin: Colour
) -> list[Solid]:
    """Palm, thumb and four fingers a little curled; across points to the thumb."""

    def at(a: float, b: float, c: float = 0.0) -> NDArray:
        return wrist + along * a + across * b + flat * c

    frame = np.stack([across, flat, along], 1)
    palm = ellipsoid((0.037, 0.016, 0.052), (0, 0, 0), skin, 12).moved(at(0.045, 0.0), frame)
    parts = [palm, tube([at(0.0, 0.0), at(0.03, 0.0)], [0.026, 0.024], skin, sides=10)]
    parts.append(
        tube(
            [at(0.02, 0.022), at(0.055, 0.046), at(0.082, 0.05, 0.008)],
            [0.014, 0.0125, 0.009],
            skin,
            sides=8,
        )
    )
    for b, reach in ((0.026, 0.148), (0.009, 0.158), (-0.009, 0.152), (-0.025, 0.134)):
        parts.append(
            tube(
                [at(0.07, b), at(0.11, b * 1.05, 0.004), at(reach, b, 0.016)],
                [0.0105, 0.0098, 0.0078],
                skin,
                sides=8,
            )
        )
    return [joined(parts).smooth()]


def _extras(s: Skeleton, c: Costume, stance: str) -> list[Solid]:
    if not c.cloak or stance in ("lie", "sit"):
        return []
    cf = s.chest_frame
    a = np.linspace(np.radians(62), np.radians(298), 25)
    floor = 0.12
    rows = []
    top = s.neck + cf @ np.array([0, -0.01, -0.015])
    for t in np.linspace(0, 1, 9):
        out = np.interp(t, [0, 0.09, 0.25, 1], [0.085, 0.215, 0.25, 0.34])
        back = np.interp(t, [0, 0.09, 0.25, 1], [0.075, 0.145, 0.18, 0.27])
        fold = 1 + 0.07 * t * np.sin(a * 8)
        z = -np.interp(t, [0, 0.09, 1], [0.0, 0.06, max(float(top[2]) - floor, 0.3)])
        p = np.stack([np.sin(a) * out * fold, np.cos(a) * back * fold, np.zeros_like(a)], -1) @ cf.T
        rows.append(p + top + np.array([0, 0, z]) + (cf @ np.array([0, -0.02 - 0.05 * t, 0])))
    return [surface(np.stack(rows), c.accent, out=-1)]
