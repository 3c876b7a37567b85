"""Pieces too small for the solver: lit chips and grains, down to less than a pixel."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.render.camera import Camera
from setpiece.render.light import Light
from setpiece.render.tracing import J, camera_arrays, hash01, project

F32 = NDArray[np.float32]
EDGE = 3  # px
PLAIN = 0.7  # px of radius up to which a grain has no faces; from twice that on it has all
EVEN = 0.25 + 0.75 * 0.38  # of the sun that a tumbling chip has on the mean


@dataclass(frozen=True)
class Particles:
    """Grains at one instant: n of them.

    position [m] and velocity [m/s], float32 (n, 3). radius [m], float32 (n,). colour: albedo,
    float32 (n, 3). key: int64 (n,), the same for one grain in every frame (its shape and tumbling
    hang on it). gloss: float32 (n,), 1 for glass, 0 for stone.
    """

    position: F32
    velocity: F32
    radius: F32
    colour: F32
    key: NDArray[np.int64]
    gloss: F32


def splat(
    particles: Particles,
    camera: Camera,
    light: Light,
    depth: F32,
    *,
    fps: float = 24.0,
    shutter: float = 0.5,
    seconds: float = 0.0,
    shadow: Callable[[F32], F32] | None = None,
    clear: F32 | None = None,
) -> tuple[F32, F32, F32]:
    """Draw grains over a scene; returns premultiplied (rgb (h, w, 3), alpha (h, w), veiled (h, w)).

    depth: planar Z [m] of the solids, float32 (h, w). Larger ones are tumbling angular chips,
    smaller ones discs; both are drawn out along their way while the shutter is open. Those under
    a pixel cover their share of it. shadow: sun transmittance at world points. clear: what the
    dust before each grain lets through, (n,) 0..1. veiled: how much of alpha that dust hides,
    where its colour is to be laid.
    """
    h, w = depth.shape
    order = np.argsort(
        -((particles.position - camera.position) @ camera.rotation[2]), kind="stable"
    )
    through = np.ones(len(order), np.float32)
    if shadow is not None and len(order):
        through = np.asarray(shadow(particles.position), np.float32)
    bare = np.ones(len(order), np.float32) if clear is None else np.asarray(clear, np.float32)
    rgb = np.zeros((h, w, 3), np.float32)
    alpha, veiled = np.zeros((h, w), np.float32), np.zeros((h, w), np.float32)
    _draw(
        particles.position[order], particles.velocity[order], particles.radius[order],
        particles.colour[order], particles.key[order], particles.gloss[order], through[order],
        bare[order], *camera_arrays(camera), light.to_sun, np.array(light.sun),
        np.array(light.sky), np.array(light.ground), depth, shutter / fps, float(seconds),
        rgb, alpha, veiled,
    )  # fmt: skip
    return rgb, alpha, veiled


def in_sight(particles: Particles, camera: Camera, depth: F32) -> NDArray[np.int64]:
    """Which grains are in the picture and not behind solids: indices (k,). depth: as in `splat`."""
    seen = np.zeros(len(particles.radius), np.bool_)
    _in_sight(particles.position, particles.radius, *camera_arrays(camera), depth, seen)
    return np.flatnonzero(seen)


@njit(**J)
def _in_sight(pos, radius, eye, rot, lens, depth, seen):
    h, w = depth.shape
    for i in range(pos.shape[0]):
        u, v, d = project(eye, rot, lens, pos[i, 0], pos[i, 1], pos[i, 2])
        if d < 0.3 or u < -EDGE or v < -EDGE or u > w + EDGE or v > h + EDGE:
            continue
        # What is drawn out or larger than a pixel may show beside what hides its middle.
        x0, x1 = int(max(u - EDGE, 0)), int(min(u + EDGE, w - 1))
        y0, y1 = int(max(v - EDGE, 0)), int(min(v + EDGE, h - 1))
        for y in range(y0, y1 + 1, EDGE):
            for x in range(x0, x1 + 1, EDGE):
                seen[i] |= depth[y, x] >= d - radius[i]


@njit(**J)
def _draw(
    pos, vel, radius, colour, key, gloss, through, bare, eye, rot, lens, sun, sun_rgb, sky, ground,
    depth, open_for, seconds, rgb, alpha, veiled,
):  # fmt: skip
    h, w = depth.shape
    n = np.empty(3)
    c, other = np.empty(3), np.empty(3)
    face_x, face_y, face_d = np.empty(8), np.empty(8), np.empty(8)
    for i in range(pos.shape[0]):
        u, v, d = project(eye, rot, lens, pos[i, 0], pos[i, 1], pos[i, 2])
        if d < 0.3:
            continue
        t = 0.5 * open_for
        u0, v0, d0 = project(
            eye,
            rot,
            lens,
            pos[i, 0] - vel[i, 0] * t,
            pos[i, 1] - vel[i, 1] * t,
            pos[i, 2] - vel[i, 2] * t,
        )
        u1, v1, d1 = project(
            eye,
            rot,
            lens,
            pos[i, 0] + vel[i, 0] * t,
            pos[i, 1] + vel[i, 1] * t,
            pos[i, 2] + vel[i, 2] * t,
        )
        if d0 < 0.2 or d1 < 0.2:
            continue
        sx, sy = 0.5 * (u1 - u0), 0.5 * (v1 - v0)
        smear = math.sqrt(sx * sx + sy * sy)
        r = radius[i] * lens[0] / d
        if (
            u + r + smear < 0
            or v + r + smear < 0
            or u - r - smear > w
            or v - r - smear > h
            or r > 200
        ):
            continue
        # a chip turns about its own axis; its bright face comes and goes
        spin = 6.2831853 * hash01(key[i], 7, 1)
        rate = 2.0 + 9.0 * hash01(key[i], 7, 2)
        moving = min(math.sqrt(vel[i, 0] ** 2 + vel[i, 1] ** 2 + vel[i, 2] ** 2), 1.0)
        turn = spin + rate * seconds * moving
        n[0] = math.cos(turn) * (0.4 + 0.6 * hash01(key[i], 7, 3))
        n[1] = math.sin(turn) - 0.35
        n[2] = 0.25 + 0.8 * (hash01(key[i], 7, 4) - 0.3)
        ln = math.sqrt(n[0] ** 2 + n[1] ** 2 + n[2] ** 2)
        # Of stone as small as a pixel one sees no face but all of it: else it would be pepper.
        faces = 1.0 if gloss[i] > 0 else min(max((r - PLAIN) / PLAIN, 0.0), 1.0)
        cosine = max((n[0] * sun[0] + n[1] * sun[1] + n[2] * sun[2]) / ln, 0.0)
        cosine = (EVEN + faces * (0.25 + 0.75 * cosine - EVEN)) * through[i]
        glint = gloss[i] * (cosine**8) * 2.0
        up = 0.5 + faces * 0.5 * n[2] / ln
        # the face beyond its ridge looks the other way: it has the light that this one has not
        away = max(-n[0] * sun[0] - n[1] * sun[1] + n[2] * sun[2], 0.0) / ln
        away = (EVEN + faces * (0.25 + 0.75 * away - EVEN)) * through[i]
        for k in range(3):
            e = sun_rgb[k] * cosine + sky[k] * up + ground[k] * (1 - up)
            c[k] = colour[i, k] * e + glint * sun_rgb[k]
            e = sun_rgb[k] * away + 0.8 * (sky[k] * up + ground[k] * (1 - up))
            other[k] = colour[i, k] * e
        ridge_x, ridge_y = math.cos(turn), math.sin(turn)
        # below 0.7 px a grain is drawn at that size and lets the rest of the picture through
        draw = max(r, 0.7)
        fill = min((r / draw) ** 2, 1.0)
        cover = fill * draw / (draw + smear * 0.64)
        if cover < 0.004:
            continue
        long = draw + smear
        x0, x1 = int(max(u - long - 1, 0)), int(min(u + long + 1, w - 1))
        y0, y1 = int(max(v - long - 1, 0)), int(min(v + long + 1, h - 1))
        dx, dy = (sx / smear, sy / smear) if smear > 1e-4 else (1.0, 0.0)
        sides = 0
        if r > 1.5:  # big enough to have corners: a stone split along a few planes
            sides = 4 + int(4 * hash01(key[i], 7, 5))
            for k in range(sides):
                angle = turn + 6.2831853 * (k + 0.7 * (hash01(key[i], k, 6) - 0.5)) / sides
                flat = 1 - 0.4 * abs(math.cos(angle - turn))
                face_x[k], face_y[k] = math.cos(angle), math.sin(angle)
                face_d[k] = draw * flat * (0.75 + 0.5 * hash01(key[i], k, 8))
        for y in range(y0, y1 + 1):
            for x in range(x0, x1 + 1):
                if depth[y, x] < d - radius[i]:
                    continue
                px, py = x + 0.5 - u, y + 0.5 - v
                along = px * dx + py * dy
                across = -px * dy + py * dx
                edge, side, out = draw, 1.0, 0.0
                if sides > 0:
                    beyond = max(abs(along) - smear, 0.0)
                    beyond = beyond if along >= 0 else -beyond
                    qx, qy = beyond * dx - across * dy, beyond * dy + across * dx
                    nearest = 0
                    for k in range(sides):
                        far = (qx * face_x[k] + qy * face_y[k]) / face_d[k]
                        if far > out:
                            out, nearest = far, k
                    if out > 1e-3:
                        edge = min(math.sqrt(qx * qx + qy * qy) / out, 1.6 * draw)
                    # Its top, and round it what falls off to each plane; the upper ones see more.
                    side = 0.5 + px * ridge_x + py * ridge_y + 0.15 * r
                    if out > 0.5:
                        uneven = 0.3 * (hash01(key[i], nearest, 9) - 0.5)
                        side = 0.5 - 0.5 * face_y[nearest] + uneven
                    side = min(max(side, 0.0), 1.0)
                if smear < 0.5:
                    dist = math.sqrt(along * along + across * across)
                    a = min(max(edge - dist + 0.5, 0.0), 1.0) * cover
                else:
                    # For as long as it passes over here while the shutter is open: its ends fade.
                    half = math.sqrt(max(edge * edge - across * across, 0.25))
                    passes = min(along + smear, half) - max(along - smear, -half)
                    a = min(max(edge - abs(across) + 0.5, 0.0), 1.0) * fill
                    a *= min(max(passes, 0.0) / (2 * smear), 1.0)
                if a <= 0:
                    continue
                for k in range(3):
                    own = c[k] * side + other[k] * (1 - side)
                    rgb[y, x, k] = own * bare[i] * a + rgb[y, x, k] * (1 - a)
                alpha[y, x] = a + alpha[y, x] * (1 - a)
                veiled[y, x] = (1 - bare[i]) * a + veiled[y, x] * (1 - a)


def compile_kernels() -> None:
    """Compile (or load) the kernel on one grain."""
    one = np.zeros((1, 3), np.float32)
    p = Particles(
        one + np.array([0, 8, 1], np.float32), one, np.full(1, 0.1, np.float32), one + 0.5,
        np.zeros(1, np.int64), np.zeros(1, np.float32),
    )  # fmt: skip
    camera, far = Camera.from_angles(40.0, 32, 18), np.full((18, 32), 1e6, np.float32)
    splat(p, camera, Light(), far)
    in_sight(p, camera, far)
