"""Stage street for tests: rendered once a session, with its truth and an artist's strokes."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from setpiece.media.plate import open_plate

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
sys.path.insert(0, str(EXAMPLES))


@dataclass(frozen=True)
class Stage:
    """folder: what the example wrote. plate, background: scene-linear (h, w, 3). building,
    foreground (where it hides the building): true mattes (h, w), 0..1. truth: truth.json.
    strokes: fields of `Request`."""

    folder: Path
    plate: np.ndarray
    background: np.ndarray
    building: np.ndarray
    foreground: np.ndarray
    truth: dict[str, Any]
    strokes: dict[str, Any]


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Stage street at 640x360, 8 samples a pixel: with 4, one grain of the plate in four (and
    processors differ in theirs) sends the slanted wall into a solution six per cent off."""
    from stage_street import make_street, save_street
    from street_collapse import strokes

    folder = tmp_path_factory.mktemp("street")
    save_street(make_street(640, 360, 8), folder)
    truth = json.loads((folder / "truth.json").read_text())

    def matte(name: str) -> np.ndarray:
        return cv2.imread(str(folder / f"{name}.png"), 0).astype(np.float32) / 255

    return Stage(
        folder,
        open_plate(folder / "plate.png").read(0),
        open_plate(folder / "background.png").read(0),
        matte("building"),
        np.minimum(matte("foreground"), matte("building")),
        truth,
        strokes(truth),
    )
