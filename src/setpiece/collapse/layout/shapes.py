"""What the prisms of a layout look like from the camera: faces, and the silhouette."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.layout.model import Prism, Roof
from setpiece.render.camera import Camera

F64 = NDArray[np.float64]
_NEAR = 0.05


@dataclass(frozen=True)
class Face:
    """A flat polygon (n, 3) [m] seen from outside counter-clockwise; `kind` wall, roof or top."""

    points: F64
    kind: str
    prism: int
    edge: int


def prism_faces(prism: Prism, index: int = 0, above: list[F64] | None = None) -> list[Face]:
    """Walls and roof of one prism. above: footprints that stand on it (its roof stops there)."""
    p = np.asarray(prism.footprint, float)
    low, high = prism.base, prism.base + prism.height
    n = len(p)
    out = []
    for k in range(n):
        a, b = p[k], p[(k + 1) % n]
        quad = np.array([[*a, low], [*b, low], [*b, high], [*a, high]])
        out.append(Face(quad, "wall", index, k))
    return out + _roof(p, high, prism.roof, index, above or [])


def even_longer(even: float, odd: float) -> bool:
    """Are the first and third side, so long together, the long ones? A square's are, however its
    corners were rounded."""
    return even >= odd * (1 - 1e-6)


def ridge_sides(p: F64, roof: Roof) -> tuple[int, int]:
    """The two eave edges of a gable over four corners."""
    length = np.linalg.norm(np.roll(p, -1, 0) - p, axis=1)
    long = even_longer(float(length[0] + length[2]), float(length[1] + length[3]))
    first = 0 if long == (roof.ridge == "long") else 1
    return first, first + 2


def _roof(p: F64, z: float, roof: Roof, index: int, above: list[F64]) -> list[Face]:
    n = len(p)
    flat = [Face(np.c_[p, np.full(n, z)], "top", index, -1)]
    if roof.kind == "flat" and roof.overhang <= 0:
        return flat
    edges = np.roll(p, -1, 0) - p
    length = np.linalg.norm(edges, axis=1)
    along = edges / length[:, None]
    inward = np.stack([-along[:, 1], along[:, 0]], 1)
    if roof.kind == "flat":
        e = _offset(p, inward, roof.overhang)
        return [*flat, Face(np.c_[e, np.full(n, z)], "top", index, -1)]
    slope = float(np.tan(np.radians(min(max(roof.pitch, 3.0), 72.0))))
    if roof.kind in ("gable", "hip") and n == 4:
        return flat + _ridged(p, z, roof, slope, inward, along, index)
    centre = p.mean(0)
    e = _offset(p, inward, roof.overhang)
    reach = float(min((centre - p[k]) @ inward[k] for k in range(n)))
    stop = 1.0
    for block in above:  # a skirt ends where the next tier's wall begins
        inside = min(float(((block - p[k]) @ inward[k]).min()) for k in range(n))
        stop = min(stop, max(inside, 0.0) / max(reach, 1e-6))
    eave = z - slope * roof.overhang
    upper = z + slope * reach * stop
    ring = p + (centre - p) * stop
    out = []
    for k in range(n):
        j = (k + 1) % n
        points = [[*e[k], eave], [*e[j], eave], [*ring[j], upper], [*ring[k], upper]]
        out.append(Face(np.array(points), "roof", index, k))
    return flat + out


def _ridged(
    p: F64, z: float, roof: Roof, slope: float, inward: F64, along: F64, index: int
) -> list[Face]:
    """Gable or hip over four corners, with eaves and verges."""
    hip = roof.kind == "hip"
    length = np.linalg.norm(np.roll(p, -1, 0) - p, axis=1)
    first = (0 if length[0] >= length[1] else 1) if hip else ridge_sides(p, roof)[0]
    o = roof.overhang
    half = float(abs((p[(first + 2) % 4] - p[first]) @ inward[first])) / 2
    out = []
    a, b = p[first], p[(first + 1) % 4]
    c, d = p[(first + 2) % 4], p[(first + 3) % 4]
    u, m = along[first], inward[first]
    ends = (half, -half) if hip else (-o, o)
    r0 = (a + d) / 2 + u * ends[0]
    r1 = (b + c) / 2 + u * ends[1]
    top, eave = z + slope * half, z - slope * o
    ea, eb, ec, ed = (
        a - (u + m) * o, b + (u - m) * o, c + (u + m) * o, d - (u - m) * o
    )  # fmt: skip
    R0, R1 = [*r0, top], [*r1, top]
    out.append(Face(np.array([[*ea, eave], [*eb, eave], R1, R0]), "roof", index, first))
    out.append(Face(np.array([[*ec, eave], [*ed, eave], R0, R1]), "roof", index, first + 2))
    if hip:
        out.append(Face(np.array([[*eb, eave], [*ec, eave], R1]), "roof", index, first + 1))
        out.append(Face(np.array([[*ed, eave], [*ea, eave], R0]), "roof", index, (first + 3) % 4))
    else:  # the gable triangles above the walls
        g0, g1 = [*((a + d) / 2), top], [*((b + c) / 2), top]
        out.append(Face(np.array([[*b, z], [*c, z], g1]), "gable", index, first + 1))
        out.append(Face(np.array([[*d, z], [*a, z], g0]), "gable", index, (first + 3) % 4))
    return out


def _offset(p: F64, inward: F64, distance: float) -> F64:
    """Convex counter-clockwise polygon grown outwards."""
    before = np.roll(inward, 1, 0)
    bisector = -(inward + before)
    cos = np.maximum(((inward * before).sum(1) + 1) / 2, 0.1)
    return p + bisector / 2 / cos[:, None] * distance


def layout_faces(prisms: list[Prism]) -> list[Face]:
    """Faces of all prisms; skirts of tiers stop at the tier above."""
    out = []
    for k, prism in enumerate(prisms):
        top = prism.base + prism.height
        above = [
            np.asarray(q.footprint, float)
            for q in prisms
            if q is not prism and q.base > prism.base + 0.3 and q.base < top + 12
        ] if prism.roof.kind == "pyramid" else []  # fmt: skip
        out += prism_faces(prism, k, above)
    return out


def project_face(points: F64, camera: Camera) -> F64 | None:
    """Pixels (n, 2) of a polygon cut at the near plane, or None where it is behind the camera."""
    local = (points - camera.position) @ camera.rotation.T
    if (local[:, 2] <= _NEAR).all():
        return None
    if (local[:, 2] < _NEAR).any():
        out = []
        for a, b in zip(local, np.roll(local, -1, 0), strict=True):
            if a[2] >= _NEAR:
                out.append(a)
            if (a[2] >= _NEAR) != (b[2] >= _NEAR):
                out.append(a + (b - a) * ((_NEAR - a[2]) / (b[2] - a[2])))
        local = np.array(out)
    return local[:, :2] / local[:, 2:] * camera.focal + np.array(camera.centre)


def silhouette(prisms: list[Prism], camera: Camera) -> NDArray[np.float32]:
    """Coverage (height, width) 0..1 of the prisms in the camera's frame."""
    out = np.zeros((camera.height, camera.width), np.uint8)
    limit = 20.0 * max(camera.width, camera.height)
    for face in layout_faces(prisms):
        pixels = project_face(face.points, camera)
        if pixels is not None and len(pixels) >= 3:
            pixels = np.clip(pixels, -limit, limit)
            cv2.fillPoly(out, [np.round((pixels - 0.5) * 16).astype(np.int32)], 255, cv2.LINE_8, 4)
    return out.astype(np.float32) / np.float32(255)
