"""One face in one frame, altered: the engine's deltas laid on the full-resolution picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.deage.ages import Strengths
from setpiece.deage.face import Aligned
from setpiece.deage.hair_beyond import Beyond, beyond, reach, seam
from setpiece.deage.layers import Layers, young
from setpiece.deage.layers.anatomy import bounds
from setpiece.deage.layers.hair import Hair
from setpiece.deage.layers.shape import in_frame, warped
from setpiece.deage.light import display, linear, linear_table, undone
from setpiece.deage.matte import Mattes, mattes
from setpiece.deage.network import OWN, Network, open_network
from setpiece.deage.steady import Neighbours, Seen

Picture = NDArray[np.float32]
Map = NDArray[np.float32]
Window = tuple[slice, slice]
OF_SKIN = ("wrinkles", "folds", "tone")  # what a network does instead, where one is asked for
NETWORK = "network"
_LEAST = np.float32(2e-3)  # a matte below this is none: half floats and eyes agree


@dataclass(frozen=True, eq=False)
class Altered:
    """What was done to a window of a frame.

    where: rows and columns. deltas: layer -> float32 (h, w, 3), scene-linear, to be added in this
    order; exactly zero where the layer's matte is. mattes: layer -> (h, w), 0..1.
    skin: (h, w), the skin matte, for measuring.
    """

    where: Window
    deltas: dict[str, Picture]
    mattes: dict[str, Map]
    skin: Map


@dataclass(frozen=True, eq=False)
class Painted:
    """What the engine would do to a face, still in its square.

    crop: float32 (S, S, 3), display-referred. stacks: layer -> float32 (S, S, 4), in the order in
    which they are laid: three channels of a delta and its matte, zero where that is; of `shape` the
    shift [px of the square], a zero and the matte. seen: the crop as motion is seen in it. hair: of
    the artist's matte, what lies beyond the square.
    """

    crop: Picture
    stacks: dict[str, Map]
    face: Mattes
    seen: Seen
    hair: Beyond | None = None


def paint(
    frame: Picture,
    aligned: Aligned,
    strengths: Strengths,
    *,
    seen: Map | None = None,
    engine: str = "native",
    ages: tuple[float, float] | None = None,
    hair: tuple[Map, str] | None = None,
    share: Map | None = None,
) -> Painted:
    """Work on one face of one frame.

    Args:
        frame: float32 (h, w, 3) scene-linear Rec.709.
        aligned: the face's square in it.
        strengths: of the layers.
        seen: what is seen of the skin, from `prepare`.
        engine: native; network, our own before all of the layers; or onnx:FILE, whose network
            then does what the skin layers do.
        ages: (shown, wanted) years, for a network.
        hair: the artist's matte of the hair (h, w) of this frame, and the colour's name.
        share: the artist's age map (h, w) of this frame, 0..1: how much of the years a pixel gets.
            Where it is zero nothing is altered.
    """
    crop = display(aligned.crop(frame))
    face = mattes(crop, aligned, seen=seen)
    head, rest = None, None
    if hair is not None:
        head = Hair(np.clip(aligned.crop(hair[0]), 0, 1), hair[1])
        matte = hair[0] if share is None else hair[0] * np.clip(share, 0, 1)
        rest = beyond(matte, head, crop, aligned, strengths.of("hair"))
    part = None if share is None else np.clip(aligned.crop(share), 0, 1)
    if engine == "native":
        layers = young(crop, aligned, face, strengths, head, part, looked_at=False)
    else:
        layers = _by_network(crop, aligned, face, strengths, head, engine, ages, part)
    stacks = _stacked(layers)
    if rest is not None:  # the square's part ends where the rest of the frame takes over
        stacks["hair"] = stacks["hair"] * seam(aligned.size)[..., None]
    return Painted(crop, stacks, face, Seen.of(crop), rest)


def _stacked(layers: Layers) -> dict[str, Map]:
    stacks = {n: cv2.merge([d, layers.mattes[n]]) for n, d in layers.deltas.items()}
    if layers.shift is not None:
        # A warp's own delta is only for looking at: what is laid is the warp.
        empty = np.zeros(layers.shift.shape[:2], np.float32)
        stacks["shape"] = cv2.merge([layers.shift, empty, layers.mattes["shape"]])
    return stacks


def steadied(painted: Sequence[Painted], middle: int) -> Painted:
    """The one at `middle`, each of its layers averaged with its neighbours' along the picture's own
    motion (`steady`). painted: of one person in consecutive frames of a shot, in one size."""
    here = painted[middle]
    if len(painted) == 1:
        return here
    around = Neighbours([p.seen for p in painted], middle, here.crop.shape[:2])
    calm = {n: around.steady([p.stacks.get(n) for p in painted]) for n in here.stacks}
    return replace(here, stacks=calm)


def _by_network(
    crop: Picture, aligned: Aligned, face: Mattes, strengths: Strengths, head: Hair | None,
    engine: str, ages: tuple[float, float] | None, part: Map | None,
) -> Layers:  # fmt: skip
    shown, wanted = ages or (50.0, 50.0)
    where: Map | float = strengths.map(face.regions) if strengths.regions else 1.0
    where = where if part is None else np.asarray(where * part, np.float32)
    skin = face.skin if part is None else face.skin * (part > 0)
    if engine == OWN:
        wanted = min(wanted, shown)  # it was never taught to make anybody older
        delta = _own_colour(crop, _network(engine).delta(crop, shown, wanted, skin), face.skin)
        if not isinstance(where, float):
            delta = delta * where[..., None]
    elif isinstance(where, float):
        delta = _network(engine).delta(crop, shown, wanted, skin)
    else:  # a map of the ages that are wanted; where none are, the network has no say
        delta = _network(engine).delta(crop, shown, shown + (wanted - shown) * where, skin)
        delta = delta * np.minimum(4 * where, 1)[..., None]
    delta = delta * (np.float32(strengths.network) * skin)[..., None]
    rest = strengths
    if engine != OWN:
        left = {n: v for n, v in strengths.layers.items() if n not in OF_SKIN}
        rest = replace(strengths, layers=left)
    after = young(crop + delta, aligned, face, rest, head, part, looked_at=False)
    return Layers({NETWORK: delta, **after.deltas}, {NETWORK: skin, **after.mattes}, after.shift)


def _own_colour(crop: Picture, delta: Picture, skin: Map) -> Picture:
    """The network's delta without what it does to all of the skin alike: it learned that lines go
    with a dull tone, and would make everybody paler and pinker."""
    toe = np.float32(0.02)
    before = crop + toe
    after = np.maximum(before + delta, toe / 2)
    some = (slice(None, None, 3), slice(None, None, 3))  # a median does not need them all
    inside = skin[some] > 0.5
    if not inside.any() or not delta.any():
        return delta
    tone = np.median(np.log(after[some][inside] / before[some][inside]), axis=0)
    return np.asarray(after * np.exp(-tone) - before, np.float32)


@lru_cache(maxsize=2)
def _network(engine: str) -> Network:
    return open_network(engine)


def lay(frame: Picture, aligned: Aligned, painted: Painted, weight: float = 1.0) -> Altered:
    """What `painted` changes in a frame (h, w, 3), scene-linear, which is left as it is.

    weight: 0..1, over all layers (a face that fades out).
    """
    where = reach(painted.hair, aligned.window(frame.shape))
    amount = np.float32(weight)
    seen = np.ascontiguousarray(frame[where], np.float32)
    shown = display(seen)
    light = undone(shown)
    deltas: dict[str, Picture] = {}
    masks: dict[str, Map] = {}
    for name, stack in painted.stacks.items():
        change, inside = np.zeros_like(seen), np.zeros(seen.shape[:2], np.float32)
        part = aligned.window(frame.shape, _around(stack[..., 3]))
        at = (part[0].start - where[0].start, part[1].start - where[1].start)
        if name == "shape":
            both = aligned.lay_back(in_frame(stack, aligned.matrix), part)
            # The frame itself is warped, so that detail finer than the square survives.
            now = seen.copy()
            for delta in deltas.values():
                now += delta
            shift = both[..., :2] * amount + np.array(at[::-1], np.float32)
            _moved(now, warped(now, shift), both[..., 3], amount, change, inside, *at)
        else:
            both = aligned.lay_back(stack, part)
            more = None
            if name == "hair" and painted.hair is not None:
                more = painted.hair.stack(shown, where)
            _laid(both, amount, shown, light, linear_table(), change, inside, *at)
            if more is not None:
                rest, upon = np.zeros_like(change), np.zeros_like(inside)
                _laid(more, amount, shown, light, linear_table(), rest, upon, 0, 0)
                change, inside = change + rest, np.maximum(inside, upon)
        deltas[name], masks[name] = change, inside
    skin = np.clip(aligned.lay_back(painted.face.skin, where), 0, 1)
    return Altered(where, deltas, masks, skin)


def summed(before: Picture, done: Altered) -> tuple[Picture, Map]:
    """A frame's window with every delta on it, and where that is (h, w), 0..1. Pixels that no
    matte reaches keep their bits."""
    total, matte = before.copy(), np.zeros(before.shape[:2], np.float32)
    for name, delta in done.deltas.items():
        _add(total, matte, delta, done.mattes[name])
    return total, matte


@njit(cache=True)
def _add(total, matte, delta, mask):  # type: ignore[no-untyped-def]
    h, w = mask.shape
    for y in range(h):
        for x in range(w):
            m = mask[y, x]
            if m > 0:
                matte[y, x] = max(matte[y, x], m)
                for c in range(3):
                    total[y, x, c] += delta[y, x, c]


def _around(matte: Map) -> Window:
    """What of a square a matte reaches once it is resampled."""
    rows, columns = bounds(matte)
    size = len(matte)
    return (slice(max(rows.start - 2, 0), min(rows.stop + 2, size)),
            slice(max(columns.start - 2, 0), min(columns.stop + 2, size)))  # fmt: skip


@njit(cache=True)
def _laid(both, amount, shown, light, table, change, inside, y0, x0):  # type: ignore[no-untyped-def]
    """Lay a delta and its matte (h, w, 4), display-referred, at (y0, x0) of a window."""
    h, w = both.shape[:2]
    for y in range(h):
        for x in range(w):
            m = min(max(both[y, x, 3], np.float32(0)), np.float32(1)) * amount
            if m <= _LEAST:
                continue
            v, u = y0 + y, x0 + x
            inside[v, u] = m
            for c in range(3):
                after = max(shown[v, u, c] + both[y, x, c] * amount, np.float32(0))
                lit = linear(after, table)
                change[v, u, c] = lit - light[v, u, c]
                shown[v, u, c], light[v, u, c] = after, lit


@njit(cache=True)
def _moved(now, after, mask, amount, change, inside, y0, x0):  # type: ignore[no-untyped-def]
    """What a warp changes in a window `now`; `after` (h, w, 3) and `mask` lie at (y0, x0) in it."""
    h, w = mask.shape
    for y in range(h):
        for x in range(w):
            m = min(max(mask[y, x], np.float32(0)), np.float32(1)) * amount
            if m <= _LEAST:
                continue
            v, u = y0 + y, x0 + x
            inside[v, u] = m
            for c in range(3):
                change[v, u, c] = after[y, x, c] - now[v, u, c]


def fine_energy(picture: Picture, skin: Map, unit: float) -> float:
    """Energy of the finest detail on the skin: what blur takes away first.

    picture: (h, w, 3) display-referred. unit: a hundredth of the face's height [px].
    """
    luma = cv2.transform(picture, np.array([[0.2126, 0.7152, 0.0722]], np.float32))
    fine = luma - cv2.GaussianBlur(luma, (0, 0), max(0.6 * unit, 0.8))
    inside = skin > 0.8
    return float((fine[inside] ** 2).mean()) if inside.any() else 0.0


def compile_kernels() -> None:
    """Compile what this module needs."""
    flat, deep = np.zeros((2, 2), np.float32), np.zeros((2, 2, 3), np.float32)
    one = np.float32(1)
    _laid(np.zeros((2, 2, 4), np.float32), one, deep, deep, linear_table(), deep, flat, 0, 0)
    stack = np.zeros((2, 2, 4), np.float32)
    _moved(deep, deep, stack[..., 3], one, deep, flat, 0, 0)
    _add(deep, flat, deep, flat)
