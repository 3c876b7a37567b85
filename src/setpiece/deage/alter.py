"""One face in one frame, altered: the engine's deltas laid on the full-resolution picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.deage.ages import Strengths
from setpiece.deage.face import Aligned
from setpiece.deage.layers import Layers, young
from setpiece.deage.layers.hair import Hair
from setpiece.deage.layers.shape import in_frame, warped
from setpiece.deage.matte import Mattes, mattes
from setpiece.deage.network import OWN, Network, open_network
from setpiece.deage.steady import Neighbours
from setpiece.media.colour import from_display, to_display

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

    crop: float32 (S, S, 3), display-referred.
    """

    crop: Picture
    layers: Layers
    face: Mattes


def paint(
    frame: Picture,
    aligned: Aligned,
    strengths: Strengths,
    *,
    seen: Map | None = None,
    engine: str = "native",
    ages: tuple[float, float] | None = None,
    hair: tuple[Map, str] | None = None,
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
    """
    crop = to_display(aligned.crop(frame))
    face = mattes(crop, aligned, seen=seen)
    head = None if hair is None else Hair(np.clip(aligned.crop(hair[0]), 0, 1), hair[1])
    if engine == "native":
        layers = young(crop, aligned, face, strengths, head)
    else:
        layers = _by_network(crop, aligned, face, strengths, head, engine, ages)
    return Painted(crop, layers, face)


def steadied(painted: Sequence[Painted], middle: int) -> Painted:
    """The one at `middle`, each of its layers averaged with its neighbours' along the picture's own
    motion (`steady`). painted: of one person in consecutive frames of a shot, in one size."""
    here = painted[middle]
    if len(painted) == 1:
        return here
    around = Neighbours([p.crop for p in painted], middle)

    def calm(own: Map, all_of_it: Sequence[Map | None]) -> Map:
        return around.steady([np.zeros_like(own) if k is None else k for k in all_of_it])

    many = [p.layers for p in painted]
    deltas, masks, shift = here.layers.deltas, here.layers.mattes, here.layers.shift
    layers = Layers(
        {n: calm(d, [v.deltas.get(n) for v in many]) for n, d in deltas.items()},
        {n: calm(m, [v.mattes.get(n) for v in many]) for n, m in masks.items()},
        None if shift is None else calm(shift, [v.shift for v in many]),
    )
    return replace(here, layers=layers)


def _by_network(
    crop: Picture, aligned: Aligned, face: Mattes, strengths: Strengths, head: Hair | None,
    engine: str, ages: tuple[float, float] | None,
) -> Layers:  # fmt: skip
    shown, wanted = ages or (50.0, 50.0)
    if engine == OWN:
        wanted = min(wanted, shown)  # it was never taught to make anybody older
    delta = _network(engine).delta(crop, shown, wanted, face.skin) * face.skin[..., None]
    where = strengths.map(face.regions)
    if not isinstance(where, float):
        delta = delta * where[..., None]
    rest = strengths
    if engine != OWN:
        left = {n: v for n, v in strengths.layers.items() if n not in OF_SKIN}
        rest = replace(strengths, layers=left)
    after = young(crop + delta, aligned, face, rest, head)
    return Layers(
        {NETWORK: delta, **after.deltas}, {NETWORK: face.skin, **after.mattes}, after.shift
    )


@lru_cache(maxsize=2)
def _network(engine: str) -> Network:
    return open_network(engine)


def lay(frame: Picture, aligned: Aligned, painted: Painted, weight: float = 1.0) -> Altered:
    """What `painted` changes in a frame (h, w, 3), scene-linear, which is left as it is.

    weight: 0..1, over all layers (a face that fades out).
    """
    layers, face = painted.layers, painted.face
    where = aligned.window(frame.shape)
    amount = np.float32(weight)
    linear = frame[where]
    shown = to_display(linear)
    light = from_display(shown)
    deltas: dict[str, Picture] = {}
    masks: dict[str, Map] = {}
    for name, delta in layers.deltas.items():
        mask = np.clip(aligned.lay_back(layers.mattes[name], where), 0, 1) * amount
        inside = mask > _LEAST
        masks[name] = np.where(inside, mask, np.float32(0))
        change = np.zeros_like(linear)
        if name == "shape" and layers.shift is not None:
            # The frame itself is warped, so that detail finer than the square survives.
            moves = in_frame(layers.shift, aligned.matrix)
            shift = aligned.lay_back(moves, where) * amount
            shift[~inside] = 0
            now = np.asarray(linear + sum(deltas.values()), np.float32)
            change[inside] = (warped(now, shift) - now)[inside]
        else:
            laid = aligned.lay_back(delta, where)[inside] * amount
            after = np.clip(shown[inside] + laid, 0, None)
            lit = from_display(after)
            change[inside] = lit - light[inside]
            shown[inside], light[inside] = after, lit
        deltas[name] = change
    skin = np.clip(aligned.lay_back(face.skin, where), 0, 1)
    return Altered(where, deltas, masks, skin)


def fine_energy(picture: Picture, skin: Map, unit: float) -> float:
    """Energy of the finest detail on the skin: what blur takes away first.

    picture: (h, w, 3) display-referred. unit: a hundredth of the face's height [px].
    """
    luma = cv2.transform(picture, np.array([[0.2126, 0.7152, 0.0722]], np.float32))
    fine = luma - cv2.GaussianBlur(luma, (0, 0), max(0.6 * unit, 0.8))
    inside = skin > 0.8
    return float((fine[inside] ** 2).mean()) if inside.any() else 0.0
