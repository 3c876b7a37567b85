"""A tiny street drawn by hand: sky, ground, and a block seen square on, its windows in rows.

Small enough that a whole shot of it takes seconds; nothing but numpy and OpenCV makes it.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np

W, H = 240, 160
LEFT, RIGHT, TOP, FOOT = 78, 168, 42, 128
OUTLINE = ((LEFT, TOP), (RIGHT, TOP), (RIGHT, FOOT), (LEFT, FOOT))

# A whole shot in seconds: what `collapse` and `Request` take.
SMALL: dict[str, Any] = {
    "outline": OUTLINE,
    "lines": (((LEFT, TOP), (RIGHT, TOP)), ((LEFT, FOOT), (RIGHT, FOOT))),
    "lens": 35.0,
    "height": 10.0,
    "storeys": 3,
    "bays": 4,
    "size": (W, H),
    "frames": 10,
    "fps": Fraction(8),  # few frames, and yet a second in which something happens
    "fragments": 120,
    "quality": "draft",
}
BRIEF = "at 0.05 s it pancakes, dust"


def picture() -> np.ndarray:
    """The street, display-referred uint8 RGB (160, 240, 3)."""
    rng = np.random.default_rng(3)
    y = np.linspace(0, 1, H)[:, None, None]
    out = np.array([96, 140, 200]) * (1 - y) + np.array([215, 220, 225]) * y
    out = np.repeat(out, W, axis=1)
    out[112:] = np.array([104, 100, 92]) + rng.normal(0, 6, (H - 112, W, 1))
    wall = np.array([172, 120, 88]) + rng.normal(0, 9, (FOOT - TOP, RIGHT - LEFT, 1))
    out[TOP:FOOT, LEFT:RIGHT] = wall
    storey, bay = (FOOT - TOP) / 3, (RIGHT - LEFT) / 4
    for s in range(3):
        for b in range(4):
            top, left = int(TOP + s * storey + 8), int(LEFT + b * bay + 6)
            out[top : top + 13, left : left + 11] = (52, 60, 70)
    out += rng.normal(0, 1.5, out.shape)
    return np.clip(out, 0, 255).astype(np.uint8)


def write_plate(path: Path) -> Path:
    """The street as a PNG; returns its path."""
    cv2.imwrite(str(path), picture()[..., ::-1])
    return path


def arguments(**changed: Any) -> list[str]:
    """The same order on the command line; `changed` replaces or (None) drops options."""
    options: dict[str, Any] = {
        "outline": " ".join(f"{x},{y}" for x, y in OUTLINE),
        "line": f"{LEFT},{TOP} {RIGHT},{TOP}",
        "lens": 35, "height": 10, "storeys": 3, "bays": 4, "size": f"{W}x{H}", "frames": 10,
        "fps": 8, "fragments": 120, "quality": "draft", "brief": BRIEF, "workers": 1,
        **changed,
    }  # fmt: skip
    out = []
    for name, value in options.items():
        if value is not None:
            out += [f"--{name.replace('_', '-')}", str(value)]
    return out
