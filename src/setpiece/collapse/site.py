"""Sizes of the building, read off its pieces."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.fragments import Fragments
from setpiece.errors import BriefError

F64 = NDArray[np.float64]


class Site:
    """Sizes of the building that the wave needs."""

    def __init__(self, fr: Fragments) -> None:
        owner = np.repeat(np.arange(len(fr)), np.diff(fr.hull_start))
        point = fr.centre[owner] + fr.hull
        self.low = np.full(len(fr), np.inf)
        np.minimum.at(self.low, owner, point[:, 2])
        self.high = np.full(len(fr), -np.inf)
        np.maximum.at(self.high, owner, point[:, 2])
        self.lo, self.hi = point.min(0), point.max(0)
        self.mid = (self.lo + self.hi) / 2
        self.span = np.maximum(self.hi - self.lo, 1.0)
        self.storeys = int(fr.storey.max()) + 1
        self.tall = float(self.span[2])
        self.storey_height = self.tall / self.storeys
        self.base = np.zeros(self.storeys)
        for s in range(self.storeys):
            own = fr.storey == s
            self.base[s] = self.low[own].min() if own.any() else s * self.storey_height

    def named(self, storeys: tuple[int, ...]) -> list[int]:
        """Storey numbers with -1 as the top one."""
        out = []
        for s in storeys:
            k = s + self.storeys if s < 0 else s
            if not 0 <= k < self.storeys:
                raise BriefError(
                    f"brief: storey {s} fails, but the building has storeys 0 to "
                    f"{self.storeys - 1}; name one of those or correct the layout"
                )
            out.append(k)
        return out

    def along(self, centre: F64, towards: tuple[float, float]) -> F64:
        """0 at the far side, 1 at the side `towards` points to."""
        d = np.array(towards)
        reach = np.abs(d) @ self.span[:2] / 2
        return np.clip(0.5 + (centre[:, :2] - self.mid[:2]) @ d / (2 * reach), 0, 1)
