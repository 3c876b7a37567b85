"""Free flight through air, in closed form: where grains are at any time, and when they land.

Drag is linear in speed, at the rate that gives a stone its terminal speed.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.render.tracing import J

GRAVITY = 9.81


def way(p0: NDArray, v0: NDArray, drag: NDArray, age: NDArray) -> tuple[NDArray, NDArray]:
    """Position and velocity after `age` seconds of free flight with linear drag."""
    k = drag[:, None]
    fall = np.zeros_like(p0)
    fall[:, 2] = -GRAVITY / drag
    fade = np.exp(-k * age[:, None])
    position = p0 + fall * age[:, None] + (v0 - fall) * (1 - fade) / k
    return position, fall + (v0 - fall) * fade


def time_to_ground(p0: NDArray, v0: NDArray, drag: NDArray) -> NDArray:
    """Seconds until z = 0, by bisection (the way down is monotone past its top)."""
    fall = -GRAVITY / drag
    top = np.log1p(np.maximum(v0[:, 2], 0) / -fall) / drag
    low, high = top, top + 0.5
    for _ in range(40):
        above = way(p0, v0, drag, high)[0][:, 2] > 0
        if not above.any():
            break
        high = np.where(above, high * 1.5 + 0.1, high)
    for _ in range(30):
        middle = 0.5 * (low + high)
        above = way(p0, v0, drag, middle)[0][:, 2] > 0
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return high


@njit(**J)
def fly(
    t, born, landed, rested, start, speed, touch, hop, drag, radius, slow, position, velocity
):  # fmt: skip
    """Where grains are at t and how fast they go in the shot's seconds; as `way` has it."""
    for i in range(position.shape[0]):
        down = t >= landed[i]
        age = min(t, rested[i]) - landed[i] if down else t - born[i]
        k = drag[i]
        fade = math.exp(-k * age)
        for a in range(3):
            p = touch[i, a] if down else start[i, a]
            v = hop[i, a] if down else speed[i, a]
            fall = -GRAVITY / k if a == 2 else 0.0
            position[i, a] = p + fall * age + (v - fall) * (1 - fade) / k
            velocity[i, a] = 0.0 if t >= rested[i] else (fall + (v - fall) * fade) * slow
        position[i, 2] = max(position[i, 2], radius[i] * 0.5)


def compile_kernels() -> None:
    """Compile (or load) the kernel on one grain."""
    one, three = np.ones(1, np.float32), np.zeros((1, 3), np.float32)
    now, slow = np.float32(0), np.float32(1)
    fly(now, one, one, one, *(three,) * 4, one, one, slow, three.copy(), three.copy())
