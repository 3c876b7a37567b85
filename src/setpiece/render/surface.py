"""What colour a face has of its own: the plate's picture, or what it is made of."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.render.sampling import spread01
from setpiece.render.textures import albedo
from setpiece.render.tracing import J, camera_arrays, mirror, project

if TYPE_CHECKING:
    from setpiece.render.rest_view import RestView

F32 = NDArray[np.float32]
PLATE, GLASS, UNSEEN = 0, 1, 9
SPOTS = 16  # looked at on a large face
SPOT = 0.25  # m2 of a face for each


@njit(inline="always")
def bilinear(image, u, v, channel):
    """Bilinear tap at pixel position (u, v), centres at +0.5, border mirrored."""
    h, w = image.shape[0], image.shape[1]
    x, y = u - 0.5, v - 0.5
    i, j = math.floor(x), math.floor(y)
    a, b = x - i, y - j
    i0, i1, j0, j1 = mirror(i, w), mirror(i + 1, w), mirror(j, h), mirror(j + 1, h)
    top = image[j0, i0, channel] * (1 - a) + image[j0, i1, channel] * a
    low = image[j1, i0, channel] * (1 - a) + image[j1, i1, channel] * a
    return top * (1 - b) + low * b


@njit(inline="always")
def plate_colour(
    a, b, c, wa, wb, wc, rx, ry, rz, ru, rv, tex, eye, rot, lens, picture, seen, out
):  # fmt: skip
    """The plate's picture (3,) of rest point (rx, ry, rz), seen at (ru, rv); True where it is that
    of the face (a, b, c) and not of what stood in front."""
    tx = tex[a, 0] * wa + tex[b, 0] * wb + tex[c, 0] * wc
    ty = tex[a, 1] * wa + tex[b, 1] * wb + tex[c, 1] * wc
    tz = tex[a, 2] * wa + tex[b, 2] * wb + tex[c, 2] * wc
    own = abs(tx - rx) + abs(ty - ry) + abs(tz - rz) < 2e-3
    tu, tv, td = project(eye, rot, lens, tx, ty, tz)
    known = td > 0
    if own and known and 0 <= ru < seen.shape[1] and 0 <= rv < seen.shape[0]:
        # behind what the camera saw: that picture belongs to what was in front
        dr = math.sqrt((rx - eye[0]) ** 2 + (ry - eye[1]) ** 2 + (rz - eye[2]) ** 2)
        known = dr < seen[int(rv), int(ru), 1] * 1.012 + 0.2
    if known:
        for k in range(3):
            out[k] = bilinear(picture, tu, tv, k)
    return known


@njit(inline="always")
def to_albedo(a, b, c, rest, sun, sun_rgb, sky, ground_rgb, opened, out):
    """A picture's colour (3,) over the light on its face (a, b, c) when the plate was taken.

    opened: how much of the light from all sides reached it, of that in the open.
    """
    r0x, r0y, r0z = rest[b, 0] - rest[a, 0], rest[b, 1] - rest[a, 1], rest[b, 2] - rest[a, 2]
    s0x, s0y, s0z = rest[c, 0] - rest[a, 0], rest[c, 1] - rest[a, 1], rest[c, 2] - rest[a, 2]
    nx, ny, nz = r0y * s0z - r0z * s0y, r0z * s0x - r0x * s0z, r0x * s0y - r0y * s0x
    ln = math.sqrt(nx * nx + ny * ny + nz * nz) + 1e-30
    cosine = max((nx * sun[0] + ny * sun[1] + nz * sun[2]) / ln, 0.0)
    up = 0.5 + 0.5 * nz / ln
    for k in range(3):
        e_rest = sun_rgb[k] * cosine + opened * (sky[k] * up + ground_rgb[k] * (1 - up))
        e_rest = max(e_rest, 0.15 * (sky[k] + ground_rgb[k]))
        out[k] = min(max(out[k], 0.0) / e_rest, 2.0)


@njit(inline="always")
def dust_on(up):
    """How much of the dust that settles lies on a face whose normal points so far up, 0..1."""
    return min(max(up * 1.2 + 0.4, 0.0), 1.0)


def face_tones(view: RestView) -> F32:
    """Mean albedo of every face of the mesh, float32 (F, 3), for light that it sends on."""
    mesh, light = view.mesh, view.light
    sun_rgb, sky, ground = (np.array(c, np.float64) for c in (light.sun, light.sky, light.ground))
    out = np.empty((len(mesh.faces), 3), np.float32)
    _tones(
        mesh.faces, mesh.vertices, mesh.tex, mesh.body, mesh.material, *camera_arrays(view.camera),
        view.picture, view.seen, view.mean, view.had, light.to_sun, sun_rgb, sky, ground, out,
    )  # fmt: skip
    return out


@njit(**J)
def _tones(
    faces, rest, tex, body, material, eye, rot, lens, picture, seen, mean, opened, sun, sun_rgb,
    sky, ground_rgb, out,
):  # fmt: skip
    tint = np.empty(3)
    for f in range(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        px, py, pz = rest[b, 0] - rest[a, 0], rest[b, 1] - rest[a, 1], rest[b, 2] - rest[a, 2]
        qx, qy, qz = rest[c, 0] - rest[a, 0], rest[c, 1] - rest[a, 1], rest[c, 2] - rest[a, 2]
        x, y, z = py * qz - pz * qy, pz * qx - px * qz, px * qy - py * qx
        spots = min(max(int(0.5 * math.sqrt(x * x + y * y + z * z) / SPOT), 1), SPOTS)
        for k in range(3):
            out[f, k] = 0.0
        for s in range(spots):
            wb, wc = spread01(s, 1 / 3, 1 / 3)
            if wb + wc > 1:
                wb, wc = 1 - wb, 1 - wc
            wa = 1 - wb - wc
            x = rest[a, 0] * wa + rest[b, 0] * wb + rest[c, 0] * wc
            y = rest[a, 1] * wa + rest[b, 1] * wb + rest[c, 1] * wc
            z = rest[a, 2] * wa + rest[b, 2] * wb + rest[c, 2] * wc
            known = False
            if material[f] in (PLATE, GLASS):
                u, v, _ = project(eye, rot, lens, x, y, z)
                known = plate_colour(
                    a, b, c, wa, wb, wc, x, y, z, u, v, tex, eye, rot, lens, picture, seen, tint
                )
                if known:
                    share = bilinear(opened, u, v, 0)
                    to_albedo(a, b, c, rest, sun, sun_rgb, sky, ground_rgb, share, tint)
                else:
                    albedo(UNSEEN, x, y, z, body[f], mean, tint)
            else:
                albedo(material[f], x, y, z, body[f], mean, tint)
            for k in range(3):
                out[f, k] += min(tint[k], 0.9) / spots


@njit(**J)
def under_dust(tone, now, faces, body, moved, dusty, dust_rgb, out):
    """Tones (F, 3) of faces where they lie now, with the pale dust that has settled on them."""
    for f in range(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        lies = moved[body[f]] * dusty[body[f]] if body[f] >= 0 else 0.0
        film = 0.0
        if lies > 0:
            px, py, pz = now[b, 0] - now[a, 0], now[b, 1] - now[a, 1], now[b, 2] - now[a, 2]
            qx, qy, qz = now[c, 0] - now[a, 0], now[c, 1] - now[a, 1], now[c, 2] - now[a, 2]
            x, y, z = py * qz - pz * qy, pz * qx - px * qz, px * qy - py * qx
            up = z / (math.sqrt(x * x + y * y + z * z) + 1e-30)
            film = lies * dust_on(up)
        for k in range(3):
            out[f, k] = tone[f, k] + film * (dust_rgb[k] - tone[f, k])
