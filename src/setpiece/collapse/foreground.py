"""What stands in front of the building: trees, people, lamps, cars. They stay in front."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.inpaint.fields import decode, disc, encode, guided_filter, luminance
from setpiece.collapse.layout.model import Layout
from setpiece.errors import InputError, PlateError

F32 = NDArray[Any]  # float32; OpenCV's stubs do not say so
Polygon = Sequence[tuple[float, float]]

MOST_FOLIAGE = 0.35  # of the building: more than this is a green building, not trees
SAMPLES = 21  # frames of a clip that the background is taken from


def find_foreground(
    image: F32,
    matte: F32,
    *,
    given: str | Path | F32 | Sequence[Polygon] | None = None,
    layout: Layout | None = None,
) -> F32:
    """Soft matte (h, w) 0..1 of what is in front of the building in a still.

    Args:
        image: (h, w, 3) float32, scene-linear Rec.709.
        matte: (h, w) 0..1, the building, what stands in front of it included.
        given: the artist's own, which wins: a picture file (alpha, else brightness), an array
            (h, w), or polygons [px] (one round a plant is narrowed to its leaves). An empty list
            says that nothing is in front.
        layout: not needed today; foliage is found by colour and by touching what grows outside.

    Cars, people and poles need the artist's matte; foliage is found by excess green (D. Woebbecke
    et al., Trans. ASAE 1995) and texture, where it reaches out of the building's outline.

    Raises:
        PlateError: the given file cannot be read or has another size.
        InputError: a polygon of fewer than three points.
    """
    h, w = image.shape[:2]
    if given is not None:
        return _given(given, image)
    leaf_u8 = _leaves(image)
    lum = luminance(encode(image))
    # only what also grows outside the outline: a plant in front is rooted or crowned elsewhere
    count, labels, stats, _ = cv2.connectedComponentsWithStats(leaf_u8)
    outside = np.bincount(labels[matte < 0.05].ravel(), minlength=count)
    rooted = (outside > np.maximum(12, 0.03 * stats[:, cv2.CC_STAT_AREA])) & (
        stats[:, cv2.CC_STAT_AREA] > 2e-4 * h * w
    )
    rooted[0] = False
    inner = cv2.erode((matte > 0.5).astype(np.uint8), disc(max(2, w // 110))) > 0
    found = rooted[labels] & inner
    # ivy and moss go down with the wall: only what is thick stands in front of it
    thick = cv2.morphologyEx(found.astype(np.uint8), cv2.MORPH_OPEN, disc(max(3, w // 80)))
    if not thick.any() or found[inner].mean() > MOST_FOLIAGE:
        return np.zeros((h, w), np.float32)
    # What of it reaches over the outline belongs to it, ever less with distance, at the rows that
    # it spans: not the trees behind that touch the roof, nor the lawn before its foot.
    rows = np.nonzero(thick.any(1))[0]
    yy = np.arange(h, dtype=np.float32)[:, None] / h
    span = np.clip((yy - rows.min() / h) / 0.06, 0, 1) * np.clip(
        1 + (rows.max() / h + 0.02 - yy) / 0.02, 0, 1
    )
    far = cv2.distanceTransform(1 - thick, cv2.DIST_L2, 3) / w
    reach = np.maximum(
        np.clip(2 - far * 60, 0, 1), span * np.clip(1.15 - far / 0.12, 0, 1) * ~inner
    )
    found = (rooted[labels] & (reach > 0)).astype(np.uint8)
    found = _fill_small_gaps(found)
    soft = guided_filter(lum, found.astype(np.float32), max(2, w // 320), 2e-3)
    soft = np.clip((soft - 0.3) / 0.5, 0, 1)
    fade = cv2.GaussianBlur(reach.astype(np.float32), (0, 0), max(1.5, w / 300))
    return np.asarray(soft * fade, np.float32)


def _fill_small_gaps(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Dark or dry leaves inside a crown belong to it; its outline stays as it is."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(1 - mask, connectivity=4)
    small = stats[:, cv2.CC_STAT_AREA] < 6e-4 * mask.size
    small[0] = False
    del count
    return np.asarray((mask > 0) | small[labels], np.uint8)


def _leaves(image: F32) -> NDArray[np.uint8]:
    """Rough green texture, gaps closed and specks dropped, (h, w) of 0 and 1."""
    w = image.shape[1]
    e = cv2.GaussianBlur(encode(image), (0, 0), 1.0)
    r, g, b = e[..., 0], e[..., 1], e[..., 2]
    excess = (2 * g - r - b) / (r + g + b + 1e-3)
    lum = luminance(encode(image))
    detail = lum - cv2.GaussianBlur(lum, (0, 0), 3.0)
    rough = np.sqrt(cv2.GaussianBlur(detail * detail, (0, 0), 4.0))
    leaf = (excess > 0.055) & (g > 1.02 * b) & (g > 0.96 * r) & (rough > 0.022)
    closed = cv2.morphologyEx(leaf.astype(np.uint8), cv2.MORPH_CLOSE, disc(max(2, w // 250)))
    return np.asarray(cv2.morphologyEx(closed, cv2.MORPH_OPEN, disc(max(1, w // 500))), np.uint8)


def _given(given: str | Path | F32 | Sequence[Polygon], image: F32) -> F32:
    h, w = image.shape[:2]
    if isinstance(given, str | Path):
        picture = cv2.imread(str(given), cv2.IMREAD_UNCHANGED)
        if picture is None:
            raise PlateError(f"{given}: cannot be read as a picture; give a PNG or EXR matte")
        top = {"uint8": 255.0, "uint16": 65535.0}.get(str(picture.dtype), 1.0)
        values: F32 = picture.astype(np.float32) / top
        if values.ndim == 3:
            has_alpha = values.shape[2] == 4 and float(values[..., 3].min()) < 0.999
            values = values[..., 3] if has_alpha else values[..., :3].max(2)
        if abs(values.shape[1] / values.shape[0] - w / h) > 0.02:
            raise PlateError(
                f"{given}: is {values.shape[1]}x{values.shape[0]}, which has not the shape of the "
                f"plate ({w}x{h})"
            )
        if values.shape != (h, w):
            values = cv2.resize(values, (w, h), interpolation=cv2.INTER_AREA)
        return np.clip(values, 0, 1).astype(np.float32)
    if isinstance(given, np.ndarray):
        if given.shape[:2] != (h, w):
            raise PlateError(f"the foreground matte is {given.shape}, the plate is {(h, w)}")
        flat = given if given.ndim == 2 else given[..., -1]
        return np.clip(flat, 0, 1).astype(np.float32)
    out = np.zeros((h, w), np.float32)
    leaf: NDArray[np.uint8] | None = None
    scale = 4 if h * w < 4e6 else 1
    for polygon in given:
        points = np.asarray(polygon, float)
        if points.ndim != 2 or points.shape[0] < 3 or points.shape[1] != 2:
            raise InputError("a foreground shape needs at least three points x,y")
        big = np.zeros((h * scale, w * scale), np.uint8)
        cv2.fillPoly(big, [np.round(points * scale).astype(np.int32)], 255)
        shape = cv2.resize(big, (w, h), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        leaf = _leaves(image) if leaf is None else leaf
        inside = shape > 0.5
        share = float(leaf[inside].mean()) if inside.any() else 0.0
        if 0.25 < share < 0.97:
            # drawn round a plant: keep the plant, not the wall that shows beside it
            plant = _plant(image, inside, leaf)
            soft = guided_filter(
                luminance(encode(image)), plant.astype(np.float32), max(2, w // 320), 2e-3
            )
            shape = shape * np.clip((soft - 0.3) / 0.5, 0, 1)
        out = np.maximum(out, shape)
    return out.astype(np.float32)


def _plant(image: F32, inside: NDArray[np.bool_], leaf: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What of a shape drawn round a plant is the plant, (h, w) of 0 and 1.

    Leaves are, what is paler than most of them is not: a wall between twigs. Colour decides the
    rest (GrabCut, Rother et al., SIGGRAPH 2004): a hedge's shade belongs to it.
    """
    h, w = inside.shape
    ys, xs = np.nonzero(inside)
    margin = max(8, w // 25)
    part = (
        slice(max(0, ys.min() - margin), min(h, ys.max() + margin + 1)),
        slice(max(0, xs.min() - margin), min(w, xs.max() + margin + 1)),
    )
    green, within = leaf[part] > 0, inside[part]
    cut = np.where(within, cv2.GC_PR_BGD, cv2.GC_BGD).astype(np.uint8)
    near = cv2.morphologyEx(green.astype(np.uint8), cv2.MORPH_CLOSE, disc(max(3, w // 60))) > 0
    cut[within & near] = cv2.GC_PR_FGD
    light = luminance(encode(image[part]))
    if (within & green).any():
        cut[within & (light > np.percentile(light[within & green], 70))] = cv2.GC_BGD
    cut[within & green] = cv2.GC_FGD
    # leaves outside the shape say nothing about what is not the plant
    known = ~within & ~green
    if known.sum() < 50 or not (within & ~green).any():
        return _fill_small_gaps(leaf)
    bgr = np.ascontiguousarray((encode(image[part])[..., ::-1] * 255).clip(0, 255).astype(np.uint8))
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cut[~within & green] = cv2.GC_PR_BGD
    cv2.setRNGSeed(0)
    cv2.grabCut(bgr, cut, None, *models, 3, cv2.GC_INIT_WITH_MASK)
    found = np.isin(cut, [cv2.GC_FGD, cv2.GC_PR_FGD]) & within
    found = cv2.morphologyEx(found.astype(np.uint8), cv2.MORPH_CLOSE, disc(max(2, w // 250)))
    out = np.zeros((h, w), np.uint8)
    out[part] = found
    return _fill_small_gaps(out)


class Clip(Protocol):
    """What is needed of a clip: `media.plate.Plate` has it."""

    @property
    def frames(self) -> int: ...

    def read(self, index: int = 0) -> np.ndarray:
        """Frame from 0, (h, w, 3) float32, scene-linear Rec.709."""


class ClipForeground:
    """Things that move through a locked-off clip, told from its temporal median.

    Attributes:
        background: (h, w, 3) float32, scene-linear: the median of up to 21 frames.
        noise: (h, w) float32: robust deviation of each pixel over those frames, encoded scale.
        reach: (h, w) uint8: the building and a little more.
    """

    background: F32
    noise: F32
    reach: NDArray[np.uint8]

    def __init__(self, plate: Clip, matte: F32, *, frames: int | None = None) -> None:
        """plate: the clip. matte: (h, w) building. frames: how many of it the shot uses.

        The median is taken over up to four times as much as the shot uses, so that who stands
        still for the length of the shot is still seen to be passing.
        """
        last = min(plate.frames, 4 * frames if frames else plate.frames) - 1
        picks = np.unique(np.linspace(0, max(last, 0), SAMPLES).round().astype(int))
        stack: NDArray[np.float16] | None = None
        for i, index in enumerate(picks):
            frame = encode(plate.read(int(index))).astype(np.float16)
            if stack is None:
                stack = np.empty((len(picks), *frame.shape), np.float16)
            stack[i] = frame
        assert stack is not None
        h, w = matte.shape
        middle = np.empty((h, w, 3), np.float32)
        noise = np.empty((h, w), np.float32)
        for y in range(0, h, 64):  # in strips, so that the sort does not double the memory
            part = stack[:, y : y + 64].astype(np.float32)
            m = np.median(part, 0)
            middle[y : y + 64] = m
            noise[y : y + 64] = 1.4826 * np.median(np.abs(part - m), 0).max(-1)
        self.background = decode(middle)
        self.noise = np.asarray(cv2.GaussianBlur(noise, (0, 0), 2.0), np.float32)
        self.reach = np.asarray(
            cv2.dilate((matte > 0.02).astype(np.uint8), disc(max(3, w // 60))), np.uint8
        )

    def save(self, path: str | Path) -> None:
        """Keep it as .npz; `load` gives it back."""
        np.savez(path, background=self.background, noise=self.noise, reach=self.reach)

    @classmethod
    def load(cls, path: str | Path) -> ClipForeground:
        """What `save` kept, without reading the clip again."""
        new = cls.__new__(cls)
        with np.load(path) as data:
            new.background, new.noise = data["background"], data["noise"]
            new.reach = data["reach"]
        return new

    def matte(self, frame: F32, *, everywhere: bool = True) -> F32:
        """Soft matte (h, w) of what is not background in this frame (scene-linear).

        A pixel is taken where it differs strongly, and where it differs a little beside such a
        pixel (hysteresis); specks go, gaps close, edges follow the picture. everywhere=False
        keeps only what overlaps the building.
        """
        e = encode(frame)
        h, w = e.shape[:2]
        d = np.abs(e - encode(self.background)).max(-1)
        d = cv2.GaussianBlur(d, (0, 0), 0.9) / (3.0 * self.noise + 0.02)
        low, high = d > 1.0, d > 2.2
        low = cv2.morphologyEx(low.astype(np.uint8), cv2.MORPH_CLOSE, disc(max(1, w // 400)))
        low = cv2.morphologyEx(low, cv2.MORPH_OPEN, disc(1))
        count, labels, stats, _ = cv2.connectedComponentsWithStats(low)
        strong = np.bincount(labels[high].ravel(), minlength=count)
        touching = np.bincount(labels[self.reach > 0].ravel(), minlength=count)
        area = stats[:, cv2.CC_STAT_AREA]
        keep = (area > 6e-5 * h * w) & (strong > 0.2 * area)
        if not everywhere:
            keep &= touching > 0
        keep[0] = False
        solid = cv2.morphologyEx(
            keep[labels].astype(np.uint8), cv2.MORPH_CLOSE, disc(max(2, w // 250))
        )
        soft = guided_filter(luminance(e), solid.astype(np.float32), max(2, w // 400), 1e-3)
        return np.clip((soft - 0.15) / 0.65, 0, 1).astype(np.float32)
