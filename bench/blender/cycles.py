"""One picture by Cycles, of Blender's own simulation or of a state it is given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import numpy as np

from blender.grid import add_grid
from blender.scene import (
    add_camera,
    add_fragments,
    add_ground,
    add_light,
    dust_material,
    empty_scene,
    pose_fragments,
)
from blender.worker import Clock


def frame(order: dict[str, Any], clock: Clock) -> dict[str, Any]:
    """Render one frame and write it as .npy, (h, w, 3) float32 scene-linear, top row first.

    order: shot (npz), motion (npz: position, rotation), index (frame from 0), size, samples,
    denoise, plain (matt faces), motion_blur, box_filter (a pixel wide, as ours), volume_bounces,
    threads, out, and one of: blend (a file with the baked smoke), grid (npz of a density grid),
    neither.
    """
    shot = dict(np.load(order["shot"]))
    motion = np.load(order["motion"])
    index, now = order["index"], order["index"] + 1
    with clock.stage("scene"):
        if order.get("blend"):
            from blender.manta import repair

            repair()
            bpy.ops.wm.open_mainfile(filepath=order["blend"])
        else:
            empty_scene(shot)
        add_ground(shot)
        add_camera(shot)
        add_light(shot)
        things = add_fragments(shot, plain=order["plain"])
        last = len(motion["position"]) - 1
        span = (-1, 0, 1) if order["motion_blur"] else (0,)
        poses = {}
        for step in span:
            k = min(max(index + step, 0), last)
            poses[now + step] = (motion["position"][k], motion["rotation"][k])
        pose_fragments(things, poses)
        if order.get("grid"):
            add_grid(dict(np.load(order["grid"])), dust_material(shot, 1.0, as_ours=True))
        settings(order)
        bpy.context.scene.frame_set(now)
    picture = Path(order["out"]).with_suffix(".exr")
    bpy.context.scene.render.filepath = str(picture)
    with clock.stage("render"):
        bpy.ops.render.render(write_still=True)
    np.save(order["out"], read_picture(picture))
    picture.unlink()
    return {}


def settings(order: dict[str, Any]) -> None:
    """Cycles on the CPU, as many samples as ordered at every pixel, OpenImageDenoise or none."""
    scene = bpy.context.scene
    render, cycles = scene.render, scene.cycles
    render.engine = "CYCLES"
    render.threads_mode, render.threads = "FIXED", order["threads"]
    render.resolution_x, render.resolution_y = order["size"]
    render.use_motion_blur = order["motion_blur"]
    render.motion_blur_shutter = 0.5
    render.image_settings.file_format = "OPEN_EXR"
    render.image_settings.color_depth = "32"
    cycles.device = "CPU"
    cycles.samples = order["samples"]
    cycles.use_adaptive_sampling = False
    cycles.use_denoising = order["denoise"]
    if order["denoise"]:
        cycles.denoiser = "OPENIMAGEDENOISE"
    cycles.diffuse_bounces = 3
    cycles.max_bounces = max(6, order["volume_bounces"])
    cycles.volume_bounces = order["volume_bounces"]
    if order["box_filter"]:
        cycles.pixel_filter_type = "BOX"
    cycles.sample_clamp_indirect = 10.0 if order["denoise"] else 0.0


def read_picture(path: Path) -> Any:
    """An EXR as (h, w, 3) float32, top row first."""
    image = bpy.data.images.load(str(path))
    width, height = image.size
    flat = np.empty(width * height * image.channels, np.float32)
    image.pixels.foreach_get(flat)
    return flat.reshape(height, width, image.channels)[::-1, :, :3].copy()
