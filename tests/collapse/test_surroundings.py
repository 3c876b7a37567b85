"""What lies around the building: here, the dust that settles on what has come apart."""

from __future__ import annotations

import dataclasses

import numpy as np
from dust_scene import block, crush

from setpiece.collapse.surroundings import settled_dust


def test_dust_settles_on_what_has_come_apart_and_on_nothing_else() -> None:
    pieces = block(storeys=3, bays=(2, 2))
    motion = crush(pieces, 60, start=0.2)
    broke = np.full(len(pieces.bonds.i), np.inf, np.float32)
    broke[0] = 0.5
    motion = dataclasses.replace(motion, bond_break=broke)
    i, j = int(pieces.bonds.i[0]), int(pieces.bonds.j[0])
    apart = np.zeros(len(pieces), bool)
    apart[[k for k in (i, j) if k >= 0]] = True
    early, soon, late = (settled_dust(motion, pieces.bonds, t, 1.0) for t in (0.6, 2.0, 9.0))
    assert early.shape == (len(pieces),)
    assert not early.any()
    assert 0 < soon[apart].min() < late[apart].min() <= 0.75
    assert not late[~apart].any()
    assert not settled_dust(motion, pieces.bonds, 9.0, 0.0).any()
