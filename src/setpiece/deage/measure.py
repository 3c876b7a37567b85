"""Facts measured on the delivered pictures: what every de-ageing take says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.deage.face import Aligned, Face
from setpiece.deage.identity import SAME, Embedding, distance, who
from setpiece.deage.steady import carried
from setpiece.media.exr import to_half

Picture = NDArray[np.float32]
FLOW_SIDE = 192
FLOW_LIMIT = 1.05  # of the source's own
TEXTURE_LIMIT = 0.6
COMPARED = 24  # faces of a person that are held against the reference, in a clip


def touched_outside(plate: Picture, rgba: NDArray[Any], matte: NDArray[Any]) -> int:
    """Pixels outside the matte whose bits differ from the plate's, as a file keeps both."""
    outside = np.asarray(matte) == 0
    differs = (to_half(plate) != np.asarray(rgba)[..., :3]).any(axis=2)
    return int((differs & outside).sum())


class FlowError:
    """How much skin changes from frame to frame beyond its motion, before and after.

    The motion is the source's own (DIS optical flow, Kroeger et al. 2016) in the face's square: a
    texture that swims, or a change that comes and goes, shows as error that the source has not
    (Lai et al. 2018, "Learning blind video temporal consistency").
    """

    def __init__(self) -> None:
        self._last: tuple[int, Picture, Picture, NDArray[np.uint8]] | None = None
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        self.before: list[float] = []
        self.after: list[float] = []

    def add(self, shot: int, aligned: Aligned, source: Picture, result: Picture) -> None:
        """One frame of a person, display-referred (h, w, 3); frames follow one another."""
        k = FLOW_SIDE / aligned.size
        small = Aligned(aligned.matrix * k, FLOW_SIDE, aligned.points * np.float32(k))
        was, now = small.crop(source), small.crop(result)
        grey = np.clip(cv2.cvtColor(was, cv2.COLOR_RGB2GRAY) * 255, 0, 255).astype(np.uint8)
        last = self._last
        self._last = (shot, was, now, grey)
        if last is None or last[0] != shot:
            return
        flow = self._flow.calc(grey, last[3], None)
        inside = np.zeros((FLOW_SIDE, FLOW_SIDE), np.uint8)
        cv2.fillConvexPoly(inside, cv2.convexHull(small.points.astype(np.int32)), (1,))

        def error(old: Picture, new: Picture) -> float:
            return float(np.abs(carried(old, flow) - new)[inside > 0].mean())

        self.before.append(error(last[1], was))
        self.after.append(error(last[2], now))

    def gap(self) -> None:
        """A frame in which the face is not altered."""
        self._last = None

    @property
    def ratio(self) -> float | None:
        """Error after over error before; None where no two frames follow one another."""
        total = sum(self.before)
        return sum(self.after) / total if total > 0 else None


def spread_over(weight: NDArray[np.float32]) -> frozenset[int]:
    """Frames spread over those of a clip in which a face is altered: two embeddings cost as much
    as all the rest of a frame."""
    altered = np.flatnonzero(weight > 0)
    at = np.linspace(0, len(altered) - 1, min(COMPARED, len(altered))).round().astype(int)
    return frozenset(altered[at].tolist())


def likeness(
    before: Picture, after: Picture, face: Face, reference: Embedding, young: Sequence[Embedding]
) -> dict[str, Any]:
    """How far a face is from itself, from the reference, and from photographs of the person when
    young, in whole frames before and after."""
    was, now = who(before, face), who(after, face)
    to_reference = [distance(e, reference) for e in (was, now)]
    facts: dict[str, Any] = {}
    if young:
        facts["to_young"] = [min(distance(e, y) for y in young) for e in (was, now)]
    return {
        **facts,
        "distance": distance(was, now),
        "to_reference": to_reference,
        # A face that was doubtful before is no fault of ours.
        "same": to_reference[1] < max(SAME, to_reference[0] + 0.1),
    }


def checks(
    untouched: int,
    facts: Sequence[Mapping[str, Any]],
    flows: Iterable[float | None],
) -> dict[str, Any]:
    """The take's checks. facts: of each frame, as `frames` wrote them."""
    faces = [p for f in facts for p in f["people"].values()]
    whole = [p for p in faces if p["weight"] >= 1] or faces
    out: dict[str, Any] = {
        "plate_untouched": {
            "ok": untouched == 0, "value": untouched, "limit": 0, "unit": "pixels",
        },
    }  # fmt: skip
    if faces:
        compared = [p["same"] for p in faces if "same" in p]
        strangers = sum(not same for same in compared)
        out["same_person"] = {
            "ok": strangers == 0, "value": strangers, "limit": 0,
            "unit": f"of {len(compared)} faces, spread over the clip, are no longer the reference",
        }  # fmt: skip
        texture = float(np.median([p["texture"] for p in whole]))
        out["texture"] = {
            "ok": texture >= TEXTURE_LIMIT, "value": texture, "limit": TEXTURE_LIMIT,
            "unit": "of the fine detail on skin",
        }  # fmt: skip
    known = [f for f in flows if f is not None]
    if known:
        out["steady"] = {
            "ok": max(known) <= FLOW_LIMIT, "value": max(known), "limit": FLOW_LIMIT,
            "unit": "of the source's flow-warp error",
        }  # fmt: skip
    return out
