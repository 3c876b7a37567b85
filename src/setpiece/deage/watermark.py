"""What a test carries across the picture, so that it is never taken for a cleared shot."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from setpiece.deage.face import Face
from setpiece.media.burnin import draw_text
from setpiece.media.colour import from_display, to_display

WORDS = "TEST - NOT CLEARED"


def watermark(
    picture: NDArray[np.float32], faces: Sequence[Face]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Write WORDS over the frame in rows and across every altered face.

    picture: float32 (h, w, 3) scene-linear. Returns it marked, and where (h, w).
    """
    h, w = picture.shape[:2]
    shown = to_display(picture)
    marked = shown.copy()
    size = max(w // 22, 9)
    for row in range(5):
        y = round((row + 0.5) * h / 5 + size / 3)
        draw_text(marked, WORDS, (round(w * (0.04 + 0.4 * (row % 2))), y), size, opacity=0.5)
    for face in faces:
        x0, y0, x1, y1 = face.box
        size = max(round((x1 - x0) / 8), 8)
        for part in (0.3, 0.62):
            at = (round(x0), round(y0 + part * (y1 - y0)))
            draw_text(marked, WORDS, at, size, opacity=0.6)
    where = (marked != shown).any(axis=2)
    out = picture.copy()
    out[where] = from_display(np.clip(marked[where], 0, 1))
    return out, where
