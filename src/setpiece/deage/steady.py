"""What is laid on a face held steady over neighbouring frames, and how steady it is, measured.

In the square around a head most of the motion is gone; what is left is expression. Each layer's
delta is averaged with those of the frames around it, brought to this frame by optical flow of the
pictures (DIS: Kroeger et al. 2016, "Fast optical flow using dense inverse search"), and only
where the flow comes back to where it started and the pictures agree (forward-backward check:
Sundaram, Brox & Keutzer 2010). So the source keeps its grain and its motion, and what was added
neither flickers nor lags.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float32]
Picture = NDArray[np.float32]

REACH = 1  # frames to either side: two gain nothing measurable and cost as much again
_SIDE = 256  # of the square in which flow is measured: it is smooth, and a quarter of the work
_NEAR = 0.35  # what a neighbour counts at most: more, and the flow's own error swims
_AGREE = 0.06  # difference of display-referred luma at which a neighbour counts half
_RETURN = 0.012  # of the side: how far forward and backward flow may miss each other


def flow(one: Picture, other: Picture) -> Map:
    """Where the pixels of `one` lie in `other`: float32 (h, w, 2) [px], `other[x + flow] = one[x]`.

    Both (h, w, 3) or (h, w), display-referred.
    """
    h, w = one.shape[:2]
    k = min(1.0, _SIDE / max(h, w))
    size = (max(8, round(w * k)), max(8, round(h * k)))
    a, b = (_grey(cv2.resize(p, size, interpolation=cv2.INTER_AREA)) for p in (one, other))
    dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    found = dis.calc(a, b, None)
    found = cv2.resize(found, (w, h), interpolation=cv2.INTER_LINEAR)
    return found * np.array([w / size[0], h / size[1]], np.float32)


def carried(picture: Picture, by: Map) -> Picture:
    """A picture looked up at x + `by`: what flow from here into that picture brings here."""
    h, w = by.shape[:2]
    y, x = np.mgrid[:h, :w].astype(np.float32)
    return cv2.remap(
        picture, x + by[..., 0], y + by[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def trust(one: Picture, other: Picture, there: Map, back: Map) -> Map:
    """0..1 (h, w): how far `other` shows the same thing at the end of the flow."""
    miss = np.linalg.norm(there + carried(back, there), axis=-1)
    limit = np.float32(_RETURN * max(one.shape[:2]))
    difference = np.abs(_luma(one) - _luma(carried(other, there)))
    difference = cv2.GaussianBlur(difference, (0, 0), max(one.shape[0] / 250, 0.7))
    agree = np.float32(1) / (1 + (difference / np.float32(_AGREE)) ** 4)
    return (agree * np.clip(2 - miss / limit, 0, 1)).astype(np.float32)


class Neighbours:
    """The squares of one person in consecutive frames and the flow between them.

    crops: float32 (S, S, 3), display-referred, of one size; the frame in question is at `middle`.
    Layers of different kinds are then steadied with the same flow.
    """

    def __init__(self, crops: Sequence[Picture], middle: int) -> None:
        self.middle = middle
        here = crops[middle]
        self._ways: list[tuple[int, Map, Map]] = []
        for i, crop in enumerate(crops):
            if i == middle or abs(i - middle) > REACH:
                continue
            there = flow(here, crop)
            weight = trust(here, crop, there, flow(crop, here))
            near = np.float32(_NEAR)
            self._ways.append((i, there, weight * near))

    def steady(self, layers: Sequence[Map]) -> Map:
        """A delta, matte or shift (S, S[, c]) of the middle frame, averaged with its neighbours'.

        layers: one a frame, in the order of the crops. Where the middle frame's is zero it stays
        zero: nothing is laid outside a matte.
        """
        own = layers[self.middle]
        total, mass = own.copy(), np.ones(own.shape[:2], np.float32)
        for i, there, weight in self._ways:
            here = carried(layers[i], there)
            total += here * (weight if own.ndim == 2 else weight[..., None])
            mass += weight
        total /= mass if own.ndim == 2 else mass[..., None]
        zero = own == 0 if own.ndim == 2 else ~own.any(-1)
        total[zero] = 0
        return total


def warp_error(frames: Sequence[Picture], flows: Sequence[tuple[Map, Map]], matte: Map) -> float:
    """Mean absolute difference between each frame and its successor brought to it by flow.

    Args:
        frames: float32 (h, w, 3), display-referred.
        flows: for each pair of neighbours the flow there and back, measured on the *source*, so
            that source and result are judged by the same motion (Lai et al. 2018, "Learning blind
            video temporal consistency").
        matte: (h, w), where it is measured; with trust in the flow it makes the weight.
    """
    total = mass = 0.0
    for one, other, (there, back) in zip(frames, frames[1:], flows, strict=False):
        miss = np.linalg.norm(there + carried(back, there), axis=-1)
        weight = matte * (miss < _RETURN * max(one.shape[:2]))
        difference = np.abs(one - carried(other, there)).mean(-1)
        total += float((difference * weight).sum())
        mass += float(weight.sum())
    return total / max(mass, 1e-6)


def _luma(picture: Picture) -> Map:
    if picture.ndim == 2:
        return picture
    return np.asarray(cv2.transform(picture, np.array([[0.2126, 0.7152, 0.0722]], np.float32)))


def _grey(picture: Picture) -> NDArray[np.uint8]:
    return np.round(np.clip(_luma(picture), 0, 1) * 255).astype(np.uint8)
