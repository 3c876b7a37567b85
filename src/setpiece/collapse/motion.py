"""How the pieces moved: what the fall makes, and dust, render and deliver read."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from setpiece.errors import StoreError
from setpiece.media.atomic import whole_file
from setpiece.render.scene import Pose

F32 = NDArray[np.float32]


@dataclass(frozen=True)
class Motion:
    """One pose per frame, plus what broke and what hit.

    T frames, N pieces, M bonds, K windows. Times are seconds after the first frame, on the shot's
    own clock (slow motion already applied).

    Attributes:
        fps: frames per second. The first frame is 1001.
        position: centres of mass, float32 (T + 1, N, 3) [m]; one frame more than the shot has, so
            that the last frame can be motion-blurred.
        rotation: quaternions (x, y, z, w) from rest, float32 (T + 1, N, 4).
        rest: centres of mass at rest, float32 (N, 3).
        bond_break: time at which each bond came apart, float32 (M,); inf where it never did.
        pane_break: time at which each window pane shatters, float32 (K,); inf where never.
        release: time at which each piece started to move (2 cm or 1 degree away from rest),
            float32 (N,); inf where it never did.
        impact_time, impact_body, impact_position, impact_energy: hits worth dust and shake:
            float32 (E,), int32 (E,), float32 (E, 3) [m], float32 (E,) [J].
        checks: measured facts for take.json (stands_still, free_fall, mass, penetration, settled).
    """

    fps: Fraction
    position: F32
    rotation: F32
    rest: F32
    bond_break: F32
    pane_break: F32
    release: F32
    impact_time: F32
    impact_body: NDArray[np.int32]
    impact_position: F32
    impact_energy: F32
    checks: dict[str, Any] = field(default_factory=dict)

    @property
    def frames(self) -> int:
        return len(self.position) - 1

    def pose(self, frame: float) -> Pose:
        """Pose at a frame index counted from 0; fractions are interpolated (lerp, nlerp)."""
        last = len(self.position) - 1
        f = min(max(float(frame), 0.0), float(last))
        a = min(int(f), last - 1) if last else 0
        t = np.float32(f - a)
        if t == 0 or last == 0:
            return Pose(self.position[a], self.rotation[a], self.rest)
        q0, q1 = self.rotation[a], self.rotation[a + 1]
        sign = np.sign((q0 * q1).sum(1, keepdims=True))
        q = q0 * (1 - t) + q1 * np.where(sign == 0, 1, sign) * t
        q /= np.linalg.norm(q, axis=1, keepdims=True)
        return Pose(
            self.position[a] * (1 - t) + self.position[a + 1] * t,
            q.astype(np.float32),
            self.rest,
        )


_ARRAYS = (
    "position", "rotation", "rest", "bond_break", "pane_break", "release",
    "impact_time", "impact_body", "impact_position", "impact_energy",
)  # fmt: skip


def save_motion(path: Path, motion: Motion) -> None:
    """Write a motion as .npz; the file appears complete or not at all.

    Raises:
        StoreError: the folder cannot be written.
    """
    words = json.dumps({"fps": str(motion.fps), "checks": motion.checks})
    arrays: dict[str, Any] = {k: getattr(motion, k) for k in _ARRAYS}
    with whole_file(path) as part, part.open("wb") as file:
        np.savez(file, words=np.array(words), **arrays)


def load_motion(path: Path) -> Motion:
    """Read what `save_motion` wrote.

    Raises:
        StoreError: the file is missing, truncated or not a motion.
    """
    path = Path(path)
    try:
        with np.load(path, allow_pickle=False) as data:
            words = json.loads(str(data["words"]))
            arrays = {k: data[k] for k in _ARRAYS}
        return Motion(fps=Fraction(words["fps"]), checks=words["checks"], **arrays)
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise StoreError(
            f"{path}: not a readable motion ({error}); delete it and run the fall again"
        ) from error
