"""The pieces of a building in the plate's own light: picture and passes of one frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.render.bounce import Around
from setpiece.render.camera import Camera
from setpiece.render.ground import ground_ratio
from setpiece.render.relight import Hits, Shadow, relight
from setpiece.render.rest_view import RestView
from setpiece.render.sampling import pixel_offsets
from setpiece.render.scene import Mesh, Pose
from setpiece.render.shading import gather, mean_at, moved_amount
from setpiece.render.surface import under_dust
from setpiece.render.tracing import Tracer, camera_arrays, cover_tiles, make_rays

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]
TILE = 16  # px
BLOCK = 4  # px; divides TILE
CELL = 6.0  # px that a cell of light has, where most of what is seen is,
THICK = 0.3  # [m] but no more than this: light would go through slabs
LAYERS = 5  # surfaces a ray may pass where the silhouette's matte cuts them away
Seen = Callable[[F32, F32, F32], tuple[F32, F32]]
Covered = Callable[[F32], NDArray[np.bool_]]

__all__ = ["Posed", "RestView", "SolidPasses", "compile_kernels", "render_solids"]


class Glass(Protocol):
    """Shards off their frames: faces (S,) of the mesh that share no corner with others, where
    their corners are (S, 3, 3) [m], and which are gone (S,)."""

    @property
    def faces(self) -> NDArray[np.int64]: ...

    @property
    def corners(self) -> F32: ...

    @property
    def gone(self) -> NDArray[np.bool_]: ...


@dataclass(frozen=True)
class SolidPasses:
    """Picture and passes of the solids, (h, w[, c]) float32, scene-linear working space.

    rgb: premultiplied. alpha. depth: planar Z of the first surface [m], inf where none.
    normal, position: world, of that surface, 0 where none. motion: pixels to the next frame (x, y).
    albedo: premultiplied. ids (h, w, 4) int32 with -1 for none, and coverage (h, w, 4): pieces.
    ground_ratio: (h, w, 3), light on the ground now over the light in the plate, at most 1.
    """

    rgb: F32
    alpha: F32
    depth: F32
    normal: F32
    position: F32
    motion: F32
    albedo: F32
    ids: I32
    coverage: F32
    ground_ratio: F32


@dataclass(frozen=True)
class Posed:
    """The mesh where a pose puts it, ready for rays: for `render_solids` and whoever else asks.

    now: corners [m] (V, 3). faces (F, 3) that are there, and their bodies and materials (F,).
    kept: which of the mesh's faces they are, (F,).
    """

    now: F32
    faces: I32
    body: I32
    material: NDArray[np.uint8]
    kept: NDArray[np.int64]
    tracer: Tracer

    @staticmethod
    def of(
        view: RestView,
        pose: Pose,
        *,
        broken_panes: NDArray[np.bool_] | None = None,
        glass: Glass | None = None,
    ) -> Posed:
        """Arguments as for `render_solids`."""
        mesh = view.mesh
        now = posed_mesh(mesh, pose, glass)
        keep = np.ones(len(mesh.faces), bool)
        if broken_panes is not None and len(broken_panes):
            keep = (mesh.pane < 0) | ~broken_panes[np.maximum(mesh.pane, 0)]
        riding = mesh.body
        if glass is not None and len(glass.faces):
            keep[glass.faces[glass.gone]] = False
            riding = mesh.body.copy()
            riding[glass.faces] = -1
        faces = np.ascontiguousarray(mesh.faces[keep])
        return Posed(
            now, faces, np.ascontiguousarray(riding[keep]),
            np.ascontiguousarray(mesh.material[keep]), np.flatnonzero(keep), Tracer(now, faces),
        )  # fmt: skip


def posed_mesh(mesh: Mesh, pose: Pose, glass: Glass | None) -> F32:
    """Corners of the mesh [m] (V, 3) where the pose, or the shards' own fall, puts them."""
    corners = pose.apply(mesh)
    if glass is not None and len(glass.faces):
        corners[mesh.faces[glass.faces]] = glass.corners
    return corners


def render_solids(
    view: RestView,
    pose: Pose,
    *,
    posed: Posed | None = None,
    next_pose: Pose | None = None,
    broken_panes: NDArray[np.bool_] | None = None,
    glass: Glass | None = None,
    next_glass: Glass | None = None,
    samples: int = 4,
    seed: int = 0,
    denoise: bool = True,
    volume_shadow: Shadow | None = None,
    ground_shadow: Shadow | None = None,
    dusty: F32 | None = None,
    dust_albedo: tuple[float, float, float] = (0.52, 0.49, 0.44),
    ground: bool = True,
    seen: Seen | None = None,
    covered: Covered | None = None,
) -> SolidPasses:
    """Render the pieces where `pose` puts them.

    What has not moved shows the plate's picture exactly; what moves is relit by the ratio of its
    light now to its light at rest; what was inside is shaded. next_pose, next_glass: one
    frame later, for motion vectors. posed: `Posed.of` this very pose and glass, where it is there
    already. broken_panes: (K,) windows whose glass is gone. glass: shards that have left
    their frames; they ride on no piece and show their part of the plate until they are gone.
    samples: 1, 4 or 16 a pixel.
    volume_shadow: sun transmittance through dust at world points (n, 3) -> (n,). ground_shadow:
    the same on the ground, where it differs (a street that the plate shows in shade).
    dusty: (N,) 0..1, how much pale dust lies on what faces up of each piece. seen: told depth,
    alpha and motion of the pieces, says how much of pieces and of ground reaches the picture
    (h, w) each: where that is 0 they get no light (rgb is then not to be used there), and all
    other passes; None is everything. covered: told a first depth of the pieces (h, w), says which
    pixels (h, w) will hardly be seen: there one sample has to do for all passes.
    """
    mesh, camera, light = view.mesh, view.camera, view.light
    h, w = view.silhouette.shape
    if posed is None:
        posed = Posed.of(view, pose, broken_panes=broken_panes, glass=glass)
    now, faces, body, material = posed.now, posed.faces, posed.body, posed.material
    tracer = posed.tracer

    eye, rot, lens = camera_arrays(camera)
    xs, ys = _covered_pixels(view, posed)
    count, p_total = len(xs), h * w
    pixel = (ys.astype(np.int64) * w + xs).astype(np.int64)
    offsets = pixel_offsets(samples)
    share = 1.0 / len(offsets)

    then = now if next_pose is None else posed_mesh(mesh, next_pose, next_glass or glass)
    moved = np.zeros(len(pose.rest))
    moved_amount(pose.position, pose.rotation, pose.rest, moved)
    matrices = pose.matrices()
    sun = light.to_sun
    sun_rgb, sky, bounce_up = (
        np.array(c, np.float64) for c in (light.sun, light.sky, light.ground)
    )
    dust_rgb = np.array(dust_albedo, np.float64)
    film = np.zeros(len(pose.rest), np.float32) if dusty is None else dusty.astype(np.float32)

    still = np.zeros((p_total, 3), np.float32)
    alpha = np.zeros(p_total, np.float32)
    far = np.full(p_total, np.inf, np.float32)
    normal = np.zeros((p_total, 3), np.float32)
    place = np.zeros((p_total, 3), np.float32)
    motion = np.zeros((p_total, 2), np.float32)
    albedo = np.zeros((p_total, 3), np.float32)
    ids = np.full((p_total, 4), -1, np.int32)
    coverage = np.zeros((p_total, 4), np.float32)
    found: list[Hits] = []

    room = 2 * count + 16
    origins, directions = (np.empty((count, 3), np.float32) for _ in range(2))

    for s, (dx, dy) in enumerate(offsets):
        if s == 1 and covered is not None:
            under = covered(_planar(far, place, eye, rot).reshape(h, w)).ravel()
            if under.any():
                _stand_for(under, np.float32(len(offsets)), still, alpha, albedo, coverage)
                # A gap in the dust between the rays that asked is lit all the same.
                for first in found:
                    _weigh(under, np.float32(len(offsets)), first.pixel, first.weight)
                left = np.flatnonzero(~under[pixel])
                xs, ys, pixel, count = xs[left], ys[left], pixel[left], len(left)
                origins, directions = origins[:count], directions[:count]
        make_rays(eye, rot, lens, xs, ys, float(dx), float(dy), origins, directions)
        ray = np.arange(count, dtype=np.int64)
        reached, start = np.zeros(count, np.float32), np.zeros(count, np.float32)
        hit_pixel, hit_weight = np.empty(room, np.int64), np.empty(room, np.float32)
        hit_point, hit_normal, hit_base = (np.empty((room, 3), np.float32) for _ in range(3))
        active, hits = count, 0
        for _ in range(LAYERS):
            if active == 0:
                break
            o, d = origins[:active], directions[:active]
            prim, dist, uu, vv = tracer.hits(o, d)
            hits, active = gather(
                prim, dist, uu, vv, ray, origins, directions, faces, now, mesh.vertices, mesh.tex,
                body, material, matrices, then, moved,
                eye, rot, lens, view.picture, view.matte, view.seen, view.mean, view.had,
                sun, sun_rgb, sky, bounce_up, film, dust_rgb, pixel, share,
                reached, start, still, alpha, far, normal, place, motion, albedo, ids, coverage,
                hit_pixel, hit_weight, hit_point, hit_normal, hit_base, hits,
            )  # fmt: skip
        if hits:
            whole = Hits(s, hit_pixel, hit_weight, hit_point, hit_normal, hit_base)
            found.append(whole.where(slice(hits)))

    planar = _planar(far, place, eye, rot)
    np.minimum(alpha, 1, out=alpha)
    pieces, floor = None, None
    if seen is not None:
        pieces, floor = seen(planar.reshape(h, w), alpha.reshape(h, w), motion.reshape(h, w, 2))
        pieces = pieces.ravel()
        found = [hits.seen(pieces) for hits in found]
    rgb, ratio = np.maximum(still, 0), np.ones((h, w, 3), np.float32)
    if found or moved.any():
        tone = np.empty((len(faces), 3), np.float32)
        under_dust(view.tone[posed.kept], now, faces, body, moved, film, dust_rgb, tone)
        around = Around(tracer, tone, light, volume_shadow)
        if found:
            rgb = relight(
                found, around, still, (h, w), seed=seed, denoise=denoise, seen=pieces,
                cell=_cell(found, camera),
            )  # fmt: skip
        if ground and moved.any():
            ratio = ground_ratio(
                view, around, now, ground_shadow or volume_shadow,
                None if floor is None else floor > 0,
            )  # fmt: skip
    return SolidPasses(
        rgb=np.asarray(rgb.reshape(h, w, 3), np.float32),
        alpha=alpha.reshape(h, w),
        depth=planar.reshape(h, w),
        normal=normal.reshape(h, w, 3),
        position=place.reshape(h, w, 3),
        motion=motion.reshape(h, w, 2),
        albedo=np.minimum(albedo, 1, out=albedo).reshape(h, w, 3),
        ids=ids.reshape(h, w, 4),
        coverage=coverage.reshape(h, w, 4),
        ground_ratio=ratio,
    )


def _cell(found: list[Hits], camera: Camera) -> float | None:
    """Edge of the cells that keep light [m]: by what is seen now, wherever that stood at rest."""
    first = next((hits.point for hits in found if len(hits.point)), None)
    if first is None:
        return None
    away = np.linalg.norm(first - camera.position.astype(np.float32), axis=1)
    return min(CELL * float(np.median(away)) / camera.focal, THICK)


def _planar(far: F32, place: F32, eye: NDArray, rot: NDArray) -> F32:
    """Depth along the optical axis (p,) of places (p, 3), inf where far (p,) is."""
    planar = np.empty(len(far), np.float32)
    _along_axis(far, place, eye, rot[2], planar)
    return planar


@njit(cache=True, nogil=True)
def _along_axis(far, place, eye, axis, planar):
    for p in range(far.shape[0]):
        planar[p] = np.inf
        if far[p] < np.inf:
            x, y, z = place[p, 0] - eye[0], place[p, 1] - eye[1], place[p, 2] - eye[2]
            planar[p] = x * axis[0] + y * axis[1] + z * axis[2]


@njit(cache=True, nogil=True)
def _stand_for(under, count, still, alpha, albedo, coverage):
    """Let the one sample of pixels under (p,) count for all of them, in place."""
    for p in range(under.shape[0]):
        if under[p]:
            alpha[p] *= count
            for k in range(3):
                still[p, k] *= count
                albedo[p, k] *= count
            for k in range(4):
                coverage[p, k] *= count


@njit(cache=True, nogil=True)
def _weigh(under, count, pixel, weight):
    """The same for the weights (n,) of hits on pixels (n,)."""
    for i in range(pixel.shape[0]):
        if under[pixel[i]]:
            weight[i] *= count


def _covered_pixels(view: RestView, posed: Posed) -> tuple[I32, I32]:
    """Pixels (xs, ys) of the tiles that the pieces may cover: a coarse splat of every triangle.

    In blocks of BLOCK x BLOCK, so that rays that follow one another stay together.
    """
    h, w = view.silhouette.shape
    # 2-D difference array: each triangle's box of tiles
    grid = np.zeros((-(-h // TILE) + 1, -(-w // TILE) + 1), np.int64)
    behind = cover_tiles(posed.now, posed.faces, *camera_arrays(view.camera), TILE, grid)
    on = grid.cumsum(0).cumsum(1)[:-1, :-1] > 0
    if behind:  # something is beside or behind the camera: do not guess
        on[:] = True
    blocks = np.kron(on, np.ones((TILE // BLOCK, TILE // BLOCK), bool))
    at = np.argwhere(blocks).astype(np.int32) * BLOCK
    within = np.mgrid[0:BLOCK, 0:BLOCK].reshape(2, -1).astype(np.int32)
    ys, xs = ((at[:, k, None] + within[k]).ravel() for k in range(2))
    there = (ys < h) & (xs < w)
    return xs[there], ys[there]


def compile_kernels() -> None:
    """Compile (or load from disk) every kernel a frame needs, on a single triangle."""
    from setpiece.render.camera import Camera
    from setpiece.render.light import Light

    tri = np.array([[-1, 8, 0], [1, 8, 0], [0, 8, 2]], np.float32)
    for material in (0, 2):
        mesh = Mesh(
            tri, tri, np.array([[0, 1, 2]], np.int32), np.zeros(1, np.int32),
            np.full(1, material, np.uint8), np.full(1, -1, np.int32),
        )  # fmt: skip
        camera = Camera.from_angles(40.0, 32, 18)
        view = RestView.of(
            mesh, camera, Light(), np.full((18, 32, 3), 0.5, np.float32),
            np.ones((18, 32), np.float32),
        )  # fmt: skip
        rest = np.array([[0, 8, 1]], np.float32)
        shifted = Pose(rest + np.float32(0.3), Pose.at_rest(rest).rotation, rest)
        render_solids(view, shifted, samples=4)
    under, three, one = np.zeros(1, np.bool_), np.zeros((1, 3), np.float32), np.zeros(1, np.float32)
    _stand_for(under, np.float32(4), three, one, three, np.zeros((1, 4), np.float32))
    _weigh(under, np.float32(4), np.zeros(1, np.int64), one)
    mean_at(np.zeros(1, np.int64), three, np.float32(2), three)
