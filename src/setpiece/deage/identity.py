"""Who a face is: a 128-number embedding that is near for one person and far for two.

dlib's ResNet (King 2017; CC0 weights). On the same person in another photograph its distance is
about 0.38, on two people 0.7 and up.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from setpiece.deage.extra import missing, package_folder
from setpiece.deage.face import Face, align
from setpiece.deage.warp import Picture
from setpiece.media.colour import from_display, to_display

SAME = 0.55  # nearer than this is one person: half way between the same and another
_CHIP = 150
_FIVE = (263, 362, 33, 133, 2)  # the points by which dlib turns a face upright

Embedding = NDArray[np.float32]


def who(picture: Picture, face: Face) -> Embedding:
    """The embedding (128,) of a face in a frame (h, w, 3): float32 scene-linear Rec.709, or uint8
    sRGB.

    Raises MissingExtra where dlib or its weights are not installed.
    """
    dlib = _dlib()
    if picture.dtype == np.uint8:
        picture = from_display(picture)
    aligned = align(face, 320)
    crop = np.round(to_display(aligned.crop(picture)) * 255).astype(np.uint8)
    points = [dlib.point(*(round(float(v)) for v in aligned.points[i] - 0.5)) for i in _FIVE]
    shape = dlib.full_object_detection(dlib.rectangle(0, 0, 319, 319), points)
    chip = dlib.get_face_chip(crop, shape, size=_CHIP, padding=0.25)
    return np.array(_network().compute_face_descriptor(chip), np.float32)


def distance(one: Embedding, other: Embedding) -> float:
    """Euclidean distance of two embeddings."""
    return float(np.linalg.norm(one - other))


def _dlib() -> Any:
    try:
        import dlib
    except ImportError as error:
        raise missing("dlib-bin", error) from error
    return dlib


@cache
def _network() -> Any:
    # The package that carries the weights cannot be imported without setuptools' pkg_resources.
    weights = "dlib_face_recognition_resnet_model_v1.dat"
    path = package_folder("face_recognition_models") / "models" / weights
    try:
        return _dlib().face_recognition_model_v1(str(path))
    except RuntimeError as error:
        raise missing("face-recognition-models", ImportError(str(error))) from error
