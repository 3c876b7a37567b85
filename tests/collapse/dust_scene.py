"""A block of flats in simple pieces that is crushed storey by storey, for the dust's tests."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from setpiece.collapse.fragments import Bonds, Element, Fragments
from setpiece.collapse.motion import Motion
from setpiece.render.scene import Mesh

_FACES = np.array(
    [[0, 2, 1], [0, 3, 2], [4, 5, 6], [4, 6, 7], [0, 1, 5], [0, 5, 4],
     [1, 2, 6], [1, 6, 5], [2, 3, 7], [2, 7, 6], [3, 0, 4], [3, 4, 7]]
)  # fmt: skip


def _box(centre, size):
    s = np.array([[-1, -1, -1], [1, -1, -1], [1, 1, -1], [-1, 1, -1],
                  [-1, -1, 1], [1, -1, 1], [1, 1, 1], [-1, 1, 1]]) * 0.5  # fmt: skip
    return np.asarray(centre) + s * np.asarray(size)


def block(storeys=8, storey=3.5, bays=(8, 5), bay=2.5, at=(0.0, 60.0)) -> Fragments:
    """Facade panels with a window each, slabs in squares, columns inside."""
    boxes, element, level, windows = [], [], [], []
    wide, deep = bays[0] * bay, bays[1] * bay
    x0, y0 = at[0] - wide / 2, at[1] - deep / 2
    for s in range(storeys):
        z = s * storey
        for i in range(bays[0]):
            for j in range(bays[1]):
                c = (x0 + (i + 0.5) * bay, y0 + (j + 0.5) * bay, z + storey - 0.125)
                boxes.append((c, (bay, bay, 0.25)))
                element.append(Element.SLAB)
                level.append(s)
                if (i + j) % 2:
                    c = (c[0], c[1], z + (storey - 0.25) / 2)
                    boxes.append((c, (0.4, 0.4, storey - 0.25)))
                    element.append(Element.COLUMN)
                    level.append(s)
        for axis, n in ((0, bays[0]), (1, bays[1])):
            for i in range(n):
                for sign in (-1, 1):
                    mid = z + (storey - 0.25) / 2
                    if axis == 0:
                        c = (x0 + (i + 0.5) * bay, at[1] + sign * (deep / 2 + 0.1), mid)
                        size, normal = (bay, 0.2, storey - 0.25), (0, sign, 0)
                    else:
                        c = (at[0] + sign * (wide / 2 + 0.1), y0 + (i + 0.5) * bay, mid)
                        size, normal = (0.2, bay, storey - 0.25), (sign, 0, 0)
                    windows.append((len(boxes), c, normal))
                    boxes.append((c, size))
                    element.append(Element.PANEL)
                    level.append(s)
    centre = np.array([b[0] for b in boxes])
    size = np.array([b[1] for b in boxes])
    n = len(boxes)
    vertices = np.concatenate([_box(*b) for b in boxes]).astype(np.float32)
    faces = (np.arange(n)[:, None, None] * 8 + _FACES).reshape(-1, 3).astype(np.int32)
    mesh = Mesh(
        vertices, vertices, faces, np.repeat(np.arange(n), 12).astype(np.int32),
        np.full(len(faces), 2, np.uint8), np.full(len(faces), -1, np.int32),
    )  # fmt: skip
    d = np.abs(centre[:, None] - centre[None]) - 0.5 * (size[:, None] + size[None])
    i, j = np.nonzero(np.triu((d < 0.12).all(2) & ((d < -0.05).sum(2) >= 2), 1))
    low = np.flatnonzero(centre[:, 2] - size[:, 2] / 2 < 0.01)
    i = np.concatenate([i, low])
    position = np.concatenate([(centre[i[: len(j)]] + centre[j]) / 2, centre[low]])
    j = np.concatenate([j, np.full(len(low), -1)])
    m = len(i)
    bonds = Bonds(
        i.astype(np.int32), j.astype(np.int32), position, np.tile([0.0, 0, 1], (m, 1)),
        np.tile([1.0, 0, 0], (m, 1)), np.full((m, 2), 0.4), np.ones(m),
    )  # fmt: skip
    mass = size.prod(1) * 2400.0
    return Fragments(
        mesh=mesh, centre=centre, mass=mass,
        inertia=np.tile(np.eye(3), (n, 1, 1)) * mass[:, None, None],
        hull=np.concatenate([_box((0, 0, 0), s) for s in size]),
        hull_start=(np.arange(n + 1) * 8).astype(np.int32),
        element=np.array(element, np.uint8), storey=np.array(level, np.int32),
        prism=np.zeros(n, np.int32), bonds=bonds,
        opening_body=np.array([w[0] for w in windows], np.int32),
        opening_centre=np.array([w[1] for w in windows], float),
        opening_normal=np.array([w[2] for w in windows], float),
        opening_size=np.tile([1.4, 1.5], (len(windows), 1)),
    )  # fmt: skip


def crush(f: Fragments, frames=96, fps=24, start=0.5, seed=0) -> Motion:
    """The ground floor goes, the rest falls at 0.8 g and is crushed from below, pieces spread."""
    rng = np.random.default_rng(seed)
    n = len(f)
    top = f.mesh.vertices[:, 2].max()
    storeys = int(f.storey.max()) + 1
    h = top / storeys
    mid = np.r_[f.centre[:, :2].mean(0), 0.0]
    rest_z = 0.06 * f.centre[:, 2] + 0.3 + rng.random(n) * 0.06 * top  # where it ends
    pos = np.repeat(f.centre[None], frames + 1, 0).astype(np.float64)
    rot = np.zeros((frames + 1, n, 4), np.float32)
    rot[..., 3] = 1
    lag = rng.random(n) * 0.05
    out_dir = f.centre - mid
    out_dir[:, 2] = 0
    out_dir /= np.linalg.norm(out_dir, axis=1, keepdims=True) + 1e-6
    throw = rng.random(n) ** 2 * np.sqrt(top / 28) * np.where(f.element == 2, 6.0, 2.0)
    turn = rng.normal(size=(n, 3)) * 1.2
    release = np.full(n, np.inf)
    hit_t, hit_b, hit_p, hit_e = [], [], [], []
    for b in range(n):
        s = f.storey[b]
        t0 = start + 0.1 * lag[b] + 0.18 * s * np.sqrt(h / 3.5) * (1 if s else 0)
        release[b] = t0 if s else start
        t0 = start + lag[b]
        z, vz, crushed = f.centre[b, 2], 0.0, False
        p, q = f.centre[b].copy(), np.zeros(3)
        for k in range(1, frames + 1):
            t = k / fps
            if t > t0:
                drop = 0.5 * 8.0 * (t - t0) ** 2  # of the roof
                target = f.centre[b, 2] - drop
                floor = rest_z[b] + max(0.0, (f.centre[b, 2] - drop) * 0.0)
                z_new = max(target, floor)
                if z_new <= floor + 1e-6 and not crushed:
                    crushed = True
                    hit_t.append(t)
                    hit_b.append(b)
                    hit_p.append([p[0], p[1], z_new])
                    hit_e.append(0.5 * f.mass[b] * vz * vz)
                vz = (z - z_new) * fps
                z = z_new
                near = z < 1.6 * h
                if near and not crushed:
                    p[:2] += out_dir[b, :2] * throw[b] / fps * 2
                    q += turn[b] / fps
                elif crushed:
                    age = t - hit_t[-1] if hit_t else 0
                    slow = np.exp(-3 * age)
                    p[:2] += out_dir[b, :2] * throw[b] / fps * slow
                    q += turn[b] / fps * slow
                p[2] = z
            pos[k, b] = p
            a = np.linalg.norm(q)
            if a > 1e-6:
                rot[k, b, :3] = q / a * np.sin(a / 2)
                rot[k, b, 3] = np.cos(a / 2)
    bi = f.bonds.i
    bj = np.where(f.bonds.j < 0, bi, f.bonds.j)
    lowest = np.minimum(f.storey[bi], f.storey[bj])
    reach = np.sqrt(np.maximum(lowest * h, 0) * 2 / 8.0)
    bond_break = start - 0.05 + reach + rng.random(len(bi)) * 0.25
    return Motion(
        fps=Fraction(fps), position=pos.astype(np.float32), rotation=rot,
        rest=f.centre.astype(np.float32), bond_break=bond_break.astype(np.float32),
        pane_break=np.full(len(f.opening_body), start, np.float32),
        release=release.astype(np.float32), impact_time=np.array(hit_t, np.float32),
        impact_body=np.array(hit_b, np.int32),
        impact_position=np.array(hit_p, np.float32).reshape(-1, 3),
        impact_energy=np.array(hit_e, np.float32),
    )  # fmt: skip
