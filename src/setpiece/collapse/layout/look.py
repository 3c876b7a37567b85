"""What each part of a plate looks like: sky, leaves, ground, or something built."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.layout.pictures import U8, straight_edges

F32 = NDArray[np.float32]
_BINS = 12


@dataclass(frozen=True)
class Look:
    """Maps (h, w). sky, green: bool. structure: 0..1, how densely straight upright and level
    edges lie. leafy: 0..1, texture without a direction. below: 0..1, under the walls' feet."""

    sky: NDArray[np.bool_]
    green: NDArray[np.bool_]
    structure: F32
    leafy: F32
    below: F32

    def gain(self) -> F32:
        """What calling a pixel built wins: above 0 it looks so, below it does not.

        Edges count against the plate's own best, near and far: a plain wall between windows is
        wall. The weights were set by eye on a few photographs.
        """
        usable = ~self.sky & ~self.green
        strong = max(float(np.percentile(self.structure[usable], 95)), 0.25) if usable.any() else 1
        near = self.structure / strong
        far = cv2.GaussianBlur(near * usable, (0, 0), 0.07 * near.shape[1])
        far = far / max(float(np.percentile(far, 97)), 0.05)
        built = 0.7 * np.minimum(near, 1) + 0.9 * np.minimum(far, 1) - 0.15
        built -= 0.9 * self.below + 0.45 * self.leafy
        built = np.where(self.green, -1.1, built)
        return np.asarray(np.where(self.sky, -2.5, built), np.float32)


def look(small: U8, sky: NDArray[np.bool_]) -> Look:
    """Label a display-referred picture (h, w, 3) whose sky (h, w) is known."""
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    green = _greenery(small, sky)
    segments = straight_edges(grey).astype(float)
    h, w = sky.shape
    middle = ((segments[:, :2] + segments[:, 2:]) / 2).astype(int).clip(0, [w - 1, h - 1])
    segments = segments[~(sky | green)[middle[:, 1], middle[:, 0]]]
    structure = _structure(segments, h, w)
    return Look(sky, green, structure, _leafy(grey, structure), _below(segments, h, w))


def _greenery(small: U8, sky: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Leaves and grass by excess green (Woebbecke et al., Trans. ASAE 1995), above the cast that
    most of the plate has; specks and stripes of green are paint."""
    f = cv2.GaussianBlur(small.astype(np.float32), (0, 0), 2.0)
    excess = (2 * f[..., 1] - f[..., 0] - f[..., 2]) / (f.sum(-1) + 1)
    cast = float(np.clip(np.percentile(excess[~sky], 30), 0, 0.06)) if not sky.all() else 0.0
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (int(0.022 * small.shape[1]) | 1,) * 2)
    green = (excess > 0.05 + cast).astype(np.uint8)
    return np.asarray(cv2.morphologyEx(green, cv2.MORPH_OPEN, disc) > 0)


def _structure(segments: NDArray[np.float64], h: int, w: int) -> F32:
    """0..1: how densely straight upright and level edges lie around each pixel, both kinds."""
    fields = np.zeros((2, h, w), np.float32)
    for x0, y0, x1, y1 in segments:
        if np.hypot(x1 - x0, y1 - y0) < 0.016 * w:
            continue
        lean = np.degrees(np.arctan2(abs(x1 - x0), abs(y1 - y0)))
        kind = 0 if lean < 14 else 1 if lean > 50 else -1
        if kind >= 0:
            ends = (round(float(x0)), round(float(y0))), (round(float(x1)), round(float(y1)))
            cv2.line(fields[kind], *ends, 1.0, 1)
    dense = np.stack([cv2.GaussianBlur(f, (0, 0), 0.028 * w) for f in fields])
    return np.asarray(np.clip(np.sqrt(dense[0] * dense[1]) / 0.06, 0, 1), np.float32)


def _leafy(grey: U8, structure: F32) -> F32:
    """0..1: strong gradients that run all ways alike (by the entropy of their directions)."""
    g = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), 1.0)
    gx, gy = cv2.Sobel(g, cv2.CV_32F, 1, 0) / 8, cv2.Sobel(g, cv2.CV_32F, 0, 1) / 8
    size = np.minimum(np.hypot(gx, gy), 25).astype(np.float32)
    way = (np.mod(np.arctan2(gy, gx), np.pi) / np.pi * _BINS).astype(int) % _BINS
    sigma = 0.018 * grey.shape[1]
    total = cv2.GaussianBlur(size, (0, 0), sigma)
    entropy = np.zeros_like(total)
    for b in range(_BINS):
        share = cv2.GaussianBlur(np.where(way == b, size, np.float32(0)), (0, 0), sigma)
        share = share / np.maximum(total, 1e-6)
        entropy -= share * np.log(np.maximum(share, 1e-9))
    entropy /= np.log(_BINS)
    leafy = np.clip((entropy - 0.92) / 0.05, 0, 1) * np.clip((total - 2.5) / 2, 0, 1)
    return np.asarray(leafy * np.clip((0.6 - structure) / 0.3, 0, 1), np.float32)


def _below(segments: NDArray[np.float64], h: int, w: int) -> F32:
    """0..1: under where upright edges end, column by column."""
    size = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    lean = np.abs(segments[:, 2] - segments[:, 0])
    up = (size > 0.03 * h) & (lean < 0.25 * np.abs(segments[:, 3] - segments[:, 1]))
    x = (segments[up, 0] + segments[up, 2]) / 2
    y = np.maximum(segments[up, 1], segments[up, 3])
    at, feet = [], []
    for column in np.linspace(0, w, 90):
        near = np.nonzero(np.abs(x - column) < 0.06 * w)[0]
        if len(near) < 3:
            continue
        order = near[np.argsort(y[near])]
        weight = np.cumsum(size[up][order])
        at.append(column)
        feet.append(y[order][np.searchsorted(weight, 0.93 * weight[-1])])
    if not at:
        return np.zeros((h, w), np.float32)
    foot = np.interp(np.arange(w), at, feet)[None].astype(np.float32)
    foot = cv2.GaussianBlur(foot, (0, 0), 0.03 * w)
    rows = np.arange(h, dtype=np.float32)[:, None] / h
    return np.asarray(np.clip((rows - foot / h - 0.02) / 0.05, 0, 1), np.float32)
