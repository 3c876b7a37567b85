"""Classes of bonds and what each is made of."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Joint(IntEnum):
    """Class of a bond, from the two pieces it joins."""

    COLUMN = 0
    COLUMN_SLAB = 1
    SLAB = 2
    PANEL = 3
    CLIP = 4  # a facade panel on its frame
    FOOT = 5  # column on the ground
    MASONRY = 6
    MASONRY_SLAB = 7
    ROOF = 8
    ROOF_SEAT = 9  # roof on wall or slab
    TIMBER = 10


# One row per Joint: working stiffness [Pa], tension, compression, shear [Pa], friction,
# reinforcement gain in bending, plastic limits (rotation [rad], slip, stretch, crush [m]),
# rupture as a multiple of those (ductile, brittle), residual strength (ductile, brittle).
TABLE = np.array(
    [
        # E      ft      fc     fv     mu   Mg    rot   slip  str   cru   rupt       resid
        [3.0e9, 8.0e6, 46e6, 2.5e6, 0.7, 1.0, 0.045, 0.02, 0.025, 0.06, 8, 6, 0.35, 0.30],
        [3.0e9, 8.0e6, 46e6, 2.5e6, 0.7, 1.0, 0.045, 0.02, 0.025, 0.06, 8, 4, 0.35, 0.15],
        [3.0e9, 1.2e6, 38e6, 0.9e6, 0.7, 1.0, 0.050, 0.03, 0.025, 0.05, 14, 3.5, 0.50, 0.10],
        [1.0e9, 0.15e6, 4e6, 0.15e6, 0.3, 2.0, 0.010, 0.006, 0.004, 0.010, 2.0, 1.5, 0, 0],
        [0.05e9, 0.08e6, 0.5e6, 0.08e6, 0.0, 2.0, 0.060, 0.05, 0.040, 0.06, 3.0, 2.0, 0.2, 0.1],
        [3.0e9, 8.0e6, 46e6, 2.5e6, 0.7, 1.0, 0.045, 0.02, 0.025, 0.06, 8, 6, 0.35, 0.30],
        [1.5e9, 0.15e6, 5e6, 0.20e6, 0.6, 2.0, 0.004, 0.004, 0.002, 0.02, 3, 1.6, 0.10, 0.0],
        [1.5e9, 0.15e6, 5e6, 0.25e6, 0.6, 2.0, 0.010, 0.010, 0.005, 0.02, 4, 2, 0.15, 0.05],
        [0.8e9, 0.35e6, 5e6, 0.30e6, 0.4, 2.0, 0.020, 0.010, 0.008, 0.02, 5, 2, 0.25, 0.05],
        [0.8e9, 0.25e6, 5e6, 0.25e6, 0.5, 2.0, 0.020, 0.010, 0.008, 0.02, 4, 2, 0.20, 0.05],
        [0.8e9, 1.00e6, 6e6, 0.60e6, 0.4, 2.0, 0.030, 0.020, 0.010, 0.02, 6, 3, 0.30, 0.15],
    ]
)
