"""Which lines age draws on a face, and where: along chains of the mesh.

As Piérard & Lapière 1989 and Albert, Ricanek & Patterson 2007 describe them (see `anatomy`): across
the pull of the muscle below. Painted on portraits, they are what the network learned to take away;
laid on a face that is to be older, they are the lines that it has not got yet.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from setpiece.deage.layers.strokes import Valleys

F32 = NDArray[np.float32]
Rng = np.random.Generator
# Chains of the 478-point mesh, the picture's left side and its right.
TOP = [54, 103, 67, 109, 10, 338, 297, 332, 284]
BROW = [70, 63, 105, 66, 9, 296, 334, 293, 300]
CORNER = (33, 263)
LOWER_LID = ([226, 31, 228, 229, 230, 231, 232, 233], [446, 261, 448, 449, 450, 451, 452, 453])
TROUGH = ([111, 117, 118, 119, 120, 121], [340, 346, 347, 348, 349, 350])
CREASE = ([226, 247, 30, 29, 27, 28, 56], [446, 467, 260, 259, 257, 258, 286])
HOOD = ([113, 225, 224, 223, 222, 221], [342, 445, 444, 443, 442, 441])
FOLD = ([129, 203, 206, 216, 212], [358, 423, 426, 436, 432])
MARIONETTE = ([61, 57, 43, 106], [291, 287, 273, 335])
CHEEK = ([50, 205, 207, 192], [280, 425, 427, 416])
UPPER_LIP = [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291]
LOWER_LIP = [146, 91, 181, 84, 17, 314, 405, 321, 375]


def draw_lines(v: Valleys, p: F32, strength: Mapping[str, float], person: float, rng: Rng) -> None:
    """Draw a face's lines into `v`.

    p: landmarks (478, 2) [px]. strength: region -> 0..1, of forty years. person: how readily this
    one wrinkles, about 1. The same state of `rng` draws the same lines on any frame of a face.
    """
    u = v.unit
    up = (p[10] - p[152]) / 100

    def depth(region: str, lo: float, hi: float) -> float:
        return 1.3 * strength[region] * person * rng.uniform(lo, hi)

    def shaken(points: NDArray[np.floating], by: float) -> F32:
        off = rng.normal(0, by * u, 2) + rng.normal(0, 0.25 * by * u, points.shape)
        return np.asarray(points + off, np.float32)

    # Forehead: as the frontalis folds it, from above the brows to the hair (the mesh ends lower).
    low, high = p[BROW], p[TOP]
    arch = rng.normal(0, 2.5)
    for at in np.linspace(0.28, rng.uniform(0.8, 1.5), rng.integers(2, 9)):
        at = at + rng.normal(0, 0.03)
        line = low * (1 - at) + high * at
        dip = np.sin(np.linspace(0, 2 * np.pi, 9) + rng.normal(0, 0.3)) * rng.uniform(0, 1)
        line = line + up * (arch * np.cos(np.linspace(-1.5, 1.5, 9)) + dip)[:, None]
        a, b = int(rng.integers(0, 4)), int(rng.integers(6, 10))
        width = int(rng.choice([0, 1, 2, 3], p=[0.25, 0.35, 0.3, 0.1]))
        v.stroke(shaken(line[a:b], 0.5), width, depth("brow", 0.3, 1.9), rng, rng.uniform(0, 0.7))
    middle = 0.45 * p[9] + 0.55 * p[168]
    for side in (-1, 1):
        for _ in range(rng.integers(0, 4)):
            x = side * rng.uniform(1.2, 5.5) * u
            tall, lean = rng.uniform(4, 11), side * rng.uniform(-0.5, 2.0) * u
            line = np.array([middle + up * tall + [x + lean, 0], middle + np.array([x, 0]),
                             middle - up * tall * 0.6 + [x - 0.3 * lean, 0]])  # fmt: skip
            v.stroke(line, int(rng.integers(1, 3)), depth("glabella", 0.4, 2.2), rng)
    for _ in range(rng.integers(0, 3)):
        line = p[[193, 168, 417]] + up * rng.uniform(-3, 3)
        v.stroke(line, int(rng.integers(0, 3)), depth("glabella", 0.2, 1.4), rng)
    for s, out in ((0, -1), (1, 1)):
        # Crow's feet: a fan from the outer corner, deep ones and hair-fine ones.
        for _ in range(rng.integers(3, 10)):
            turn = rng.uniform(-0.9, 0.95)
            d = np.array([out * np.cos(turn), np.sin(turn)])
            start = p[CORNER[s]] + d * rng.uniform(3, 8) * u
            far = rng.uniform(5, 20) * u
            bend = np.array([0, rng.normal(0.5, 1.0) * u])
            line = np.array([start, start + d * far * 0.5 + bend, start + d * far])
            width = int(rng.choice([0, 1, 2], p=[0.45, 0.4, 0.15]))
            v.stroke(line, width, depth("eyes", 0.3, 1.8), rng)
        for chain in (LOWER_LID[s], TROUGH[s]):
            for _ in range(rng.integers(1, 5)):
                a, b = int(rng.integers(0, 3)), len(chain) - int(rng.integers(0, 3))
                width = int(rng.choice([0, 1, 2], p=[0.45, 0.35, 0.2]))
                v.stroke(shaken(p[chain[a:b]], 1.0), width, depth("eyes", 0.2, 1.4), rng)
        for _ in range(rng.integers(0, 4)):  # crossed fine lines under the eye
            k = int(rng.integers(1, 6))
            line = np.array([p[LOWER_LID[s][k]], p[TROUGH[s][min(k, 5)]]])
            line = np.vstack([line[0], line.mean(0) + rng.normal(0, u, 2), line[1]])
            v.stroke(shaken(line, 0.8), 0, depth("eyes", 0.15, 0.9), rng)
        for chain in (CREASE[s], HOOD[s]):  # lids that fold over
            if rng.random() < 0.7:
                v.stroke(shaken(p[chain], 0.5), int(rng.integers(0, 3)),
                         depth("eyes", 0.2, 1.3), rng)  # fmt: skip
        for _ in range(rng.integers(1, 4)):
            width = int(rng.choice([1, 2, 3], p=[0.2, 0.45, 0.35]))
            v.stroke(shaken(p[FOLD[s]], 0.8), width, depth("nasolabial", 0.4, 2.4), rng)
        for _ in range(rng.integers(0, 3)):
            v.stroke(shaken(p[MARIONETTE[s]], 0.8), int(rng.integers(1, 4)),
                     depth("mouth", 0.3, 1.7), rng)  # fmt: skip
        for _ in range(rng.integers(0, 6)):
            line = p[CHEEK[s]] + [out * rng.uniform(-4, 8) * u, rng.normal(0, 2) * u]
            line = line[int(rng.integers(0, 2)) :]
            v.stroke(shaken(line, 0.8), int(rng.integers(0, 3)), depth("cheeks", 0.15, 1.1), rng,
                     0.4)  # fmt: skip
        for _ in range(rng.integers(0, 3)):
            a, b = p[(193, 417)[s]], p[(122, 351)[s]] + [out * 2 * u, 3 * u]
            line = np.array([a, (a + b) / 2 + rng.normal(0, u, 2), b])
            v.stroke(shaken(line, 1.2), 0, depth("nose", 0.2, 1.1), rng)
        for _ in range(rng.integers(0, 3)):
            line = p[([58, 172, 136, 150], [288, 397, 365, 379])[s]] + up * rng.uniform(1, 8)
            v.stroke(shaken(line, 1.5), int(rng.integers(1, 4)), depth("jaw", 0.15, 1.0), rng)
    for chain, way, reach in ((UPPER_LIP, 1, 8), (LOWER_LIP, -1, 5)):
        for k in chain:
            if rng.random() < 0.45:
                d = way * up + [rng.normal(0, 0.25) * u, 0]
                a = p[k] + d
                b = a + d * rng.uniform(2, reach)
                v.stroke(np.array([a, (a + b) / 2 + rng.normal(0, 0.4 * u, 2), b]),
                         int(rng.integers(0, 2)), depth("mouth", 0.2, 1.2), rng)  # fmt: skip
    for _ in range(rng.integers(0, 3)):
        at = rng.uniform(0.25, 0.5)
        line = np.array([p[43], p[17] * (1 - at) + p[152] * at, p[273]])
        v.stroke(shaken(line, 1), int(rng.integers(1, 4)), depth("mouth", 0.2, 1.3), rng)
    wide = p[397] - p[172]
    for _ in range(rng.integers(1, 5)):  # rings of the neck
        at = p[152] - up * rng.uniform(8, 50)
        w = rng.uniform(0.25, 0.55)
        line = np.array([at - w * wide, at - up * rng.uniform(0, 7), at + w * wide])
        v.stroke(shaken(line, 1.5), int(rng.integers(0, 4)), depth("neck", 0.3, 1.8), rng, 0.3)
    for _ in range(rng.integers(0, 5)):  # and its cords
        at = p[152] - up * rng.uniform(6, 14) + wide * rng.uniform(-0.4, 0.4)
        line = np.array([at, at - up * 14 + rng.normal(0, 1.5 * u, 2), at - up * 32])
        v.stroke(line, int(rng.integers(1, 4)), depth("neck", 0.2, 1.4), rng)
