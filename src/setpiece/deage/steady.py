"""What is laid on a face held steady over neighbouring frames.

In the square around a head most of the motion is gone; what is left is expression. Each layer's
delta is averaged with those of the frames around it, brought to this frame by optical flow of the
pictures (DIS: Kroeger et al. 2016, "Fast optical flow using dense inverse search"), and only
where the flow comes back to where it started and the pictures agree (forward-backward check:
Sundaram, Brox & Keutzer 2010). So the source keeps its grain and its motion, and what was added
neither flickers nor lags. Whether it does is measured by `measure.FlowError`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from weakref import WeakKeyDictionary

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

Map = NDArray[np.float32]
Picture = NDArray[np.float32]

REACH = 1  # frames to either side: two gain nothing measurable and cost as much again
_SIDE = 256  # of the square in which flow is measured: it is smooth, and a quarter of the work
_NEAR = 0.35  # what a neighbour counts at most: more, and the flow's own error swims
_AGREE = 0.06  # difference of display-referred luma at which a neighbour counts half
_RETURN = 0.012  # of the side: how far forward and backward flow may miss each other
_LUMA = np.array([[0.2126, 0.7152, 0.0722]], np.float32)


@lru_cache(maxsize=8)
def grid(h: int, w: int) -> tuple[Map, Map]:
    """x and y of every pixel (h, w), not to be written to."""
    x, y = np.meshgrid(np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32))
    return x, y


def carried(picture: Picture, by: Map) -> Picture:
    """A picture looked up at x + `by`: what flow from here into that picture brings here."""
    x, y = grid(*by.shape[:2])
    return cv2.remap(
        picture, x + by[..., 0], y + by[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


@dataclass(frozen=True, eq=False)
class Seen:
    """A square as motion is seen in it: small and grey, and the ways from it that are known."""

    luma: Map
    grey: NDArray[np.uint8]
    _ways: WeakKeyDictionary[Seen, Map] = field(default_factory=WeakKeyDictionary)

    @classmethod
    def of(cls, crop: Picture) -> Seen:
        """crop: float32 (h, w, 3) or (h, w), display-referred."""
        h, w = crop.shape[:2]
        k = min(1.0, _SIDE / max(h, w))
        size = (max(8, round(w * k)), max(8, round(h * k)))
        small = cv2.resize(crop, size, interpolation=cv2.INTER_AREA)
        luma = small if small.ndim == 2 else np.asarray(cv2.transform(small, _LUMA), np.float32)
        return cls(luma, np.round(np.clip(luma, 0, 1) * 255).astype(np.uint8))

    def flow(self, other: Seen) -> Map:
        """Where this one's pixels lie in `other`: float32 (h, w, 2) [px of the small picture],
        `other[x + flow] = self[x]`."""
        known = self._ways.get(other)
        if known is None:
            dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
            known = np.asarray(dis.calc(self.grey, other.grey, None), np.float32)
            self._ways[other] = known
        return known

    def trust(self, other: Seen) -> Map:
        """0..1 (h, w): how far `other` shows the same thing at the end of the flow."""
        there = self.flow(other)
        off = there + carried(other.flow(self), there)
        miss = cv2.magnitude(off[..., 0], off[..., 1])
        limit = np.float32(_RETURN * max(self.luma.shape))
        difference = cv2.absdiff(self.luma, carried(other.luma, there))
        difference = cv2.GaussianBlur(difference, (0, 0), max(self.luma.shape[0] / 250, 0.7))
        agree = np.float32(1) / (1 + (difference / np.float32(_AGREE)) ** 4)
        return (agree * np.clip(2 - miss / limit, 0, 1)).astype(np.float32)


class Neighbours:
    """The squares of one person in consecutive frames and the flow between them.

    seen: of the squares, all of one size; the frame in question is at `middle`. shape: (h, w) of
    the layers that are then steadied, all with the same flow.
    """

    def __init__(self, seen: Sequence[Seen], middle: int, shape: tuple[int, int]) -> None:
        self.middle = middle
        here = seen[middle]
        small = here.luma.shape
        stretch = np.array([shape[1] / small[1], shape[0] / small[0]], np.float32)
        self._ways: list[tuple[int, Map, Map]] = []
        mass = np.ones(shape, np.float32)
        for i, other in enumerate(seen):
            if i == middle or abs(i - middle) > REACH:
                continue
            there = _enlarged(here.flow(other), shape) * stretch
            weight = _enlarged(here.trust(other), shape) * np.float32(_NEAR)
            self._ways.append((i, there, weight))
            mass += weight
        self._own = 1 / mass

    def steady(self, layers: Sequence[Map | None]) -> Map:
        """A layer of the middle frame averaged with its neighbours'.

        layers: one a frame, in the order of the squares: float32 (h, w, 4), three values and their
        matte; None is nothing, all zero. Where the middle frame's matte is zero all stays zero:
        nothing is laid outside a matte.
        """
        own = layers[self.middle]
        assert own is not None
        there = [(layers[i], way, weight) for i, way, weight in self._ways]
        others = tuple(other for other, _, _ in there if other is not None)
        if not others:
            return own if not self._ways else np.asarray(own * self._own[..., None], np.float32)
        ways = tuple(way for other, way, _ in there if other is not None)
        weights = tuple(weight for other, _, weight in there if other is not None)
        return _averaged(own, others, ways, weights, self._own)


def _enlarged(small: Map, shape: tuple[int, int]) -> Map:
    return cv2.resize(small, shape[::-1], interpolation=cv2.INTER_LINEAR)


@njit(cache=True)
def _averaged(own, others, ways, weights, share):  # type: ignore[no-untyped-def]
    """`own` (h, w, 4) and what `others` have at the end of their ways, weighed; zero where the
    matte of `own` (the fourth) is."""
    h, w = share.shape
    out = np.zeros_like(own)
    for y in range(h):
        for x in range(w):
            if own[y, x, 3] == 0:
                continue
            for c in range(4):
                out[y, x, c] = own[y, x, c] * share[y, x]
            for i in range(len(others)):
                k = weights[i][y, x] * share[y, x]
                if k == 0:
                    continue
                other, way = others[i], ways[i]
                px = min(max(np.float32(x) + way[y, x, 0], np.float32(0)), np.float32(w - 1))
                py = min(max(np.float32(y) + way[y, x, 1], np.float32(0)), np.float32(h - 1))
                x0, y0 = int(px), int(py)
                x1, y1 = min(x0 + 1, w - 1), min(y0 + 1, h - 1)
                fx, fy = px - np.float32(x0), py - np.float32(y0)
                for c in range(4):
                    top = other[y0, x0, c] + fx * (other[y0, x1, c] - other[y0, x0, c])
                    low = other[y1, x0, c] + fx * (other[y1, x1, c] - other[y1, x0, c])
                    out[y, x, c] += k * (top + fy * (low - top))
    return out


def compile_kernels() -> None:
    """Compile what this module needs."""
    flat, deep = np.zeros((2, 2), np.float32), np.zeros((2, 2, 4), np.float32)
    way = np.zeros((2, 2, 2), np.float32)
    _averaged(deep, (deep,), (way,), (flat,), flat)
    _averaged(deep, (deep, deep), (way, way), (flat, flat), flat)
