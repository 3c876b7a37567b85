"""Which triangle is seen where: a depth buffer in compiled code.

A panel needs two million flat samples without reflection or blur; rays cost ten times as much.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.render.camera import Camera

F32 = NDArray[np.float32]
NEAR = 0.06  # m: nothing closer to the lens is drawn


@dataclass(frozen=True)
class View:
    """What the camera sees, a sample a pixel of `camera`.

    Attributes:
        triangle: int32 (h, w), -1 where nothing is.
        depth: float32 (h, w) [m] along the optical axis, inf where nothing is.
        normal: float32 (h, w, 3) in the camera's axes (right, down, forward), toward the camera.
    """

    camera: Camera
    triangle: NDArray[np.int32]
    depth: F32
    normal: F32


def look(
    camera: Camera, vertices: F32, normals: F32, faces: NDArray[np.int32], hidden: NDArray[np.bool_]
) -> View:
    """See triangles from both sides: vertices, normals (V, 3), faces (F, 3); not `hidden` ones."""
    h, w = camera.height, camera.width
    depth = np.full((h, w), np.inf, np.float32)
    triangle = np.full((h, w), -1, np.int32)
    local = ((vertices - camera.position) @ camera.rotation.T).astype(np.float32)
    lens = np.array([camera.focal, *camera.centre], np.float64)
    _fill(local, faces, hidden, lens, depth, triangle)
    normal = np.zeros((h, w, 3), np.float32)
    _normals(
        local, normals, faces, lens, camera.rotation.astype(np.float32), triangle, depth, normal
    )
    return View(camera, triangle, depth, normal)


@njit(cache=True, nogil=True)
def _fill(local, faces, hidden, lens, depth, triangle):
    poly = np.empty((4, 3))
    for f in range(faces.shape[0]):
        if hidden[f]:
            continue
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        za, zb, zc = local[a, 2], local[b, 2], local[c, 2]
        if za < NEAR and zb < NEAR and zc < NEAR:
            continue
        n = 0
        for k in range(3):
            i, j = faces[f, k], faces[f, (k + 1) % 3]
            zi, zj = local[i, 2], local[j, 2]
            if zi >= NEAR:
                poly[n, 0], poly[n, 1], poly[n, 2] = local[i, 0], local[i, 1], zi
                n += 1
            if (zi >= NEAR) != (zj >= NEAR):
                t = (NEAR - zi) / (zj - zi)
                poly[n, 0] = local[i, 0] + t * (local[j, 0] - local[i, 0])
                poly[n, 1] = local[i, 1] + t * (local[j, 1] - local[i, 1])
                poly[n, 2] = NEAR
                n += 1
        for k in range(n):
            poly[k, 0] = poly[k, 0] / poly[k, 2] * lens[0] + lens[1]
            poly[k, 1] = poly[k, 1] / poly[k, 2] * lens[0] + lens[2]
            poly[k, 2] = 1.0 / poly[k, 2]
        for k in range(1, n - 1):
            _triangle(poly, 0, k, k + 1, f, depth, triangle, True)


@njit(cache=True, nogil=True, inline="always")
def _triangle(p, a, b, c, f, depth, triangle, inverse):
    """Fill one projected triangle; its third coordinate, 1/z or z, is linear over the picture."""
    h, w = depth.shape
    ax, ay, bx, by, cx, cy = p[a, 0], p[a, 1], p[b, 0], p[b, 1], p[c, 0], p[c, 1]
    area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    if abs(area) < 1e-9:
        return
    gx = ((p[b, 2] - p[a, 2]) * (cy - ay) - (p[c, 2] - p[a, 2]) * (by - ay)) / area
    gy = ((p[c, 2] - p[a, 2]) * (bx - ax) - (p[b, 2] - p[a, 2]) * (cx - ax)) / area
    y0 = max(int(np.ceil(min(ay, by, cy) - 0.5)), 0)
    y1 = min(int(np.floor(max(ay, by, cy) - 0.5)), h - 1)
    for y in range(y0, y1 + 1):
        py = y + 0.5
        lo, hi = 1e30, -1e30
        for e in range(3):
            if e == 0:
                x0, yy0, x1, yy1 = ax, ay, bx, by
            elif e == 1:
                x0, yy0, x1, yy1 = bx, by, cx, cy
            else:
                x0, yy0, x1, yy1 = cx, cy, ax, ay
            if (yy0 <= py) != (yy1 <= py):
                x = x0 + (py - yy0) / (yy1 - yy0) * (x1 - x0)
                lo, hi = min(lo, x), max(hi, x)
        if hi < lo:
            continue
        left = max(int(np.ceil(max(lo, -1.0) - 0.5)), 0)
        right = min(int(np.floor(min(hi, w + 1.0) - 0.5)), w - 1)
        q = p[a, 2] + gy * (py - ay) + gx * (left + 0.5 - ax)
        for x in range(left, right + 1):
            z = 1.0 / max(q, 1e-9) if inverse else q
            if z < depth[y, x]:
                depth[y, x] = z
                triangle[y, x] = f
            q += gx


@njit(cache=True, nogil=True)
def _normals(local, normals, faces, lens, rotation, triangle, depth, out):
    h, w = depth.shape
    eye = np.zeros(3, np.float32)
    for y in range(h):
        for x in range(w):
            f = triangle[y, x]
            if f < 0:
                continue
            z = depth[y, x]
            eye[0] = (x + 0.5 - lens[1]) / lens[0] * z
            eye[1] = (y + 0.5 - lens[2]) / lens[0] * z
            eye[2] = z
            a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
            e0x, e0y, e0z = (
                local[b, 0] - local[a, 0],
                local[b, 1] - local[a, 1],
                local[b, 2] - local[a, 2],
            )
            e1x, e1y, e1z = (
                local[c, 0] - local[a, 0],
                local[c, 1] - local[a, 1],
                local[c, 2] - local[a, 2],
            )
            px, py, pz = eye[0] - local[a, 0], eye[1] - local[a, 1], eye[2] - local[a, 2]
            d00 = e0x * e0x + e0y * e0y + e0z * e0z
            d01 = e0x * e1x + e0y * e1y + e0z * e1z
            d11 = e1x * e1x + e1y * e1y + e1z * e1z
            d20 = px * e0x + py * e0y + pz * e0z
            d21 = px * e1x + py * e1y + pz * e1z
            det = d00 * d11 - d01 * d01
            u, v = np.float32(0), np.float32(0)
            if det > 1e-20:
                u = min(max((d11 * d20 - d01 * d21) / det, np.float32(0)), np.float32(1))
                v = min(max((d00 * d21 - d01 * d20) / det, np.float32(0)), np.float32(1))
            s = np.float32(1) - u - v
            nx = s * normals[a, 0] + u * normals[b, 0] + v * normals[c, 0]
            ny = s * normals[a, 1] + u * normals[b, 1] + v * normals[c, 1]
            nz = s * normals[a, 2] + u * normals[b, 2] + v * normals[c, 2]
            length = np.sqrt(nx * nx + ny * ny + nz * nz)
            if length < 1e-9:
                continue
            facing = np.float32(0)
            for k in range(3):
                facing += eye[k] * (rotation[k, 0] * nx + rotation[k, 1] * ny + rotation[k, 2] * nz)
            # Grazing normals of smooth things may turn a little away: only true back sides flip.
            gx, gy, gz = e0y * e1z - e0z * e1y, e0z * e1x - e0x * e1z, e0x * e1y - e0y * e1x
            back = gx * eye[0] + gy * eye[1] + gz * eye[2] > 0
            sign = np.float32(-1.0 if back and facing > 0 else 1.0) / length
            for k in range(3):
                out[y, x, k] = sign * (
                    rotation[k, 0] * nx + rotation[k, 1] * ny + rotation[k, 2] * nz
                )


@dataclass(frozen=True)
class ShadowMap:
    """How far light comes: depth float32 (n, n) [m] along it from `origin`, over `reach` metres."""

    depth: F32
    axes: F32  # (3, 3): rows are the map's x, its y and the way of the light
    origin: F32
    scale: float  # map pixels a metre


def shadow_map(
    vertices: F32,
    faces: NDArray[np.int32],
    casts: NDArray[np.bool_],
    toward: F32,
    centre: F32,
    reach: float,
    size: int = 1024,
) -> ShadowMap:
    """Depths along parallel light of direction -toward (3,), over `reach` metres about `centre`."""
    way = -np.asarray(toward, np.float64)
    side = np.cross(way, (0.0, 0.0, 1.0) if abs(way[2]) < 0.9 else (0.0, 1.0, 0.0))
    side /= np.linalg.norm(side)
    axes = np.stack([side, np.cross(way, side), way]).astype(np.float32)
    scale = size / (2 * reach)
    local = ((vertices - centre) @ axes.T).astype(np.float32)
    local[:, :2] = local[:, :2] * scale + size / 2
    depth = np.full((size, size), np.inf, np.float32)
    _fill_flat(local, faces, casts, depth, np.full((size, size), -1, np.int32))
    return ShadowMap(depth, axes, np.asarray(centre, np.float32), scale)


@njit(cache=True, nogil=True)
def _fill_flat(local, faces, casts, depth, triangle):
    poly = np.empty((3, 3))
    for f in range(faces.shape[0]):
        if not casts[f]:
            continue
        for k in range(3):
            for m in range(3):
                poly[k, m] = local[faces[f, k], m]
        _triangle(poly, 0, 1, 2, f, depth, triangle, False)
