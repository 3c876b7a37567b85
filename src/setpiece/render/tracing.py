"""Rays against triangles (Embree), and the arithmetic of a pinhole camera in kernels."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.render.camera import Camera
from setpiece.render.embree import (
    WIDE,
    Scene,
    blocked,
    fill_lane,
    hit_of,
    nearest,
    nearest_all,
    packet_room,
    ray_room,
)

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]
J: dict[str, Any] = {"cache": True, "nogil": True, "fastmath": True}


class Tracer:
    """Triangles ready for rays. vertices: float32 (V, 3); faces: int32 (F, 3)."""

    def __init__(self, vertices: F32, faces: I32) -> None:
        self._triangles = vertices, faces

    @cached_property
    def _scene(self) -> Scene:
        return Scene(*self._triangles)

    def __getstate__(self) -> dict[str, Any]:
        return {"_triangles": self._triangles}  # a tree is grown where it is needed

    @property
    def address(self) -> int:
        """Of the tree, for kernels that trace by themselves while this lives."""
        return self._scene.address

    def hits(self, origins: F32, directions: F32) -> tuple[I32, F32, F32, F32]:
        """(triangle or -1, distance, u, v) of the nearest hit of every ray; fast where those that
        follow one another go the same way."""
        n = len(origins)
        prim = np.empty(n, np.int32)
        dist, u, v = (np.empty(n, np.float32) for _ in range(3))
        _hits(self.address, origins, directions, prim, dist, u, v)
        return prim, dist, u, v

    def faces(self, origins: F32, directions: F32) -> tuple[I32, F32, F32]:
        """(triangle or -1, distance, its normal (n, 3), of any length and side) of nearest hits."""
        n = len(origins)
        prim, dist, normal = np.empty(n, np.int32), np.empty(n, np.float32), np.empty((n, 3), "f4")
        _faces(self.address, origins, directions, prim, dist, normal)
        return prim, dist, normal

    def distances(self, origins: F32, directions: F32) -> F32:
        """How far the nearest hit of every ray is [m], inf where there is none."""
        out = np.empty(len(origins), np.float32)
        _distances(self.address, origins, directions, out)
        return out

    def occluded(self, origins: F32, directions: F32, reach: float = 1e5) -> NDArray[np.bool_]:
        """True where something lies within `reach` [m] along the ray."""
        out = np.empty(len(origins), np.bool_)
        _any(self.address, origins, directions, np.float32(reach), out)
        return out


@njit(**J)
def _hits(scene, origins, directions, prim, dist, u, v):
    room = packet_room()
    rays = room[0]
    for first in range(0, origins.shape[0], WIDE):
        count = min(origins.shape[0] - first, WIDE)
        for k in range(count):
            o, d = origins[first + k], directions[first + k]
            fill_lane(room, k, o[0], o[1], o[2], d[0], d[1], d[2], np.float32(1e30))
        nearest_all(scene, room, count)
        for k in range(count):
            i = first + k
            prim[i], dist[i] = hit_of(room, k), rays[8 * WIDE + k]
            u[i], v[i] = rays[15 * WIDE + k], rays[16 * WIDE + k]


@njit(**J)
def _faces(scene, origins, directions, prim, dist, normal):
    ray = ray_room()
    for i in range(origins.shape[0]):
        o, d = origins[i], directions[i]
        prim[i] = nearest(scene, ray, o[0], o[1], o[2], d[0], d[1], d[2], np.float32(1e30))
        dist[i] = ray[8]
        for k in range(3):
            normal[i, k] = ray[12 + k]


@njit(cache=True, nogil=True)
def _distances(scene, origins, directions, out):
    ray = ray_room()
    for i in range(origins.shape[0]):
        o, d = origins[i], directions[i]
        hit = nearest(scene, ray, o[0], o[1], o[2], d[0], d[1], d[2], np.float32(1e30))
        out[i] = ray[8] if hit >= 0 else np.float32(np.inf)


@njit(**J)
def _any(scene, origins, directions, reach, out):
    ray = ray_room()
    for i in range(origins.shape[0]):
        o, d = origins[i], directions[i]
        out[i] = blocked(scene, ray, o[0], o[1], o[2], d[0], d[1], d[2], reach)


def camera_arrays(camera: Camera) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray]:
    """(eye (3,), world-to-camera (3, 3), [focal, cx, cy]) as kernels take them."""
    lens = np.array([camera.focal, camera.centre[0], camera.centre[1]], np.float64)
    return (
        np.ascontiguousarray(camera.position, np.float64),
        np.ascontiguousarray(camera.rotation, np.float64),
        lens,
    )


@njit(**J)
def make_rays(eye, rot, lens, xs, ys, dx, dy, origins, directions):
    """Rays through (x + 0.5 + dx, y + 0.5 + dy) of the pixels xs, ys (int32)."""
    for i in range(xs.shape[0]):
        a = (xs[i] + 0.5 + dx - lens[1]) / lens[0]
        b = (ys[i] + 0.5 + dy - lens[2]) / lens[0]
        x = a * rot[0, 0] + b * rot[1, 0] + rot[2, 0]
        y = a * rot[0, 1] + b * rot[1, 1] + rot[2, 1]
        z = a * rot[0, 2] + b * rot[1, 2] + rot[2, 2]
        n = 1.0 / np.sqrt(x * x + y * y + z * z)
        directions[i, 0] = x * n
        directions[i, 1] = y * n
        directions[i, 2] = z * n
        for k in range(3):
            origins[i, k] = eye[k]


@njit(**J)
def cover_tiles(now, faces, eye, rot, lens, tile, grid):
    """Add the box of tiles that each triangle may cover to a 2-D difference array.

    now: (V, 3) [m]. tile: edge [px]. grid: (rows + 1, columns + 1). Returns True where a triangle
    is beside or behind the camera: such a one is left out.
    """
    rows, cols = grid.shape[0] - 1, grid.shape[1] - 1
    n = now.shape[0]
    u, v, d = np.empty(n), np.empty(n), np.empty(n)
    for i in range(n):
        u[i], v[i], d[i] = project(eye, rot, lens, now[i, 0], now[i, 1], now[i, 2])
    behind = False
    for f in range(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        if min(d[a], d[b], d[c]) <= 0.05:
            behind = True
            continue
        x0 = np.floor(min(u[a], u[b], u[c]) / tile)
        x1 = np.floor(max(u[a], u[b], u[c]) / tile)
        y0 = np.floor(min(v[a], v[b], v[c]) / tile)
        y1 = np.floor(max(v[a], v[b], v[c]) / tile)
        if x1 < 0 or y1 < 0 or x0 >= cols or y0 >= rows:
            continue
        i0, i1 = int(max(x0, 0.0)), int(min(x1, cols - 1.0))
        j0, j1 = int(max(y0, 0.0)), int(min(y1, rows - 1.0))
        grid[j0, i0] += 1
        grid[j1 + 1, i0] -= 1
        grid[j0, i1 + 1] -= 1
        grid[j1 + 1, i1 + 1] += 1
    return behind


@njit(inline="always")
def project(eye, rot, lens, x, y, z):
    """Pixel (u, v) and planar depth of a world point."""
    x -= eye[0]
    y -= eye[1]
    z -= eye[2]
    d = rot[2, 0] * x + rot[2, 1] * y + rot[2, 2] * z
    s = lens[0] / max(d, 1e-6)
    u = (rot[0, 0] * x + rot[0, 1] * y + rot[0, 2] * z) * s + lens[1]
    v = (rot[1, 0] * x + rot[1, 1] * y + rot[1, 2] * z) * s + lens[2]
    return u, v, d


@njit(inline="always")
def mirror(x, n):
    """Index folded back into 0 .. n - 1 (the border pixel is not repeated)."""
    if 0 <= x < n:  # nearly always, and a division takes as long as all the rest
        return x
    if n == 1:
        return 0
    p = 2 * (n - 1)
    x = abs(x) % p
    return p - x if x >= n else x


@njit(inline="always")
def hash32(a, b, c):
    """32 bits that depend on three integers and on nothing else."""
    h = (a * 374761393 + b * 668265263 + c * 2147483647 + 1274126177) & 0xFFFFFFFF
    h = ((h ^ (h >> 13)) * 1274126177) & 0xFFFFFFFF
    h = ((h ^ (h >> 16)) * 2246822519) & 0xFFFFFFFF
    return h ^ (h >> 15)


@njit(inline="always")
def hash01(a, b, c):
    """A number 0..1 that depends on three integers and on nothing else."""
    return (hash32(a, b, c) & 0xFFFFFF) / 16777216.0
