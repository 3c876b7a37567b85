"""What stands out of the model's silhouette: chimneys, eaves, dormers, ornaments.

A building is never exactly its prisms. Where the matte shows building and no piece covers the
pixel, a small card that faces the camera carries the plate and rides on the nearest piece, so that
the standing building re-projects to the whole of its matte.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.fragments import Fragments
from setpiece.errors import StageError
from setpiece.render.camera import Camera
from setpiece.render.scene import Material, Mesh

F32 = NDArray[np.float32]

#: Matte above this counts as building.
THRESHOLD = 0.02
#: Plates wider than this are looked at reduced [px].
WIDEST = 2048


def add_fringe(
    fragments: Fragments,
    camera: Camera,
    matte: F32,
    *,
    cell: int = 4,
    reach: float | None = None,
) -> Fragments:
    """Fragments with cards for every matte pixel (> 0.02) that no piece covers at rest.

    camera: the plate's. matte: float32 (h, w) in 0..1, any size of the plate's aspect. cell: size
    of the cards' grid [px of a picture 1280 wide]. reach: matte farther than this from the nearest
    piece is left alone [px of the matte]; None takes all of it.

    Raises StageError where the matte is no single-channel picture of the plate's aspect.
    """
    from scipy.ndimage import distance_transform_edt

    from setpiece.collapse.pieces.view import first_hits

    mask, view = _mask(camera, matte)
    mesh = fragments.mesh
    prim, _ = first_hits(mesh, view)
    carrier = (prim >= 0) & np.isin(mesh.material[prim], (Material.PLATE, Material.GLASS))
    bare = mask & (prim < 0)
    if not bare.any() or not carrier.any():
        return fragments
    distance, (row, column) = distance_transform_edt(~carrier, return_indices=True)
    if reach is not None:
        bare &= distance <= reach * view.width / matte.shape[1]
    if not bare.any():
        return fragments
    size = max(2, round(cell * view.width / 1280))
    nearest = mesh.body[prim[row, column]].astype(np.int64)
    left, right, top, bottom, card = _cut(bare, nearest, size)
    depth = _depths(fragments, view, prim, carrier)[card]

    pixel = np.stack([
        np.stack([left, bottom], 1), np.stack([right, bottom], 1),
        np.stack([right, top], 1), np.stack([left, top], 1),
    ], 1).astype(float)  # fmt: skip
    rays = view.rays(pixel)
    world = view.position + rays * (depth[:, None] / (rays @ view.rotation[2]))[..., None]
    return replace(fragments, mesh=_with_cards(mesh, world, card))


def _cut(
    bare: NDArray[np.bool_], nearest: NDArray[np.int64], size: int
) -> tuple[NDArray[np.int64], ...]:
    """Left, right, top, bottom [px] and piece of cards that cover what is bare.

    Cells of `size` px are enough where one piece carries all of a cell. A cell that two pieces
    share is cut pixel by pixel, so that the seam opens along a line and not in steps, and its
    cards lap a pixel over their neighbours: at rest both show the same picture.
    """
    y, x = np.nonzero(bare)
    across = -(-bare.shape[1] // size)
    place = (y // size).astype(np.int64) * across + x // size
    body = nearest[y, x]
    order = np.lexsort((body, place))
    place, body = place[order], body[order]
    begin = np.flatnonzero(np.diff(place, prepend=-1))
    end = np.append(begin[1:], len(place)) - 1
    shared = body[begin] != body[end]
    where, whose = place[begin], body[begin]
    coarse = _rows(where[~shared], whose[~shared], across, size, 0)
    inside = np.zeros((-(-bare.shape[0] // size), across), bool)
    inside.flat[where[shared]] = True
    inside = inside.repeat(size, 0).repeat(size, 1)[: bare.shape[0], : bare.shape[1]]
    at = np.flatnonzero(inside)
    fine = _rows(at, nearest.ravel()[at], bare.shape[1], 1, 1)
    return tuple(np.concatenate(pair) for pair in zip(coarse, fine, strict=True))


def _rows(
    place: NDArray[np.int64], body: NDArray[np.int64], across: int, size: int, lap: int
) -> tuple[NDArray[np.int64], ...]:
    """Cells (sorted, numbered along rows of `across`): neighbours in a row with one piece become
    one card."""
    start = np.ones(len(place), bool)
    start[1:] = (np.diff(place) != 1) | (np.diff(body) != 0) | (place[1:] % across == 0)
    begin = np.flatnonzero(start)
    end = (np.append(begin[1:], len(place)) - 1).astype(np.int64)[: len(begin)]
    top = place[begin] // across * size
    left, right = place[begin] % across * size, (place[end] % across + 1) * size
    return left - lap, right + lap, top - lap, top + size + lap, body[begin]


def coverage(fragments: Fragments, camera: Camera, matte: F32) -> float:
    """Share of the matte (> 0.02) that the pieces cover at rest, seen through the camera."""
    from setpiece.collapse.pieces.view import first_hits

    mask, view = _mask(camera, matte)
    if not mask.any():
        return 1.0
    prim, _ = first_hits(fragments.mesh, view)
    return float((prim[mask] >= 0).mean())


def _mask(camera: Camera, matte: F32) -> tuple[NDArray[np.bool_], Camera]:
    """Building or not, at most WIDEST wide (a reduced pixel is building where any part is)."""
    if matte.ndim != 2 or min(matte.shape) < 2:
        raise StageError(f"the matte must be (height, width), not {matte.shape}")
    h, w = matte.shape
    if abs(h * camera.width - w * camera.height) > 2 * max(camera.width, camera.height, w, h):
        raise StageError(
            f"the matte is {w}x{h}, the plate {camera.width}x{camera.height}: "
            "give the matte the plate's aspect"
        )
    mask = np.asarray(matte > THRESHOLD)
    k = -(-w // WIDEST)
    if k > 1:
        full = np.zeros((-(-h // k) * k, -(-w // k) * k), bool)
        full[:h, :w] = mask
        mask = np.asarray(full.reshape(full.shape[0] // k, k, -1, k).any((1, 3)))
    view = camera.resized(w, h)
    if k > 1:
        view = Camera(
            view.position, view.rotation, view.focal / k,
            (view.centre[0] / k, view.centre[1] / k), mask.shape[1], mask.shape[0],
        )  # fmt: skip
    return mask, view


def _depths(
    fragments: Fragments, view: Camera, prim: NDArray[np.int64], carrier: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Depth of each piece along the optical axis [m], a hair behind what is seen of it."""
    mesh = fragments.mesh
    faces, hits = np.unique(prim[carrier], return_counts=True)
    middle = mesh.vertices[mesh.faces[faces]].astype(float).mean(1)
    z = view.project(middle)[1]
    total = np.bincount(mesh.body[faces], hits, len(fragments))
    depth = np.bincount(mesh.body[faces], hits * z, len(fragments)) / np.maximum(total, 1)
    return np.maximum(depth, 0.1) * 1.002


def _with_cards(mesh: Mesh, quads: NDArray[np.float64], body: NDArray[np.int64]) -> Mesh:
    n = len(quads)
    corner = quads.reshape(-1, 3).astype(np.float32)
    base = len(mesh.vertices) + 4 * np.arange(n)[:, None]
    faces = np.concatenate([base + np.array(t) for t in ([0, 1, 2], [0, 2, 3])]).astype(np.int32)
    return Mesh(
        vertices=np.concatenate([mesh.vertices, corner]),
        tex=np.concatenate([mesh.tex, corner]),
        faces=np.concatenate([mesh.faces, faces]),
        body=np.concatenate([mesh.body, np.tile(body, 2).astype(np.int32)]),
        material=np.concatenate([mesh.material, np.full(2 * n, Material.PLATE, np.uint8)]),
        pane=np.concatenate([mesh.pane, np.full(2 * n, -1, np.int32)]),
    )
