"""Regular rows of windows in a profile across a wall."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


@dataclass(frozen=True)
class Comb:
    """`count` cells of `period` from `start`, with a window `share` wide in the middle of each;
    start and period as shares of the wall. score: correlation with the wall."""

    start: float
    period: float
    share: float
    count: int
    score: float

    def spans(self) -> list[tuple[float, float]]:
        """(from, to) of every window, as shares of the wall."""
        half = self.share * self.period / 2
        out = []
        for k in range(self.count):
            centre = self.start + (k + 0.5) * self.period
            a, b = max(centre - half, 0.01), min(centre + half, 0.99)
            if b - a > 0.25 * self.share * self.period:
                out.append((a, b))
        return out


def best_comb(profile: F64, size: float, count: int | None, periods: tuple[float, float]) -> Comb:
    """The comb that correlates best with `profile` across a wall of `size` [m].

    count: cells where the artist said it; else every count whose period lies in `periods` [m] is
    tried, with a little in favour of fewer.
    """
    n = len(profile)
    p = (profile - profile.mean()) / max(float(profile.std()), 1e-9)
    if float(profile.std()) < 1e-4:
        p = np.zeros(n)
    x = (np.arange(n) + 0.5) / n
    counts = [count] if count else [
        c for c in range(1, 121) if 0.75 * periods[0] <= size / c <= periods[1]
    ] or [max(1, round(2 * size / sum(periods)))]  # fmt: skip
    best = Comb(0.0, 1.0 / counts[0], 0.45, counts[0], -1.0)
    for c in counts:
        for shrink in (1.0, 0.96, 0.92, 0.88, 0.84, 0.8, 0.76):
            period = shrink / c
            if not count and not periods[0] <= period * size <= periods[1]:
                continue
            room = 1 - shrink
            # the outer windows may sit off the middle of their cells
            slack = 0.25 * period
            offsets = np.linspace(-slack, room + slack, 9 + round((room + 2 * slack) * 30))
            for start in offsets:
                phase = (x - start) / period
                inside = (phase >= 0) & (phase < c)
                away = np.abs(phase - np.floor(phase) - 0.5)
                for share in (0.3, 0.4, 0.5, 0.6, 0.7):
                    comb = (inside & (away < share / 2)).astype(float)
                    spread = float(comb.std())
                    if spread < 1e-6:
                        continue
                    score = float(p @ (comb - comb.mean())) / n / spread
                    score -= 0.004 * c if not count else 0.0
                    if score > best.score:
                        best = Comb(float(start), period, share, c, score)
    return best
