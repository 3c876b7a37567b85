"""Which point of the plate a hidden outside wall borrows its picture from."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.layout.model import Layout
from setpiece.collapse.pieces.region import Edge, Plan, Region
from setpiece.render.camera import Camera
from setpiece.render.scene import Material, Mesh
from setpiece.render.tracing import Tracer

F64 = NDArray[np.float64]

#: Share of a piece's outside points that must be in view for it to keep its own picture.
ENOUGH = 0.35
#: Width at which the standing building is looked at [px].
LOOK = 1280


@dataclass
class Face:
    """A wall or roof plane: its frame, extent in its plane (lo, hi) and the area in view [px2]."""

    origin: F64
    u: F64
    v: F64
    n: F64
    lo: F64
    hi: F64
    roof: bool
    prism: int
    seen: float


def project_hidden(mesh: Mesh, layout: Layout, plan: Plan, region: NDArray[np.int64]) -> Mesh:
    """`mesh` with tex of hidden outside faces moved onto walls and roofs that the camera sees.

    A hidden wall takes the picture of the widest wall in view of its own block (else of any
    block), mirrored along the wall, at the same height; a hidden roof plane that of a roof plane
    in view, else the upper strip of that wall. A face is hidden when it looks away from the camera
    or when other parts of the building stand in front of most of its piece.
    """
    camera = layout.view()
    mesh = _show(mesh, camera)
    plate = np.flatnonzero((mesh.material == Material.PLATE) | (mesh.material == Material.GLASS))
    if len(plate) == 0:
        return mesh
    faces = _faces(plan, camera)
    tri = mesh.vertices[mesh.faces[plate]].astype(float)
    normal = np.cross(tri[:, 1] - tri[:, 0], tri[:, 2] - tri[:, 0])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
    body = mesh.body[plate]
    middle = tri.mean(1)
    away = ((camera.position - middle) * normal).sum(1) <= 0
    hidden = away | _covered(mesh, middle + 0.02 * normal, camera.position)
    # a piece decides for all its faces on one wall, so that its picture stays whole
    facing = np.round(np.arctan2(normal[:, 1], normal[:, 0]) * 8 / np.pi).astype(np.int64) + 8
    group = body.astype(np.int64) * 64 + facing + 32 * (normal[:, 2] > 0.3)
    _, group = np.unique(group, return_inverse=True)
    weight = np.linalg.norm(np.cross(tri[:, 1] - tri[:, 0], tri[:, 2] - tri[:, 0]), axis=1)
    share = np.bincount(group, weight * ~hidden) / np.maximum(np.bincount(group, weight), 1e-12)
    out = share[group] < ENOUGH
    corners = mesh.faces.copy()
    vertices, tex = [mesh.vertices], [mesh.vertices]
    count = len(mesh.vertices)
    walls = [f for f in faces if not f.roof and f.seen > 0]
    if not walls or not out.any():
        return mesh
    prisms = np.array([plan.regions[k].prism for k in region])[body]
    up = normal[:, 2] > 0.3
    for prism in np.unique(prisms[out]):
        own = [f for f in walls if f.prism == prism] or walls
        wall = max(own, key=lambda f: f.seen)
        roofs = [f for f in faces if f.roof and f.seen > 0]
        roof = max([f for f in roofs if f.prism == prism] or roofs, key=lambda f: f.seen,
                   default=None)  # fmt: skip
        for slope in (False, True):
            rows = np.flatnonzero(out & (prisms == prism) & (up == slope))
            if len(rows) == 0:
                continue
            sources = [f for f in faces if f.prism == prism and f.roof == slope]
            fit = np.stack([normal[rows] @ f.n for f in sources], 1) if sources else None
            for k in range(len(sources)):
                assert fit is not None
                mine = rows[np.argmax(fit, 1) == k]
                # corners of their own: the same point may also belong to a wall in view
                vertex, place = np.unique(mesh.faces[plate[mine]], return_inverse=True)
                target = roof if slope and roof is not None else wall
                corners[plate[mine]] = count + place.reshape(-1, 3)
                vertices.append(mesh.vertices[vertex])
                tex.append(_carry(vertices[-1], sources[k], target))
                count += len(vertex)
    return replace(mesh, vertices=np.concatenate(vertices), tex=np.concatenate(tex), faces=corners)


def _show(mesh: Mesh, camera: Camera) -> Mesh:
    """Whatever else the camera sees of the standing building carries the plate too: soffits of
    eaves, undersides of a block on posts.
    """
    from setpiece.collapse.pieces.view import first_hits

    small = camera.resized(LOOK, round(LOOK * camera.height / camera.width))
    prim, _ = first_hits(mesh, small)
    pixels = np.bincount(prim[prim >= 0], minlength=len(mesh.faces))
    material = mesh.material.copy()
    # fewer pixels may be a ray that slipped between two pieces
    material[(pixels >= 3) & (material != Material.GLASS)] = Material.PLATE
    return replace(mesh, material=material)


def _carry(points: NDArray[np.float32], source: Face, target: Face) -> NDArray[np.float32]:
    """Points of one face on another: mirrored along it, at the same height."""
    d = points.astype(float) - source.origin
    along = (d @ source.u - source.lo[0]) / max(source.hi[0] - source.lo[0], 1e-6)
    across = d @ source.v
    size = target.hi - target.lo
    a = target.lo[0] + size[0] * np.clip(1 - along, 0.02, 0.98)
    if source.roof and not target.roof:  # the strip under the eaves stands in for a roof
        share = (across - source.lo[1]) / max(source.hi[1] - source.lo[1], 1e-6)
        b = target.hi[1] - size[1] * 0.25 * np.clip(1 - share, 0, 1)
    elif source.roof:
        share = (across - source.lo[1]) / max(source.hi[1] - source.lo[1], 1e-6)
        b = target.lo[1] + size[1] * np.clip(share, 0.02, 0.98)
    else:
        b = target.hi[1] - np.abs(target.hi[1] - (points[:, 2] - target.origin[2]))
        b = np.clip(b, target.lo[1] + 0.01 * size[1], target.hi[1] - 0.01 * size[1])
    out = target.origin + a[:, None] * target.u + b[:, None] * target.v
    return out.astype(np.float32)


def _faces(plan: Plan, camera: Camera) -> list[Face]:
    """Every wall and roof plane, with how much of the picture it takes."""
    groups: dict[tuple[int, int, bool], list[Region]] = {}
    for r in plan.regions:
        if r.wall >= 0 and r.front == Material.PLATE:
            groups.setdefault((r.prism, r.wall, r.n[2] > 0.05), []).append(r)
    out = []
    for (prism, _, roof), rows in groups.items():
        r = rows[0]
        lo = np.min([x.polygon.min(0) for x in rows], 0)
        hi = np.max([x.polygon.max(0) for x in rows], 0)
        if not roof:  # gables stand above the part that others can borrow
            hi[1] = np.min([hi[1], np.median([_shoulder(x) for x in rows if x.polygon[:, 1].max()
                                              > hi[1] - 1e-6])])  # fmt: skip
        corner = np.array([lo, [hi[0], lo[1]], hi, [lo[0], hi[1]]])
        world = r.world(corner)
        middle = world.mean(0)
        seen = 0.0
        if (camera.position - middle) @ r.n > 0:
            pixel, depth = camera.project(world)
            if (depth > 0.1).all():
                x, y = pixel[:, 0], pixel[:, 1]
                seen = abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2
        out.append(Face(r.origin, r.u, r.v, r.n, lo, hi, roof, prism, seen))
    return out


def _shoulder(r: Region) -> float:
    """Height up to which a region is as wide as at its foot (its top, unless it is a gable)."""
    z = r.polygon[:, 1]
    edge = [k for k in range(len(z)) if r.edge[k] != Edge.REVEAL]
    sloping = [
        min(z[k], z[(k + 1) % len(z)])
        for k in edge
        if abs(z[k] - z[(k + 1) % len(z)]) > 1e-3
        and abs(r.polygon[k, 0] - r.polygon[(k + 1) % len(z), 0]) > 1e-3
    ]
    return float(min(sloping)) if sloping else float(z.max())


def _covered(mesh: Mesh, points: F64, eye: F64) -> NDArray[np.bool_]:
    """Points that other faces hide from the eye."""
    solid = np.isin(mesh.material, (Material.PLATE, Material.GLASS))
    if not solid.any() or not len(points):
        return np.zeros(len(points), bool)
    d = eye - points
    length = np.linalg.norm(d, axis=1, keepdims=True)
    prim, far, _, _ = Tracer(mesh.vertices, mesh.faces[solid]).hits(
        np.ascontiguousarray(points, np.float32),
        np.ascontiguousarray(d / np.maximum(length, 1e-9), np.float32),
    )
    return np.asarray((prim >= 0) & (far < length[:, 0] - 0.05))
