"""The dust by Blender's own means: Mantaflow smoke that moving fragments give off."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from blender import manta
from blender.scene import dust_material, empty_scene
from blender.worker import Clock

EXTINCTION = 2.0  # 1/m at smoke density 1: what our dust has
OCTAHEDRON = np.array(
    [(1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1)], np.float32
)
SIDES = np.array(
    [(0, 2, 4), (2, 1, 4), (1, 3, 4), (3, 0, 4), (2, 0, 5), (1, 2, 5), (3, 1, 5), (0, 3, 5)]
)


def smoke(order: dict[str, Any], clock: Clock) -> dict[str, Any]:
    """Bake the smoke of the fall in `order["motion"]`; leaves `order["blend"]` for rendering.

    order: shot, motion (npz), resolution (cells along the domain's longest side), folder, blend.
    """
    shot = dict(np.load(order["shot"]))
    place = np.load(order["motion"])["position"][: int(shot["frames"])]
    folder = Path(order["folder"])
    folder.mkdir(parents=True, exist_ok=True)
    with clock.stage("smoke set-up"):
        manta.repair()
        empty_scene(shot)
        source = _source(shot, place, folder / "source.pc2")
        domain = _domain(shot, place, folder / "cache", order["resolution"])
    chosen = {"active_object": domain, "object": domain, "selected_objects": [domain]}
    with clock.stage("smoke"), bpy.context.temp_override(**chosen):
        bpy.ops.fluid.bake_all()
    made = sorted((folder / "cache" / "data").glob("*.vdb"))
    if len(made) < int(shot["frames"]):
        raise RuntimeError(f"Mantaflow wrote {len(made)} of {int(shot['frames'])} frames")
    with clock.stage("save"):
        source.hide_render = True
        bpy.ops.wm.save_as_mainfile(filepath=order["blend"])
    size = [p.stat().st_size for p in made]
    return {"cache_mb": sum(size) / 1e6, "first_kb": size[0] / 1e3, "last_kb": size[-1] / 1e3}


def _source(shot: dict[str, Any], place: Any, path: Path) -> Any:
    """An octahedron a fragment: open while it moves and has broken off something, else a point.

    Vertices of every frame lie in a point cache (.pc2): header, then float32 frames x points x 3.
    """
    fps = float(shot["fps"])
    speed = np.linalg.norm(np.gradient(place, 1 / fps, axis=0), axis=2)
    radius = np.clip(1.5 * (shot["mass"] / 2000.0) ** (1 / 3), 1.0, 2.5)
    torn = np.full(place.shape[1], np.inf)
    for end in (shot["bond_i"], shot["bond_j"]):
        np.minimum.at(torn, end[end >= 0], shot["bond_break"][end >= 0])
    off = np.arange(len(place))[:, None] / fps >= torn[None]
    open_at = radius[None] * np.clip((speed - 0.5) / 1.5, 0, 1) * off
    points = place[:, :, None] + open_at[..., None, None] * OCTAHEDRON
    points[..., 2] = np.maximum(points[..., 2], 0.05)
    frames, count = points.shape[0], points.shape[1] * 6
    with path.open("wb") as file:
        file.write(struct.pack("<12siiffi", b"POINTCACHE2\0", 1, count, 1.0, 1.0, frames))
        file.write(points.astype("<f4").tobytes())
    faces = SIDES[None] + 6 * np.arange(points.shape[1])[:, None, None]
    mesh = bpy.data.meshes.new("source")
    mesh.from_pydata(points[0].reshape(-1, 3).tolist(), [], faces.reshape(-1, 3).tolist())
    thing = bpy.data.objects.new("source", mesh)
    bpy.context.scene.collection.objects.link(thing)
    cache = thing.modifiers.new("cache", "MESH_CACHE")
    cache.cache_format, cache.filepath, cache.frame_start = "PC2", str(path), 1.0
    cache.forward_axis, cache.up_axis = "POS_Y", "POS_Z"
    flow = thing.modifiers.new("flow", "FLUID")
    flow.fluid_type = "FLOW"
    how = flow.flow_settings
    how.flow_type, how.flow_behavior, how.flow_source = "SMOKE", "INFLOW", "MESH"
    how.surface_distance, how.volume_density = 0.0, 1.0
    how.density, how.temperature = 1.0, 0.0
    how.use_initial_velocity, how.velocity_factor = True, 0.8
    how.velocity_normal = 2.5  # m/s: the air that a breaking storey squeezes out
    return thing


def _domain(shot: dict[str, Any], place: Any, cache: Path, resolution: int) -> Any:
    """The box of the smoke: four building heights wide, on the ground, adaptive."""
    low, high = place[0].min(0), place[0].max(0)
    tall = float(high[2])
    middle = (low + high) / 2
    half = np.array([1.5 * tall, 1.2 * tall]) + (high - low)[:2] / 2
    x0, x1, y0, y1 = (
        middle[0] - half[0], middle[0] + half[0], middle[1] - half[1], middle[1] + half[1]
    )  # fmt: skip
    top = 1.6 * tall
    corners = [(x, y, z) for z in (0.0, top) for y in (y0, y1) for x in (x0, x1)]
    quads = [(0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5)]
    mesh = bpy.data.meshes.new("smoke")
    mesh.from_pydata([tuple(map(float, c)) for c in corners], [], quads)
    mesh.materials.append(dust_material(shot, EXTINCTION, as_ours=False))
    thing = bpy.data.objects.new("smoke", mesh)
    bpy.context.scene.collection.objects.link(thing)
    fluid = thing.modifiers.new("fluid", "FLUID")
    fluid.fluid_type = "DOMAIN"
    d = fluid.domain_settings
    d.domain_type, d.resolution_max = "GAS", resolution
    d.use_adaptive_domain, d.adapt_margin, d.adapt_threshold = True, 4, 0.01
    for side in ("front", "back", "left", "right", "top"):
        setattr(d, f"use_collision_border_{side}", False)
    d.use_collision_border_bottom = True
    d.alpha, d.beta, d.vorticity = -1.5, 0.0, 0.35  # heavier than air, curling
    d.use_noise = False
    d.cfl_condition, d.timesteps_min, d.timesteps_max = 4.0, 1, 3
    d.cache_type, d.cache_directory = "ALL", str(cache)
    d.cache_frame_start, d.cache_frame_end = 1, int(shot["frames"])
    return thing
