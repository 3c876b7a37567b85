"""What an engine is given for one picture, and what every engine answers to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]


@dataclass(frozen=True)
class Guides:
    """One picture as our renderer sees it; all of one height and width.

    picture: the drawn panel, display-referred, (h, w, 3), 0..1. depth: along the view [m], (h, w);
    infinite where there is nothing. normal: in the camera's axes (x right, y up, z towards it),
    (h, w, 3), zero where there is nothing. line: ink, (h, w), 0 paper to 1 black.
    words: what is to be seen. seed: same seed, same picture, where the engine keeps to it.
    """

    picture: F32
    depth: F32
    normal: F32
    line: F32
    words: str
    seed: int

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) [px]."""
        return self.picture.shape[1], self.picture.shape[0]


class Engine(Protocol):
    """Turns guides into a picture."""

    name: str

    def key(self) -> str:
        """Changes when the same guides would give another picture."""
        ...

    def draw(self, guides: Guides) -> F32:
        """Display-referred, float32 (h, w, 3), 0..1, of the guides' size. Raises SetpieceError."""
        ...


def depth_picture(depth: F32) -> NDArray[np.uint8]:
    """Depth as control networks want it, uint8 (h, w, 3): nearest white, nothing black.

    Inverse depth between the 2nd and 98th percentile of what is there, as MiDaS writes it.
    """
    there = np.isfinite(depth) & (depth > 0)
    inverse = np.zeros(depth.shape, np.float32)
    inverse[there] = 1.0 / depth[there]
    if not there.any():
        return np.zeros((*depth.shape, 3), np.uint8)
    low, high = np.percentile(inverse[there], (2, 98))
    shown = np.clip((inverse - low) / max(high - low, 1e-9), 0, 1) * 0.9 + 0.1
    return _grey(np.where(there, shown, 0))


def normal_picture(normal: F32) -> NDArray[np.uint8]:
    """Normals as control networks want them, uint8 (h, w, 3): 0.5 + n / 2, nothing towards us."""
    n = np.where(np.abs(normal).sum(-1, keepdims=True) > 0, normal, (0.0, 0.0, 1.0))
    return np.rint((0.5 + 0.5 * np.clip(n, -1, 1)) * 255).astype(np.uint8)


def line_picture(line: F32) -> NDArray[np.uint8]:
    """Lines as control networks want them, uint8 (h, w, 3): white on black."""
    return _grey(np.clip(line, 0, 1))


def _grey(plane: NDArray[np.floating]) -> NDArray[np.uint8]:
    return np.repeat(np.rint(plane * 255).astype(np.uint8)[..., None], 3, axis=-1)
