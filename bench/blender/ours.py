"""Our side of the comparison: the shot, what Blender needs of it, and plain frames of its state."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.demo import BRIEF, STROKES, photograph
from setpiece.render.volume_kernel import AHEAD, BACKWARD, FORWARD

F32 = NDArray[np.float32]
# One matt colour for each group of faces (`render.scene.Material`): plate, glass, concrete,
# masonry, plaster, floor, roof, timber, rebar, -, cloth.
ALBEDO = np.array(
    [
        (0.50, 0.46, 0.40), (0.20, 0.22, 0.24), (0.42, 0.41, 0.39), (0.45, 0.32, 0.26),
        (0.60, 0.57, 0.52), (0.38, 0.34, 0.30), (0.36, 0.24, 0.20), (0.36, 0.27, 0.18),
        (0.22, 0.18, 0.16), (0.40, 0.40, 0.40), (0.52, 0.46, 0.42),
    ]
)  # fmt: skip
DUST = (0.74, 0.70, 0.65)  # what a thick bank of dust sends back, as `render.volume.march` has it
# How the grains scatter that our light is measured against: mean cosine and share of each lobe.
LOBES = ((FORWARD, AHEAD), (BACKWARD, 1 - AHEAD))
ANISOTROPY = sum(cosine * share for cosine, share in LOBES)
FAR = 4000.0  # m: the ground goes that far to each side
AWAY = 512.0  # m: how far the standing building is set aside for `plain_frame`
SWATCH = 5  # px


def _options(job: dict[str, Any]) -> dict[str, Any]:
    return {
        "fragments": job["fragments"], "frames": job["frames"], "size": tuple(job["size"]),
        **STROKES,
    }  # fmt: skip


def warm(_job: dict[str, Any]) -> dict[str, Any]:
    """Compile the kernels where they are not yet."""
    from setpiece.farm.stages import Quiet
    from setpiece.warm import warm_up

    warm_up(Quiet())
    return {}


def make_shot(job: dict[str, Any]) -> dict[str, Any]:
    """The whole shot in `job["out"]`; its stages' costs. Intermediate files stay for `export`."""
    from setpiece.collapse.shot import collapse

    take = collapse(
        photograph(), BRIEF, out=job["out"], workers=job["threads"], keep_work=True, **_options(job)
    )
    return {"stages": {s["stage"]: s for s in take.record["stages"]}, "folder": str(take.folder)}


def _stages(job: dict[str, Any]) -> Any:
    """The finished stages of the shot that `make_shot` made."""
    from setpiece.collapse.request import Request
    from setpiece.collapse.shot import run_stages
    from setpiece.farm import StageDesk

    request = Request.check(plate=photograph(), brief=BRIEF, **_options(job))
    return run_stages(request, StageDesk(Path(job["out"]) / ".work"))


def single_scattering(thick: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of light that one grain scatters, from what a thick bank of such grains sends back.

    H. C. van de Hulst, "Multiple Light Scattering" (1980): with s = sqrt((1 - w) / (1 - g w)) a
    half-space reflects (1 - s)(1 - 0.139 s) / (1 + 1.17 s). The quadratic in s is solved.
    """
    a, b, c = 0.139, -(1.139 + 1.17 * thick), 1 - thick
    s2 = ((-b - np.sqrt(b * b - 4 * a * c)) / (2 * a)) ** 2
    return np.asarray((1 - s2) / (1 - ANISOTROPY * s2))


def export(job: dict[str, Any]) -> dict[str, Any]:
    """Write what Blender is given: `shot.npz` (fragments, bonds, camera, light), `motion.npz` and,
    for `job["grids"]`, the dust of those frames as `grid.NNNN.npz`, into `job["to"]`."""
    from setpiece.collapse.dust import Dust
    from setpiece.collapse.make import fragments_of, light_of, motion_of

    start, cpu = time.monotonic(), time.process_time()
    s, to = _stages(job), Path(job["to"])
    to.mkdir(parents=True, exist_ok=True)
    pieces, motion, camera = fragments_of(s), motion_of(s), s.layout.view()
    light = light_of(s).model_copy(update={"shade": (0.0, 0.0, 0.0), "extinction": 0.0})
    sun = np.array(light.direction) / np.linalg.norm(light.direction)
    # The ground's own light is what a matt plane of this albedo sends up in the open.
    ground = np.array(light.ground) / (np.array(light.sun) * max(sun[2], 0) + np.array(light.sky))
    broken = np.asarray(motion.bond_break)
    start_of = float(broken[np.isfinite(broken)].min()) if np.isfinite(broken).any() else 0.0
    b = pieces.bonds
    np.savez(
        to / "shot.npz",
        mesh_vertices=pieces.mesh.vertices, mesh_faces=pieces.mesh.faces,
        mesh_body=pieces.mesh.body, mesh_material=pieces.mesh.material,
        centre=pieces.centre, mass=pieces.mass,
        hull=pieces.hull, hull_start=pieces.hull_start,
        bond_i=b.i, bond_j=b.j, bond_position=b.position, bond_width=b.width,
        # What gives way at once is the shot's trigger; Bullet decides about all the rest.
        bond_trigger=broken <= start_of + 0.15, trigger=start_of, bond_break=broken,
        camera_position=camera.position, camera_rotation=camera.rotation,
        camera_focal=camera.focal, camera_centre=camera.centre,
        size=(camera.width, camera.height), frames=motion.frames, fps=float(motion.fps),
        sun=light.sun, sky=light.sky, ground=light.ground, sun_direction=sun,
        softness=max(light.softness, 0.25), ground_albedo=np.clip(ground, 0, 0.9),
        far=FAR, albedo=ALBEDO, dust_albedo=single_scattering(np.array(DUST)),
        dust_lobes=LOBES, light=json.dumps(light.model_dump()),
    )  # fmt: skip
    np.savez(
        to / "motion.npz", position=motion.position, rotation=motion.rotation, rest=motion.rest
    )
    dust = Dust.open(s.folders["dust"])
    made = []
    for frame in job["grids"]:
        volume = dust.frame(frame, fine_grain=False)
        if volume is None:
            continue
        np.savez(
            to / f"grid.{frame:04d}.npz", density=volume.density, origin=volume.origin,
            cell=volume.cell,
        )  # fmt: skip
        made.append(frame)
    return {
        "fragments": len(pieces), "triangles": len(pieces.mesh.faces), "bonds": len(b.i),
        "grids": made, "trigger": start_of, "size": [camera.width, camera.height],
        "wall": time.monotonic() - start, "cpu": time.process_time() - cpu,
    }  # fmt: skip


def plain_frame(job: dict[str, Any]) -> dict[str, Any]:
    """Our renderer's picture of one state with plain matt faces, written to `job["out"]` (.npy).

    job: to (folder of `export`), index, size, dust (bool), samples. The first render loads the
    kernels; the second is the one that is timed.
    """
    shot = dict(np.load(Path(job["to"]) / "shot.npz"))
    poses = np.load(Path(job["to"]) / "motion.npz")
    grid = np.load(Path(job["to"]) / f"grid.{job['index']:04d}.npz") if job["dust"] else None
    took = {}
    for _ in range(2):
        start, cpu = time.monotonic(), time.process_time()
        picture = _render(shot, poses, grid, job)
        took = {"seconds": time.monotonic() - start, "cpu_seconds": time.process_time() - cpu}
    np.save(job["out"], picture)
    return {"stages": {"render": took}, "wall": took["seconds"], "cpu": took["cpu_seconds"]}


def _render(shot: dict[str, Any], poses: Any, grid: Any, job: dict[str, Any]) -> F32:
    from functools import partial

    from setpiece.collapse.surroundings import sun_at, sun_on_ground
    from setpiece.render.camera import Camera
    from setpiece.render.light import Light
    from setpiece.render.scene import Mesh, Pose
    from setpiece.render.solids import RestView, render_solids
    from setpiece.render.tracing import Tracer
    from setpiece.render.volume import Volume, light_volume, march

    light = Light(**json.loads(str(shot["light"])))
    width, height = (int(v) for v in shot["size"])
    cx, cy = (float(v) for v in shot["camera_centre"])
    camera = Camera(
        shot["camera_position"], shot["camera_rotation"], float(shot["camera_focal"]), (cx, cy),
        width, height,
    ).resized(*job["size"])  # fmt: skip
    # Set aside at rest, so that every piece counts as moved: nothing is plate, all is lit now.
    aside = np.float32([0, -AWAY, 0])
    rest = poses["rest"] + aside
    pose = Pose(poses["position"][job["index"]], poses["rotation"][job["index"]], rest)
    palette, tex, vertices, faces = _palette(shot, camera, light)
    mesh = Mesh(
        vertices + aside, tex, faces, shot["mesh_body"].astype(np.int32),
        np.zeros(len(faces), np.uint8), np.full(len(faces), -1, np.int32),
    )  # fmt: skip
    w, h = job["size"]
    view = RestView.of(
        mesh, camera, light, np.full((h, w, 3), 0.4, np.float32), np.zeros((h, w), np.float32),
        samples=job["samples"],
    )  # fmt: skip
    view = replace(view, picture=palette)
    lit = through = on_ground = None
    if grid is not None:
        volume = Volume(grid["density"], grid["origin"], float(grid["cell"]))
        now = pose.apply(mesh)
        lit = light_volume(volume, light, Tracer(now, mesh.faces))
        through, on_ground = partial(sun_at, lit, light), partial(sun_on_ground, lit, light)
    solids = render_solids(
        view, pose, samples=job["samples"], volume_shadow=through, ground_shadow=on_ground
    )
    colour, cover, ground_depth = _background(camera, light, shot)
    behind = colour * solids.ground_ratio * cover[..., None]
    behind += (1 - cover[..., None]) * np.array(light.sky, np.float32)
    picture = solids.rgb + (1 - solids.alpha[..., None]) * behind
    if lit is not None:
        # As many rays a pixel as the solids have samples: at this size lumps are below a pixel.
        depth = np.minimum(solids.depth, ground_depth).repeat(2, 0).repeat(2, 1)
        dust = march(lit, camera.resized(2 * w, 2 * h), depth, light, albedo=DUST)
        left = dust.transmittance.reshape(h, 2, w, 2).mean((1, 3))
        picture = dust.rgb.reshape(h, 2, w, 2, 3).mean((1, 3)) + left[..., None] * picture
    return np.asarray(picture, np.float32)


def _background(camera: Any, light: Any, shot: dict[str, Any]) -> tuple[F32, F32, F32]:
    """The open ground's radiance (3,), how much of a pixel it covers (h, w), and its planar depth
    at the pixel's centre [m], inf in the sky (h, w)."""
    cover = np.zeros((camera.height, camera.width), np.float32)
    for y in (np.arange(4) + 0.5) / 4:
        for x in (np.arange(4) + 0.5) / 4:
            cover += np.isfinite(_ground_depth(camera, float(shot["far"]), x, y)) / np.float32(16)
    up = np.array(light.sun) * max(float(shot["sun_direction"][2]), 0) + np.array(light.sky)
    colour = (shot["ground_albedo"] * up).astype(np.float32)
    return colour, cover, _ground_depth(camera, float(shot["far"]), 0.5, 0.5)


def _ground_depth(camera: Any, far: float, x: float, y: float) -> F32:
    """Planar depth (h, w) [m] of the ground, a square of `far` to each side, through (x, y) of
    every pixel; inf where there is none."""
    lines, columns = np.mgrid[0 : camera.height, 0 : camera.width]
    rays = camera.rays(np.stack([columns + x, lines + y], -1))
    down = rays[..., 2] < -1e-9
    along = np.where(down, -camera.position[2] / np.where(down, rays[..., 2], -1.0), 0.0)
    on = np.abs(camera.position[:2] + along[..., None] * rays[..., :2]).max(-1) < far
    return np.where(down & on, along * (rays @ camera.rotation[2]), np.inf).astype(np.float32)


def _palette(shot: dict[str, Any], camera: Any, light: Any) -> tuple[F32, F32, F32, Any]:
    """A picture of swatches, and the mesh with each face's `tex` on its swatch.

    The renderer takes a face's picture for its albedo under the light that it had at rest; a
    swatch is the colour that gives the plain albedo back. Returns (picture, tex (3F, 3),
    vertices (3F, 3), faces (F, 3)); no corner is shared.
    """
    corners = shot["mesh_vertices"][shot["mesh_faces"]].astype(np.float64)
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-30)
    up = 0.5 + 0.5 * normal[:, 2:]
    sun, sky, ground = (np.array(c) for c in (light.sun, light.sky, light.ground))
    arrives = np.maximum(normal @ shot["sun_direction"], 0)[:, None] * sun
    arrives = np.maximum(arrives + sky * up + ground * (1 - up), 0.15 * (sky + ground))
    colour = (ALBEDO[shot["mesh_material"]] * arrives).astype(np.float32)
    count = len(colour)
    across = int(np.ceil(np.sqrt(count)))
    tiles = np.zeros((across * across, 3), np.float32)
    tiles[:count] = colour
    picture = np.kron(tiles.reshape(across, across, 3), np.ones((SWATCH, SWATCH, 1), np.float32))
    column, line = np.arange(count) % across, np.arange(count) // across
    pixel = (np.stack([column, line], 1) + 0.5) * SWATCH
    at = (pixel - np.array(camera.centre)) / camera.focal
    point = np.concatenate([at, np.ones((count, 1))], 1) @ camera.rotation + camera.position
    return (
        np.ascontiguousarray(picture),
        np.repeat(point, 3, 0).astype(np.float32),
        corners.reshape(-1, 3).astype(np.float32),
        np.arange(3 * count, dtype=np.int32).reshape(-1, 3),
    )
